// client/commands/series.cpp - series list|grant|report and gaps: whose numbers are whose, who
// waits for some, which were used, and what the holes are.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/lives.h"
#include "client/named_place.h"
#include "client/number_asks.h"
#include "client/records.h"
#include "client/series_report.h"
#include "schema/text.h"

namespace jiyao {

namespace {

struct SeriesOptions {
  std::string owner, level, series, ledger = "incoming", to;
  int year = 0;
  std::uint32_t count = 50;
};

void declare_list(CLI::App& app, SeriesOptions& options, const Catalogue& words) {
  app.add_option("--owner,--单位", options.owner, words.text("opt.owner"));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--series,--类别", options.series, words.text("opt.series"));
  app.add_option("--year,--年度", options.year, words.text("opt.year"));
}

void declare_report(CLI::App& app, SeriesOptions& options, const Catalogue& words) {
  options.ledger.clear();
  declare_list(app, options, words);
  app.add_option("--ledger,--台账", options.ledger, words.text("opt.any_ledger"));
}

void declare_grant(CLI::App& app, SeriesOptions& options, const Catalogue& words) {
  declare_list(app, options, words);
  app.add_option("--to,--给", options.to, words.text("opt.incarnation"))->required();
  app.add_option("--count,--数量", options.count, words.text("opt.count"))
      ->check(CLI::Range(1, 100000));
}

Result<SeriesKey> series_key(Desk& desk, Replica& replica, const SeriesOptions& options) {
  const auto place = named_place(desk, replica, options.owner, options.level);
  if (!place) return place.error();
  const int year = options.year > 0 ? options.year : std::stoi(desk.today().substr(0, 4));
  const std::string series = options.series.empty() ? default_series(place->level) : options.series;
  return SeriesKey{*place, options.ledger, series, year};
}

Poco::JSON::Object::Ptr json_of_block(const NumberBlock& block) {
  Poco::JSON::Object::Ptr row = json_object();
  row->set("incarnation", block.incarnation);
  row->set("first", block.first);
  row->set("last", block.last);
  return row;
}

bool is_asked(const SeriesOptions& options, const SeriesKey& key,
              const std::optional<OfficeId>& office, const std::optional<Level>& level) {
  if (office && key.compartment.office != *office) return false;
  if (level && key.compartment.level != *level) return false;
  if (!options.series.empty() && key.series != options.series) return false;
  if (!options.ledger.empty() && key.ledger != options.ledger) return false;
  return options.year == 0 || key.year == options.year;
}

/// The series that the options leave over.
Result<std::vector<SeriesKey>> asked_series(Desk& desk, Replica& replica,
                                            const SeriesOptions& options) {
  const auto office =
      options.owner.empty() ? std::nullopt : Directory(replica).office_named(options.owner);
  if (!options.owner.empty() && !office)
    return desk.failure(Errc::not_found, "office.none", {{"name", options.owner}});
  const auto level = options.level.empty() ? std::nullopt : level_from(options.level);
  if (!options.level.empty() && !level)
    return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  if (!options.ledger.empty() && replica.definitions().ledger(options.ledger) == nullptr)
    return desk.failure(Errc::not_found, "ledger.none", {{"name", options.ledger}});
  std::vector<SeriesKey> keys;
  for (SeriesKey& key : all_series(replica))
    if (is_asked(options, key, office, level)) keys.push_back(std::move(key));
  return keys;
}

void list_one(Desk& desk, Replica& replica, const SeriesKey& key, const Lives& lives, Table& table,
              Poco::JSON::Array& rows) {
  const Directory directory(replica);
  const NumberBlocks numbers(replica);
  const std::string place = directory.compartment(desk.words(), key.compartment);
  Poco::JSON::Object::Ptr one = json_object();
  one->set("office", directory.office(key.compartment.office));
  one->set("level", std::string(name_of(key.compartment.level)));
  one->set("series", key.series);
  one->set("year", key.year);
  Poco::JSON::Array::Ptr blocks = json_array();
  for (const NumberBlock& block : numbers.blocks(key).value_or(std::vector<NumberBlock>{})) {
    table.add({place, key.series, std::to_string(key.year),
               lives.name(directory, block.incarnation), std::to_string(block.first),
               std::to_string(block.last)});
    blocks->add(json_of_block(block));
  }
  Poco::JSON::Array::Ptr asks = json_array();
  for (const NumberAsk& ask : numbers.asks(key)) {
    table.add({place, key.series, std::to_string(key.year), lives.name(directory, ask.incarnation),
               desk.text("series.asks"), std::to_string(ask.count)});
    Poco::JSON::Object::Ptr row = json_object();
    row->set("incarnation", ask.incarnation);
    row->set("count", ask.count);
    asks->add(row);
  }
  one->set("blocks", blocks);
  one->set("asks", asks);
  rows.add(one);
}

Result<Answer> list_series(Desk& desk, const SeriesOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto keys = asked_series(desk, **replica, options);
  if (!keys) return keys.error();
  const Lives lives(**replica);
  Table table({desk.text("access.compartment"), desk.text("opt.series"), desk.text("opt.year"),
               desk.text("series.incarnation"), desk.text("series.first"),
               desk.text("series.last")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const SeriesKey& key : *keys) list_one(desk, **replica, key, lives, table, *rows);
  const std::string self = (*replica)->author().incarnation.hex();
  Answer answer{.text = table.text(desk.console().columns()), .json = json_object()};
  answer.text += "\n" + desk.text("series.own", {{"incarnation", self}});
  answer.json->set("series", rows);
  answer.json->set("incarnation", self);
  return answer;
}

Result<Answer> grant_series(Desk& desk, const SeriesOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto key = series_key(desk, **replica, options);
  if (!key) return key.error();
  NumberBlocks numbers(**replica);
  if (!numbers.is_lead(key->compartment)) return desk.failure(Errc::not_allowed, "series.not_lead");
  const auto to =
      Lives(**replica).incarnation(Directory(**replica), options.to, numbers.asks(*key));
  if (!to) return desk.failure(Errc::invalid, "series.bad_incarnation");
  const auto block = numbers.grant(*key, *to, options.count);
  if (!block) return in_words(desk, **replica, block.error());
  Answer answer{.text = desk.text("series.granted", {{"first", std::to_string(block->first)},
                                                     {"last", std::to_string(block->last)}}),
                .json = json_object()};
  answer.json->set("block", json_of_block(*block));
  return answer;
}

std::string run_text(const SeriesKey& key, const Gap& gap) {
  const std::string first = numbered(key.year, gap.first);
  return gap.first == gap.last ? first : first + " … " + numbered(key.year, gap.last);
}

std::string reason_text(Desk& desk, const Directory& directory, const Lives& lives,
                        const Gap& gap) {
  switch (gap.reason) {
    case GapReason::voided:
      return desk.text("gap.voided", {{"reason", gap.void_reason}});
    case GapReason::not_arrived:
      return desk.text("gap.not_arrived", {{"node", lives.name(directory, gap.incarnation)}});
    case GapReason::unused:
      return desk.text("gap.unused");
    case GapReason::declared:
      return desk.text("gap.declared");
    case GapReason::unknown:
      return desk.text("gap.unknown");
  }
  return {};
}

const char* name_of(GapReason reason) {
  constexpr const char* kNames[] = {"void", "elsewhere", "unused", "declared", "unknown"};
  return kNames[static_cast<std::size_t>(reason)];
}

Poco::JSON::Object::Ptr json_of(const Directory& directory, const SeriesReport& report) {
  Poco::JSON::Object::Ptr one = json_object();
  one->set("office", directory.office(report.key.compartment.office));
  one->set("level", std::string(name_of(report.key.compartment.level)));
  one->set("ledger", report.key.ledger);
  one->set("series", report.key.series);
  one->set("year", report.key.year);
  Poco::JSON::Array::Ptr gaps = json_array();
  for (const Gap& gap : report.gaps) {
    Poco::JSON::Object::Ptr row = json_object();
    row->set("first", gap.first);
    row->set("last", gap.last);
    row->set("reason", name_of(gap.reason));
    row->set("void_reason", gap.void_reason);
    row->set("incarnation", gap.incarnation);
    gaps->add(row);
  }
  one->set("gaps", gaps);
  return one;
}

std::string head_of(Desk& desk, const Directory& directory, const SeriesKey& key) {
  const LedgerDefinition* ledger = Definitions::built_in().ledger(key.ledger);
  const bool is_zh = desk.words().language() == Language::zh;
  const std::string name = ledger == nullptr ? key.ledger : is_zh ? ledger->noun_zh : ledger->en;
  return terminal_safe(directory.compartment(desk.words(), key.compartment) + "  " + name + "  " +
                       key.series + "  " + std::to_string(key.year));
}

Result<Answer> gaps(Desk& desk, const SeriesOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto keys = asked_series(desk, **replica, options);
  if (!keys) return keys.error();
  const Directory directory(**replica);
  const Lives lives(**replica);
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const SeriesKey& key : *keys) {
    const SeriesReport report = series_report(**replica, key);
    if (report.gaps.empty()) continue;
    answer.text += (answer.text.empty() ? "" : "\n") + head_of(desk, directory, key);
    for (const Gap& gap : report.gaps)
      answer.text += "\n  " + run_text(key, gap) + "  " + reason_text(desk, directory, lives, gap);
    rows->add(json_of(directory, report));
  }
  if (rows->size() == 0) answer.text = desk.text("gap.none");
  answer.json->set("series", rows);
  return answer;
}

Result<Answer> report_series(Desk& desk, const SeriesOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto keys = asked_series(desk, **replica, options);
  if (!keys) return keys.error();
  const Directory directory(**replica);
  const Lives lives(**replica);
  Table table({desk.text("series.of"), desk.text("series.incarnation"), desk.text("series.first"),
               desk.text("series.last"), desk.text("series.used"), desk.text("series.void"),
               desk.text("series.free"), desk.text("series.holes")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const SeriesKey& key : *keys) {
    const SeriesReport report = series_report(**replica, key);
    Poco::JSON::Object::Ptr one = json_of(directory, report);
    Poco::JSON::Array::Ptr blocks = json_array();
    for (const BlockUse& use : report.blocks) {
      const std::uint32_t highest = std::max(use.highest, use.block.first - 1);
      const std::uint32_t holes = highest + 1 - use.block.first - use.used - use.voided;
      table.add({head_of(desk, directory, key), lives.name(directory, use.block.incarnation),
                 std::to_string(use.block.first), std::to_string(use.block.last),
                 std::to_string(use.used), std::to_string(use.voided),
                 std::to_string(use.block.last - highest), std::to_string(holes)});
      Poco::JSON::Object::Ptr row = json_of_block(use.block);
      row->set("used", use.used);
      row->set("void", use.voided);
      row->set("free", use.block.last - highest);
      row->set("holes", holes);
      blocks->add(row);
    }
    one->set("blocks", blocks);
    rows->add(one);
  }
  Answer answer{.text = table.text(desk.console().columns()), .json = json_object()};
  answer.json->set("series", rows);
  return answer;
}

}  // namespace

void add_series(Menu& menu) {
  menu.add<SeriesOptions>("series list", declare_list, list_series);
  menu.add<SeriesOptions>("series grant", declare_grant, grant_series);
  menu.add<SeriesOptions>("series report", declare_report, report_series);
  menu.add<SeriesOptions>("gaps", declare_report, gaps);
}

}  // namespace jiyao
