// client/commands/incoming.cpp - 收文: add, show, edit, void. The options are the definition's
// fields.
#include <algorithm>
#include <map>

#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/findings.h"
#include "client/records.h"
#include "client/registration.h"

namespace jiyao {

namespace {

/// Options for every field a clerk may type, `--doc-no,--文号`; the number, the state and computed
/// fields are not typed.
struct FieldOptions {
  std::map<std::string, std::vector<std::string>> typed;  ///< by field name
  std::string record, reason, owner, step;
};

bool is_typed(const LedgerDefinition& definition, const Field& field) {
  const GroupKind kind = definition.groups[field.group].kind;
  return kind != GroupKind::number && kind != GroupKind::state && kind != GroupKind::computed &&
         field.name != "void_reason" && field.name != "legacy_no";
}

void declare_fields(CLI::App& app, FieldOptions& options, const Catalogue& words) {
  const LedgerDefinition* ledger = Definitions::built_in().ledger("incoming");
  for (const Field& field : ledger->fields) {
    if (!is_typed(*ledger, field)) continue;
    std::string name = field.name;
    std::replace(name.begin(), name.end(), '_', '-');
    app.add_option("--" + name + ",--" + field.zh, options.typed[field.name],
                   label_of(words, field));
  }
}

void declare_add(CLI::App& app, FieldOptions& options, const Catalogue& words) {
  declare_fields(app, options, words);
  app.add_option("--owner", options.owner, words.text("opt.owner"));
}

void declare_edit(CLI::App& app, FieldOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  declare_fields(app, options, words);
  app.add_option("--step,--办理", options.step, words.text("opt.step"));
  app.add_option("--reason,--原因", options.reason, words.text("opt.reason"));
}

void declare_void(CLI::App& app, FieldOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--reason,--原因", options.reason, words.text("opt.reason"))->required();
}

void declare_show(CLI::App& app, FieldOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
}

/// Typed values of single-valued fields, and the entries of sets.
struct Typed {
  FieldValues values;
  std::vector<std::pair<std::string, std::string>> entries;  ///< field, value
};

Result<Typed> read_typed(Desk& desk, const LedgerDefinition& ledger, const FieldOptions& options) {
  Typed result;
  for (const auto& [name, texts] : options.typed) {
    const Field& field = *ledger.field(name);
    const bool is_set = ledger.groups[field.group].kind == GroupKind::set;
    for (const std::string& text : texts) {
      auto value = canonical_value(desk.words(), field, text);
      if (!value)
        return Error{value.code(), label_of(desk.words(), field) + ": " + value.error().detail};
      if (is_set)
        result.entries.emplace_back(name, *std::move(value));
      else
        result.values[name] = *std::move(value);
    }
  }
  return result;
}

Result<Answer> add(Desk& desk, const FieldOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  auto typed = read_typed(desk, ledger, options);
  if (!typed) return typed.error();
  if (!typed->values.contains("received_on")) typed->values["received_on"] = desk.today();
  Registration intake(desk, **replica, options.owner);
  auto act = intake.act_for(typed->values, typed->entries);
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("incoming.added"), {recorded->records.front()});
}

/// A step that ends a record waits until nothing of it is out on loan or circulating.
Result<void> nothing_is_out(Desk& desk, Replica& replica, const View& view,
                            const Transition& step) {
  for (const LedgerName& other : step.clear_of) {
    const auto open = open_row(desk, replica, other, view, {});
    if (!open && open.code() == Errc::not_found) continue;
    return desk.failure(Errc::conflict, "incoming.still_out",
                        {{"step", desk.words().language() == Language::zh ? step.zh : step.verb},
                         {"ledger", desk.text(other == "loan" ? "cmd.loan" : "cmd.circulate")}});
  }
  return {};
}

Result<Answer> edit(Desk& desk, const FieldOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, "incoming", options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  auto typed = read_typed(desk, ledger, options);
  if (!typed) return typed.error();
  if (!options.step.empty()) {
    const auto found = std::find_if(ledger.steps.begin(), ledger.steps.end(), [&](const auto& one) {
      return !one.from.empty() && (one.verb == options.step || one.zh == options.step);
    });
    if (found == ledger.steps.end())
      return desk.failure(Errc::invalid, "incoming.no_step", {{"step", options.step}});
    if (const auto clear = nothing_is_out(desk, **replica, *view, *found); !clear)
      return clear.error();
    typed->values["state"] = ledger.states[found->to].name;
  }
  auto act = amend_act(ledger, *view, typed->values, typed->entries, options.reason);
  if (!act) return act.error();
  if (act->steps.empty()) return desk.failure(Errc::usage, "incoming.nothing_given");
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("incoming.edited"), {view->record});
}

Result<Answer> void_record(Desk& desk, const FieldOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, "incoming", options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  const auto step = std::find_if(ledger.steps.begin(), ledger.steps.end(),
                                 [](const Transition& one) { return one.verb == "void"; });
  JIYAO_ASSERT(step != ledger.steps.end());
  if (const auto clear = nothing_is_out(desk, **replica, *view, *step); !clear)
    return clear.error();
  const auto act = amend_act(ledger, *view, {{"state", "void"}, {"void_reason", options.reason}},
                             {}, options.reason);
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("incoming.voided"), {view->record});
}

Result<Answer> show(Desk& desk, const FieldOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto view = find_record(desk, **replica, "incoming", options.record);
  if (!view) return view.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("incoming");
  const Directory directory(**replica);
  Answer answer{.json = json_of(**replica, directory, *view)};
  answer.text = desk.text("record.place",
                          {{"compartment", directory.compartment(desk.words(), view->compartment)},
                           {"id", view->record.hex()}});
  if (view->is_hidden) {
    answer.text += "\n" + desk.text("record.hidden");
    return answer;
  }
  for (const auto& [index, text] : shown_fields(desk.words(), ledger, view->state)) {
    const GroupState* group = view->state.group(ledger.fields[index].group);
    answer.text += "\n" + label_of(desk.words(), ledger.fields[index]) + "  " +
                   field_text(desk.words(), directory, ledger, *view, index);
    if (group->mark == Mark::conflict || group->mark == Mark::incident)
      answer.text += desk.console().paint(desk.text("list.conflict_mark"), 31);
  }
  const std::vector<Finding> findings = findings_about(**replica, view->record);
  for (const Finding& finding : findings)
    answer.text += "\n" + finding_text(desk, **replica, directory, finding);
  answer.json->set("findings", json_of(desk, findings));
  answer.text += "\n" + desk.text("stage." + answer.json->getValue<std::string>("stage"));
  return answer;
}

}  // namespace

void add_incoming(Menu& menu) {
  menu.add<FieldOptions>("incoming add", declare_add, add);
  menu.add<FieldOptions>("incoming show", declare_show, show);
  menu.add<FieldOptions>("incoming edit", declare_edit, edit);
  menu.add<FieldOptions>("incoming void", declare_void, void_record);
}

}  // namespace jiyao
