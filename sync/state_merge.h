// sync/state_merge.h - which life-cycle state a record shows when several were set (domain.md 6.3).
#pragma once

#include "sync/group_merge.h"

namespace jiyao {

/// Chooses among the maximal writes of the state group and fills value, mark, ancestor, to_settle.
///   weighty   nodes whose facts, opinions or approvals voiding must not beat (S2)
///   own       shown fields of the record, for the guards
/// Returns true when a higher state waits for its guards (task 补办手续).
bool choose_among_states(const LedgerDefinition& definition, const GroupMerge& states,
                         const ChangeGraph& graph, const std::vector<std::size_t>& weighty,
                         const Lookup& own, GroupState& shown);

/// Is a decision in effect beside another that a junior person took apart (A5)?
bool is_overruling(const LedgerDefinition& definition, const GroupState& shown);

}  // namespace jiyao
