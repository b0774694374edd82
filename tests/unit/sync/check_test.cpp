// tests/unit/sync/check_test.cpp - what only shows across records (rows of domain.md 6.4).
#include "sync/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "schema/value.h"
#include "support/record_history.h"

namespace jiyao {
namespace {

using ::testing::HasSubstr;
using testing::RecordHistory;

RecordId record_named(std::uint8_t name) {
  RecordId id;
  id.bytes.fill(name);
  return id;
}

/// Records side by side, all touched, in one compartment of level secret.
class Ledgers {
 public:
  RecordHistory& add(std::uint8_t name, const std::string& ledger) {
    histories_.emplace_back(ledger);
    names_.push_back(record_named(name));
    return histories_.back();
  }
  std::vector<Finding> findings() {
    states_.clear();
    Neighbourhood hood;
    for (std::size_t i = 0; i < histories_.size(); ++i) {
      states_.push_back(histories_[i].merged());
      hood.records.push_back(
          {names_[i], &histories_[i].definition(), &states_.back(), Level::secret, true});
    }
    hood.clearance = [this](std::string_view person) { return clearance(person); };
    return check(Definitions::built_in(), hood);
  }
  /// "N2 U1": the codes found, sorted.
  std::string codes() {
    std::vector<std::string> codes;
    for (const Finding& finding : findings()) codes.push_back(finding.code);
    std::sort(codes.begin(), codes.end());
    std::string text;
    for (const std::string& code : codes) text += (text.empty() ? "" : " ") + code;
    return text;
  }
  Finding only(const std::string& code) {
    for (const Finding& finding : findings())
      if (finding.code == code) return finding;
    ADD_FAILURE() << code << " not found among " << codes();
    return {};
  }
  std::map<std::string, Level> cleared;

 private:
  std::optional<Level> clearance(std::string_view person) const {
    const auto found = cleared.find(std::string(person));
    if (found == cleared.end()) return std::nullopt;
    return found->second;
  }
  std::deque<RecordHistory> histories_;
  std::vector<RecordId> names_;
  std::deque<RecordState> states_;
};

std::map<std::string, std::string> paper(const std::string& doc_no) {
  return {{"state", "registered"}, {"sender_org", "国务院"}, {"doc_no", doc_no}, {"title", "通知"}};
}

std::map<std::string, std::string> loan_of(std::uint8_t copy, const std::string& who) {
  return {{"state", "out"},
          {"copy", record_named(copy).hex()},
          {"document", record_named(7).hex()},
          {"incoming", record_named(8).hex()},
          {"borrower", who}};
}

IncarnationId incarnation(std::uint8_t name) {
  IncarnationId id;
  id.bytes.fill(name);
  return id;
}

void grant(RecordHistory& series, const std::string& change, std::uint8_t to, int first, int last) {
  series.add(change, {"a"},
             {{"blocks", pack_fields({{"block_incarnation", incarnation(to).hex()},
                                      {"block_first", std::to_string(first)},
                                      {"block_last", std::to_string(last)}})}});
}

TEST(CheckNumbers, N1OneIntakeNumberOnTwoRowsIsKeptByTheOwnerOfTheBlock) {
  Ledgers ledgers;
  auto number = std::map<std::string, std::string>{{"intake_no", "2026-0137"}};
  ledgers.add(1, "incoming").add("p", {}, number);
  ledgers.add(2, "incoming").add("q", {}, number);
  EXPECT_EQ(ledgers.codes(), "N1 N5 N5");
  EXPECT_FALSE(ledgers.only("N1").keeps);
  EXPECT_EQ(ledgers.only("N1").gravity, Gravity::note);

  Ledgers granted;
  RecordHistory& first = granted.add(1, "incoming");
  first.add("p", {}, number);
  first.last().origin.incarnation = incarnation(1);
  RecordHistory& second = granted.add(2, "incoming");
  second.add("q", {}, number);
  second.last().origin.incarnation = incarnation(2);
  RecordHistory& series = granted.add(3, "series");
  series.add("a", {}, {{"of_ledger", "incoming"}, {"year", "2026"}, {"state", "open"}});
  grant(series, "b", 2, 101, 150);
  EXPECT_EQ(granted.only("N1").keeps, record_named(2));
  EXPECT_EQ(granted.only("N5").records, std::vector<RecordId>{record_named(1)});
}

TEST(CheckNumbers, N1ANumberThatWentOutInAReplyIsAQuestion) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, {{"intake_no", "2026-0137"}, {"reply_doc_no", "1号"}});
  ledgers.add(2, "incoming").add("q", {}, {{"intake_no", "2026-0137"}});
  EXPECT_EQ(ledgers.only("N1").gravity, Gravity::question);
}

TEST(CheckNumbers, AProvisionalNumberClaimsNothing) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, {{"intake_no", "临-ab-1"}});
  ledgers.add(2, "incoming").add("q", {}, {{"intake_no", "临-ab-1"}});
  EXPECT_EQ(ledgers.codes(), "");
}

TEST(CheckNumbers, N9ANumberOfAnotherYearThanTheReceiptIsNoted) {
  Ledgers ledgers;
  ledgers.add(1, "incoming")
      .add("p", {}, {{"intake_no", "2026-0001"}, {"received_on", "2025-12-31"}});
  EXPECT_EQ(ledgers.codes(), "N5 N9");
}

TEST(CheckUnique, N2OnePaperRegisteredTwiceIsAskedAbout) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, paper("国发〔2026〕5号"));
  ledgers.add(2, "incoming").add("q", {}, paper("国发〔2026〕5号"));
  EXPECT_EQ(ledgers.codes(), "N2");
  EXPECT_EQ(ledgers.only("N2").records.size(), 2U);
}

TEST(CheckUnique, N2AVoidedRowIsNoDuplicate) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, paper("国发〔2026〕5号"));
  RecordHistory& second = ledgers.add(2, "incoming");
  second.add("q", {}, paper("国发〔2026〕5号"));
  second.add("r", {"q"}, {{"state", "void"}, {"void_reason", "重复"}});
  EXPECT_EQ(ledgers.codes(), "");
}

TEST(CheckUnique, N3NumberedCopiesOfOnePaperAreNoDuplicates) {
  Ledgers ledgers;
  for (std::uint8_t i = 1; i < 3; ++i) {
    auto row = paper("国发〔2026〕5号");
    row["copy_nos"] = "00000" + std::to_string(i);
    ledgers.add(i, "incoming").add("p" + std::to_string(i), {}, row);
  }
  EXPECT_EQ(ledgers.codes(), "");
}

TEST(CheckUnique, N10ANumberTypedDifferentlyIsASuggestion) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, paper("国发〔2026〕5号"));
  ledgers.add(2, "incoming").add("q", {}, paper("国发[2026]第０５号"));
  EXPECT_EQ(ledgers.codes(), "N10");
}

TEST(CheckUnique, N13TheSameTextOnPaperAndElectronicallyIsLinked) {
  Ledgers ledgers;
  auto on_paper = paper("国发〔2026〕5号");
  on_paper["carrier_form"] = "纸质";
  auto electronic = paper("国发〔2026〕5号");
  electronic["carrier_form"] = "电子";
  ledgers.add(1, "incoming").add("p", {}, on_paper);
  ledgers.add(2, "incoming").add("q", {}, electronic);
  EXPECT_EQ(ledgers.codes(), "N13");
}

TEST(CheckUnique, N7OneCopyNumberOnTwoCopiesFreezes) {
  Ledgers ledgers;
  for (std::uint8_t i = 1; i < 3; ++i)
    ledgers.add(i, "document_copy")
        .add("p" + std::to_string(i), {},
             {{"document", record_named(7).hex()}, {"copy_no", "000012"}});
  EXPECT_EQ(ledgers.only("N7").gravity, Gravity::freeze);
}

TEST(CheckUnique, N11OneNameTwiceInTheDirectoryIsAskedAbout) {
  Ledgers ledgers;
  for (std::uint8_t i = 1; i < 3; ++i)
    ledgers.add(i, "directory")
        .add("p" + std::to_string(i), {},
             {{"name", "王芳"}, {"unit", "办公室"}, {"state", "valid"}});
  EXPECT_EQ(ledgers.codes(), "N11");
}

TEST(CheckExclusive, U1OneCopyLentTwiceIsOneIncidentNamingBothLoans) {
  Ledgers ledgers;
  ledgers.add(1, "loan").add("p", {}, loan_of(9, "甲"));
  ledgers.add(2, "loan").add("q", {}, loan_of(9, "乙"));
  EXPECT_EQ(ledgers.codes(), "U1");
  const Finding incident = ledgers.only("U1");
  EXPECT_EQ(incident.kind, FindingKind::incident);
  EXPECT_EQ(incident.records, (std::vector<RecordId>{record_named(1), record_named(2)}));
}

TEST(CheckExclusive, U1LentAndCirculatingExcludeEachOther) {
  Ledgers ledgers;
  ledgers.add(1, "loan").add("p", {}, loan_of(9, "甲"));
  ledgers.add(2, "circulation")
      .add("q", {}, {{"state", "circulating"}, {"copy", record_named(9).hex()}});
  EXPECT_EQ(ledgers.codes(), "U1");
}

TEST(CheckExclusive, TwoLoansOneAfterTheOtherAreFine) {
  Ledgers ledgers;
  RecordHistory& first = ledgers.add(1, "loan");
  first.add("p", {}, loan_of(9, "甲"));
  first.add("r", {"p"}, {{"state", "returned"}, {"check", "相符"}});
  ledgers.add(2, "loan").add("q", {}, loan_of(9, "乙"));
  EXPECT_EQ(ledgers.codes(), "");
}

TEST(CheckHold, S1FiledWhileALoanIsOpenShowsTheStateBefore) {
  Ledgers ledgers;
  ledgers.add(8, "incoming").add("p", {}, {{"state", "filed"}, {"archive_code", "1"}});
  RecordHistory& loan = ledgers.add(1, "loan");
  loan.add("q", {}, loan_of(9, "甲"));
  const Finding hold = ledgers.only("S1");
  EXPECT_EQ(hold.kind, FindingKind::hold);
  EXPECT_EQ(hold.shown_state, "replied");
  loan.add("r", {"q"}, {{"state", "returned"}, {"check", "相符"}});
  EXPECT_EQ(ledgers.codes(), "") << "when the loan is back, filing completes by itself";
}

TEST(CheckLevel, C2RaisedWhileLentAboveTheBorrowersClearanceFreezes) {
  Ledgers ledgers;
  ledgers.cleared = {{"甲", Level::secret}};
  RecordHistory& document = ledgers.add(7, "document");
  document.add("p", {}, {{"level", "secret"}});
  ledgers.add(1, "loan").add("q", {}, loan_of(9, "甲"));
  EXPECT_EQ(ledgers.codes(), "");
  document.add("r", {"p"}, {{"level", "highly_secret"}});
  EXPECT_EQ(ledgers.codes(), "C2 C9");
  EXPECT_EQ(ledgers.only("C2").gravity, Gravity::freeze);
  ledgers.cleared = {{"甲", Level::top_secret}};
  EXPECT_EQ(ledgers.only("C2").gravity, Gravity::note) << "cleared: recall today all the same";
}

TEST(CheckLevel, C9ALevelAboveItsCompartmentIsAHold) {
  Ledgers ledgers;
  ledgers.add(1, "incoming").add("p", {}, {{"level", "highly_secret"}});
  EXPECT_EQ(ledgers.codes(), "C9");
  EXPECT_EQ(ledgers.only("C9").kind, FindingKind::hold);
}

TEST(CheckCirculation, R2AReaderRemovedAfterReadingStaysAndIsFlagged) {
  Ledgers ledgers;
  RecordHistory& list = ledgers.add(1, "circulation");
  list.add("a", {}, {{"state", "planned"}});
  list.add("b", {"a"}, {{"readers", pack_fields({{"reader", "乙"}, {"reader_rank", "2"}})}});
  list.settle("c", {"b"}, {"b"}, {{"readers", ""}}, ChangeKind::withdraw);
  list.add("d", {"b"}, {{"legs", pack_fields({{"leg_event", "退回"}, {"leg_reader", "乙"}})}});
  EXPECT_EQ(ledgers.codes(), "R2");
}

TEST(CheckCirculation, R7ALegUnknownToTheClosingIsAskedAbout) {
  Ledgers ledgers;
  RecordHistory& list = ledgers.add(1, "circulation");
  list.add("a", {},
           {{"state", "circulating"},
            {"copy", record_named(9).hex()},
            {"readers", pack_fields({{"reader", "丙"}})}});
  list.add("b", {"a"}, {{"state", "closed"}});
  list.add("c", {"a"}, {{"legs", pack_fields({{"leg_event", "送出"}, {"leg_reader", "丙"}})}});
  EXPECT_EQ(ledgers.codes(), "R7");
}

TEST(CheckCirculation, R3TheSameReaderMarkedTwiceKeepsBothEvents) {
  Ledgers ledgers;
  RecordHistory& list = ledgers.add(1, "circulation");
  list.add("a", {}, {{"state", "circulating"}, {"readers", pack_fields({{"reader", "乙"}})}});
  for (const char* name : {"b", "c"})
    list.add(name, {"a"}, {{"legs", pack_fields({{"leg_event", "退回"}, {"leg_reader", "乙"}})}});
  EXPECT_EQ(list.held("legs"), "b c");
  EXPECT_EQ(ledgers.codes(), "");
}

TEST(CheckFindings, TheSameFactsGiveTheSameIdWhicheverRecordWasTouched) {
  Ledgers ledgers;
  ledgers.add(1, "loan").add("p", {}, loan_of(9, "甲"));
  ledgers.add(2, "loan").add("q", {}, loan_of(9, "乙"));
  Ledgers other_way;
  other_way.add(2, "loan").add("q", {}, loan_of(9, "乙"));
  other_way.add(1, "loan").add("p", {}, loan_of(9, "甲"));
  EXPECT_EQ(ledgers.findings(), other_way.findings());
}

TEST(ClaimedKeys, BothLoansOfACopyShareAKeyWhileTheyAreOut) {
  RecordHistory loan("loan");
  loan.add("p", {}, loan_of(9, "甲"));
  const auto keys = claimed_keys(loan.definition(), record_named(1), loan.merged());
  const auto has = [&](const std::string& key) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const ClaimedKey& claimed) { return claimed.key == key; });
  };
  EXPECT_TRUE(has("x:" + record_named(9).hex()));
  EXPECT_TRUE(has("r:" + record_named(9).hex()));
  EXPECT_TRUE(has("r:" + record_named(1).hex()));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

// --- validate ----------------------------------------------------------------------------------

Result<void> try_change(RecordHistory& history, ChangeKind kind,
                        std::map<std::string, std::string> writes, const Lookup& cited = {}) {
  const RecordState before = history.merged();
  Change change;
  change.ledger = history.definition().name;
  change.kind = kind;
  for (auto& [group, value] : writes) change.writes.push_back({group, value});
  const bool is_new = kind == ChangeKind::create;
  return validate(history.definition(), is_new ? nullptr : &before, change, cited);
}

TEST(Validate, ARegisteredRowNeedsItsMandatoryColumns) {
  RecordHistory none("incoming");
  auto row = paper("1号");
  const auto refused = try_change(none, ChangeKind::create, row);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.code(), Errc::invalid);
  EXPECT_THAT(refused.error().detail, HasSubstr("incoming.received_on: is needed"));
  row["received_on"] = "2026-11-22";
  row["level"] = "internal";
  EXPECT_TRUE(try_change(none, ChangeKind::create, row));
  row["level"] = "secret";
  EXPECT_THAT(try_change(none, ChangeKind::create, row).error().detail, HasSubstr("is needed"));
  row["copies"] = "2";
  row["pages"] = "x";
  EXPECT_THAT(try_change(none, ChangeKind::create, row).error().detail,
              HasSubstr("incoming.pages: not a whole number"));
  row["pages"] = "4";
  EXPECT_TRUE(try_change(none, ChangeKind::create, row));
}

TEST(Validate, M23TopSecretIsCopiedOnlyWithTheIssuersWrittenConsent) {
  RecordHistory job("duplication");
  std::map<std::string, std::string> asked{{"source_copy", record_named(9).hex()},
                                           {"level", "internal"},
                                           {"kind", "复印"},
                                           {"pages", "1"},
                                           {"count", "1"},
                                           {"reason", "会议用"},
                                           {"state", "approved"}};
  job.add("a", {}, asked);
  const Lookup of_top_secret = [](std::string_view, std::string_view name) {
    return name == "level" ? std::optional<std::string>("top_secret") : std::nullopt;
  };
  const std::map<std::string, std::string> made{
      {"made_by", "甲"}, {"made_at", "2026-03-01T10:00"}, {"state", "made"}};
  EXPECT_TRUE(try_change(job, ChangeKind::amend, made)) << "of a copy that is not held here";
  RecordHistory asked_first("duplication");
  asked["state"] = "requested";
  asked_first.add("a", {}, asked);
  const auto refused =
      try_change(asked_first, ChangeKind::amend, {{"state", "approved"}}, of_top_secret);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.code(), Errc::not_allowed);
  EXPECT_THAT(refused.error().detail, HasSubstr("the ledger forbids it: 绝密件不得复制"));
  asked_first.add("b", {"a"}, {{"issuer_consent", "函〔2026〕1号"}});
  EXPECT_TRUE(try_change(asked_first, ChangeKind::amend, {{"state", "approved"}}, of_top_secret));
}

TEST(Validate, AStepMustStartHereAndItsConditionMustHold) {
  RecordHistory row("incoming");
  row.add("a", {}, {{"state", "done"}});
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"state", "received"}}).code(), Errc::not_allowed);
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"state", "filed"}}).code(), Errc::not_allowed);
  const auto with_code =
      try_change(row, ChangeKind::amend, {{"archive_code", "1"}, {"state", "nowhere"}});
  EXPECT_EQ(with_code.code(), Errc::invalid);
}

TEST(Validate, ACopyThatIsOutIsNotLentAgain) {
  RecordHistory loan("loan");
  loan.add("a", {},
           {{"state", "requested"},
            {"copy", record_named(9).hex()},
            {"document", record_named(7).hex()},
            {"borrower", "甲"}});
  std::map<std::string, std::string> lend{
      {"state", "out"}, {"lent_at", "2026-11-22T09:00"}, {"due_on", "2026-11-25"}};
  const auto safe = [](std::string_view, std::string_view field) {
    return std::optional<std::string>(field == "custody_state" ? "在库" : "internal");
  };
  const auto out = [](std::string_view, std::string_view field) {
    return std::optional<std::string>(field == "custody_state" ? "借出" : "internal");
  };
  EXPECT_TRUE(try_change(loan, ChangeKind::amend, lend, safe));
  EXPECT_EQ(try_change(loan, ChangeKind::amend, lend, out).code(), Errc::not_allowed);
  lend["due_on"] = "2026-11-26";
  EXPECT_EQ(try_change(loan, ChangeKind::amend, lend, safe).code(), Errc::not_allowed)
      << "at most three days";
}

TEST(Validate, AConflictIsResolvedBeforeItIsWrittenOver) {
  RecordHistory row("incoming");
  row.add("a", {}, {{"main_dept", "一处"}});
  row.add("b", {"a"}, {{"main_dept", "二处"}});
  row.add("c", {"a"}, {{"main_dept", "三处"}});
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"main_dept", "四处"}}).code(), Errc::conflict);
  EXPECT_EQ(try_change(row, ChangeKind::resolve, {{"main_dept", "四处"}}).code(), Errc::invalid);
}

TEST(Validate, WhatIsWrittenOnceIsOnlyCorrectedByARuling) {
  RecordHistory loan("loan");
  loan.add("a", {}, {{"borrower", "甲"}});
  EXPECT_EQ(try_change(loan, ChangeKind::amend, {{"borrower", "乙"}}).code(), Errc::not_allowed);
}

TEST(Validate, AVoidRowIsRaisedAndNeverLoweredNorWrittenOtherwise) {
  RecordHistory row("incoming");
  row.add("a", {}, {{"state", "registered"}, {"level", "secret"}});
  row.add("b", {"a"}, {{"state", "void"}, {"void_reason", "重登"}});
  EXPECT_TRUE(try_change(row, ChangeKind::amend, {{"level", "highly_secret"}}));
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"level", "internal"}}).code(), Errc::not_allowed);
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"level", "highest"}}).code(), Errc::not_allowed);
  EXPECT_EQ(try_change(row, ChangeKind::amend, {{"title", "另一题"}}).code(), Errc::not_allowed);
}

// Nobody approved the lending of an open paper; raised while it is out, it is renewed without.
TEST(Validate, AStepThatStaysWhereTheRowIsAsksForNothingThatGettingThereAskedFor) {
  RecordHistory loan("loan");
  loan.add("a", {}, loan_of(9, "甲"));
  const Lookup secret = [](std::string_view, std::string_view field) {
    return std::optional<std::string>(field == "custody_state" ? "借出" : "secret");
  };
  EXPECT_TRUE(
      try_change(loan, ChangeKind::amend, {{"renewals", "再借三天"}, {"state", "out"}}, secret));
  EXPECT_EQ(try_change(loan, ChangeKind::amend, {{"state", "out"}}, secret).code(),
            Errc::not_allowed)
      << "what the step itself asks for";
}

TEST(Reminders, AnOverdueLoanIsRecalledByTheClockAndOnlyReminded) {
  RecordHistory loan("loan");
  loan.add("a", {}, {{"state", "out"}, {"due_on", "2026-11-22"}});
  EXPECT_TRUE(reminders(loan.definition(), loan.merged(), "2026-11-22").empty());
  EXPECT_EQ(reminders(loan.definition(), loan.merged(), "2026-11-23"),
            std::vector<std::string>{"催还"});
}

TEST(ContentHash, AnApprovalBindsToTheContentAndNotToEntriesOrState) {
  RecordHistory loan("loan");
  loan.add("a", {}, loan_of(9, "甲"));
  const Digest before = content_hash(loan.definition(), loan.merged());
  loan.add("b", {"a"}, {{"recalls", "电话"}, {"state", "returned"}});
  EXPECT_EQ(content_hash(loan.definition(), loan.merged()), before);
  loan.add("c", {"b"}, {{"due_on", "2026-11-25"}});
  EXPECT_NE(content_hash(loan.definition(), loan.merged()), before);
}

}  // namespace
}  // namespace jiyao
