// client/commands/series.cpp - series list|grant: whose numbers are whose, and who waits for some.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/directory.h"
#include "client/keeping.h"
#include "client/number_asks.h"
#include "client/records.h"

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

void declare_grant(CLI::App& app, SeriesOptions& options, const Catalogue& words) {
  declare_list(app, options, words);
  app.add_option("--to,--给", options.to, words.text("opt.incarnation"))->required();
  app.add_option("--count,--数量", options.count, words.text("opt.count"))
      ->check(CLI::Range(1, 100000));
}

Result<SeriesKey> series_key(Desk& desk, Replica& replica, const SeriesOptions& options) {
  auto office = own_office(replica);
  if (!options.owner.empty()) {
    const auto named = Directory(replica).office_named(options.owner);
    if (!named) return desk.failure(Errc::not_found, "office.none", {{"name", options.owner}});
    office = *named;
  }
  if (!office) return office.error();
  const auto level = level_from(options.level.empty() ? "internal" : options.level);
  if (!level) return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  const int year = options.year > 0 ? options.year : std::stoi(desk.today().substr(0, 4));
  const std::string series = options.series.empty() ? default_series(*level) : options.series;
  return SeriesKey{{*office, *level}, options.ledger, series, year};
}

/// Which machine lives, or lived, under an incarnation: its batches say so.
class Lives {
 public:
  explicit Lives(Replica& replica) {
    const LogFile& log = log_file(replica);
    for (const CompartmentId& compartment : log.compartments())
      for (const BatchId& id : log.batches(compartment))
        if (const auto line = log.find(id))
          nodes_[line->author.incarnation.hex()] = line->author.node;
    nodes_[replica.author().incarnation.hex()] = replica.node();
  }
  std::string name(const Directory& directory, const std::string& incarnation) const {
    const auto found = nodes_.find(incarnation);
    const std::string digits = incarnation.substr(0, 8);
    return found == nodes_.end() ? digits : directory.node(found->second) + " " + digits;
  }
  /// 32 digits as they are, the first of them, or a machine's name if it has one life here.
  std::optional<std::string> incarnation(const Directory& directory, const std::string& typed,
                                         const std::vector<NumberAsk>& asks) const {
    const auto bytes = from_hex(typed);
    if (bytes && bytes->size() == IncarnationId::kBytes) return typed;
    std::set<std::string> fitting;
    for (const NumberAsk& ask : asks)
      if (typed.size() >= 4 && ask.incarnation.starts_with(typed)) fitting.insert(ask.incarnation);
    const auto named = directory.node_named(typed);
    for (const auto& [incarnation, node] : nodes_) {
      const bool is_asking = asks.empty() || std::any_of(asks.begin(), asks.end(),
                                                         [&, &id = incarnation](const auto& a) {
                                                           return a.incarnation == id;
                                                         });
      if (named && node == *named && is_asking) fitting.insert(incarnation);
    }
    if (fitting.size() != 1) return std::nullopt;
    return *fitting.begin();
  }

 private:
  std::map<std::string, NodeId> nodes_;
};

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
  return options.year == 0 || key.year == options.year;
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
  const auto office =
      options.owner.empty() ? std::nullopt : Directory(**replica).office_named(options.owner);
  if (!options.owner.empty() && !office)
    return desk.failure(Errc::not_found, "office.none", {{"name", options.owner}});
  const auto level = options.level.empty() ? std::nullopt : level_from(options.level);
  if (!options.level.empty() && !level)
    return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  const Lives lives(**replica);
  Table table({desk.text("access.compartment"), desk.text("opt.series"), desk.text("opt.year"),
               desk.text("series.incarnation"), desk.text("series.first"),
               desk.text("series.last")});
  Poco::JSON::Array::Ptr rows = json_array();
  for (const SeriesKey& key : all_series(**replica))
    if (is_asked(options, key, office, level)) list_one(desk, **replica, key, lives, table, *rows);
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

}  // namespace

void add_series(Menu& menu) {
  menu.add<SeriesOptions>("series list", declare_list, list_series);
  menu.add<SeriesOptions>("series grant", declare_grant, grant_series);
}

}  // namespace jiyao
