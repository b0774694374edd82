// tests/oracle/meeting.h - records of one compartment that meet: each has a random history, and
// check looks at them all.
#pragma once

#include <ostream>

#include "oracle/history_maker.h"

namespace jiyao::oracle {

class Meeting {
 public:
  explicit Meeting(std::uint64_t seed);
  Meeting(const Meeting&) = delete;  // the makers look at its cast
  Meeting& operator=(const Meeting&) = delete;

  /// One line: every record with its changes, and what the engine finds among them.
  void tell(std::ostream& out, const std::string& name) const;

 private:
  struct Held {
    const LedgerDefinition* ledger;
    RecordId record;
    std::vector<JudgedChange> changes;
    RecordState state;
  };

  void invite(const LedgerName& ledger);
  void make(const Cast::Member& member);
  std::vector<Finding> found() const;

  std::uint64_t seed_;
  simulation::Chance chance_;
  Cast cast_;
  std::deque<HistoryMaker> makers_;  ///< own the changes
  std::vector<Held> held_;           ///< by record
};

}  // namespace jiyao::oracle
