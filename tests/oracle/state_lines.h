// tests/oracle/state_lines.h - what the engine made of one record, as a line that merge.py reads.
#pragma once

#include <ostream>
#include <span>
#include <string>

#include "sync/merge.h"

namespace jiyao::oracle {

/// One JSON object a line: the changes as canonical bytes with what the roster says of each, then
/// everything `state` says. `name` is for people: where this record comes from.
void tell_record(std::ostream& out, const std::string& name, const LedgerDefinition& ledger,
                 std::span<const JudgedChange> changes, const RecordState& state);

/// The value of "changes" of such a line.
void tell_changes(std::ostream& out, std::span<const JudgedChange> changes);
/// "a", "b", ... as a JSON list.
std::string list_of(std::span<const ChangeId> ids);

}  // namespace jiyao::oracle
