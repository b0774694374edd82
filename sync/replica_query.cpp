// sync/replica_query.cpp - what a replica shows: one record, lists, search, history, counts.
#include <algorithm>

#include "sync/replica_view.h"

namespace jiyao {

RecordState merged_state(const Replica::State& replica, const Store& store,
                         const ShownRecord& record, const std::vector<StoredChange>& changes) {
  const LedgerDefinition* definition = replica.parts.definitions.ledger(record.ledger);
  if (definition == nullptr) return {};
  const Judge judge(replica.log().roster(), replica.parts.definitions, replica.log());
  const RosterPoint point = point_of(store);
  std::vector<JudgedChange> judged;
  judged.reserve(changes.size());
  for (const StoredChange& change : changes) {
    const auto batch = change.batch == 0 ? std::nullopt : store.batch(change.batch);
    judged.push_back(judge.for_merge(change, batch ? batch->roster.seq : point.seq));
  }
  return merge(*definition, judged);
}

RecordState merged_state(const Replica::State& replica, const Store& store,
                         const ShownRecord& record) {
  return merged_state(replica, store, record, store.changes(record.no));
}

namespace {

/// What the store can answer by itself, and what is compared with the shown state afterwards.
struct Asked {
  RecordQuery query;
  std::map<std::string, std::string> rest;
};

Asked asked_of(const Replica::State& replica, const Query& query) {
  Asked asked;
  asked.query.ledger = query.ledger;
  if (query.compartment) asked.query.office = query.compartment->office;
  asked.query.text = search_query(query.text);
  asked.query.level_max = replica.clearance();
  if (!query.with_void) asked.query.flags_none = kVoid;
  if (query.is_watched && query.ledger) asked.query.keys.push_back(watch_key(*query.ledger));
  if (query.cites) asked.query.keys.push_back(citation_key(*query.cites));
  for (const auto& [field, value] : query.equals) {
    const auto all = replica.parts.definitions.all();
    const bool is_key =
        std::any_of(all.begin(), all.end(), [&, &name = field](const LedgerDefinition& ledger) {
          const auto index = ledger.field_index(name);
          return index && (!query.ledger || ledger.name == *query.ledger) &&
                 is_indexed(ledger, *index);
        });
    if (is_key)
      asked.query.keys.push_back(field_key(field, value));
    else
      asked.rest[field] = value;
  }
  return asked;
}

bool has_rest(const Replica::State& replica, const Asked& asked, const View& view) {
  const LedgerDefinition* definition = replica.parts.definitions.ledger(view.ledger);
  if (definition == nullptr) return asked.rest.empty();
  return std::all_of(asked.rest.begin(), asked.rest.end(), [&](const auto& wanted) {
    if (wanted.first == "state") return view.shown_state == wanted.second;
    return view.state.field(*definition, wanted.first) == wanted.second;
  });
}

bool is_asked(const Query& query, Level level) {
  return !query.compartment || query.compartment->level == level;
}

/// Typed words without a letter or digit find nothing, rather than everything.
bool finds_nothing(const Query& query, const Asked& asked) {
  return !query.text.empty() && asked.query.text.match.empty();
}

/// The newest rows of every open file before `no`, newest first.
struct Found {
  std::int64_t no;
  const Store* store;
};
std::vector<Found> newest(const Replica::State& replica, const Query& query,
                          const RecordQuery& asked) {
  std::vector<Found> found;
  for (const auto& [level, store] : replica.stores) {
    if (!is_asked(query, level)) continue;
    for (const std::int64_t no : store.find(asked)) found.push_back({no, &store});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.no != b.no ? a.no > b.no : a.store->level() > b.store->level();
  });
  if (found.size() > asked.limit) found.resize(asked.limit);
  return found;
}

}  // namespace

Result<View> Replica::view(const RecordId& record) const {
  for (const auto& [level, store] : state_->stores) {
    const std::optional<ShownRecord> row = store.record(record);
    if (row && (row->flags & kShown) != 0) return Viewer(*state_).view(store, *row);
  }
  return {Errc::not_found, "no such record here"};
}

RecordPage Replica::search(const Query& query, const std::optional<RecordId>& after) const {
  RecordPage page;
  Asked asked = asked_of(*state_, query);
  if (query.limit == 0 || finds_nothing(query, asked)) return page;
  if (after)
    for (const auto& [level, store] : state_->stores)
      if (const auto row = store.record(*after)) asked.query.before = row->no;
  asked.query.limit = query.limit + 1;  // one more tells whether there is a next page
  Viewer viewer(*state_);
  for (;;) {
    const std::vector<Found> found = newest(*state_, query, asked.query);
    for (const Found& row : found) {
      asked.query.before = row.no;
      View view = viewer.view(*row.store, *row.store->record(row.no));
      if (view.is_hidden || !has_rest(*state_, asked, view)) continue;
      if (page.rows.size() == query.limit) {
        page.after = page.rows.back().record;
        return page;
      }
      page.rows.push_back(std::move(view));
    }
    if (found.size() < asked.query.limit) return page;
  }
}

std::uint64_t Replica::count(const Query& query) const {
  Asked asked = asked_of(*state_, query);
  if (finds_nothing(query, asked)) return 0;
  std::uint64_t total = 0;
  Viewer viewer(*state_);
  for (const auto& [level, store] : state_->stores) {
    if (!is_asked(query, level)) continue;
    if (asked.rest.empty()) {
      total += store.count(asked.query);
      continue;
    }
    asked.query.limit = SIZE_MAX;
    for (const std::int64_t no : store.find(asked.query))
      if (has_rest(*state_, asked, viewer.view(store, *store.record(no)))) ++total;
  }
  return total;
}

std::vector<View> Replica::conflicts(std::size_t limit) const {
  RecordQuery query;
  query.flags_all = kShown | kConflicted;
  query.level_max = state_->clearance();
  query.limit = limit;
  std::vector<View> views;
  Viewer viewer(*state_);
  for (const Found& row : newest(*state_, Query{}, query))
    views.push_back(viewer.view(*row.store, *row.store->record(row.no)));
  return views;
}

std::vector<HistoryEntry> Replica::history(const RecordId& record) const {
  std::vector<HistoryEntry> entries;
  for (const auto& [level, store] : state_->stores) {
    const std::optional<ShownRecord> row = store.record(record);
    if (!row || row->level > state_->clearance()) continue;
    for (StoredChange& stored : store.changes(row->no)) {
      HistoryEntry entry;
      entry.id = stored.id;
      entry.standing = standing_from(stored.judged);
      entry.is_applied = stored.holding == Holding::applied;
      entry.stage = stage_of(*state_, store, stored);
      if (stored.holding == Holding::pending_parent) entry.waiting_for = "parent";
      if (stored.holding == Holding::pending_program) entry.waiting_for = "program";
      entry.change = std::move(stored.change);
      entries.push_back(std::move(entry));
    }
  }
  // Shown in the order of the clocks, which decide nothing; equal ones by id.
  std::sort(entries.begin(), entries.end(), [](const HistoryEntry& a, const HistoryEntry& b) {
    return std::tie(a.change.hlc, a.id) < std::tie(b.change.hlc, b.id);
  });
  return entries;
}

std::vector<Finding> Replica::findings() const {
  std::vector<Finding> all;
  const Level clearance = state_->clearance();
  for (const auto& [level, store] : state_->stores) {
    for (const Bytes& bytes : store.findings()) {
      Finding finding = decode_finding(bytes);
      const bool is_visible = std::all_of(finding.records.begin(), finding.records.end(),
                                          [&, &held = store](const RecordId& id) {
                                            const auto row = held.record(id);
                                            return !row || row->level <= clearance;
                                          });
      if (is_visible) all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace jiyao
