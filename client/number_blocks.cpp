// client/number_blocks.cpp - reading blocks, drawing from them, granting new ones.
#include "client/number_blocks.h"

#include <algorithm>

#include "client/keeping.h"
#include "client/typed_value.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

constexpr std::uint32_t kOwnBlock = 50;
constexpr const char* kProvisionalKey = "numbers/provisional";
constexpr std::size_t kAskMax = 100'000;
constexpr std::uint32_t kRestoreGap = 50;  ///< what a restored authority leaves free

std::string memory_key(const SeriesKey& key) {
  return "numbers/" + key.compartment.text() + "/" + key.ledger + "/" + key.series + "/" +
         std::to_string(key.year);
}

bool is_incarnation(const std::string& text) {
  const auto bytes = from_hex(text);
  return bytes && bytes->size() == IncarnationId::kBytes;
}

std::uint32_t number_from(const std::string& text) {
  std::uint32_t n = 0;
  for (const char c : text)
    if (c >= '0' && c <= '9') n = n * 10 + static_cast<std::uint32_t>(c - '0');
  return n;
}

/// Did this machine begin a new life in this year or later? Then the life before may have begun the
/// year's series, and what it had not sent is not known here. A series of a year that came after is
/// of the present life only: it begins at 1.
bool began_anew_in(Replica& replica, int year) {
  const std::vector<Incident> incidents = log_file(replica).incidents();
  return std::any_of(incidents.begin(), incidents.end(), [&](const Incident& incident) {
    return incident.code == "new_incarnation" && year_of(date_at(incident.seen_ms)) >= year;
  });
}

}  // namespace

std::string numbered(int year, std::uint32_t n) {
  std::string digits = std::to_string(n);
  while (digits.size() < 4) digits.insert(digits.begin(), '0');
  return std::to_string(year) + "-" + digits;
}

std::vector<std::size_t> series_fields(const LedgerDefinition& ledger) {
  std::vector<std::size_t> fields;
  for (const NumberRule& rule : ledger.numbers)
    fields.insert(fields.end(), rule.series.begin(), rule.series.end());
  return fields;
}

std::string series_of(const LedgerDefinition& ledger, const View& row) {
  if (ledger.numbers.empty()) return {};
  return joined_series(ledger.numbers.front(),
                       [&](std::size_t field) { return row.state.field(ledger, field); });
}

std::string joined_series(const NumberRule& rule,
                          const std::function<std::string(std::size_t field)>& value) {
  std::string series;
  for (std::size_t i = 0; i < rule.series.size(); ++i)
    series += (i == 0 ? "" : "/") + value(rule.series[i]);
  return series;
}

SeriesKey series_key(const CompartmentId& place, const LedgerName& ledger, const NumberRule& rule,
                     const std::function<std::string(std::size_t field)>& value,
                     const std::string& today) {
  const std::string day = rule.year_of ? value(*rule.year_of) : std::string();
  return {place, ledger, joined_series(rule, value), year_of(day.empty() ? today : day)};
}

SeriesKey series_key(const LedgerDefinition& ledger, const NumberRule& rule, const View& row,
                     const std::string& today) {
  const auto shown = [&](std::size_t field) { return row.state.field(ledger, field); };
  return series_key(row.compartment, ledger.name, rule, shown, today);
}

RecordId series_id(const SeriesKey& key) {
  Hasher hasher(Label::series);
  hasher.add(key.compartment.office.view());
  for (const std::string& part : {std::string(name_of(key.compartment.level)), key.ledger,
                                  key.series, std::to_string(key.year)})
    hasher.add(as_bytes(part));
  const Digest digest = hasher.finish();
  return *RecordId::from(digest.view().first(RecordId::kBytes));
}

bool NumberBlocks::is_lead(const CompartmentId& compartment) const {
  const Roster roster = replica_.roster();
  const OfficeRecord* office = roster.office(compartment.office);
  return office != nullptr && office->lead == replica_.node();
}

std::optional<View> NumberBlocks::series(const SeriesKey& key) const {
  if (auto made = replica_.view(series_id(key))) return *std::move(made);
  if (key.series.empty()) return std::nullopt;  // no key knows a row by what it lacks
  Query query;
  query.ledger = "series";
  query.compartment = key.compartment;
  query.equals = {
      {"of_ledger", key.ledger}, {"series_name", key.series}, {"year", std::to_string(key.year)}};
  query.limit = 1;
  const RecordPage page = replica_.search(query);
  return page.rows.empty() ? std::nullopt : std::optional<View>(page.rows.front());
}

std::optional<std::vector<NumberBlock>> NumberBlocks::blocks(const SeriesKey& key) const {
  const auto view = series(key);
  if (!view) return std::nullopt;
  const LedgerDefinition& ledger = *replica_.definitions().ledger("series");
  const GroupState* group = view->state.group(*ledger.group_index("blocks"));
  std::vector<NumberBlock> blocks;
  if (group != nullptr)
    for (const HeldWrite& write : group->held) {
      const auto part = [&](const char* name) {
        return ledger.field_value(*ledger.field_index(name), write.value);
      };
      blocks.push_back({part("block_incarnation"), number_from(part("block_first")),
                        number_from(part("block_last"))});
    }
  std::sort(blocks.begin(), blocks.end(),
            [](const NumberBlock& a, const NumberBlock& b) { return a.first < b.first; });
  return blocks;
}

std::vector<std::uint32_t> NumberBlocks::free_numbers(const SeriesKey& key,
                                                      std::size_t count) const {
  const std::string self = replica_.author().incarnation.hex();
  std::uint32_t next = 1;
  if (const auto kept = replica_.recall(memory_key(key))) {
    const std::string text(as_text(*kept));
    if (text.starts_with(self + ":")) next = number_from(text.substr(self.size() + 1));
  }
  std::vector<std::uint32_t> numbers;
  const auto known = blocks(key);
  if (!known) return numbers;
  for (const NumberBlock& block : *known) {
    if (block.incarnation != self) continue;
    for (std::uint32_t n = std::max(block.first, next); n <= block.last; ++n) {
      if (numbers.size() == count) return numbers;
      numbers.push_back(n);
    }
  }
  return numbers;
}

Result<Step> NumberBlocks::entry(const SeriesKey& key, FieldValues values) const {
  const LedgerDefinition& ledger = *replica_.definitions().ledger("series");
  Step step;
  step.ledger = ledger.name;
  if (const auto view = series(key)) {
    step.kind = ChangeKind::amend;
    step.record = view->record;
  } else {
    step.record = series_id(key);
    values.insert({{"of_ledger", key.ledger},
                   {"series_name", key.series},
                   {"year", std::to_string(key.year)},
                   {"state", "open"}});
  }
  auto writes = writes_of(ledger, values, nullptr);
  if (!writes) return writes.error();
  step.writes = *std::move(writes);
  return step;
}

Result<NumberBlock> NumberBlocks::grant(const SeriesKey& key, const std::string& incarnation,
                                        std::uint32_t count) {
  NumberBlock block{incarnation, 1, 0};
  const auto known = blocks(key).value_or(std::vector<NumberBlock>{});
  bool knows_incarnation = known.empty() && !began_anew_in(replica_, key.year);
  for (const NumberBlock& one : known) {
    block.first = std::max(block.first, one.last + 1);
    knows_incarnation = knows_incarnation || one.incarnation == replica_.author().incarnation.hex();
  }
  if (!knows_incarnation) block.first += kRestoreGap;
  block.last = block.first + count - 1;
  const auto step = entry(key, {{"block_incarnation", incarnation},
                                {"block_first", std::to_string(block.first)},
                                {"block_last", std::to_string(block.last)}});
  if (!step) return step.error();
  const auto recorded = replica_.record(Act{key.compartment, {*step}});
  if (!recorded) return recorded.error();
  return block;
}

std::vector<NumberAsk> NumberBlocks::asks(const SeriesKey& key) const {
  const auto view = series(key);
  if (!view) return {};
  const LedgerDefinition& ledger = *replica_.definitions().ledger("series");
  const GroupState* group = view->state.group(*ledger.group_index("asks"));
  std::map<std::string, NumberAsk> by_incarnation;
  if (group != nullptr)
    for (const HeldWrite& write : group->held) {
      const auto part = [&](const char* name) {
        return ledger.field_value(*ledger.field_index(name), write.value);
      };
      NumberAsk& ask = by_incarnation[part("ask_incarnation")];
      ask.incarnation = part("ask_incarnation");
      ask.count = std::max(ask.count, number_from(part("ask_count")));
      ++ask.times;
    }
  for (const NumberBlock& block : blocks(key).value_or(std::vector<NumberBlock>{}))
    if (const auto ask = by_incarnation.find(block.incarnation);
        ask != by_incarnation.end() && ask->second.times > 0)
      --ask->second.times;
  std::vector<NumberAsk> open;
  for (const auto& [incarnation, ask] : by_incarnation)
    if (ask.times > 0 && is_incarnation(incarnation)) open.push_back(ask);
  return open;
}

Result<void> NumberBlocks::ask(const SeriesKey& key, std::size_t count) {
  const std::string self = replica_.author().incarnation.hex();
  for (const NumberAsk& open : asks(key))
    if (open.incarnation == self) return {};
  const std::size_t wanted = std::clamp<std::size_t>(count, kOwnBlock, kAskMax);
  const auto step = entry(key, {{"ask_incarnation", self}, {"ask_count", std::to_string(wanted)}});
  if (!step) return step.error();
  const auto recorded = replica_.record(Act{key.compartment, {*step}});
  if (!recorded) return recorded.error();
  return {};
}

Result<void> NumberBlocks::reserve(const SeriesKey& key, std::size_t count) {
  if (!is_lead(key.compartment)) return {};
  const std::size_t free = free_numbers(key, count).size();
  if (free == count) return {};
  const auto granted =
      grant(key, replica_.author().incarnation.hex(), static_cast<std::uint32_t>(count - free));
  if (!granted) return granted.error();
  return {};
}

std::string NumberBlocks::provisional_start() const {
  return "临-" + replica_.author().incarnation.hex().substr(0, 8) + "-";
}

bool NumberBlocks::gave_provisional() const {
  const auto kept = replica_.recall(kProvisionalKey);
  return kept && as_text(*kept).starts_with(replica_.author().incarnation.hex().substr(0, 8) + ":");
}

std::vector<std::string> NumberBlocks::provisional(std::size_t count) {
  const std::string key = kProvisionalKey;
  std::uint32_t next = 1;
  const std::string self = replica_.author().incarnation.hex().substr(0, 8);
  if (const auto kept = replica_.recall(key)) {
    const std::string text(as_text(*kept));
    if (text.starts_with(self + ":")) next = number_from(text.substr(self.size() + 1));
  }
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < count; ++i)
    numbers.push_back(provisional_start() + std::to_string(next++));
  replica_.remember(key, to_bytes(self + ":" + std::to_string(next)));
  return numbers;
}

std::vector<std::string> NumberBlocks::take(const SeriesKey& key, std::size_t count) {
  const std::vector<std::uint32_t> free = free_numbers(key, count);
  std::vector<std::string> numbers;
  for (const std::uint32_t n : free) numbers.push_back(numbered(key.year, n));
  if (!free.empty())
    replica_.remember(memory_key(key), to_bytes(replica_.author().incarnation.hex() + ":" +
                                                std::to_string(free.back() + 1)));
  return numbers;
}

Result<std::vector<std::string>> NumberBlocks::draw(const SeriesKey& key, std::size_t count) {
  const std::size_t free = free_numbers(key, count).size();
  if (free < count && is_lead(key.compartment)) {
    const auto missing = static_cast<std::uint32_t>(count - free);
    const auto granted =
        grant(key, replica_.author().incarnation.hex(), std::max(missing, kOwnBlock));
    if (!granted) return granted.error();
  }
  std::vector<std::string> numbers = take(key, count);
  if (numbers.size() == count) return numbers;
  const std::size_t missing = count - numbers.size();
  if (const auto asked = ask(key, missing); !asked) return asked.error();
  for (std::string& number : provisional(missing)) numbers.push_back(std::move(number));
  return numbers;
}

}  // namespace jiyao
