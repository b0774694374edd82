// tests/registers/numbers_test.cpp - numbers given twice, papers registered twice, names entered
// twice (domain.md 6.4 N, P6; worked examples 1 and 8).
#include <gmock/gmock.h>

#include "registers/apart.h"

namespace jiyao {
namespace {

using ::testing::Contains;

class Numbers : public Apart {
 protected:
  static Fields row(const char* doc_no) {
    return {{"received_on", "2026-03-01"},
            {"sender_org", "省委办公厅"},
            {"title", "关于报送情况的通知"},
            {"doc_no", doc_no},
            {"level", "internal"}};
  }
  static RecordId registered(Party& side, const char* doc_no, const Fields& more = {}) {
    Fields fields = row(doc_no);
    fields.insert(fields.end(), more.begin(), more.end());
    return side.make("incoming", "registered", fields);
  }
  /// Numbered in the series of classified papers.
  static RecordId numbered(Party& side, const char* number) {
    return registered(side, "", {{"series", "涉密"}, {"intake_no", number}});
  }
  RecordId series(Party& side) {
    return side.make("series", "open",
                     {{"of_ledger", "incoming"}, {"series_name", "涉密"}, {"year", "2026"}});
  }
  void grant(const RecordId& series, Party& to, const char* first, const char* last) {
    a.write(series, {{"block_incarnation", to.replica().author().incarnation.hex()},
                     {"block_first", first},
                     {"block_last", last}});
  }
  /// Whose row keeps the number, as every replica says.
  std::optional<RecordId> keeps(const RecordId& record) {
    const auto at = [&](Party& side) { return side.findings(record).at(0).keeps; };
    EXPECT_EQ(at(a), at(b));
    EXPECT_EQ(at(a), at(r));
    return at(a);
  }
  static std::size_t found(Party& side, const char* words) {
    Query query;
    query.text = words;
    return side.replica().search(query).rows.size();
  }
};

TEST_P(Numbers, Example01N1OneIntakeNumberIsGivenTwiceAndTheAuthorityRenumbersOne) {
  const RecordId here = numbered(a, "2026-0137"), there = numbered(b, "2026-0137");
  together();
  EXPECT_EQ(asked(here, "N1"), "n intake_clerk");
  EXPECT_EQ(asked(there, "N1"), "n intake_clerk");
  EXPECT_FALSE(keeps(here)) << "neither had a block: the authority decides";
  b.renumber(there, "intake_no", "2026-0150");
  together();
  EXPECT_EQ(proposals(there, "intake_no"), 1U) << "a wish: B has no say over A's numbers";
  EXPECT_EQ(codes(there), "N1");
  a.renumber(there, "intake_no", "2026-0142");
  a.write(there, {{"remarks", "原编号 2026-0137，离线重号改编，重盖收文章"}});
  together();
  EXPECT_EQ(codes(here), "");
  EXPECT_EQ(codes(there), "");
  EXPECT_EQ(shown(here, "intake_no"), "2026-0137");
  EXPECT_EQ(shown(there, "intake_no"), "2026-0142");
  for (Party* side : {&a, &b, &r}) EXPECT_EQ(found(*side, "0137"), 2U) << "both are found";
}

TEST_P(Numbers, N1TheOwnerOfTheBlockKeepsTheNumber) {
  const RecordId block = series(a);
  grant(block, b, "101", "150");
  together();
  const RecordId here = numbered(a, "2026-0137"), there = numbered(b, "2026-0137");
  together();
  EXPECT_EQ(keeps(here), there);
  EXPECT_EQ(asked(here, "N5"), "n secretary");
  EXPECT_EQ(asked(there, "N5"), "");
}

TEST_P(Numbers, N1ANumberThatWentOutInAReplyIsAQuestion) {
  const RecordId here = numbered(a, "2026-0137"), there = numbered(b, "2026-0137");
  b.write(there, {{"reply_doc_no", "局发〔2026〕3号"}});
  together();
  EXPECT_EQ(asked(here, "N1"), "q intake_clerk");
}

TEST_P(Numbers, N2OnePaperRegisteredTwiceAndTheSecondRowIsVoided) {
  const RecordId here = registered(a, "省发〔2026〕3号"), there = registered(b, "省发〔2026〕3号");
  together();
  EXPECT_EQ(asked(here, "N2"), "q records_keeper");
  EXPECT_EQ(codes(there), "N2");
  b.write(there, {{"void_reason", "重复登记"}, {"state", "void"}});
  together();
  EXPECT_EQ(codes(here), "");
  EXPECT_EQ(state(there), "void") << "and is still listed";
}

TEST_P(Numbers, N3NumberedCopiesOfOnePaperAreNoConflict) {
  const RecordId here = registered(a, "省发〔2026〕3号", {{"copy_nos", "000001"}});
  const RecordId there = registered(b, "省发〔2026〕3号", {{"copy_nos", "000002"}});
  together();
  for (const RecordId& row : {here, there}) {
    EXPECT_EQ(codes(row), "");
    EXPECT_EQ(state(row), "registered") << "at every machine";
  }
}

TEST_P(Numbers, N5ANumberOutsideItsBlockIsTakenAndFlagged) {
  const RecordId block = series(a);
  grant(block, a, "1", "50"), grant(block, b, "51", "100");
  together();
  const RecordId inside = numbered(a, "2026-0050"), outside = numbered(b, "2026-0050");
  const RecordId beyond = numbered(b, "2026-0101"), own = numbered(b, "2026-0051");
  together();
  EXPECT_EQ(asked(outside, "N5"), "n secretary");
  EXPECT_EQ(asked(beyond, "N5"), "n secretary");
  EXPECT_EQ(shown(beyond, "intake_no"), "2026-0101");
  EXPECT_EQ(asked(inside, "N5"), "");
  EXPECT_EQ(asked(own, "N5"), "");
}

TEST_P(Numbers, N7OneCopyNumberOnTwoCopiesIsAskedAboutAndNobodyRenumbers) {
  const RecordId document = document_of(copy("secret", "000001"));
  together();
  const auto second = [&](Party& side) {
    return side.make("document_copy", "on_register",
                     {{"document", document.hex()},
                      {"copy_no", "000012"},
                      {"level", "secret"},
                      {"copy_kind", "正本"},
                      {"custody_state", "在库"}});
  };
  const RecordId here = second(a), there = second(b);
  together();
  EXPECT_EQ(asked(here, "N7"), "f confidential_clerk");
  EXPECT_EQ(asked(there, "N7"), "f confidential_clerk");
  EXPECT_NE(b.refusal_of(there, {{"copy_no", "000013"}}), "") << "the digits are on paper";
  EXPECT_EQ(shown(there, "copy_no"), "000012");
}

TEST_P(Numbers, N9TheYearOfANumberFollowsTheDayOfReceipt) {
  const RecordId row = numbered(a, "2026-0001");
  together();
  EXPECT_EQ(codes(row), "");
  b.write(row, {{"received_on", "2025-12-31"}});
  a.write(row, {{"remarks", "年末收到"}});
  together();
  EXPECT_EQ(asked(row, "N9"), "n intake_clerk");
  EXPECT_EQ(shown(row, "intake_no"), "2026-0001") << "a stamped number stays";
}

TEST_P(Numbers, N10ADocumentNumberTypedDifferentlyIsASuggestion) {
  const RecordId here = registered(a, "省发〔2026〕5号");
  const RecordId there = registered(b, "省发[2026]第０５号");
  together();
  EXPECT_EQ(asked(here, "N10"), "q intake_clerk");
  EXPECT_EQ(codes(there), "N10");
}

TEST_P(Numbers, N11OneNameTwiceInTheDirectoryIsNeverMergedByItself) {
  const Fields person{{"entry", "人员"}, {"subject", "1"}, {"name", "王芳"}, {"unit", "办公室"}};
  const RecordId here = a.make("directory", "valid", person);
  const RecordId there = b.make("directory", "valid", person);
  const RecordId namesake =
      b.make("directory", "valid",
             {{"entry", "人员"}, {"subject", "2"}, {"name", "王芳"}, {"unit", "财务处"}});
  together();
  EXPECT_EQ(asked(here, "N11"), "q central_archivist");
  EXPECT_EQ(state(here), "valid");
  EXPECT_EQ(state(there), "valid");
  EXPECT_EQ(codes(namesake), "") << "of another unit";
}

TEST_P(Numbers, N13TheSameTextOnPaperAndElectronicallyIsLinked) {
  const RecordId here = registered(a, "省发〔2026〕5号", {{"carrier_form", "纸质"}});
  const RecordId there = registered(b, "省发〔2026〕5号", {{"carrier_form", "电子"}});
  together();
  EXPECT_EQ(asked(here, "N13"), "n intake_clerk");
  EXPECT_EQ(codes(there), "N13");
  EXPECT_EQ(state(here), "registered");
  EXPECT_EQ(state(there), "registered");
}

TEST_P(Numbers, P6OneSeriesMadeTwiceGrantsANumberTwice) {
  const RecordId here = series(a), there = series(b);
  together();
  EXPECT_EQ(asked(here, "P6"), "q central_archivist");
  EXPECT_EQ(codes(there), "P6");
  b.write(there, {{"block_incarnation", b.replica().author().incarnation.hex()},
                  {"block_first", "1"},
                  {"block_last", "50"}});
  together();
  EXPECT_EQ(proposals(there, "blocks"), 1U) << "only the authority of a series grants";
  const RecordId one = numbered(a, "2026-0007"), other = numbered(b, "2026-0007");
  together();
  EXPECT_EQ(codes(one), "N1");
  EXPECT_EQ(codes(other), "N1");
}

TEST_P(Numbers, Example08ARestoredMachineGivesANumberOutAgain) {
  const IncarnationId before = a.replica().author().incarnation;
  a.leave();
  const SimulatedDisk::Image backup = a.desk().disk.snapshot("/replica");
  a.sit(realm.clerk_a);
  const RecordId first = numbered(a, "2026-0150");
  together();
  a.leave();
  a.desk().disk.put_back("/replica", backup);
  a.sit(realm.clerk_a);
  EXPECT_NE(a.replica().author().incarnation, before) << "a life of its own from now on";
  EXPECT_FALSE(a.replica().view(first)) << "the backup did not know of it";
  const RecordId again = numbered(a, "2026-0150");
  together();
  EXPECT_EQ(codes(first), "N1");
  EXPECT_EQ(codes(again), "N1");
  EXPECT_THAT(a.desk().alarms.codes, Contains("new_incarnation"));
}

INSTANTIATE_TEST_SUITE_P(Ways, Numbers, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

}  // namespace
}  // namespace jiyao
