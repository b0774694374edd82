// client/timeline.h - what happened to a record and to the rows about it, act by act; and what was
// struck through.
#pragma once

#include <vector>

#include "client/desk.h"
#include "client/directory.h"

namespace jiyao {

/// A value that was replaced, with a reason, by another: shown struck through for ever.
struct Correction {
  std::size_t field = 0;
  std::string before, after;  ///< canonical; after is empty when an entry was only taken back
  std::string reason;
  UserId by;
  NodeId node;
  ActId act;
  std::int64_t at_ms = 0;
};
/// From one record's history, oldest first. Steps (states) are no corrections.
std::vector<Correction> corrections_of(const std::vector<HistoryEntry>& history,
                                       const LedgerDefinition& ledger);
/// "更正 标题：~~旧~~ → 新（原因；周敏 2026-11-22 09:30）"
std::string correction_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                            const Correction& correction);
Poco::JSON::Object::Ptr json_of(const Directory& directory, const LedgerDefinition& ledger,
                                const Correction& correction);

/// One act: what one person did at one place, on one or several records.
struct TimelineAct {
  ActId act;
  UserId by;
  NodeId node;
  std::int64_t at_ms = 0;
  struct Part {
    View record;
    std::vector<HistoryEntry> steps;
  };
  std::vector<Part> parts;
};
/// The record and the rows that cite it, or cite those, up to three refs away. Rows above the
/// reader are left out. By key.
std::vector<View> rows_around(const Replica& replica, const View& record);
/// Everything that was done to them, by time.
std::vector<TimelineAct> timeline_of(const Replica& replica, const View& record);

/// What a step wrote: "标题 关于…；状态 已登记（原因）".
std::string written_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                         const HistoryEntry& step);

}  // namespace jiyao
