// client/list_filter.cpp - typed filters into a query, pages of rows, and the command for the next.
#include "client/list_filter.h"

#include <algorithm>
#include <map>

#include "client/custody.h"
#include "client/directory.h"
#include "client/named_place.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/list_columns.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr const char* kCopies = "document_copy";
constexpr const char *kAfter = "--after", *kAfterInChinese = "--接着";

Result<void> add_where(Desk& desk, const LedgerDefinition& ledger, const std::string& text,
                       Query& query) {
  const std::size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  const Field* field = ledger.field(name);
  if (field == nullptr) field = ledger.field_for_header(name);
  if (field == nullptr || equals == std::string::npos)
    return desk.failure(Errc::invalid, "filter.bad_where", {{"text", terminal_safe(text)}});
  auto value = canonical_value(desk.words(), *field, text.substr(equals + 1));
  if (!value) return value.error();
  query.equals[field->name] = *std::move(value);
  return {};
}

Result<void> add_state(Desk& desk, const LedgerDefinition& ledger, const std::string& typed,
                       Query& query) {
  std::string known;
  for (const State& state : ledger.states) {
    if (state.name == typed || state.zh == typed) query.state = state.name;
    const bool is_zh = desk.words().language() == Language::zh;
    known += (known.empty() ? "" : " ") + (is_zh ? state.zh : state.name);
  }
  if (query.state.empty())
    return desk.failure(Errc::invalid, "filter.no_state",
                        {{"state", terminal_safe(typed)}, {"known", known}});
  return {};
}

Result<void> add_days(Desk& desk, const LedgerDefinition& ledger, const FilterOptions& options,
                      Query& query) {
  if (options.from.empty() && options.to.empty()) return {};
  if (!day_column(ledger))
    return desk.failure(Errc::usage, "filter.no_day", {{"ledger", ledger.zh}});
  for (const auto& [typed, to] :
       {std::pair(&options.from, &query.from), std::pair(&options.to, &query.to)}) {
    if (typed->empty()) continue;
    auto date = parse_date(*typed);
    if (!date) return desk.failure(Errc::invalid, "value.date", {{"typed", terminal_safe(*typed)}});
    *to = *std::move(date);
  }
  return {};
}

/// The office and those it took over from: their rows stay where they were made (P3).
std::vector<OfficeId> with_predecessors(const Replica& replica, const OfficeId& office) {
  const std::vector<OfficeId> known = replica.roster().offices();
  std::vector<OfficeId> offices;
  for (const std::string& unit : Directory(replica).successors().with_predecessors(office.hex())) {
    const auto bytes = from_hex(unit);
    const auto id = bytes ? OfficeId::from(*bytes) : std::nullopt;
    if (id && std::find(known.begin(), known.end(), *id) != known.end()) offices.push_back(*id);
  }
  return offices;
}

Result<void> add_place(Desk& desk, const Replica& replica, const FilterOptions& options,
                       Query& query) {
  if (!options.owner.empty()) {
    const auto office = named_office(desk, replica, options.owner);
    if (!office) return office.error();
    query.owners = with_predecessors(replica, *office);
  }
  if (options.level.empty()) return {};
  query.level = level_from(options.level);
  if (!query.level)
    return desk.failure(Errc::invalid, "value.level", {{"typed", terminal_safe(options.level)}});
  return {};
}

/// What was typed, as a column would hold it: the text, or the id of who is called so.
template <class Id>
Result<std::vector<std::string>> as_held(Desk& desk, std::string_view option,
                                         const std::string& typed, const std::optional<Id>& id) {
  const std::string text = without_blanks_around(typed);
  if (text.empty())
    return desk.failure(Errc::invalid, "value.blank", {{"field", desk.text(option)}});
  std::vector<std::string> values{text};
  if (id) values.push_back(id->hex());
  return values;
}

Result<void> add_unit(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                      const std::string& typed, Query& query) {
  bool has_one = false;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i)
    has_one = has_one || is_unit_column(ledger, i);
  if (!has_one) return desk.failure(Errc::usage, "filter.no_unit", {{"ledger", ledger.zh}});
  const Directory directory(replica);
  auto values = as_held(desk, "opt.unit", typed, directory.office_named(typed));
  if (!values) return values.error();
  for (const std::string& value : *values)
    for (std::string& unit : directory.successors().with_predecessors(value))
      query.units.push_back(std::move(unit));
  std::sort(query.units.begin(), query.units.end());
  query.units.erase(std::unique(query.units.begin(), query.units.end()), query.units.end());
  return {};
}

bool has_papers(const Replica& replica, const LedgerDefinition& ledger) {
  return ledger.name == "document" || document_field_for(replica, ledger.name) != nullptr;
}

Result<void> add_holder(Desk& desk, const Replica& replica, const std::string& typed,
                        Filter& filter) {
  const LedgerDefinition& ledger = *filter.ledger;
  const bool has_own = holder_column(ledger).has_value();
  if (!has_own && !has_papers(replica, ledger))
    return desk.failure(Errc::usage, "filter.no_holder", {{"ledger", ledger.zh}});
  auto values = as_held(desk, "opt.holder", typed, Directory(replica).person_named(typed));
  if (!values) return values.error();
  (has_own ? filter.query.holders : filter.holders_of_papers) = *std::move(values);
  return {};
}

/// The rows of papers: which of them somebody has.
class HeldPapers {
 public:
  HeldPapers(const Replica& replica, const Filter& filter)
      : replica_(replica), filter_(filter), copies_(*replica.definitions().ledger(kCopies)) {}

  RecordPage page() {
    RecordPage page;
    std::optional<RecordId> after = filter_.after, last;
    do {
      const RecordPage copies = replica_.search(held(std::nullopt), after);
      std::vector<RecordId> rows;
      std::map<RecordId, RecordId> led_by;  // a row to its copy
      for (const View& copy : copies.rows)
        if (const auto row = row_of(copy)) {
          rows.push_back(*row);
          led_by.emplace(*row, copy.record);
        }
      for (View& view : replica_.among(filter_.query, rows)) {
        if (page.rows.size() == filter_.query.limit) {
          page.after = last;
          return page;
        }
        last = led_by.at(view.record);
        page.rows.push_back(std::move(view));
      }
      after = copies.after;
    } while (after);
    return page;
  }

 private:
  /// Copies they have, all or those of one document.
  Query held(const std::optional<RecordId>& document) const {
    Query query;
    query.ledger = kCopies;
    query.holders = filter_.holders_of_papers;
    query.with_void = false;
    query.cites = document;
    query.limit = document ? 500 : 50;
    return query;
  }
  /// The row that a copy belongs to. Of several copies of one row only one leads to it, so that no
  /// page shows the row again.
  std::optional<RecordId> row_of(const View& copy) {
    const auto document = record_from(copy.state.field(copies_, "document"));
    if (!document) return std::nullopt;
    if (filter_.ledger->name == "document")
      return leader(*document, {*document}) == copy.record ? document : std::nullopt;
    const Field* field = document_field_for(replica_, filter_.ledger->name);
    const auto view = replica_.view(*document);
    if (!view || view->is_hidden) return std::nullopt;
    const LedgerDefinition& documents = *replica_.definitions().ledger(view->ledger);
    const auto row = record_from(view->state.field(documents, field->name));
    if (!row) return std::nullopt;
    std::vector<RecordId> all;
    for (const View& other : citing(replica_, documents.name, *row, field->name))
      all.push_back(other.record);
    return leader(*row, all) == copy.record ? row : std::nullopt;
  }
  /// The greatest of the copies they have of a row: the same on every page.
  const RecordId& leader(const RecordId& row, const std::vector<RecordId>& documents) {
    const auto [known, is_new] = leaders_.try_emplace(row);
    if (is_new)
      for (const RecordId& document : documents)
        for (const View& copy : replica_.search(held(document)).rows)
          known->second = std::max(known->second, copy.record);
    return known->second;
  }

  const Replica& replica_;
  const Filter& filter_;
  const LedgerDefinition& copies_;
  std::map<RecordId, RecordId> leaders_;
};

bool is_plain_in_a_shell(char c) {
  constexpr std::string_view kPlain = "_./:=@%+,-";
  return static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
         (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kPlain.find(c) != kPlain.npos;
}

std::string quoted(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain_in_a_shell)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// What was typed, from here on.
std::string next_command(const Desk& desk, const RecordId& after) {
  std::string command = "jiyao", end;
  const std::vector<std::string>& typed = desk.menu().typed();
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string& word = typed[i];
    if (word == kAfter || word == kAfterInChinese) {
      ++i;
      continue;
    }
    const std::string option = word.substr(0, word.find('='));
    if (option == kAfter || option == kAfterInChinese) continue;
    if (word == "--" || !end.empty())
      end += ' ' + quoted(word);  // behind it nothing is an option
    else
      command += ' ' + quoted(word);
  }
  const bool is_zh = desk.words().language() == Language::zh;
  return command + ' ' + (is_zh ? kAfterInChinese : kAfter) + ' ' + after.hex() + end;
}

}  // namespace

void declare_filter(CLI::App& app, FilterOptions& options, const Catalogue& words) {
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner,--单位", options.owner, words.text("opt.of_owner"));
  app.add_option("--state,--状态", options.state, words.text("opt.state"));
  app.add_option("--unit,--往来单位", options.unit, words.text("opt.unit"));
  app.add_option("--holder,--保管人", options.holder, words.text("opt.holder"));
  app.add_option("--from,--起", options.from, words.text("opt.from"));
  app.add_option("--to,--止", options.to, words.text("opt.until"));
  app.add_option("--where,--条件", options.where, words.text("opt.where"))->allow_extra_args(false);
}

void declare_after(CLI::App& app, FilterOptions& options, const Catalogue& words) {
  app.add_option(std::string(kAfter) + "," + kAfterInChinese, options.after,
                 words.text("opt.after"));
}

Result<Filter> filter_of(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                         const FilterOptions& options) {
  Filter filter;
  filter.ledger = &ledger;
  filter.query.ledger = ledger.name;
  if (const auto added = add_place(desk, replica, options, filter.query); !added)
    return added.error();
  if (!options.state.empty())
    if (const auto added = add_state(desk, ledger, options.state, filter.query); !added)
      return added.error();
  if (const auto added = add_days(desk, ledger, options, filter.query); !added)
    return added.error();
  if (!options.unit.empty())
    if (const auto added = add_unit(desk, replica, ledger, options.unit, filter.query); !added)
      return added.error();
  if (!options.holder.empty())
    if (const auto added = add_holder(desk, replica, options.holder, filter); !added)
      return added.error();
  for (const std::string& text : options.where)
    if (const auto added = add_where(desk, ledger, text, filter.query); !added)
      return added.error();
  filter.has_total = options.where.empty() && filter.holders_of_papers.empty();
  if (options.after.empty()) return filter;
  const bool is_by_paper = !filter.holders_of_papers.empty();
  const auto end = find_record(desk, replica, is_by_paper ? kCopies : ledger.name, options.after);
  if (!end) return end.error();
  filter.after = end->record;
  return filter;
}

RecordPage next_page(const Replica& replica, const Filter& filter) {
  if (filter.holders_of_papers.empty()) return replica.search(filter.query, filter.after);
  return HeldPapers(replica, filter).page();
}

void add_page(Desk& desk, const Replica& replica, const RecordPage& page, Answer& answer) {
  const Directory directory(replica);
  Poco::JSON::Array::Ptr rows = json_array();
  for (const View& view : page.rows) rows->add(json_of(replica, directory, view));
  answer.json->set("records", rows);
  answer.json->set("more", page.after.has_value());
  answer.json->set("after", page.after ? page.after->hex() : std::string());
  if (!page.after) return;
  const std::string command = terminal_safe(next_command(desk, *page.after));
  answer.text += "\n" + desk.text("list.next", {{"command", command}});
}

}  // namespace jiyao
