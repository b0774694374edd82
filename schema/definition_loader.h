// schema/definition_loader.h - one JSON file -> one LedgerDefinition, and nothing forgiven.
//
// Private to the loader's sources: definition_loader.cpp reads words, fields and states,
// definition_loader_rules.cpp steps, keys and lists, definition_loader_checks.cpp what has to hold
// across groups, rows and time, definition_loader_lists.cpp seniority and what list rows propose.
// The way in is LedgerDefinition::parse().
#pragma once

#include <Poco/JSON/Object.h>

#include <set>

#include "schema/definition.h"
#include "schema/definition_names.h"
#include "schema/strict_json.h"

namespace jiyao {

using Poco::JSON::Object;

class DefinitionLoader {
 public:
  LedgerDefinition load(const Object& file);
  std::string place = "ledger";  ///< where we are, for the message

 private:
  [[noreturn]] void fail(const std::string& rule) const { throw Mistake{place + ": " + rule}; }
  void require(bool holds, const std::string& rule) const {
    if (!holds) fail(rule);
  }
  static std::vector<std::string> words_of(const std::string& text);
  void only(const Object& object, const std::set<std::string>& known) const;
  std::string text(const Object& object, const std::string& key, bool is_needed = true) const;
  bool flag(const Object& object, const std::string& key) const;
  std::vector<std::string> texts(const Object& object, const std::string& key) const;
  std::vector<Object::Ptr> objects(const Object& object, const std::string& key) const;
  Object::Ptr object(const Object& parent, const std::string& key) const;
  Roles roles(const Object& object, const std::string& key) const;
  char gravity(const Object& spec) const;
  Condition condition(const std::string& text) const;
  void forbid_working_days(const Condition& condition) const;
  void check_name(const std::string& ref, const std::string& name) const;
  std::size_t field(const std::string& name) const;
  std::size_t state(const std::string& name) const;

  void load_head(const Object& file);
  void load_noun(const Object& file);
  void load_states(const Object& file);
  void load_fields(const Object& file);
  void load_type(Field& field, const std::string& type) const;
  void load_group(const Object& spec, std::size_t field_index);
  void sort_groups();
  void check_group(const Group& group) const;
  void load_steps(const Object& file);
  void load_step(const Object& spec);
  /// Columns and what is filled in for them, of "fills" and "renumbered".
  std::vector<std::pair<std::string, std::string>> filled_fields(const Object& fills) const;
  void load_from(const Object& file);
  void load_keys(const Object& file);
  void load_numbers(const Object& file);
  void load_lists(const Object& file);
  void load_entry_rules(const Object& file);
  void load_binding(const Object& spec, Group& group) const;
  void load_entries(const Object& spec, Group& group) const;
  void load_findings(const Object& file);
  void load_rules(const Object& file);
  void load_bars(const Object& file);
  void load_recurring(const Object& file);
  void load_whole(const Object& file);
  void load_seniority(const Object& file);
  void load_proposals(const Object& file);
  void work_out_paths();

  LedgerDefinition def_;
};

}  // namespace jiyao
