// client/commands/ledger_options.cpp - columns as options, options as values.
#include "client/commands/ledger_options.h"

#include <algorithm>

#include "client/records.h"

namespace jiyao {

namespace {

bool is_taken(const CLI::App& app, const std::string& name) {
  return app.get_option_no_throw(name) != nullptr;
}

/// Names that an option of the command has already are left out; `fallback` stands in for both.
std::string free_names(const CLI::App& app, const std::string& english, const std::string& chinese,
                       const std::string& fallback) {
  std::string names;
  const bool has_blank = chinese.find_first_of(" =:{") != std::string::npos;
  if (!is_taken(app, english)) names = english;
  if (!is_taken(app, chinese) && !has_blank) names += (names.empty() ? "" : ",") + chinese;
  return names.empty() ? fallback : names;
}

void declare_field(CLI::App& app, const Field& field, std::vector<std::string>& typed,
                   const Catalogue& words) {
  const std::string option = option_of(field);
  const std::string names = free_names(app, option, "--" + field.zh, "--field" + option.substr(1));
  std::string about = label_of(words, field);
  if (field.type == FieldType::choice) {
    std::string known;
    for (const std::string& one : field.choices) known += (known.empty() ? "" : " ") + one;
    about += words.text("opt.one_of", {{"known", known}});
  }
  app.add_option(names, typed, about)->allow_extra_args(false);
}

void declare_change(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                    const Catalogue& words) {
  const bool is_edit = command.verb.kind == VerbKind::edit;
  app.add_option("record", options.record, words.text("opt.row"))->required();
  CLI::Option* reason = app.add_option("--reason,--原因", options.reason, words.text("opt.reason"));
  if (!is_edit) reason->required();
  if (is_edit) app.add_option("--step,--办理", options.step, words.text("opt.step"));
  if (command.verb.kind == VerbKind::correct)
    app.add_option("--was,--原为", options.was, words.text("opt.was"));
}

void declare_initial(CLI::App& app, LedgerOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.row"))->required();
  app.add_option("--field,--栏目", options.column, words.text("opt.signed_column"));
  app.add_option("--reason,--原因", options.reason, words.text("opt.reason"));
}

void declare_step(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                  const Catalogue& words) {
  const LedgerDefinition& ledger = *command.ledger;
  const bool has_refs = !refs_of(ledger).empty();
  if (takes_record(ledger, command.verb)) {
    app.add_option("record", options.record, words.text(has_refs ? "opt.row_or_paper" : "opt.row"));
  }
}

/// Its row is kept where what it is about is kept: nobody has to say the level.
bool is_about_one(const LedgerDefinition& ledger) {
  const std::vector<std::size_t> refs = refs_of(ledger);
  return std::any_of(refs.begin(), refs.end(), [&](std::size_t ref) {
    return ledger.groups[ledger.fields[ref].group].kind == GroupKind::fixed;
  });
}

void declare_rest_of_step(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                          const Catalogue& words) {
  const LedgerDefinition& ledger = *command.ledger;
  const auto add = [&](const std::string& english, const std::string& chinese, std::string& value,
                       std::string_view about) {
    const std::string names = free_names(app, english, chinese, {});  // else a column has them
    if (!names.empty()) app.add_option(names, value, words.text(about));
  };
  if (can_move(ledger, command.verb)) {
    add("--reason", "--原因", options.reason, "opt.reason");
    if (!is_taken(app, "--where") && !is_taken(app, "--条件"))
      app.add_option("--where,--条件", options.filter.where, words.text("opt.where_rows"))
          ->allow_extra_args(false);
    for (const std::size_t ref : refs_of(ledger))  // which of several is meant
      if (std::count(command.verb.fields.begin(), command.verb.fields.end(), ref) == 0)
        declare_field(app, ledger.fields[ref], options.typed[ledger.fields[ref].name], words);
  }
  if (!can_make(ledger, command.verb)) return;
  add("--owner", "--单位", options.owner, "opt.owner");
  if (ledger.field("level") == nullptr && !is_about_one(ledger))
    add("--level", "--密级", options.level, "opt.level");
  const bool can_approve = can_move(ledger, command.verb) &&
                           std::any_of(ledger.steps.begin(), ledger.steps.end(),
                                       [](const Transition& step) { return step.is_decisive; });
  if (can_approve && !is_taken(app, "--approve"))
    app.add_flag("--approve,--批准", options.approve, words.text("opt.approve"));
}

void declare_list(CLI::App& app, LedgerOptions& options, const Catalogue& words) {
  app.add_option("--limit", options.limit, words.text("opt.limit"))->check(CLI::Range(1, 100000));
  declare_filter(app, options.filter, words);
  declare_after(app, options.filter, words);
}

/// A level above one's own is asked about before it is written into a row that is there.
void declare_sure(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                  const Catalogue& words) {
  const LedgerDefinition& ledger = *command.ledger;
  const bool writes_level =
      std::any_of(command.verb.fields.begin(), command.verb.fields.end(), [&](std::size_t field) {
        return ledger.level_group && ledger.fields[field].group == *ledger.level_group;
      });
  if (writes_level && (command.verb.kind != VerbKind::step || can_move(ledger, command.verb)))
    app.add_flag("--yes,--确认", options.is_sure, words.text("opt.yes"));
}

/// The k-th values of a group's fields are its k-th entry.
Result<void> add_entries(Desk& desk, const LedgerDefinition& ledger, const Group& group,
                         const std::map<std::string, std::vector<std::string>>& values,
                         SetEntries& entries) {
  std::size_t count = 0;
  for (const std::size_t field : group.fields)
    if (const auto found = values.find(ledger.fields[field].name); found != values.end())
      count = std::max(count, found->second.size());
  for (std::size_t i = 0; i < count; ++i) {
    FieldValues entry;
    for (const std::size_t field : group.fields) {
      const auto found = values.find(ledger.fields[field].name);
      if (found == values.end() || found->second.empty()) continue;
      if (found->second.size() != count && found->second.size() != 1)
        return desk.failure(Errc::usage, "usage.not_as_many",
                            {{"field", label_of(desk.words(), ledger.fields[field])}});
      entry[found->first] = found->second.size() == 1 ? found->second.front() : found->second[i];
    }
    entries.push_back(std::move(entry));
  }
  return {};
}

Result<std::string> one_value(Desk& desk, const Field& field, const std::string& text,
                              bool may_be_empty) {
  const std::string& label = label_of(desk.words(), field);
  auto value = canonical_value(desk.words(), field, text);
  if (!value) return Error{value.code(), label + ": " + value.error().detail};
  if (value->empty() && !(may_be_empty && text.empty()))
    return desk.failure(Errc::invalid, "value.blank", {{"field", label}});
  return value;
}

}  // namespace

bool can_make(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  return std::any_of(verb.steps.begin(), verb.steps.end(),
                     [&](std::size_t step) { return makes(ledger.steps[step]); });
}

bool can_move(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  return std::any_of(verb.steps.begin(), verb.steps.end(),
                     [&](std::size_t step) { return !makes(ledger.steps[step]); });
}

std::vector<std::size_t> refs_of(const LedgerDefinition& ledger) {
  std::vector<std::size_t> refs;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i)
    if (ledger.fields[i].type == FieldType::ref) refs.push_back(i);
  return refs;
}

bool takes_record(const LedgerDefinition& ledger, const LedgerVerb& verb) {
  if (verb.kind == VerbKind::list) return false;
  return verb.kind != VerbKind::step || can_move(ledger, verb) || !refs_of(ledger).empty();
}

std::string option_of(const Field& field) {
  std::string name = "--" + field.name;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void declare_options(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                     const Catalogue& words) {
  const LedgerDefinition& ledger = *command.ledger;
  switch (command.verb.kind) {
    case VerbKind::list:
      return declare_list(app, options, words);
    case VerbKind::show:
      app.add_option("record", options.record, words.text("opt.row"))->required();
      return;
    case VerbKind::end:
    case VerbKind::edit:
    case VerbKind::correct:
      declare_change(app, options, command, words);
      break;
    case VerbKind::initial:
      return declare_initial(app, options, words);
    case VerbKind::renumber:
      app.add_option("record", options.record, words.text("opt.row"))->required();
      app.add_option("--reason,--原因", options.reason, words.text("opt.reason"));
      return;
    case VerbKind::step:
      declare_step(app, options, command, words);
      break;
  }
  for (const std::size_t field : command.verb.fields)
    declare_field(app, ledger.fields[field], options.typed[ledger.fields[field].name], words);
  if (command.verb.kind == VerbKind::step) declare_rest_of_step(app, options, command, words);
  declare_sure(app, options, command, words);
}

Result<TypedValues> read_typed(Desk& desk, const LedgerDefinition& ledger,
                               const LedgerOptions& options) {
  TypedValues read;
  std::map<std::string, std::vector<std::string>> of_sets;
  for (const auto& [name, texts] : options.typed) {
    const Field& field = *ledger.field(name);
    const GroupKind kind = ledger.groups[field.group].kind;
    if (kind != GroupKind::set && texts.size() > 1)
      return desk.failure(Errc::usage, "usage.twice", {{"option", option_of(field)}});
    const bool may_clear = kind == GroupKind::value || kind == GroupKind::note_only;
    for (const std::string& text : texts) {
      auto value = one_value(desk, field, text, may_clear);
      if (!value) return value.error();
      if (kind == GroupKind::set)
        of_sets[name].push_back(*std::move(value));
      else if (field.type == FieldType::ref)
        read.refs[name] = *std::move(value);
      else
        read.values[name] = *std::move(value);
    }
  }
  for (const Group& group : ledger.groups)
    if (group.kind == GroupKind::set)
      if (const auto added = add_entries(desk, ledger, group, of_sets, read.entries); !added)
        return added.error();
  return read;
}

}  // namespace jiyao
