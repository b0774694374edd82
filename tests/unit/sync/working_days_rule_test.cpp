// tests/unit/sync/working_days_rule_test.cpp - a rule that counts working days: it binds who
// records and it reminds; two machines with different tables of holidays still show the same
// ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/record_history.h"
#include "sync/check.h"

namespace jiyao {
namespace {

using jiyao::testing::change_named;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kCountersign = R"({ "ledger": "t", "zh": "会签", "en": "T", "source": "test",
  "fields": {
    "sent_on": {"zh": "送签", "en": "Sent", "type": "date", "kind": "value"},
    "reply_by": {"zh": "限期", "en": "By", "type": "date", "kind": "value"}},
  "states": {"draft": "10 拟稿", "sent": "20 送签", "agreed": "30 已会签*"},
  "steps": [
    {"verb": "draft", "zh": "拟稿", "from": [], "to": "draft"},
    {"verb": "send", "zh": "送签", "from": ["draft"], "to": "sent", "when": "reply_by <= sent_on + 5wd"},
    {"verb": "agree", "zh": "会签", "from": ["sent"], "to": "agreed"}],
  "remind": [{"when": "state is sent and today > sent_on + 5wd", "zh": "视为同意"}],
  "list": ["sent_on"] })";

class Countersigning : public ::testing::Test {
 protected:
  Countersigning() { add("d", {}, {{"state", "draft"}}); }
  void add(const std::string& name, const std::vector<std::string>& parents,
           const std::map<std::string, std::string>& writes) {
    Change& change = changes_.emplace_back();
    change.ledger = "t";
    change.kind = parents.empty() ? ChangeKind::create : ChangeKind::amend;
    for (const std::string& parent : parents) change.parents.push_back(change_named(parent));
    for (const auto& [group, value] : writes) change.writes.push_back({group, value});
    judged_.push_back({change_named(name), &change, Effect::counts, ~Roles{0}, true, true});
  }
  RecordState merged() const {
    return merge(rules_, std::vector<JudgedChange>(judged_.begin(), judged_.end()));
  }
  Result<void> send(const std::string& sent_on, const std::string& reply_by,
                    const WorkCalendar& calendar = WorkCalendar::built_in()) const {
    Change change;
    change.ledger = "t";
    change.kind = ChangeKind::amend;
    change.writes = {{"reply_by", reply_by}, {"sent_on", sent_on}, {"state", "sent"}};
    const RecordState before = merged();
    return validate(rules_, &before, change, {}, calendar);
  }

  LedgerDefinition rules_ = LedgerDefinition::parse(kCountersign).value();
  std::deque<Change> changes_;
  std::deque<JudgedChange> judged_;
};

TEST_F(Countersigning, FiveWorkingDaysAreReckonedOverTheHolidays) {
  EXPECT_TRUE(send("2026-09-30", "2026-10-13"));
  EXPECT_EQ(send("2026-09-30", "2026-10-14").code(), Errc::not_allowed);
}

TEST_F(Countersigning, AYearWithoutATableIsSaidAndNothingIsRecorded) {
  const auto refused = send("2026-12-30", "2027-01-05");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.code(), Errc::not_found);
  EXPECT_EQ(refused.error().detail, "no table of holidays for this year: 2027");
  EXPECT_EQ(send("2026-09-30", "2026-10-13", WorkCalendar()).code(), Errc::not_found);
}

TEST_F(Countersigning, SilenceIsRemindedOfAfterTheFifthDay) {
  add("s", {"d"}, {{"reply_by", "2026-10-13"}, {"sent_on", "2026-09-30"}, {"state", "sent"}});
  EXPECT_THAT(reminders(rules_, merged(), "2026-10-13"), IsEmpty());
  EXPECT_THAT(reminders(rules_, merged(), "2026-10-14"), ElementsAre("视为同意"));
  EXPECT_THAT(reminders(rules_, merged(), "2026-10-14", WorkCalendar()),
              ElementsAre("视为同意（缺节假日安排，期限算不出）"));
}

// Merging must not depend on tables: a guard that counts working days does not speak there.
TEST_F(Countersigning, AMergedStateDoesNotAskForTables) {
  add("s", {"d"}, {{"reply_by", "2027-12-31"}, {"sent_on", "2026-12-30"}, {"state", "sent"}});
  EXPECT_EQ(merged().state, "sent");
}

}  // namespace
}  // namespace jiyao
