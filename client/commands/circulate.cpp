// client/commands/circulate.cpp - 传阅: pass a copy to a reader, take it back; each leg is an
// entry.
#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/records.h"
#include "client/registration.h"

namespace jiyao {

namespace {

struct CirculateOptions {
  std::string record, reader, copy, mode = "传阅", opinion;
  bool closes = false;
};

void declare_pass(CLI::App& app, CirculateOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--reader,--阅读人", options.reader, words.text("opt.reader"))->required();
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_option("--mode,--方式", options.mode, words.text("opt.mode"))
      ->check(CLI::IsMember({"传阅", "传批"}));
}

void declare_return(CLI::App& app, CirculateOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_option("--reader,--阅读人", options.reader, words.text("opt.reader"));
  app.add_option("--opinion,--意见", options.opinion, words.text("opt.opinion"));
  app.add_flag("--close,--收回", options.closes, words.text("opt.close"));
}

FieldValues leg(Desk& desk, const std::string& reader, const char* event) {
  return {{"leg_reader", reader}, {"leg_event", event}, {"leg_at", desk.now()}};
}

Step amend_step(const Step& made) {
  Step step = made;
  step.kind = ChangeKind::amend;
  return step;
}

/// A new slip: planned with its reader, sent with its first leg. Two steps, because a slip is sent
/// under the reading range it was planned with.
Result<Act> new_slip(Desk& desk, Replica& replica, const View& incoming,
                     const CirculateOptions& options, RecordId& slip) {
  auto paper = paper_of(desk, replica, incoming, options.copy);
  if (!paper) return paper.error();
  slip = replica.new_record_id();
  auto planned = create_step(replica.definitions(), "circulation", slip,
                             {{"copy", paper->copy.hex()},
                              {"document", paper->document.hex()},
                              {"incoming", incoming.record.hex()},
                              {"mode", options.mode},
                              {"reader", options.reader},
                              {"state", "planned"}});
  if (!planned) return planned.error();
  FieldValues sent = leg(desk, options.reader, "送出");
  sent["state"] = "circulating";
  auto out = create_step(replica.definitions(), "circulation", slip, sent);
  if (!out) return out.error();
  auto moved = custody_step(replica, paper->copy, "传阅在外", options.reader);
  if (!moved) return moved.error();
  Act act{incoming.compartment, std::move(paper->made)};
  act.steps.push_back(*std::move(planned));
  act.steps.push_back(amend_step(*out));
  act.steps.push_back(*std::move(moved));
  return act;
}

/// The reader whose leg went out last and has not come back; empty: the copy is in the safe.
std::string reader_outside(const LedgerDefinition& ledger, const View& slip) {
  const GroupState* legs = slip.state.group(*ledger.group_index("legs"));
  std::string reader;
  std::string since;
  if (legs == nullptr) return reader;
  for (const HeldWrite& write : legs->held) {
    const auto part = [&](const char* name) {
      return ledger.field_value(*ledger.field_index(name), write.value);
    };
    if (part("leg_at") < since) continue;
    const bool is_back = part("leg_event") == "退回";
    if (part("leg_at") == since && !is_back) continue;
    since = part("leg_at");
    reader = is_back ? std::string() : part("leg_reader");
  }
  return reader;
}

Result<RecordId> copy_of(const LedgerDefinition& ledger, const View& slip) {
  const auto bytes = from_hex(slip.state.field(ledger, "copy"));
  if (!bytes || bytes->size() != RecordId::kBytes) return Errc::not_found;
  return *RecordId::from(*bytes);
}

Result<Answer> pass(Desk& desk, const CirculateOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("circulation");
  const auto open = open_row(desk, **replica, "circulation", *incoming, options.copy);
  RecordId slip;
  Result<Act> act = Act{};
  if (open) {
    slip = open->record;
    const std::string outside = reader_outside(ledger, *open);
    if (!outside.empty())
      return desk.failure(Errc::invalid, "circulate.not_back", {{"reader", outside}});
    act = amend_act(ledger, *open, {}, {{"reader", options.reader}}, {});
    if (!act) return act.error();
    auto out = create_step((*replica)->definitions(), "circulation", slip,
                           leg(desk, options.reader, "送出"));
    const auto copy = copy_of(ledger, *open);
    if (!out || !copy) return desk.failure(Errc::invalid, "paper.none_open");
    auto moved = custody_step(**replica, *copy, "传阅在外", options.reader);
    if (!moved) return moved.error();
    act->steps.push_back(amend_step(*out));
    act->steps.push_back(*std::move(moved));
  } else {
    if (open.code() != Errc::not_found) return open.error();
    act = new_slip(desk, **replica, *incoming, options, slip);
    if (!act) return act.error();
  }
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica,
                         desk.text("circulate.passed", {{"reader", options.reader}}), {slip});
}

Result<Answer> take_back(Desk& desk, const CirculateOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto incoming = find_record(desk, **replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  const LedgerDefinition& ledger = *(*replica)->definitions().ledger("circulation");
  const auto slip = open_row(desk, **replica, "circulation", *incoming, options.copy);
  if (!slip) return slip.error();
  std::string reader = options.reader;
  if (reader.empty()) reader = reader_outside(ledger, *slip);
  const std::string person = (*replica)->person().user.hex();
  FieldValues values;
  if (!reader.empty()) values = leg(desk, reader, "退回");
  if (!options.opinion.empty()) {
    values["opinion_by"] = reader;
    values["opinion"] = options.opinion;
  }
  if (options.closes)
    values.insert({{"state", "closed"}, {"closed_at", desk.now()}, {"closed_by", person}});
  auto act = amend_act(ledger, *slip, values, {}, {});
  const auto copy = copy_of(ledger, *slip);
  if (!act) return act.error();
  if (act->steps.empty() || !copy) return desk.failure(Errc::invalid, "paper.none_open");
  auto moved = custody_step(**replica, *copy, "在库", person);
  if (!moved) return moved.error();
  act->steps.push_back(*std::move(moved));
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica,
                         desk.text(options.closes ? "circulate.closed" : "circulate.returned"),
                         {slip->record});
}

}  // namespace

void add_circulate(Menu& menu) {
  menu.add<CirculateOptions>("circulate pass", declare_pass, pass);
  menu.add<CirculateOptions>("circulate return", declare_return, take_back);
}

}  // namespace jiyao
