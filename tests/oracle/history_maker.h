// tests/oracle/history_maker.h - a random history of one record, grown by offices that sync now and
// then: every ledger, every kind of change, and everything that can be said of an author.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "simulation/chance.h"
#include "sync/check.h"
#include "sync/merge.h"

namespace jiyao::oracle {

/// Records of one compartment that may cite each other, and what else they have in common.
struct Cast {
  struct Member {
    RecordId record;
    const LedgerDefinition* ledger;
  };
  RealmId realm;
  CompartmentId compartment;
  std::vector<UserId> people;
  std::vector<IncarnationId> lives;
  std::vector<Member> members;
  std::vector<FindingId> findings;  ///< that somebody may rule on
};

class HistoryMaker {
 public:
  explicit HistoryMaker(std::uint64_t seed);
  /// One of several records that meet: made whole, of what records meet by, and citing the others.
  HistoryMaker(std::uint64_t seed, const Cast& cast, const Cast::Member& member);

  const LedgerDefinition& ledger() const { return *ledger_; }
  /// What a reader holds: some of it withheld, some of it twice, in any order.
  std::vector<JudgedChange> held();

 private:
  using Known = std::set<std::size_t>;

  void choose_ledger();
  void choose_what_meets();
  void grow(std::size_t changes);
  void write_one(std::size_t office);
  void fill(Change& change, const RecordState& seen);
  void resolve(Change& change, const RecordState& seen);
  void withdraw(Change& change, const RecordState& seen);
  void amend(Change& change, const RecordState& seen);
  void judge(JudgedChange& judged);
  std::vector<ChangeId> parents_of(const Known& known, const RecordState& seen);
  RecordState seen_by(const Known& known) const;
  std::string value(std::size_t group, const RecordState& seen);
  std::string field_value(std::size_t group, const Field& field, const RecordState& seen);
  std::optional<std::string> value_in_common(const Field& field);
  std::string cited(const LedgerName& ledger);
  void put(Change& change, const GroupName& group, std::string value);

  simulation::Chance chance_;
  const Cast* cast_ = nullptr;  ///< nullptr: the record is alone
  const LedgerDefinition* ledger_ = nullptr;
  std::vector<std::size_t> hot_;  ///< groups that meet
  std::vector<UserId> people_;
  Change same_;  ///< what all changes of this record share
  std::deque<Change> changes_;
  std::vector<JudgedChange> judged_;
  std::vector<Known> offices_;
};

}  // namespace jiyao::oracle
