// tests/property/merge_property_test.cpp - what must hold for any history of one record.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/record_history.h"

namespace jiyao {
namespace {

using testing::RecordHistory;

struct Choices {
  std::string group;
  std::vector<std::string> values;
};

const std::vector<Choices>& choices() {
  static const std::vector<Choices> all{{"title", {"甲", "乙", "丙"}},
                                        {"legacy_no", {"1", "2"}},
                                        {"link", {"x", "y"}},
                                        {"level", {"internal", "secret", "highly_secret"}},
                                        {"due_on", {"2026-01-01", "2026-02-01"}},
                                        {"term", {"5y", "10y", "2036-01-01"}},
                                        {"remarks", {"p", "q"}},
                                        {"opinions", {"同意", "阅"}},
                                        {"intake_no", {"2026-0001", "2026-0002"}},
                                        {"state",
                                         {"registered", "reviewed", "proposed", "in_hand",
                                          "handed_back", "done", "filed", "returned", "void"}},
                                        {"archive_code", {"k", ""}}};
  return all;
}

// A history grown step by step: each change knows some of those before it, as offline nodes do.
std::shared_ptr<RecordHistory> any_history() {
  auto record = std::make_shared<RecordHistory>("incoming");
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) {
    const std::string name =
        *rc::gen::elementOf(std::vector<std::string>{"k", "m", "t"}) + std::to_string(100 + i);
    std::vector<std::string> parents;
    const auto known = record->judged();
    for (const JudgedChange& other : known)
      if (*rc::gen::inRange(0, 3) == 0) parents.push_back(testing::name_of(other.id));
    const Choices& choice = *rc::gen::elementOf(choices());
    const std::string value = *rc::gen::elementOf(choice.values);
    if (*rc::gen::inRange(0, 4) == 0 && !parents.empty() && !value.empty()) {
      std::vector<JudgedChange> past;  // exactly what those parents let the author see
      const std::string group = choice.group;
      for (const JudgedChange& other : known) past.push_back(other);
      const RecordState seen = merge(record->definition(), past);
      const GroupState* held = seen.group(*record->definition().group_index(group));
      std::vector<std::string> settles;
      if (held != nullptr)
        for (const ChangeId& id : held->to_settle) settles.push_back(testing::name_of(id));
      record->settle(name, parents, settles, {{group, value}});
    } else {
      record->add(name, parents, {{choice.group, value}});
    }
    JudgedChange& judged = record->last_judged();
    const int luck = *rc::gen::inRange(0, 12);
    if (luck == 0) judged.effect = Effect::quarantined;
    if (luck == 1) judged.effect = Effect::proposal_only;
    if (luck == 2) judged.roles = role_bit(Role::intake_clerk);
    if (luck == 3) record->sign_last();
  }
  return record;
}

std::vector<JudgedChange> shuffled(std::vector<JudgedChange> changes) {
  for (std::size_t i = changes.size(); i > 1; --i) {
    const auto other = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(i)));
    std::swap(changes[i - 1], changes[other]);
  }
  return changes;
}

void holds(const std::string& what, const std::function<void()>& property) {
  EXPECT_TRUE(rc::check(what, property));
}

TEST(MergeProperty, AnyOrderAndAnyRepetitionShowTheSame) {
  holds("order-free and repetition-free", [] {
    const auto record = any_history();
    const Bytes once = canonical(record->merged(), record->definition());
    std::vector<JudgedChange> again = shuffled(record->judged());
    const std::size_t count = again.size();
    for (std::size_t i = 0; i < count; ++i)
      if (*rc::gen::arbitrary<bool>()) again.push_back(again[i]);
    const RecordState other = merge(record->definition(), again);
    RC_ASSERT(canonical(other, record->definition()) == once);
    RC_ASSERT(other == record->merged());
  });
}

// A lone change has a short way through merge; two copies of it take the long one.
TEST(MergeProperty, AChangeAloneShowsWhatTheFullMergeMakesOfIt) {
  holds("the short way is the long way", [] {
    const bool is_series = *rc::gen::inRange(0, 4) == 0;  // has groups of the authority alone
    RecordHistory record(is_series ? "series" : "incoming");
    std::map<std::string, std::string> writes;
    if (is_series) writes = {{"blocks", "block_first:1:1;"}, {"of_ledger", "incoming"}};
    for (const Choices& choice : choices())
      if (!is_series && *rc::gen::arbitrary<bool>())
        writes[choice.group] = *rc::gen::elementOf(choice.values);
    if (*rc::gen::inRange(0, 8) == 0) writes["level"] = "no level";
    if (*rc::gen::inRange(0, 8) == 0) writes["no_group"] = "x";
    record.add("k1", {}, writes,
               *rc::gen::element(ChangeKind::create, ChangeKind::import, ChangeKind::renumber,
                                 ChangeKind::withdraw));
    JudgedChange& judged = record.last_judged();
    judged.effect = *rc::gen::element(Effect::counts, Effect::counts, Effect::proposal_only,
                                      Effect::quarantined, Effect::wait_program);
    if (*rc::gen::arbitrary<bool>()) judged.roles = role_bit(Role::intake_clerk);
    judged.is_owner = *rc::gen::arbitrary<bool>();
    judged.is_authority = *rc::gen::arbitrary<bool>();
    const std::vector<JudgedChange> twice{judged, judged};
    RC_ASSERT(record.merged() == merge(record.definition(), twice));
  });
}

TEST(MergeProperty, EveryChangeIsAppliedPendingQuarantinedOrTransparent) {
  holds("P2, for any part of a history", [] {
    const auto record = any_history();
    std::vector<JudgedChange> part = shuffled(record->judged());
    part.resize(static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(part.size()) + 1)));
    const RecordState state = merge(record->definition(), part);
    RC_ASSERT(state.applied.size() + state.pending.size() + state.quarantined.size() +
                  state.transparent.size() ==
              part.size());
  });
}

// P4: an applied value is shown, or listed beside, or some applied change knew it.
TEST(MergeProperty, NoValueLeavesSightWithoutAChangeThatKnewIt) {
  holds("P4", [] {
    const auto record = any_history();
    const RecordState state = record->merged();
    const auto judged = record->judged();
    std::map<ChangeId, const Change*> changes;
    for (const JudgedChange& one : judged) changes[one.id] = one.change;
    const std::function<bool(const ChangeId&, const ChangeId&)> knows =
        [&](const ChangeId& later, const ChangeId& earlier) {
          const auto& parents = changes.at(later)->parents;
          return std::any_of(parents.begin(), parents.end(), [&](const ChangeId& parent) {
            return parent == earlier || (changes.count(parent) != 0 && knows(parent, earlier));
          });
        };
    for (const ChangeId& id : state.applied) {
      for (const Write& write : changes.at(id)->writes) {
        const GroupState* group = state.group(*record->definition().group_index(write.group));
        RC_ASSERT(group != nullptr);
        const auto is_it = [&](const HeldWrite& held) { return held.change == id; };
        const bool is_in_sight =
            std::any_of(group->held.begin(), group->held.end(), is_it) ||
            std::any_of(group->proposals.begin(), group->proposals.end(), is_it) ||
            std::any_of(group->withdrawn.begin(), group->withdrawn.end(), is_it);
        if (is_in_sight) continue;
        const bool was_known =
            std::any_of(state.applied.begin(), state.applied.end(), [&](const ChangeId& other) {
              const auto& writes = changes.at(other)->writes;
              return writes.front().group == write.group && knows(other, id);
            });
        RC_ASSERT(was_known);
      }
    }
  });
}

TEST(MergeProperty, ARulingThatNamesExactlyWhatIsToSettleSettlesIt) {
  holds("resolve", [] {
    const auto record = any_history();
    const RecordState before = record->merged();
    for (const GroupState& group : before.groups) {
      if (group.to_settle.empty()) continue;
      std::vector<std::string> heads;
      std::vector<std::string> settles;
      for (const ChangeId& id : before.heads) heads.push_back(testing::name_of(id));
      for (const ChangeId& id : group.to_settle) settles.push_back(testing::name_of(id));
      const std::string name = record->definition().groups[group.group].name;
      const std::string value = group.held.front().value;
      if (record->definition().groups[group.group].locked_from) continue;
      record->settle("z", heads, settles, {{name, value}});
      record->sign_last();
      const GroupState after = record->group(name);
      RC_ASSERT(after.mark == Mark::none || (name == "state" && after.mark == Mark::flagged));
      RC_ASSERT(RecordHistory::names(after.held) == "z");
      return;
    }
  });
}

TEST(MergeProperty, ConflictsAreSymmetric) {
  holds("a || b == b || a, with the names exchanged", [] {
    const Choices& choice = *rc::gen::elementOf(choices());
    const std::string left = *rc::gen::elementOf(choice.values);
    const std::string right = *rc::gen::elementOf(choice.values);
    const auto mark_of = [&](const std::string& first, const std::string& second) {
      RecordHistory record("incoming");
      record.add("a", {}, {{"title", "底"}});
      record.add("b", {"a"}, {{choice.group, first}});
      record.add("c", {"a"}, {{choice.group, second}});
      const GroupState group = record.group(choice.group);
      // note_only shows the greater change id by its rule; the mark is symmetric all the same
      const bool is_note = choice.group == "link";
      return std::pair(group.mark, is_note ? std::string() : group.value);
    };
    RC_ASSERT(mark_of(left, right) == mark_of(right, left));
  });
}

}  // namespace
}  // namespace jiyao
