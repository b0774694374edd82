// client/records_find.cpp - which record somebody means, and what a record is called.
#include <algorithm>

#include "client/commands/ledger_verbs.h"
#include "client/custody.h"
#include "client/number_blocks.h"
#include "client/records.h"
#include "schema/list_columns.h"
#include "schema/text.h"

namespace jiyao {

namespace {

/// A row above this person is not there (domain.md 3.6.4): nothing here finds it.
std::vector<View> with_field(const Replica& replica, const LedgerName& ledger,
                             const std::string& field, const std::string& value) {
  Query query;
  query.ledger = ledger;
  query.equals[field] = value;
  query.limit = 10;
  std::vector<View> rows = replica.search(query).rows;
  std::erase_if(rows, [](const View& view) { return view.is_hidden; });
  return rows;
}

std::vector<View> with_id(const Replica& replica, const LedgerName& ledger,
                          std::string_view typed) {
  const auto bytes = from_hex(typed);
  if (!bytes || bytes->size() != RecordId::kBytes) return {};
  auto view = replica.view(*RecordId::from(*bytes));
  if (!view || view->ledger != ledger || view->is_hidden) return {};
  return {*std::move(view)};
}

/// 收〔2026〕0137, 2026-137, 临-...; a document number has its organ's letters in front.
bool looks_like_number(std::string_view typed) {
  for (const std::string_view start : {"收", "临", "〔", "[", "（", "(", "【"})
    if (typed.starts_with(start)) return true;
  return !typed.empty() && typed.front() >= '0' && typed.front() <= '9';
}

/// A column that its list shows and the keys know: a number or a name nobody else has.
bool is_name(const LedgerDefinition& ledger, std::size_t index) {
  const Field& field = ledger.fields[index];
  if (field.type != FieldType::text || field.name == "doc_no") return false;
  const bool is_listed = std::count(ledger.list.begin(), ledger.list.end(), index) != 0;
  const bool is_unique =
      std::any_of(ledger.unique.begin(), ledger.unique.end(), [&](const UniqueKey& key) {
        return std::count(key.fields.begin(), key.fields.end(), index) != 0;
      });
  return is_listed && (is_unique || field.name.ends_with("_no"));
}

/// The columns a record is called by, first the one that people would use.
std::vector<std::size_t> naming_fields(const LedgerDefinition& ledger) {
  std::vector<std::size_t> names;
  for (const NumberRule& rule : ledger.numbers) names.push_back(rule.field);
  if (const auto doc_no = ledger.field_index("doc_no")) names.push_back(*doc_no);
  for (std::size_t i = 0; i < ledger.fields.size(); ++i)
    if (is_name(ledger, i)) names.push_back(i);
  if (const auto legacy = ledger.field_index("legacy_no")) names.push_back(*legacy);
  return names;
}

std::vector<View> candidates(Desk& desk, const Replica& replica, const LedgerDefinition& ledger,
                             std::string_view typed) {
  constexpr std::string_view kLegacy = "原";
  std::vector<View> found = with_id(replica, ledger.name, typed);
  for (const std::size_t index : naming_fields(ledger)) {
    if (!found.empty()) break;
    const Field& field = ledger.fields[index];
    std::string_view text = typed;
    if (field.type == FieldType::number && !looks_like_number(typed)) continue;
    if (field.name == "legacy_no") {
      if (!text.starts_with(kLegacy)) continue;
      text.remove_prefix(kLegacy.size());
    }
    const auto value = canonical_value(desk.words(), field, text);
    if (value && !value->empty()) found = with_field(replica, ledger.name, field.name, *value);
  }
  return found;
}

/// All that a query finds for this person, page by page.
template <class Take>
void each_row(const Replica& replica, const Query& query, Take take) {
  std::optional<RecordId> after;
  do {
    RecordPage page = replica.search(query, after);
    for (View& view : page.rows)
      if (!view.is_hidden) take(std::move(view));
    after = page.after;
  } while (after);
}

/// More namesakes than anybody reads.
constexpr std::size_t kNamesakesMax = 50;

/// Rows whose papers have no number are called by what the list shows: the place of a count, the
/// name of a meeting. Of several, one that is still open.
std::vector<View> listed_as(const Replica& replica, const LedgerDefinition& ledger,
                            std::string_view typed) {
  if (typed.empty() || ledger.field("doc_no") != nullptr) return {};
  Query query;
  query.ledger = ledger.name;
  query.names = {std::string(typed)};
  std::vector<View> open, ended;
  each_row(replica, query, [&](View view) {
    const auto shows_it = [&](std::size_t index) {
      return is_naming_column(ledger, index) && view.state.field(ledger, index) == typed;
    };
    if (std::none_of(ledger.list.begin(), ledger.list.end(), shows_it)) return;
    std::vector<View>& found = view.state.is_terminal ? ended : open;
    if (found.size() < kNamesakesMax) found.push_back(std::move(view));
  });
  return open.empty() ? ended : open;
}

/// What stands before a number that is not of this office's plain register.
struct NumberPlace {
  std::optional<OfficeId> office;
  std::optional<Level> level;
  std::string series;
  std::string rest;
  bool is_given() const { return office || level || !series.empty(); }
};

/// The column with 机关代字, in a ledger that gives document numbers.
std::optional<std::size_t> code_word_field(const LedgerDefinition& ledger) {
  for (const NumberRule& rule : ledger.numbers)
    if (rule.is_document_number) return rule.series.front();
  return std::nullopt;
}

/// "甲局 机密 2026-0001" or "甲局收〔2026〕0001" -> place and number.
NumberPlace place_from(const Directory& directory, const Roster& roster,
                       const LedgerDefinition& ledger, std::string_view typed) {
  NumberPlace place;
  const auto skip = [&](std::string_view word) {
    if (word.empty() || !typed.starts_with(word)) return false;
    typed.remove_prefix(word.size());
    while (typed.starts_with(' ')) typed.remove_prefix(1);
    return true;
  };
  std::string longest;  // 甲局 and 甲局二处 may both be offices
  for (const OfficeId& id : roster.offices()) {
    const std::string name = directory.office(id);
    if (name.size() <= longest.size() || !typed.starts_with(name)) continue;
    longest = name;
    place.office = id;
  }
  skip(longest);
  for (const Level level : {Level::secret, Level::highly_secret, Level::top_secret})
    if (!place.level && (skip(chinese_of(level)) || skip(name_of(level)))) place.level = level;
  const Field* series = ledger.field("series");
  if (series != nullptr)
    for (const std::string& name : series->choices)
      if (place.series.empty() && skip(name)) place.series = name;
  for (const std::string_view bracket : {"〔", "[", "（", "(", "【"}) {
    const std::size_t at = typed.find(bracket);
    if (!code_word_field(ledger) || at == 0 || at == std::string_view::npos) continue;
    place.series = typed.substr(0, at);
    typed.remove_prefix(at);
  }
  place.rest = std::string(typed);
  return place;
}

bool is_in(const NumberPlace& place, const LedgerDefinition& ledger, const View& view) {
  if (place.office && view.compartment.office != *place.office) return false;
  if (place.level && view.compartment.level != *place.level) return false;
  const auto code_word = code_word_field(ledger);
  const std::string series =
      code_word ? view.state.field(ledger, *code_word) : view.state.field(ledger, "series");
  return place.series.empty() || series == place.series;
}

/// Records whose provisional number this was (client/number_asks.h keeps it as a remark).
std::vector<View> once_called(const Replica& replica, const LedgerDefinition& ledger,
                              std::string_view typed) {
  Query query;
  query.ledger = ledger.name;
  query.text = std::string(typed);
  const auto remarks = ledger.group_index("remarks");
  std::vector<View> found;
  each_row(replica, query, [&](View view) {
    const GroupState* group = remarks ? view.state.group(*remarks) : nullptr;
    const bool was_called_so =
        group != nullptr &&
        std::any_of(group->held.begin(), group->held.end(), [&](const HeldWrite& write) {
          return write.value.ends_with(" " + std::string(typed));
        });
    if (was_called_so && found.size() < kNamesakesMax) found.push_back(std::move(view));
  });
  return found;
}

}  // namespace

std::string name_of(const LedgerDefinition& definition, const View& view) {
  std::vector<std::size_t> fields = naming_fields(definition);
  for (const std::size_t index : definition.list)
    if (can_name_a_row(definition, index)) fields.push_back(index);
  for (const std::size_t index : fields) {
    const std::string value = view.state.field(definition, index);
    if (!value.empty()) return terminal_safe(value);
  }
  return view.record.hex().substr(0, 8);
}

std::string cited_name(const Replica& replica, std::string_view hex) {
  const auto record = record_from(std::string(hex));
  const auto view = record ? replica.view(*record) : Result<View>(Errc::not_found);
  const LedgerDefinition* ledger =
      view && !view->is_hidden ? replica.definitions().ledger(view->ledger) : nullptr;
  if (ledger == nullptr) return terminal_safe(hex.substr(0, 8));
  const auto number = ledger->field_index("copy_no");
  const std::string copy = number ? view->state.field(*ledger, *number) : std::string();
  return copy.empty() ? name_of(*ledger, *view) : terminal_safe(copy);
}

Result<View> find_record(Desk& desk, Replica& replica, const LedgerName& ledger,
                         std::string_view typed) {
  const LedgerDefinition* definition = replica.definitions().ledger(ledger);
  JIYAO_ASSERT(definition != nullptr);
  const Directory directory(replica);
  std::vector<View> found = candidates(desk, replica, *definition, typed);
  if (found.empty()) {
    const NumberPlace place = place_from(directory, replica.roster(), *definition, typed);
    if (place.is_given()) found = candidates(desk, replica, *definition, place.rest);
    std::erase_if(found, [&](const View& view) { return !is_in(place, *definition, view); });
  }
  if (found.empty() && typed.starts_with("临-")) found = once_called(replica, *definition, typed);
  if (found.empty()) found = listed_as(replica, *definition, typed);
  if (found.empty())
    return desk.failure(Errc::not_found, "record.none", {{"name", std::string(typed)}});
  if (found.size() == 1) return std::move(found.front());
  std::string names;
  for (const View& view : found)
    names += (names.empty() ? "" : "、") + number_text(desk.words(), directory, *definition, view) +
             " " + view.record.hex();
  return desk.failure(Errc::invalid, "record.several",
                      {{"name", std::string(typed)}, {"names", names}});
}

Result<View> find_cited(Desk& desk, Replica& replica, const LedgerName& ledger,
                        std::string_view typed) {
  if (replica.definitions().ledger(ledger) != nullptr)
    return find_record(desk, replica, ledger, typed);
  Error last = desk.failure(Errc::not_found, "record.none", {{"name", std::string(typed)}});
  // The row of a register before what was made from it, which bears the same document number.
  for (const bool has_number : {true, false}) {
    for (const LedgerDefinition& any : replica.definitions().all()) {
      if (number_field(any).has_value() != has_number) continue;
      auto found = find_record(desk, replica, any.name, typed);
      if (found || found.code() != Errc::not_found) return found;
    }
  }
  return last;
}

}  // namespace jiyao
