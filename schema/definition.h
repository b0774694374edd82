// schema/definition.h - a ledger as data: columns, groups and how they merge, states, steps, keys.
//
// One JSON file of schema/ledgers/ a ledger (docs/ledgers.md says how to read one), embedded when
// the program is built; nothing is read at run time. Immutable after loading; safe from any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.h"
#include "schema/definition_parts.h"

namespace jiyao {

class LedgerDefinition {
 public:
  /// Strict: every mistake is an Error{invalid} "ledger: field: rule".
  static Result<LedgerDefinition> parse(std::string_view json);

  LedgerName name;
  std::string zh, en, source;
  std::string noun, noun_zh;  ///< what the command line calls it: "incoming", "收文"
  std::vector<Field> fields;
  std::vector<Group> groups;  ///< sorted by name, as the writes of a change are
  std::vector<State> states;
  std::vector<Transition> steps;
  std::vector<UniqueKey> unique;
  std::vector<ExclusiveKey> exclusive;
  std::vector<Reminder> reminders;
  std::vector<NumberRule> numbers;
  std::vector<Bar> bars;
  std::vector<Rule> rules;
  std::vector<FindingWords> findings;  ///< words of the catalogue ids that this ledger brings
  std::vector<Recurring> recurring;
  std::optional<Settles> settles;
  std::optional<Seniority> seniority;
  std::vector<Proposal> proposals;
  std::optional<Condition>
      open;                      ///< keeps what it cites from its end; none: an exclusive key holds
  bool only_standalone = false;  ///< what a networked machine writes here does not count
  std::vector<std::size_t> search, list;  ///< field indexes
  Roles writers = 0;                      ///< who may create and amend; 0: any role
  Roles rulers = 0;                       ///< who may `resolve`
  std::string print;
  std::optional<std::size_t> state_group, level_group;

  const Group* group(std::string_view group_name) const;
  std::optional<std::size_t> group_index(std::string_view group_name) const;
  const Field* field(std::string_view field_name) const;
  std::optional<std::size_t> field_index(std::string_view field_name) const;
  std::optional<std::size_t> state_index(std::string_view state_name) const;
  /// The column an import file means by this heading; nullptr: none of ours.
  const Field* field_for_header(std::string_view header) const;
  /// May `to` follow `from` by steps, in any number? State indexes.
  bool reaches(std::size_t from, std::size_t to) const;
  /// Can a severity, latest or earliest group compare this value with others?
  bool is_ordered_value(const Group& group, std::string_view value) const;
  /// One field's value out of its group's value (unpacks when the group has several).
  std::string field_value(std::size_t field_index, std::string_view group_value) const;

 private:
  friend class DefinitionLoader;
  std::vector<bool> reaches_;  ///< states x states
};

/// Puts the values of one group's fields (by field name) into one write value.
Result<std::string> group_value(const LedgerDefinition& definition, const Group& group,
                                std::span<const std::pair<std::string, std::string>> fields);

/// All definitions of one rule set. Cheap to copy.
class Definitions {
 public:
  Definitions() = default;  ///< holds nothing; ask only parsed ones
  /// Those built into this program. Our own files being wrong is our bug: asserts.
  static const Definitions& built_in();
  static Result<Definitions> parse(std::uint32_t number, std::span<const std::string_view> jsons);

  const LedgerDefinition* ledger(std::string_view name) const;
  /// What a definition says of this catalogue id; nullptr: none does, the engine knows it.
  const FindingWords* finding(std::string_view code) const;
  /// Does a rule of some ledger ask the records of this one?
  bool is_asked(std::string_view ledger_name) const;
  std::span<const LedgerDefinition> all() const;
  std::uint32_t number() const;
  Digest hash() const;  ///< H(ruleset | the files' bytes, sorted by ledger name)

 private:
  struct Content;
  std::shared_ptr<const Content> content_;
};

/// The roles of which the actor must have one for this change to count; 0: any.
Roles roles_needed(const LedgerDefinition& definition, const Change& change);
/// Every condition of this definition with a word for where it stands.
std::vector<std::pair<std::string, const Condition*>> conditions_of(
    const LedgerDefinition& definition);
/// Ledgers whose records the rules of this one ask.
std::vector<LedgerName> ledgers_asked_by(const LedgerDefinition& definition);
/// Every catalogue id this definition speaks of.
std::vector<std::string> codes_of(const LedgerDefinition& definition);
/// What the files of one rule set say of one another: cited ledgers and their fields, one meaning a
/// catalogue id.   errors: invalid
Result<void> check_links(const Definitions& definitions);
/// Must the change carry the person's own signature?
bool is_decisive(const LedgerDefinition& definition, const Change& change);

}  // namespace jiyao
