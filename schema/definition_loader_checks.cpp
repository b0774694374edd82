// schema/definition_loader_checks.cpp - rights and approvals of groups, rules, bars, duties that
// come round, and the words of the findings a ledger brings.
#include <algorithm>

#include "schema/definition_loader.h"

namespace jiyao {

namespace {

template <class T>
std::optional<T> value_of(std::initializer_list<std::pair<std::string_view, T>> words,
                          std::string_view word) {
  for (const auto& [name, value] : words)
    if (name == word) return value;
  return std::nullopt;
}

}  // namespace

// "binds": what an approval is given for. "by_signer": whose text it is once it is signed.
void DefinitionLoader::load_binding(const Object& spec, Group& group) const {
  for (const std::string& name : texts(spec, "binds")) {
    require(def_.group(name) != nullptr && name != "state" && name != group.name,
            "\"binds\" names groups, not " + name);
    group.binds.push_back(name);
  }
  std::sort(group.binds.begin(), group.binds.end());
  require(group.binds.empty() || std::any_of(group.fields.begin(), group.fields.end(),
                                             [&](std::size_t index) {
                                               return def_.fields[index].type ==
                                                      FieldType::signature;
                                             }),
          "only a signature binds");
  if (!spec.has("by_signer")) return;
  group.by_signer = text(spec, "by_signer");
  require(group.locked_from.has_value(), "\"by_signer\" holds from \"locked_from\" on");
  require(def_.group(group.by_signer) != nullptr, "there is no group " + group.by_signer);
}

// What entries of a set mean together.
void DefinitionLoader::load_entries(const Object& spec, Group& group) const {
  const auto own_field = [&](const Object& of, const std::string& key) {
    const std::size_t index = field(text(of, key));
    require(std::find(group.fields.begin(), group.fields.end(), index) != group.fields.end(),
            "\"" + key + "\" names a field of this group");
    return index;
  };
  if (spec.has("removal")) {
    require(text(spec, "removal") == "wins", "\"removal\" is wins");
    group.removal_wins = true;
  }
  if (spec.has("apart")) {
    const Object::Ptr apart = object(spec, "apart");
    only(*apart, {"by", "differs", "same"});
    group.apart_by = own_field(*apart, "by");
    group.apart_differs = text(*apart, "differs");
    group.apart_same = text(*apart, "same", false);
  }
  if (!spec.has("moves")) return;
  const Object::Ptr moves = object(spec, "moves");
  only(*moves, {"who", "event"});
  group.moves_who = own_field(*moves, "who");
  group.moves_event = own_field(*moves, "event");
  require(def_.fields[*group.moves_event].type == FieldType::choice, "\"event\" is an enum");
}

void DefinitionLoader::load_entry_rules(const Object& file) {
  const Object::Ptr fields = object(file, "fields");
  for (const std::string& name : fields->getNames()) {
    place = def_.name + "." + name;
    const Object::Ptr spec = object(*fields, name);
    Group& group = def_.groups[def_.fields[field(name)].group];
    load_binding(*spec, group);
    const bool is_about_entries = spec->has("removal") || spec->has("apart") || spec->has("moves");
    require(!is_about_entries || group.kind == GroupKind::set, "only a set has entries");
    if (is_about_entries) load_entries(*spec, group);
  }
}

char DefinitionLoader::gravity(const Object& spec) const {
  const std::string word = text(spec, "class");
  require(word == "a" || word == "n" || word == "q" || word == "f", "\"class\" is a, n, q or f");
  return word.front();
}

void DefinitionLoader::load_findings(const Object& file) {
  if (!file.has("findings")) return;
  const Object::Ptr findings = object(file, "findings");
  for (const std::string& code : findings->getNames()) {
    place = def_.name + ".findings." + code;
    const Object::Ptr spec = object(*findings, code);
    only(*spec, {"zh", "en", "class", "to"});
    def_.findings.push_back(
        {code, text(*spec, "zh"), text(*spec, "en"), gravity(*spec), roles(*spec, "to")});
  }
}

void DefinitionLoader::load_rules(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "rules")) {
    place = def_.name + ".rules";
    only(*spec, {"code", "if", "must", "then", "class"});
    Rule rule;
    rule.code = text(*spec, "code");
    place += '.' + rule.code;
    if (spec->has("if")) rule.when = condition(text(*spec, "if"));
    forbid_working_days(rule.when);
    rule.must = condition(text(*spec, "must"));
    forbid_working_days(rule.must);
    require(!rule.when.speaks_of("today") && !rule.must.speaks_of("today"),
            "a clock decides nothing");
    const auto kind = value_of<Rule::Kind>({{"task", Rule::Kind::task},
                                            {"clash", Rule::Kind::clash},
                                            {"incident", Rule::Kind::incident},
                                            {"hold", Rule::Kind::hold}},
                                           text(*spec, "then"));
    require(kind.has_value(), "\"then\" is task, clash, incident or hold");
    rule.kind = *kind;
    if (spec->has("class")) rule.gravity = gravity(*spec);
    def_.rules.push_back(std::move(rule));
  }
}

void DefinitionLoader::load_bars(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "bars")) {
    place = def_.name + ".bars";
    only(*spec, {"key", "as", "while", "finding"});
    Bar bar;
    bar.field = field(text(*spec, "key"));
    bar.as = text(*spec, "as");
    bar.when = condition(text(*spec, "while"));
    forbid_working_days(bar.when);
    bar.finding = text(*spec, "finding", false);
    def_.bars.push_back(std::move(bar));
  }
}

void DefinitionLoader::load_recurring(const Object& file) {
  for (const Object::Ptr& spec : objects(file, "recurring")) {
    place = def_.name + ".recurring";
    only(*spec, {"every", "zh", "to", "done", "on"});
    Recurring duty;
    const auto every = value_of<Recurring::Every>({{"month", Recurring::Every::month},
                                                   {"quarter", Recurring::Every::quarter},
                                                   {"half_year", Recurring::Every::half_year},
                                                   {"year", Recurring::Every::year}},
                                                  text(*spec, "every"));
    require(every.has_value(), "\"every\" is month, quarter, half_year or year");
    duty.every = *every;
    duty.zh = text(*spec, "zh");
    duty.to = roles(*spec, "to");
    duty.done = condition(text(*spec, "done"));
    forbid_working_days(duty.done);
    duty.on = field(text(*spec, "on"));
    const FieldType type = def_.fields[duty.on].type;
    require(type == FieldType::date || type == FieldType::stamp, "\"on\" is a date or stamp");
    def_.recurring.push_back(std::move(duty));
  }
}

void DefinitionLoader::load_whole(const Object& file) {
  place = def_.name;
  if (file.has("machines")) {
    require(text(file, "machines") == "standalone", "\"machines\" is standalone");
    def_.only_standalone = true;
  }
  if (file.has("open")) {
    def_.open = condition(text(file, "open"));
    forbid_working_days(*def_.open);
  }
  if (!file.has("settles")) return;
  const Object::Ptr settles = object(file, "settles");
  only(*settles, {"finding", "while"});
  def_.settles = Settles{field(text(*settles, "finding")), condition(text(*settles, "while"))};
}

}  // namespace jiyao
