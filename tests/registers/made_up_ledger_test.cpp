// tests/registers/made_up_ledger_test.cpp - a ledger nobody thought of is one file: it merges, is
// checked, found and listed, and a program that does not know it waits. And what every built-in one
// owes: words for its findings, duties that come round, machines it may be kept on.
#include <gmock/gmock.h>

#include <algorithm>

#include "registers/apart.h"
#include "schema/ledger_files.h"

namespace jiyao {
namespace {

using ::testing::HasSubstr;

/// Keys to the archive's rooms: who has which, and a rule of its own.
std::string keys_ledger(const std::string& rule) {
  return R"({ "ledger": "room_key", "zh": "钥匙登记", "en": "Room keys", "source": "test",
  "fields": {
    "key_no": {"zh": "钥匙号", "en": "Key", "type": "text", "kind": "fixed", "from": "out"},
    "holder": {"zh": "持有人", "en": "Holder", "type": "person", "kind": "fixed", "from": "out"},
    "due_on": {"zh": "应还", "en": "Due", "type": "date", "kind": "earliest"},
    "room":   {"zh": "房间", "en": "Room", "type": "text", "kind": "value"},
    "note":   {"zh": "备注", "en": "Note", "type": "text", "kind": "set"}
  },
  "states": {"out": "10 借出", "back": "20 已还*"},
  "steps": [
    {"verb": "hand_out", "zh": "借出", "from": [], "to": "out"},
    {"verb": "take_back", "zh": "归还", "from": ["out"], "to": "back"}
  ],
  "unique": [{"fields": ["key_no"], "finding": "K1", "when": "state is out"}],
  "rules": [)" +
         rule + R"(],
  "findings": {"K1": {"zh": "一把钥匙借出了两次", "en": "one key is out twice", "class": "f", "to": "archivist"},
               "K2": {"zh": "库房钥匙须注明房间", "en": "say which room", "class": "q", "to": "archivist"}},
  "remind": [{"when": "state is out and today > due_on", "zh": "催还钥匙", "to": "archivist"}],
  "search": ["key_no", "room", "note"], "list": ["key_no", "holder", "due_on", "state"] })";
}

Definitions with_keys(const std::string& rule, std::uint32_t number = kRulesetNumber + 1) {
  const std::string json = keys_ledger(rule);
  std::vector<std::string_view> files(kLedgerFiles.begin(), kLedgerFiles.end());
  files.push_back(json);
  Result<Definitions> parsed = Definitions::parse(number, files);
  if (!parsed) throw std::runtime_error(parsed.error().detail);
  return *parsed;
}

const std::string kRoomRule = R"({"code": "K2", "must": "room is set", "then": "task"})";

class MadeUpLedger : public Apart {
 protected:
  void restart(Party& side, const Definitions& definitions) {
    side.desk().definitions = definitions;
    side.sit(&side == &a ? realm.clerk_a : &side == &b ? realm.clerk_b : realm.archivist);
  }
};

TEST_P(MadeUpLedger, IsMergedCheckedFoundAndListedLikeAnyOther) {
  const Definitions definitions = with_keys("");
  for (Party* side : {&a, &b, &r}) restart(*side, definitions);
  const Fields key{{"key_no", "7"}, {"holder", "赵"}, {"due_on", "2026-03-05"}};
  const RecordId here = a.make("room_key", "out", key);
  together();
  a.write(here, {{"room", "三库"}, {"due_on", "2026-03-03"}});
  b.write(here, {{"room", "二库"}, {"due_on", "2026-03-04"}});
  const RecordId there = b.make("room_key", "out", {{"key_no", "07"}, {"holder", "钱"}});
  together();
  EXPECT_EQ(codes(here), "K1 value");
  EXPECT_EQ(a.findings(there).front().gravity, Gravity::freeze);
  EXPECT_EQ(shown(here, "due_on"), "2026-03-03");
  Query query;
  query.text = "三库";
  EXPECT_EQ(r.replica().search(query).rows.size(), 1U) << "every rival value is found";
  query = {};
  query.ledger = "room_key";
  EXPECT_EQ(b.replica().search(query).rows.size(), 2U);
  const LedgerDefinition& ledger = *definitions.ledger("room_key");
  EXPECT_THAT(reminders(ledger, a.replica().view(here)->state, "2026-03-04"),
              testing::ElementsAre("催还钥匙"));
  b.write(there, {{"state", "back"}});
  together();
  EXPECT_EQ(codes(here), "value");
}

TEST_P(MadeUpLedger, WaitsOnAProgramThatDoesNotKnowItAndIsShownByOneThatDoes) {
  restart(a, with_keys(""));
  const RecordId key = a.make("room_key", "out", {{"key_no", "7"}, {"holder", "赵"}});
  together();
  const auto pending = [](Party& side, const CompartmentId& where) {
    return side.replica().counts().at(where).pending_program;
  };
  EXPECT_EQ(pending(b, compartment), 1U);
  EXPECT_EQ(pending(r, compartment), 1U);
  restart(b, with_keys(""));
  EXPECT_EQ(pending(b, compartment), 0U);
  EXPECT_EQ(b.shown(key, "holder"), "赵");
  EXPECT_EQ(pending(r, compartment), 1U) << "the archive's program is still the old one";
}

TEST_P(MadeUpLedger, FilesMadeBeforeAreCheckedAnewByAProgramWithAnotherRule) {
  for (Party* side : {&a, &b, &r}) restart(*side, with_keys(""));
  const RecordId key = a.make("room_key", "out", {{"key_no", "7"}, {"holder", "赵"}});
  together();
  EXPECT_EQ(codes(key), "");
  for (Party* side : {&a, &b, &r}) restart(*side, with_keys(kRoomRule, kRulesetNumber + 2));
  EXPECT_EQ(codes(key), "K2") << "without anybody having written or synced";
}

INSTANTIATE_TEST_SUITE_P(Ways, MadeUpLedger, testing::ValuesIn(every_way()),
                         [](const auto& way) { return name_of(way.param); });

TEST(EveryLedger, ExplainsEveryFindingItBrings) {
  const Definitions& all = Definitions::built_in();
  const std::vector<std::string> known = finding_codes();
  for (const LedgerDefinition& ledger : all.all())
    for (const std::string& code : codes_of(ledger))
      EXPECT_TRUE(all.finding(code) != nullptr ||
                  std::find(known.begin(), known.end(), code) != known.end())
          << ledger.name << ' ' << code;
  for (const LedgerDefinition& ledger : all.all())
    for (const Rule& rule : ledger.rules)
      EXPECT_TRUE(rule.kind == Rule::Kind::task ||
                  std::any_of(ledger.findings.begin(), ledger.findings.end(),
                              [&](const FindingWords& one) { return one.code == rule.code; }))
          << ledger.name << ' ' << rule.code << ": a refusal needs words";
}

TEST(EveryLedger, IsThere) {
  for (const char* name :
       {"incoming",         "handling",      "outgoing",    "draft",         "sign_off_report",
        "countersign",      "dispatch",      "circulation", "loan",          "duplication",
        "return_list",      "destruction",   "stocktake",   "archive_entry", "telegram",
        "print_job",        "offsite_print", "medium",      "device",        "classification",
        "access_record",    "handover",      "incident",    "ruling",        "seal_use",
        "intro_letter",     "supervision",   "duty_log",    "phone_record",  "meeting",
        "chronicle",        "petition",      "bulletin",    "task",          "crypto_equipment",
        "certificate_loan", "material_loan"})
    EXPECT_NE(Definitions::built_in().ledger(name), nullptr) << name;
}

TEST(StockTaking, ComesRoundByItselfUntilItIsDone) {
  const LedgerDefinition& ledger = *Definitions::built_in().ledger("stocktake");
  const auto due = [&](const std::vector<RecordState>& rows, const char* today) {
    std::string text;
    for (const DueDuty& duty : due_duties(ledger, rows, today))
      text += duty.zh + ' ' + duty.since + ' ' + duty.due_on + '\n';
    return text;
  };
  EXPECT_EQ(due({}, "2026-11-27"),
            "月整理清点 2026-11-01 2026-11-30\n季度核对 2026-10-01 2026-12-31\n"
            "半年抽查 2026-07-01 2026-12-31\n年终全面清点 2026-01-01 2026-12-31\n");
  const auto done_with = [&](const char* period, const char* on) {
    RecordState row;
    for (const auto& [group, value] : std::map<std::string, std::string>{
             {"done_on", on}, {"period", period}, {"state", "done"}}) {
      GroupState held;
      held.group = *ledger.group_index(group);
      held.value = value;
      row.groups.push_back(held);
    }
    std::sort(row.groups.begin(), row.groups.end(),
              [](const GroupState& x, const GroupState& y) { return x.group < y.group; });
    row.state = "done";
    return row;
  };
  EXPECT_THAT(due({done_with("月", "2026-11-03")}, "2026-11-27"),
              testing::Not(HasSubstr("月整理清点")));
  EXPECT_THAT(due({done_with("月", "2026-11-03")}, "2026-12-01"), HasSubstr("月整理清点"));
  EXPECT_THAT(due({done_with("年", "2026-02-28")}, "2026-12-31"),
              testing::Not(HasSubstr("年终全面清点")));
}

}  // namespace
}  // namespace jiyao
