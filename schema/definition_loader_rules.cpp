// schema/definition_loader_rules.cpp - steps, paths, keys, numbers and lists of a definition.
#include <algorithm>
#include <sstream>

#include "schema/definition_loader.h"

namespace jiyao {

std::vector<std::string> DefinitionLoader::words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

// Two machines may hold different tables of holidays, and must see the same findings (P3).
void DefinitionLoader::forbid_working_days(const Condition& condition) const {
  require(!condition.counts_working_days(), "only steps and reminders count working days");
}

void DefinitionLoader::load_from(const Object& file) {
  const Object::Ptr fields = object(file, "fields");
  for (const std::string& name : fields->getNames()) {
    place = def_.name + "." + name;
    const Object::Ptr spec = object(*fields, name);
    Field& target = def_.fields[field(name)];
    if (spec->has("from")) target.from = state(text(*spec, "from"));
    if (!spec->has("if")) continue;
    require(target.from.has_value(), "\"if\" says when \"from\" holds");
    target.from_if = condition(text(*spec, "if"));
    forbid_working_days(target.from_if);
  }
}

void DefinitionLoader::load_step(const Object& spec) {
  only(spec, {"verb", "zh", "from", "to", "by", "when", "clear_of", "unless", "also", "fills",
              "decisive"});
  Transition step;
  step.verb = text(spec, "verb");
  place = def_.name + ".steps." + step.verb;
  step.zh = text(spec, "zh");
  for (const std::string_view word : {"list", "show", "edit", "correct", "add", "renumber"})
    require(step.verb != word, "every ledger has a command of this name");
  step.to = state(text(spec, "to"));
  step.by = roles(spec, "by");
  step.is_decisive = flag(spec, "decisive");
  step.clear_of = texts(spec, "clear_of");
  step.unless = texts(spec, "unless");
  if (spec.has("when")) step.when = condition(text(spec, "when"));
  for (const std::string& name : texts(spec, "from")) {
    if (name != "*") {
      step.from.push_back(state(name));
      require(!def_.states[step.from.back()].is_terminal, "an end is never left, " + name);
      continue;
    }
    for (std::size_t i = 0; i < def_.states.size(); ++i)
      if (!def_.states[i].is_terminal && i != step.to) step.from.push_back(i);
  }
  if (spec.has("also")) {
    const Object::Ptr also = object(spec, "also");
    for (const std::string& target : also->getNames()) {
      const std::size_t dot = target.find('.');
      require(dot != std::string::npos &&
                  def_.fields[field(target.substr(0, dot))].type == FieldType::ref,
              "\"also\" writes a field of a cited record, not " + target);
      const std::string value = text(*also, target);
      if (value.starts_with('=') && value != "=me") field(value.substr(1));
      step.also.emplace_back(target, value);
    }
  }
  if (spec.has("fills")) step.fills = filled_fields(*object(spec, "fills"));
  def_.steps.push_back(std::move(step));
}

std::vector<std::pair<std::string, std::string>> DefinitionLoader::filled_fields(
    const Object& fills) const {
  std::vector<std::pair<std::string, std::string>> filled;
  for (const std::string& name : fills.getNames()) {
    const Field& target = def_.fields[field(name)];
    const std::string value = text(fills, name);
    require(value != "me" || target.type == FieldType::person, "\"me\" is a person: " + name);
    require(value != "now" || target.type == FieldType::stamp, "\"now\" is a moment: " + name);
    require(value != "today" || target.type == FieldType::date, "\"today\" is a day: " + name);
    require(target.type != FieldType::choice ||
                std::count(target.choices.begin(), target.choices.end(), value) == 1,
            "not one of its values: " + name);
    filled.emplace_back(name, value);
  }
  return filled;
}

void DefinitionLoader::load_steps(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "steps")) {
    place = def_.name + ".steps";
    load_step(*spec);
  }
  place = def_.name + ".steps";
  for (std::size_t i = 0; i < def_.states.size(); ++i)
    require(std::any_of(def_.steps.begin(), def_.steps.end(),
                        [&](const Transition& step) { return step.to == i; }),
            "no step leads to " + def_.states[i].name);
  work_out_paths();
}

void DefinitionLoader::work_out_paths() {
  const std::size_t count = def_.states.size();
  def_.reaches_.assign(count * count, false);
  for (const Transition& step : def_.steps)
    for (const std::size_t from : step.from) def_.reaches_[from * count + step.to] = true;
  for (std::size_t via = 0; via < count; ++via)
    for (std::size_t from = 0; from < count; ++from)
      for (std::size_t to = 0; to < count; ++to)
        if (def_.reaches_[from * count + via] && def_.reaches_[via * count + to])
          def_.reaches_[from * count + to] = true;
}

void DefinitionLoader::load_keys(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "unique")) {
    place = def_.name + ".unique";
    only(*spec, {"fields", "finding", "when", "distinct", "apart", "apart_finding"});
    UniqueKey key;
    for (const std::string& name : texts(*spec, "fields")) key.fields.push_back(field(name));
    require(!key.fields.empty(), "a key has fields");
    key.finding = text(*spec, "finding");
    if (spec->has("when")) key.when = condition(text(*spec, "when"));
    forbid_working_days(key.when);
    if (spec->has("distinct")) key.distinct = field(text(*spec, "distinct"));
    for (const std::string& name : texts(*spec, "apart")) key.apart.push_back(field(name));
    key.apart_finding = text(*spec, "apart_finding", !key.apart.empty());
    def_.unique.push_back(std::move(key));
  }
  for (const Object::Ptr& spec : objects(file, "exclusive")) {
    place = def_.name + ".exclusive";
    only(*spec, {"key", "while", "finding", "with"});
    ExclusiveKey key;
    key.field = field(text(*spec, "key"));
    require(def_.fields[key.field].type == FieldType::ref, "an exclusive key cites a record");
    key.when = condition(text(*spec, "while"));
    forbid_working_days(key.when);
    key.finding = text(*spec, "finding");
    if (spec->has("with")) {
      const Object::Ptr with = object(*spec, "with");
      for (const std::string& other : with->getNames())
        key.with.emplace_back(other, text(*with, other));
    }
    def_.exclusive.push_back(std::move(key));
  }
  for (const Object::Ptr& spec : objects(file, "remind")) {
    place = def_.name + ".remind";
    only(*spec, {"when", "zh", "to"});
    def_.reminders.push_back(
        {condition(text(*spec, "when")), text(*spec, "zh"), roles(*spec, "to")});
  }
}

void DefinitionLoader::load_numbers(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "numbers")) {
    place = def_.name + ".numbers";
    only(*spec,
         {"field", "series", "year_of", "printed", "finding", "document_number", "renumbered"});
    NumberRule rule;
    rule.field = field(text(*spec, "field"));
    require(def_.fields[rule.field].type == FieldType::number, "not a number field");
    for (const std::string& name : words_of(text(*spec, "series", false)))
      rule.series.push_back(field(name));
    if (spec->has("printed")) rule.printed = condition(text(*spec, "printed"));
    forbid_working_days(rule.printed);
    if (spec->has("year_of")) {
      rule.year_of = field(text(*spec, "year_of"));
      const FieldType type = def_.fields[*rule.year_of].type;
      require(type == FieldType::date || type == FieldType::integer,
              "\"year_of\" is a date or a year");
    }
    if (spec->has("finding")) rule.finding = text(*spec, "finding");
    rule.is_document_number = flag(*spec, "document_number");
    require(!rule.is_document_number || rule.series.size() == 1,
            "a document number has one code word");
    if (spec->has("renumbered")) rule.renumbered = filled_fields(*object(*spec, "renumbered"));
    def_.numbers.push_back(rule);
  }
}

void DefinitionLoader::load_lists(const Object& file) {
  place = def_.name + ".search";
  for (const std::string& name : texts(file, "search")) def_.search.push_back(field(name));
  place = def_.name + ".list";
  for (const std::string& name : texts(file, "list")) def_.list.push_back(field(name));
  require(!def_.list.empty(), "a ledger lists at least one column");
  std::set<std::string> headers;
  for (const Field& field : def_.fields) {
    place = def_.name + "." + field.name;
    for (const std::string& header : field.headers)
      require(headers.insert(header).second, "the heading " + header + " means two fields");
  }
}

}  // namespace jiyao
