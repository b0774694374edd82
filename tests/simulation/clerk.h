// tests/simulation/clerk.h - a person at a desk: acts drawn from the ledger definitions.
//
// Small pools of values, so that two offices often write the same thing, and often do not.
#pragma once

#include <optional>

#include "simulation/chance.h"
#include "sync/replica.h"

namespace jiyao::simulation {

class Clerk {
 public:
  Clerk(Replica& replica, Chance& chance) : replica_(replica), chance_(chance) {}

  /// A new row of the incoming register; with a paper copy and a loan of it now and then.
  Act create(const CompartmentId& compartment);
  /// Something on a record that is here: groups, a step, an entry, a loan, a ruling.
  std::optional<Act> work_on(const View& view);

 private:
  Step make(const LedgerDefinition& ledger, std::size_t state,
            const std::vector<std::pair<std::string, std::string>>& fixed);
  std::string value(const LedgerDefinition& ledger, const Field& field, const Level& level);
  Write write(const LedgerDefinition& ledger, std::size_t group, const Level& level,
              const std::vector<std::pair<std::string, std::string>>& fixed = {});
  std::optional<Step> amend(const View& view, const LedgerDefinition& ledger);
  std::optional<Step> withdraw(const View& view, const LedgerDefinition& ledger);
  std::optional<Step> resolve(const View& view, const LedgerDefinition& ledger);
  std::optional<Act> step(const View& view, const LedgerDefinition& ledger);
  std::optional<Act> lend(const View& view);

  Replica& replica_;
  Chance& chance_;
};

}  // namespace jiyao::simulation
