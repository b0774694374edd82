// client/timeline.cpp - histories, put together by act.
#include "client/timeline.h"

#include <algorithm>
#include <map>
#include <set>

#include "client/custody.h"
#include "client/records.h"
#include "client/typed_value.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr int kRefsAway = 3;
constexpr std::size_t kRecordsMax = 2000;

std::int64_t time_of(const HistoryEntry& entry) {
  return static_cast<std::int64_t>(entry.change.hlc >> 16U);
}

/// What the group showed before this change: the last write to it that is not of the same act.
std::string value_before(const std::vector<HistoryEntry>& history, const HistoryEntry& change,
                         const std::string& group) {
  std::string value;
  for (const HistoryEntry& entry : history) {
    if (entry.id == change.id) break;
    for (const Write& write : entry.change.writes)
      if (write.group == group && entry.is_applied) value = write.value;
  }
  return value;
}

std::string written_by(const std::vector<HistoryEntry>& history, const ChangeId& id,
                       const std::string& group) {
  for (const HistoryEntry& entry : history)
    if (entry.id == id)
      for (const Write& write : entry.change.writes)
        if (write.group == group) return write.value;
  return {};
}

bool is_struck_kind(const Group& group) {
  return group.kind != GroupKind::state && group.kind != GroupKind::set &&
         group.kind != GroupKind::custody;
}

class Corrections {
 public:
  Corrections(const std::vector<HistoryEntry>& history, const LedgerDefinition& ledger)
      : history_(history), ledger_(ledger) {}

  std::vector<Correction> all() {
    for (const HistoryEntry& entry : history_)
      if (entry.is_applied && !entry.change.reason.empty())
        for (const Write& write : entry.change.writes) look(entry, write);
    return std::move(found_);
  }

 private:
  void look(const HistoryEntry& entry, const Write& write) {
    const Group* group = ledger_.group(write.group);
    if (group == nullptr) return;
    if (entry.change.kind == ChangeKind::withdraw)
      for (const ChangeId& struck : entry.change.settles)
        add(entry, *group, written_by(history_, struck, write.group), {});
    else if (is_struck_kind(*group))
      add(entry, *group, value_before(history_, entry, write.group), write.value);
  }
  void add(const HistoryEntry& entry, const Group& group, const std::string& before,
           const std::string& after) {
    for (const std::size_t field : group.fields) {
      Correction one;
      one.field = field;
      one.before = ledger_.field_value(field, before);
      one.after = ledger_.field_value(field, after);
      one.reason = entry.change.reason;
      one.by = entry.change.actor;
      one.node = entry.change.origin.node;
      one.act = entry.change.act;
      one.at_ms = time_of(entry);
      if (!one.before.empty() && one.before != one.after) found_.push_back(std::move(one));
    }
  }

  const std::vector<HistoryEntry>& history_;
  const LedgerDefinition& ledger_;
  std::vector<Correction> found_;
};

}  // namespace

std::vector<Correction> corrections_of(const std::vector<HistoryEntry>& history,
                                       const LedgerDefinition& ledger) {
  return Corrections(history, ledger).all();
}

std::string correction_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                            const Correction& correction) {
  const auto shown = [&](const std::string& value) {
    return directory.person_text(shown_value(desk.words(), ledger, correction.field, value));
  };
  const std::string after =
      correction.after.empty() ? desk.text("correct.taken_back") : shown(correction.after);
  const std::string before = desk.console().paint("~~" + shown(correction.before) + "~~", 9);
  return desk.text("correct.line",
                   {{"field", label_of(desk.words(), ledger.fields[correction.field])}}) +
         before + " → " + after +
         desk.text("correct.why", {{"reason", correction.reason},
                                   {"who", directory.person(correction.by)},
                                   {"at", time_text(correction.at_ms)}});
}

Poco::JSON::Object::Ptr json_of(const Directory& directory, const LedgerDefinition& ledger,
                                const Correction& correction) {
  Poco::JSON::Object::Ptr one = json_object();
  one->set("field", ledger.fields[correction.field].name);
  one->set("before", correction.before);
  one->set("value", correction.after);
  one->set("reason", correction.reason);
  one->set("person", directory.person(correction.by));
  one->set("node", directory.node(correction.node));
  one->set("at", rfc3339_at(correction.at_ms));
  return one;
}

std::vector<View> rows_around(const Replica& replica, const View& record) {
  std::vector<View> all{record};
  std::set<RecordId> seen{record.record};
  std::size_t begin = 0;
  for (int away = 0; away < kRefsAway; ++away) {
    const std::size_t end = all.size();
    for (std::size_t i = begin; i < end; ++i) {
      Query query;
      query.cites = all[i].record;
      query.limit = kRecordsMax;
      for (View& row : replica.search(query).rows)
        if (!row.is_hidden && all.size() < kRecordsMax && seen.insert(row.record).second)
          all.push_back(std::move(row));
    }
    begin = end;
  }
  return all;
}

std::vector<TimelineAct> timeline_of(const Replica& replica, const View& record) {
  std::map<ActId, TimelineAct> acts;
  for (const View& row : rows_around(replica, record))
    for (HistoryEntry& entry : replica.history(row.record)) {
      TimelineAct& act = acts[entry.change.act];
      if (act.parts.empty()) {
        act.act = entry.change.act;
        act.by = entry.change.actor;
        act.node = entry.change.origin.node;
        act.at_ms = time_of(entry);
      }
      if (act.parts.empty() || act.parts.back().record.record != row.record)
        act.parts.push_back({row, {}});
      act.parts.back().steps.push_back(std::move(entry));
    }
  std::vector<TimelineAct> sorted;
  for (auto& [id, act] : acts) sorted.push_back(std::move(act));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const TimelineAct& a, const TimelineAct& b) { return a.at_ms < b.at_ms; });
  return sorted;
}

std::string written_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                         const HistoryEntry& step) {
  std::string what;
  for (const Write& write : step.change.writes) {
    const Group* group = ledger.group(write.group);
    if (group == nullptr) continue;
    for (const std::size_t index : group->fields) {
      const std::string value = ledger.field_value(index, write.value);
      if (value.empty()) continue;
      const Field& field = ledger.fields[index];
      what += (what.empty() ? "" : "；") + label_of(desk.words(), field);
      if (field.type == FieldType::signature) continue;  // by whoever did the step
      what += " " + directory.person_text(field.type == FieldType::ref
                                              ? cited_name(directory.replica(), value)
                                              : shown_value(desk.words(), ledger, index, value));
    }
  }
  if (!step.change.reason.empty())
    what += desk.text("history.reason", {{"reason", step.change.reason}});
  return what;
}

}  // namespace jiyao
