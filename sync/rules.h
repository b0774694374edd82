// sync/rules.h - what a ledger's definition demands of a merged row, of those it cites, and of
// those it meets. Inside of check.
#pragma once

#include <map>
#include <set>

#include "sync/findings.h"

namespace jiyao {

/// Records by the hex digits of their id.
using NeighboursById = std::map<std::string, const Neighbour*>;

/// States the record was in before the one it is shown in, that are no end, highest rank first.
std::vector<std::size_t> states_before(const LedgerDefinition& ledger, const RecordState& state);

/// `must` fails although `if` holds. A record that is not held speaks for nobody.
bool is_broken(const Rule& rule, const Lookup& lookup);

/// Rules, bars and rulings among the records of one neighbourhood.
class RuleCheck {
 public:
  RuleCheck(const NeighboursById& records, Findings& findings)
      : records_(records), findings_(findings) {}

  void enter(const Neighbour& record);  ///< every record first
  void rules(const Neighbour& record);
  void bars(const Neighbour& record);
  /// Others that claim a copy this record claims.
  void exclusive(const Neighbour& record);
  std::vector<const Neighbour*> sharing_claims(const Neighbour& record) const;
  /// Entries about the same person that did not know of each other (R4, N12).
  void apart(const Neighbour& record);
  /// Does a row in force that cites all of its records settle this finding?
  bool is_ruled(const Finding& finding) const;

 private:
  struct Barring {
    const Neighbour* record;
    const Bar* bar;
  };

  struct Claimant {
    const Neighbour* record;
    const ExclusiveKey* key;
  };

  static std::string code_between(const Neighbour& a, const ExclusiveKey& key_a, const Neighbour& b,
                                  const ExclusiveKey& key_b);
  std::vector<const Neighbour*> cited_by(const Neighbour& record, const Rule& rule) const;
  Lookup words_of(const Neighbour& record, const std::string& state) const;
  std::string state_before(const Neighbour& record, const Rule& rule) const;
  void add(const Neighbour& record, const Rule& rule);

  const NeighboursById& records_;
  Findings& findings_;
  std::map<std::string, std::vector<Barring>> bars_;                ///< by claim
  std::map<std::string, std::vector<Claimant>> claimants_;          ///< by claim
  std::map<std::string, std::vector<std::set<RecordId>>> rulings_;  ///< cited, by finding
};

}  // namespace jiyao
