// schema/definition_loader.cpp - one JSON file -> one LedgerDefinition, and nothing forgiven.
//
// A definition decides for years how papers are kept, so an unknown word, a missing label or a
// condition on a field that does not exist is an error that names ledger, field and rule.
#include "schema/definition_loader.h"

#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <sstream>

namespace jiyao {

void DefinitionLoader::only(const Object& object, const std::set<std::string>& known) const {
  for (const std::string& name : object.getNames())
    require(known.count(name) != 0, "knows no \"" + name + "\"");
}

std::string DefinitionLoader::text(const Object& object, const std::string& key,
                                   bool is_needed) const {
  if (!object.has(key)) {
    require(!is_needed, "needs \"" + key + "\"");
    return {};
  }
  require(object.get(key).isString(), "\"" + key + "\" is text");
  const auto value = object.getValue<std::string>(key);
  require(!value.empty(), "\"" + key + "\" is empty");
  return value;
}

bool DefinitionLoader::flag(const Object& object, const std::string& key) const {
  if (!object.has(key)) return false;
  require(object.get(key).isBoolean(), "\"" + key + "\" is true or false");
  return object.getValue<bool>(key);
}

std::vector<std::string> DefinitionLoader::texts(const Object& object,
                                                 const std::string& key) const {
  std::vector<std::string> texts;
  if (!object.has(key)) return texts;
  require(object.isArray(key), "\"" + key + "\" is a list");
  for (const auto& item : *object.getArray(key)) {
    require(item.isString(), "\"" + key + "\" is a list of texts");
    texts.push_back(item.extract<std::string>());
  }
  return texts;
}

std::vector<Object::Ptr> DefinitionLoader::objects(const Object& object,
                                                   const std::string& key) const {
  std::vector<Object::Ptr> objects;
  if (!object.has(key)) return objects;
  require(object.isArray(key), "\"" + key + "\" is a list");
  for (const auto& item : *object.getArray(key)) {
    require(item.type() == typeid(Object::Ptr), "\"" + key + "\" is a list of objects");
    objects.push_back(item.extract<Object::Ptr>());
  }
  return objects;
}

Object::Ptr DefinitionLoader::object(const Object& parent, const std::string& key) const {
  require(parent.isObject(key), "\"" + key + "\" is an object");
  return parent.getObject(key);
}

Roles DefinitionLoader::roles(const Object& object, const std::string& key) const {
  Roles roles = 0;
  for (const std::string& word : words_of(text(object, key, false))) {
    const auto role = role_from(word);
    require(role.has_value(), "\"" + key + "\" names no role of ours, " + word);
    roles |= role_bit(*role);
  }
  return roles;
}

std::size_t DefinitionLoader::field(const std::string& name) const {
  const auto index = def_.field_index(name);
  require(index.has_value(), "there is no field " + name);
  return *index;
}

std::size_t DefinitionLoader::state(const std::string& name) const {
  const auto index = def_.state_index(name);
  require(index.has_value(), "there is no state " + name);
  return *index;
}

Condition DefinitionLoader::condition(const std::string& words) const {
  auto parsed = Condition::parse(words);
  if (!parsed) fail(parsed.error().detail);
  parsed->bind(
      [&](std::string_view name) { return name == "today" || def_.field(name) != nullptr; });
  for (const Clause& clause : parsed->clauses()) {
    check_name(clause.ref, clause.field);
    if (clause.is_literal_a_field) check_name(clause.literal_ref, clause.literal);
    if (!clause.ref.empty() || clause.field != "state") continue;
    if (clause.comparison == Comparison::is || clause.comparison == Comparison::is_not)
      state(clause.literal);
    for (const std::string& choice : clause.choices) state(choice);
  }
  return std::move(*parsed);
}

// Of a cited record only the terms are known here; its fields are (schema/definition_links.cpp)
// when all files are.
void DefinitionLoader::check_name(const std::string& ref, const std::string& name) const {
  if (!ref.empty())
    require(def_.fields[field(ref)].type == FieldType::ref, ref + " cites no record");
  const auto term = term_of(name);
  if (term) {
    const auto is_known = [&](std::string_view word) { return word == term->what; };
    require(std::any_of(kTerms.begin(), kTerms.end(), is_known),
            "no term " + std::string(term->what));
  }
  if (!ref.empty() || name == "today") return;
  const std::string of = term ? std::string(term->of) : name;
  if (def_.group(of) == nullptr) field(of);
}

void DefinitionLoader::load_head(const Object& file) {
  def_.name = text(file, "ledger");
  place = def_.name;
  const auto is_name_char = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  require(def_.name.size() <= kNameBytesMax &&
              std::all_of(def_.name.begin(), def_.name.end(), is_name_char),
          "a name is [a-z0-9_]");
  only(file, {"ledger",   "zh",     "en",        "noun",      "source",  "writers",   "rulers",
              "machines", "fields", "states",    "steps",     "unique",  "exclusive", "bars",
              "numbers",  "remind", "recurring", "open",      "settles", "rules",     "findings",
              "search",   "list",   "print",     "seniority", "proposes"});
  def_.zh = text(file, "zh");
  def_.en = text(file, "en");
  def_.source = text(file, "source");
  load_noun(file);
  def_.print = text(file, "print", false);
  def_.writers = roles(file, "writers");
  def_.rulers = roles(file, "rulers");
}

// "circulate 传阅"; else the name, and the title without 登记 or 登记簿 behind it.
void DefinitionLoader::load_noun(const Object& file) {
  const auto words = words_of(text(file, "noun", false));
  require(words.empty() || words.size() == 2, "\"noun\" is an English and a Chinese word");
  def_.noun = words.empty() ? def_.name : words.front();
  std::replace(def_.noun.begin(), def_.noun.end(), '_', '-');
  def_.noun_zh = words.empty() ? def_.zh : words.back();
  for (const std::string_view end : {"登记簿", "登记"})
    if (def_.noun_zh.size() > end.size() && def_.noun_zh.ends_with(end))
      def_.noun_zh.erase(def_.noun_zh.size() - end.size());
}

// "25 已退文*": rank, label, * for an end. A second word: void, or back (sends back).
void DefinitionLoader::load_states(const Object& file) {
  if (!file.has("states")) return;
  const Object::Ptr states = object(file, "states");
  for (const std::string& name : states->getNames()) {
    place = def_.name + ".states." + name;
    const auto words = words_of(text(*states, name));
    require(words.size() == 2 || words.size() == 3, "a state is \"rank label\", then void or back");
    State state;
    state.name = name;
    std::istringstream rank(words[0]);
    require(static_cast<bool>(rank >> state.rank) && rank.eof(), "a rank is a number");
    state.zh = words[1];
    if (state.zh.ends_with('*')) {
      state.is_terminal = true;
      state.zh.pop_back();
    }
    if (words.size() == 3) {
      require(words[2] == "void" || words[2] == "back", "a state is void or back, not " + words[2]);
      state.is_void = words[2] == "void";
      state.sends_back = words[2] == "back";
    }
    require(!state.is_void || state.is_terminal, "a void state is an end");
    require(!state.sends_back || !state.is_terminal, "a state that sends back is no end");
    def_.states.push_back(state);
  }
  def_.states.shrink_to_fit();
  Field field;
  field.name = "state";
  field.zh = "状态";
  field.en = "State";
  field.type = FieldType::choice;
  for (const State& state : def_.states) field.choices.push_back(state.name);
  Group group;
  group.name = "state";
  group.kind = GroupKind::state;
  group.fields.push_back(0);
  def_.fields.push_back(field);
  def_.groups.push_back(group);
}

void DefinitionLoader::load_type(Field& field, const std::string& type) const {
  std::vector<std::string> words = words_of(type);
  const auto found = field_type_from(words.front());
  require(found.has_value(), "no type " + words.front());
  field.type = *found;
  words.erase(words.begin());
  if (field.type == FieldType::ref) {
    require(words.size() == 1, "a ref names one ledger");
    field.ref_ledger = words.front();
  } else if (field.type == FieldType::choice) {
    require(words.size() >= 2, "an enum has at least two values");
    for (std::string& word : words) {
      const bool is_final = word.ends_with('*');
      if (is_final) word.pop_back();
      field.choices.push_back(word);
      if (is_final) field.final_choices.push_back(word);
    }
    const std::set<std::string> distinct(field.choices.begin(), field.choices.end());
    require(distinct.size() == words.size(), "an enum value stands twice");
  } else {
    require(words.empty(), "\"" + type + "\": this type has no parameter");
  }
}

void DefinitionLoader::load_group(const Object& spec, std::size_t field_index) {
  const std::string word = text(spec, "kind");
  const auto kind = group_kind_from(word);
  require(kind.has_value() && *kind != GroupKind::state, "no kind " + word);
  Group group;
  group.name = spec.has("group") ? text(spec, "group") : def_.fields[field_index].name;
  group.kind = *kind;
  group.writers = roles(spec, "writer");
  group.lowered_by = roles(spec, "lowered_by");
  group.by_owner = flag(spec, "by_owner");
  group.by_authority = flag(spec, "by_authority");
  if (spec.has("late")) group.late = text(spec, "late");
  if (spec.has("locked_from")) group.locked_from = state(text(spec, "locked_from"));
  const auto held = std::find_if(def_.groups.begin(), def_.groups.end(),
                                 [&](const Group& other) { return other.name == group.name; });
  if (held == def_.groups.end()) {
    group.fields.push_back(field_index);
    def_.groups.push_back(group);
    return;
  }
  require(spec.has("group") && held->name != "state", "the group " + group.name + " exists");
  require(held->kind == group.kind, "all fields of the group " + group.name + " have one kind");
  require(group.writers == 0 && group.lowered_by == 0 && !group.by_owner && !group.by_authority &&
              !group.locked_from && group.late.empty(),
          "rights of a group stand at its first field");
  held->fields.push_back(field_index);
}

void DefinitionLoader::load_fields(const Object& file) {
  const Object::Ptr fields = object(file, "fields");
  for (const std::string& name : fields->getNames()) {
    place = def_.name + "." + name;
    const Object::Ptr spec = object(*fields, name);
    only(*spec,
         {"zh",     "en",       "type",         "kind",      "group",       "from",       "if",
          "writer", "by_owner", "by_authority", "by_signer", "locked_from", "lowered_by", "headers",
          "late",   "binds",    "removal",      "apart",     "moves",       "knows",      "home"});
    require(!def_.field(name), "the field exists");
    require(name != "today" && name.size() <= kNameBytesMax, "not a name for a field");
    Field field;
    field.name = name;
    field.zh = text(*spec, "zh");
    field.en = text(*spec, "en");
    field.headers = texts(*spec, "headers");
    field.knows = flag(*spec, "knows");
    load_type(field, text(*spec, "type"));
    require(!field.knows || field.type == FieldType::person, "only a person knows");
    require(field.final_choices.empty() || text(*spec, "kind") == "custody",
            "only a custody value can be an end");
    if (spec->has("home")) field.home = text(*spec, "home");
    const bool is_custody_choice =
        text(*spec, "kind") == "custody" &&
        std::count(field.choices.begin(), field.choices.end(), field.home) == 1;
    require(field.home.empty() || is_custody_choice, "\"home\" is one of its custody values");
    def_.fields.push_back(field);
    load_group(*spec, def_.fields.size() - 1);
  }
  sort_groups();
}

void DefinitionLoader::sort_groups() {
  std::sort(def_.groups.begin(), def_.groups.end(),
            [](const Group& a, const Group& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < def_.groups.size(); ++i) {
    const Group& group = def_.groups[i];
    place = def_.name + "." + group.name;
    check_group(group);
    for (const std::size_t index : group.fields) def_.fields[index].group = i;
    if (group.kind == GroupKind::state) def_.state_group = i;
    if (group.name == "level") def_.level_group = i;
  }
}

void DefinitionLoader::check_group(const Group& group) const {
  const FieldType type = def_.fields[group.fields.front()].type;
  const bool is_ordered = group.kind == GroupKind::severity || group.kind == GroupKind::latest ||
                          group.kind == GroupKind::earliest;
  if (is_ordered) {
    require(group.fields.size() == 1, "a group with an order has one field");
    require(type == FieldType::integer || type == FieldType::date || type == FieldType::stamp ||
                type == FieldType::level || type == FieldType::term || type == FieldType::choice,
            "this type has no order");
  }
  require((group.kind == GroupKind::number) == (type == FieldType::number),
          "a number is of kind number, and nothing else is");
  require(group.lowered_by == 0 || group.kind == GroupKind::severity, "only severity is lowered");
  require(group.name != "level" || (type == FieldType::level && group.kind == GroupKind::severity),
          "the level of a record is a level, kind severity");
}

LedgerDefinition DefinitionLoader::load(const Object& file) {
  load_head(file);
  load_states(file);
  load_fields(file);
  load_from(file);
  load_steps(file);
  load_entry_rules(file);
  load_keys(file);
  load_numbers(file);
  load_bars(file);
  load_rules(file);
  load_recurring(file);
  load_whole(file);
  load_seniority(file);
  load_proposals(file);
  load_findings(file);
  load_lists(file);
  return std::move(def_);
}

Result<LedgerDefinition> LedgerDefinition::parse(std::string_view json) {
  DefinitionLoader loader;
  try {
    Poco::JSON::Parser parser(new NoRepeats);
    const Poco::Dynamic::Var file = parser.parse(std::string(json));
    if (file.type() != typeid(Object::Ptr)) return {Errc::invalid, "ledger: not an object"};
    return loader.load(*file.extract<Object::Ptr>());
  } catch (const Mistake& mistake) {
    return {Errc::invalid, mistake.what};
  } catch (const Poco::Exception& fault) {
    return {Errc::invalid, loader.place + ": " + fault.displayText()};
  }
}

}  // namespace jiyao
