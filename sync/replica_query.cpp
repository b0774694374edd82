// sync/replica_query.cpp - what a replica shows: one record, lists, search, history, counts.
#include <algorithm>

#include "schema/dates.h"
#include "schema/list_columns.h"
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

/// What the files can answer by themselves, and what is compared with the shown state afterwards.
struct Asked {
  std::map<Level, RecordQuery> files;
  std::map<std::string, std::string> rest;
};

std::vector<std::string> list_terms(std::string_view what, const std::vector<std::string>& values) {
  std::vector<std::string> terms;
  for (const std::string& value : values) terms.push_back(list_term(what, value));
  return terms;
}

/// What a column must say, as far as an index knows. Is that all of it?
bool narrow(const LedgerDefinition& ledger, std::size_t field, const std::string& value,
            Query& query) {
  if (value.empty()) return false;  // no index knows what is not there
  const Group& group = ledger.groups[ledger.fields[field].group];
  if (group.kind == GroupKind::state && query.state.empty()) {
    query.state = value;
    return true;
  }
  if (is_unit_column(ledger, field) && query.units.empty()) query.units = {value};
  if (holder_column(ledger) == field && query.holders.empty()) query.holders = {value};
  const std::string day = value.substr(0, 10);
  if (day_column(ledger) == field && is_date(day) && query.from.empty() && query.to.empty())
    query.from = query.to = day;
  const bool is_searched = std::count(ledger.search.begin(), ledger.search.end(), field) != 0;
  if (is_searched && group.kind != GroupKind::set && !fold_for_search(value).empty())
    query.text += (query.text.empty() ? "" : " ") + value;
  return false;
}

/// Typed words without a letter or digit find nothing, rather than everything.
bool finds_nothing(const Query& query) {
  return !query.text.empty() && search_query(query.text).match.empty();
}

/// Rows that a hold shows in another state than they merged to.
std::map<std::int64_t, ShownOtherwise> held_rows(const Replica::State& replica,
                                                 const Store& store) {
  std::map<std::int64_t, ShownOtherwise> held;
  if (!store.has_findings()) return held;
  Viewer viewer(replica);
  for (const Bytes& bytes : store.findings()) {
    const Finding finding = decode_finding(bytes);
    if (finding.kind != FindingKind::hold || finding.shown_state.empty()) continue;
    for (const RecordId& id : finding.records) {
      const auto row = store.record(id);
      if (!row || !finding.key.starts_with(id.hex())) continue;
      const View view = viewer.view(store, *row);
      if (view.shown_state != view.state.state)
        held[row->no] = {list_term("state", view.state.state),
                         list_term("state", view.shown_state)};
    }
  }
  return held;
}

/// `files` has the one query for all of them under every level.
void add_filters(const Replica::State& replica, const Query& query, Asked& asked) {
  for (auto& [level, file] : asked.files) {
    ListFilter& filter = file.filter;
    filter.from = query.from, filter.to = query.to;
    if (!query.state.empty()) {
      filter.terms.push_back({list_term("state", query.state)});
      file.otherwise = held_rows(replica, *replica.store(level));
    }
    if (!query.units.empty()) filter.terms.push_back(list_terms("unit", query.units));
    if (!query.holders.empty()) filter.terms.push_back(list_terms("holder", query.holders));
    if (!query.names.empty()) filter.terms.push_back(list_terms("name", query.names));
    if (!query.level) continue;
    filter.terms.push_back({list_term("level", name_of(*query.level))});
    if (query.level == level) filter.terms.back().push_back(list_term("level", ""));
  }
}

/// Every row has such a term: one owner's rows are listed without looking at all others.
void list_by_owner(Asked& asked) {
  std::vector<std::string> every{list_term("level", "")};
  for (int level = 0; level < kLevels; ++level)
    every.push_back(list_term("level", name_of(static_cast<Level>(level))));
  for (auto& [level, file] : asked.files)
    if (!file.offices.empty() && file.ledger && file.keys.empty() && file.filter.is_empty() &&
        file.text.match.empty())
      file.filter.terms.push_back(every);
}

Asked asked_of(const Replica::State& replica, Query query) {
  Asked asked;
  RecordQuery all;
  all.ledger = query.ledger;
  all.offices = query.owners;
  if (query.compartment) all.offices = {query.compartment->office};
  all.level_max = query.with_hidden ? Level::top_secret : replica.clearance();
  if (!query.with_void) all.flags_none = kVoid;
  if (query.is_watched && query.ledger) all.keys.push_back(watch_key(*query.ledger));
  if (query.cites) all.keys.push_back(citation_key(*query.cites));
  const Definitions& definitions = replica.parts.definitions;
  const LedgerDefinition* ledger = query.ledger ? definitions.ledger(*query.ledger) : nullptr;
  for (const auto& [field, value] : query.equals) {
    const bool is_key = std::any_of(
        definitions.all().begin(), definitions.all().end(),
        [&, &name = field](const LedgerDefinition& any) {
          const auto index = any.field_index(name);
          return index && (!query.ledger || any.name == *query.ledger) && is_indexed(any, *index);
        });
    const auto index = ledger == nullptr ? std::nullopt : ledger->field_index(field);
    if (is_key)
      all.keys.push_back(field_key(field, value));
    else if (!index || !narrow(*ledger, *index, value, query))
      asked.rest[field] = value;
  }
  all.text = search_query(query.text);
  for (const auto& [level, store] : replica.stores)
    if (level <= all.level_max && (!query.compartment || query.compartment->level == level))
      asked.files[level] = all;
  add_filters(replica, query, asked);
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

/// A row of some file. Lists go from the newest on; of two with one number the one of the higher
/// level comes first.
struct Found {
  std::int64_t no;
  const Store* store;
};

/// From here on, and at most so many.
void go_on_behind(Asked& asked, const Found& row) {
  for (auto& [level, file] : asked.files)
    file.before = level < row.store->level() ? row.no + 1 : row.no;
}

std::vector<Found> newest(const Replica::State& replica, const Asked& asked, std::size_t limit) {
  std::vector<Found> found;
  for (const auto& [level, query] : asked.files) {
    const Store& store = *replica.store(level);
    RecordQuery some = query;
    some.limit = limit;
    for (const std::int64_t no : store.find(some)) found.push_back({no, &store});
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.no != b.no ? a.no > b.no : a.store->level() > b.store->level();
  });
  if (found.size() > limit) found.resize(limit);
  return found;
}

/// Where a page ended; the row may be of any ledger.
std::optional<Found> row_of(const Replica::State& replica, const RecordId& id) {
  for (const auto& [level, store] : replica.stores)
    if (const auto row = store.record(id)) return Found{row->no, &store};
  return std::nullopt;
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
  if (query.limit == 0 || finds_nothing(query)) return page;
  Asked asked = asked_of(*state_, query);
  list_by_owner(asked);
  if (after)
    if (const auto row = row_of(*state_, *after)) go_on_behind(asked, *row);
  const std::size_t limit = query.limit + 1;  // one more tells whether there is a next page
  Viewer viewer(*state_);
  for (;;) {
    const std::vector<Found> found = newest(*state_, asked, limit);
    for (const Found& row : found) {
      View view = viewer.view(*row.store, *row.store->record(row.no));
      if (view.is_hidden || !has_rest(*state_, asked, view)) continue;
      if (page.rows.size() == query.limit) {
        page.after = page.rows.back().record;
        return page;
      }
      page.rows.push_back(std::move(view));
    }
    if (found.size() < limit) return page;
    go_on_behind(asked, found.back());
  }
}

std::uint64_t Replica::count(const Query& query) const {
  if (finds_nothing(query)) return 0;
  Asked asked = asked_of(*state_, query);
  std::uint64_t total = 0;
  Viewer viewer(*state_);
  for (auto& [level, file] : asked.files) {
    const Store& store = *state_->store(level);
    if (asked.rest.empty()) {
      total += store.count(file);
      continue;
    }
    file.limit = SIZE_MAX;
    for (const std::int64_t no : store.find(file))
      if (has_rest(*state_, asked, viewer.view(store, *store.record(no)))) ++total;
  }
  return total;
}

std::vector<View> Replica::among(const Query& query, std::span<const RecordId> records) const {
  std::vector<View> views;
  if (finds_nothing(query)) return views;
  const Asked asked = asked_of(*state_, query);
  Viewer viewer(*state_);
  for (const RecordId& record : records)
    for (const auto& [level, file] : asked.files) {
      const Store& store = *state_->store(level);
      const auto row = store.record(record);
      if (!row || !store.finds(file, row->no)) continue;
      View view = viewer.view(store, *row);
      if (!view.is_hidden && has_rest(*state_, asked, view)) views.push_back(std::move(view));
    }
  return views;
}

std::vector<View> Replica::conflicts(std::size_t limit) const {
  Asked asked = asked_of(*state_, Query{});
  for (auto& [level, file] : asked.files) file.flags_all = kShown | kConflicted;
  std::vector<View> views;
  Viewer viewer(*state_);
  for (const Found& row : newest(*state_, asked, limit))
    views.push_back(viewer.view(*row.store, *row.store->record(row.no)));
  return views;
}

std::uint64_t Replica::conflict_count() const {
  Asked asked = asked_of(*state_, Query{});
  std::uint64_t total = 0;
  for (auto& [level, file] : asked.files) {
    file.flags_all = kShown | kConflicted;
    total += state_->store(level)->count(file);
  }
  return total;
}

std::vector<HistoryEntry> Replica::history(const RecordId& record) const {
  std::vector<HistoryEntry> entries;
  for (const auto& [level, store] : state_->stores) {
    const std::optional<ShownRecord> row = store.record(record);
    if (!row || std::max(row->level, level) > state_->clearance()) continue;
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
    if (level > clearance) continue;
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
