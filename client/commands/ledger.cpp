// client/commands/ledger.cpp - every definition as a noun, every verb of it as a command.
#include "client/commands/ledger.h"

#include <algorithm>

#include "client/commands/commands.h"

namespace jiyao {

namespace {

using Work = Result<Answer> (*)(Desk&, const LedgerCommand&, const LedgerOptions&);

Work work_of(VerbKind kind) {
  switch (kind) {
    case VerbKind::step:
      return take_step;
    case VerbKind::end:
      return end_row;
    case VerbKind::list:
      return list_rows;
    case VerbKind::show:
      return show_row;
    case VerbKind::edit:
      return edit_row;
    case VerbKind::correct:
      return correct_row;
    case VerbKind::initial:
      return initial_row;
    case VerbKind::renumber:
      return renumber_row;
  }
  return show_row;
}

std::string joined(const Catalogue& words, const LedgerDefinition& ledger,
                   const std::vector<std::size_t>& states) {
  std::string text;
  for (const std::size_t state : states) {
    const std::string one = state_text(words, ledger, ledger.states[state].name);
    text += (text.empty() ? "" : words.text("list.and")) + one;
  }
  return text;
}

/// 归还：借出 → 已归还
std::string about_step(const Catalogue& words, const LedgerDefinition& ledger,
                       const LedgerVerb& verb) {
  std::vector<std::size_t> from;
  std::size_t leaves = 0;
  for (const std::size_t step : verb.steps)
    for (const std::size_t state : ledger.steps[step].from) from.push_back(state);
  for (std::size_t i = 0; i < ledger.states.size(); ++i)
    leaves += ledger.states[i].is_terminal ? 0 : 1;
  std::sort(from.begin(), from.end());
  from.erase(std::unique(from.begin(), from.end()), from.end());
  const Transition& step = ledger.steps[verb.steps.front()];
  const std::string to = state_text(words, ledger, ledger.states[step.to].name);
  const bool is_from_all = from.size() >= leaves && leaves > 1;
  const std::string start = is_from_all ? words.text("list.any") : joined(words, ledger, from);
  return words.text(from.empty() ? "verb.makes" : "verb.moves",
                    {{"step", step_text(words, step)}, {"from", start}, {"to", to}});
}

std::string about(const Catalogue& words, const LedgerDefinition& ledger, const LedgerVerb& verb) {
  switch (verb.kind) {
    case VerbKind::list:
      return words.text("verb.list");
    case VerbKind::show:
      return words.text("verb.show");
    case VerbKind::edit:
      return words.text("verb.edit");
    case VerbKind::correct:
      return words.text("verb.correct");
    case VerbKind::end:
      return words.text("verb.void");
    case VerbKind::initial:
      return words.text("verb.initial");
    case VerbKind::renumber:
      return words.text("verb.renumber");
    case VerbKind::step:
      return about_step(words, ledger, verb);
  }
  return {};
}

std::string chinese_verb(const LedgerVerb& verb) {
  switch (verb.kind) {
    case VerbKind::list:
      return "列表";
    case VerbKind::show:
      return "查看";
    case VerbKind::edit:
      return "修改";
    case VerbKind::correct:
      return "更正";
    case VerbKind::end:
      return "作废";
    case VerbKind::initial:
    case VerbKind::renumber:
    case VerbKind::step:
      return verb.aliases.back();
  }
  return verb.word;
}

/// A line that calls the verb with what it cannot do without.
std::string example_of(const Menu& menu, const CLI::App& app, const LedgerCommand& command) {
  const LedgerDefinition& ledger = *command.ledger;
  const LedgerVerb& verb = command.verb;
  const bool is_zh = menu.words().language() == Language::zh;
  const std::vector<std::string> chinese{ledger.noun_zh, chinese_verb(verb)};
  const bool is_called_so = is_zh && menu.command(chinese) == &app;
  std::string line =
      "  jiyao " + (is_called_so ? chinese[0] + " " + chinese[1] : ledger.noun + " " + verb.word);
  if (takes_record(ledger, verb) && (!can_make(ledger, verb) || !refs_of(ledger).empty()))
    line += " 2026-0001";
  const auto add = [&](const std::string& english, const std::string& word,
                       const std::string& value) {
    line += " " + (is_zh ? "--" + word : english) + " " + value;
  };
  const bool wants_reason = verb.kind == VerbKind::end || verb.kind == VerbKind::correct;
  if (wants_reason) add("--reason", "原因", "…");
  int given = 0;
  for (const std::size_t index : verb.fields) {
    const Field& field = ledger.fields[index];
    const bool is_wanted =
        verb.kind == VerbKind::edit || verb.kind == VerbKind::correct ||
        (verb.kind == VerbKind::step && field.from == ledger.steps[verb.steps.back()].to);
    if (is_wanted && field.type != FieldType::ref && given++ < 2)
      add(option_of(field), field.zh,
          field.type == FieldType::choice ? field.choices.front() : "…");
  }
  return line;
}

}  // namespace

void add_ledger(Menu& menu, const LedgerDefinition& ledger) {
  const bool is_zh = menu.words().language() == Language::zh;
  menu.add_noun(ledger.noun, {is_zh ? ledger.zh : ledger.en, {ledger.noun_zh, ledger.zh}, {}});
  for (const LedgerVerb& verb : verbs_of(ledger)) {
    const std::string path = ledger.noun + " " + verb.word;
    if (menu.has(path)) continue;
    const auto command = std::make_shared<const LedgerCommand>(LedgerCommand{&ledger, verb});
    const auto options = std::make_shared<LedgerOptions>();
    menu.add_leaf(
        path, CommandWords{about(menu.words(), ledger, verb), verb.aliases, {}},
        [&menu, command, options, path](CLI::App& app) {
          declare_options(app, *options, *command, menu.words());
          std::string id = "example." + path;
          std::replace(id.begin(), id.end(), ' ', '.');
          if (!menu.words().has(id))
            app.footer(menu.text("help.examples") + "\n" + example_of(menu, app, *command));
        },
        [command, options](Desk& desk) {
          return work_of(command->verb.kind)(desk, *command, *options);
        });
  }
}

void add_ledgers(Menu& menu) {
  for (const LedgerDefinition& ledger : Definitions::built_in().all()) add_ledger(menu, ledger);
}

}  // namespace jiyao
