// tests/oracle/state_lines.h - what the engine made of one record, as a line that merge.py reads.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "sync/check.h"

namespace jiyao::oracle {

/// One JSON object a line: the changes as canonical bytes with what the roster says of each, then
/// everything `state` says. `name` is for people: where this record comes from.
void tell_record(std::ostream& out, const std::string& name, const LedgerDefinition& ledger,
                 std::span<const JudgedChange> changes, const RecordState& state);

/// What check found, as a JSON list: id, code, kind, class, subject, records, changes, the state
/// shown instead, the record that keeps its number.
void tell_findings(std::ostream& out, std::span<const Finding> findings);

/// The value of "changes" of such a line.
void tell_changes(std::ostream& out, std::span<const JudgedChange> changes);
/// "a", "b", ... as a JSON list.
template <class Id>
std::string list_of(const std::vector<Id>& ids) {
  std::string out = "[";
  for (const Id& id : ids) out.append(out.size() > 1 ? ",\"" : "\"").append(id.hex()).append("\"");
  return out + "]";
}

}  // namespace jiyao::oracle
