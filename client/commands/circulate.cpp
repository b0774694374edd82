// client/commands/circulate.cpp - 传阅: who may read is approved by a director or leader, a clerk
// passes the copy to one of them and takes it back; each leg is an entry (domain.md L07).
#include <algorithm>
#include <set>

#include "client/commands/commands.h"
#include "client/custody.h"
#include "client/records.h"
#include "client/registration.h"

namespace jiyao {

namespace {

struct CirculateOptions {
  std::string record, reader, copy, mode = "传阅", opinion, reason;
  std::vector<std::string> readers;
  std::vector<int> ranks;
  bool closes = false;
};

void declare_pass(CLI::App& app, CirculateOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--reader,--阅读人", options.reader, words.text("opt.next_reader"));
  app.add_option("--copy,--份号", options.copy, words.text("opt.copy"));
  app.add_option("--reason,--原因", options.reason, words.text("opt.out_of_order"));
  app.add_option("--mode,--方式", options.mode, words.text("opt.mode"))
      ->check(CLI::IsMember({"传阅", "传批"}));
}

void declare_approve(CLI::App& app, CirculateOptions& options, const Catalogue& words) {
  app.add_option("record", options.record, words.text("opt.record"))->required();
  app.add_option("--reader,--阅读人", options.readers, words.text("opt.readers"))
      ->required()
      ->allow_extra_args(false);
  app.add_option("--rank,--排序", options.ranks, words.text("opt.ranks"))
      ->check(CLI::Range(1, 999))
      ->allow_extra_args(false);
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

/// A slip that waits to be sent, with the first of its readers.
Result<Act> planned_slip(Desk& desk, Replica& replica, const View& incoming,
                         const CirculateOptions& options, const FieldValues& reader,
                         const RecordId& slip, RecordId& copy) {
  auto paper = paper_of(desk, replica, incoming, options.copy);
  if (!paper) return paper.error();
  copy = paper->copy;
  FieldValues values = reader;
  values.insert({{"copy", paper->copy.hex()},
                 {"document", paper->document.hex()},
                 {"incoming", incoming.record.hex()},
                 {"mode", options.mode},
                 {"state", "planned"}});
  auto planned = create_step(replica.definitions(), "circulation", slip, values);
  if (!planned) return planned.error();
  Act act{incoming.compartment, std::move(paper->made)};
  act.steps.push_back(*std::move(planned));
  return act;
}

/// The copy goes out to a reader; a slip that waits is sent with it.
Result<void> add_leg(Desk& desk, Replica& replica, const RecordId& slip, const RecordId& copy,
                     const std::string& reader, bool is_first, Act& act) {
  FieldValues sent = leg(desk, reader, "送出");
  if (is_first) sent["state"] = "circulating";
  auto out = create_step(replica.definitions(), "circulation", slip, sent);
  if (!out) return out.error();
  auto moved = custody_step(replica, copy, "传阅在外", reader);
  if (!moved) return moved.error();
  act.steps.push_back(amend_step(*out));
  act.steps.push_back(*std::move(moved));
  return {};
}

bool is_approved(const LedgerDefinition& ledger, const View& slip, const std::string& reader) {
  const GroupState* readers = slip.state.group(*ledger.group_index("readers"));
  return readers != nullptr &&
         std::any_of(readers->held.begin(), readers->held.end(), [&](const HeldWrite& write) {
           return ledger.field_value(*ledger.field_index("reader"), write.value) == reader;
         });
}

/// Approved readers whom no leg has reached, in the order the paper goes: by rank to be read, from
/// the last rank up for instructions (domain.md L07). Without ranks there is no order.
struct Order {
  std::vector<std::pair<int, std::string>> waiting;
  bool is_ranked = false;
};
Order order_of(const LedgerDefinition& ledger, const View& slip) {
  Order order;
  std::set<std::string> reached;
  const auto entries = [&](const char* group) {
    const GroupState* held = slip.state.group(*ledger.group_index(group));
    return held == nullptr ? std::vector<HeldWrite>() : held->held;
  };
  const auto part = [&](const char* name, const HeldWrite& write) {
    return ledger.field_value(*ledger.field_index(name), write.value);
  };
  for (const HeldWrite& leg : entries("legs")) reached.insert(part("leg_reader", leg));
  for (const HeldWrite& entry : entries("readers")) {
    const int rank = std::atoi(part("reader_rank", entry).c_str());
    order.is_ranked = order.is_ranked || rank > 0;
    const std::string reader = part("reader", entry);
    if (!reached.contains(reader)) order.waiting.emplace_back(rank, reader);
  }
  std::stable_sort(order.waiting.begin(), order.waiting.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (slip.state.field(ledger, "mode") == "传批")
    std::reverse(order.waiting.begin(), order.waiting.end());
  return order;
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

/// What somebody else writes into the reading range is a proposal only, and shown to no clerk.
bool may_approve(const Replica& replica, const LedgerDefinition& ledger) {
  const Roster roster = replica.roster();
  const UserRecord* person = roster.user(replica.person().user);
  return person != nullptr && (person->roles & ledger.group("readers")->writers) != 0;
}

/// The act that sends a slip on to a reader; `adds_reader`: it approves them as well.
Result<Act> passing(Desk& desk, Replica& replica, const LedgerDefinition& ledger, const View& slip,
                    const std::string& reader, bool adds_reader, const std::string& reason) {
  const std::string outside = reader_outside(ledger, slip);
  if (!outside.empty())
    return desk.failure(Errc::invalid, "circulate.not_back", {{"reader", outside}});
  const auto copy = copy_of(ledger, slip);
  if (!copy) return desk.failure(Errc::invalid, "paper.none_open");
  SetEntries entries;
  if (adds_reader) entries.push_back({{"reader", reader}});
  if (!reason.empty())
    entries.push_back(
        {{"remarks", desk.text("circulate.early", {{"reader", reader}, {"reason", reason}})}});
  auto act = amend_act(ledger, slip, {}, entries, reason);
  if (!act) return act.error();
  const bool is_first = slip.state.state == "planned";
  if (auto out = add_leg(desk, replica, slip.record, *copy, reader, is_first, *act); !out)
    return out.error();
  return act;
}

/// The slip that a copy of a paper is on, or the one it will be.
struct Slip {
  View incoming;
  std::optional<View> open;
  RecordId id;
  const LedgerDefinition* ledger;
};

Result<Slip> slip_for(Desk& desk, Replica& replica, const CirculateOptions& options) {
  auto incoming = find_record(desk, replica, "incoming", options.record);
  if (!incoming) return incoming.error();
  auto open = open_row(desk, replica, "circulation", *incoming, options.copy);
  if (!open && open.code() != Errc::not_found) return open.error();
  const RecordId id = open ? open->record : replica.new_record_id();
  return Slip{*std::move(incoming), open ? std::optional(*std::move(open)) : std::nullopt, id,
              replica.definitions().ledger("circulation")};
}

/// Who gets it now: the one that was named, if it is their turn or a reason is given, else the
/// next.
Result<std::string> reader_now(Desk& desk, const Slip& slip, const CirculateOptions& options) {
  const Order order = slip.open ? order_of(*slip.ledger, *slip.open) : Order{};
  if (options.reader.empty()) {
    if (order.waiting.empty()) return desk.failure(Errc::usage, "circulate.name_reader");
    return order.waiting.front().second;
  }
  const bool is_early =
      order.is_ranked && !order.waiting.empty() && order.waiting.front().second != options.reader;
  if (is_early && without_blanks_around(options.reason).empty())
    return desk.failure(Errc::not_allowed, "circulate.not_their_turn",
                        {{"reader", options.reader}, {"next", order.waiting.front().second}});
  return options.reader;
}

/// A slip that is made and sent at once: two steps, because it is sent under the reading range it
/// was planned with.
Result<Act> planned_and_sent(Desk& desk, Replica& replica, const Slip& slip,
                             const CirculateOptions& options) {
  RecordId copy;
  auto act = planned_slip(desk, replica, slip.incoming, options, {{"reader", options.reader}},
                          slip.id, copy);
  if (!act) return act.error();
  if (auto out = add_leg(desk, replica, slip.id, copy, options.reader, true, *act); !out)
    return out.error();
  return act;
}

Result<Answer> pass(Desk& desk, const CirculateOptions& typed) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto slip = slip_for(desk, **replica, typed);
  if (!slip) return slip.error();
  const auto reader = reader_now(desk, *slip, typed);
  if (!reader) return reader.error();
  CirculateOptions options = typed;
  options.reader = *reader;
  const bool adds_reader = !slip->open || !is_approved(*slip->ledger, *slip->open, options.reader);
  if (adds_reader && !may_approve(**replica, *slip->ledger))
    return desk.failure(Errc::not_allowed, "circulate.ask", {{"reader", options.reader}});
  const auto act = slip->open ? passing(desk, **replica, *slip->ledger, *slip->open, options.reader,
                                        adds_reader, options.reason)
                              : planned_and_sent(desk, **replica, *slip, options);
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica,
                         desk.text("circulate.passed", {{"reader", options.reader}}), {slip->id});
}

/// The act that approves these readers; the first of a new slip makes it.
Result<Act> approving(Desk& desk, Replica& replica, const Slip& slip,
                      const CirculateOptions& options, const SetEntries& readers) {
  if (slip.open) return amend_act(*slip.ledger, *slip.open, {}, readers, {});
  RecordId copy;
  auto act = planned_slip(desk, replica, slip.incoming, options, readers.front(), slip.id, copy);
  for (std::size_t i = 1; act && i < readers.size(); ++i) {
    auto more = create_step(replica.definitions(), "circulation", slip.id, readers[i]);
    if (!more) return more.error();
    act->steps.push_back(amend_step(*more));
  }
  return act;
}

Result<Answer> approve(Desk& desk, const CirculateOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto slip = slip_for(desk, **replica, options);
  if (!slip) return slip.error();
  if (!options.ranks.empty() && options.ranks.size() != options.readers.size())
    return desk.failure(Errc::usage, "circulate.ranks");
  SetEntries readers;
  std::string names;
  for (std::size_t i = 0; i < options.readers.size(); ++i) {
    const std::string& reader = options.readers[i];
    names += (names.empty() ? "" : "、") + reader;
    if (slip->open && is_approved(*slip->ledger, *slip->open, reader)) continue;
    readers.push_back({{"reader", reader}});
    if (!options.ranks.empty()) readers.back()["reader_rank"] = std::to_string(options.ranks[i]);
  }
  if (!may_approve(**replica, *slip->ledger))
    return desk.failure(Errc::not_allowed, "circulate.ask", {{"reader", names}});
  if (readers.empty()) return desk.failure(Errc::exists, "circulate.known", {{"readers", names}});
  const auto act = approving(desk, **replica, *slip, options, readers);
  if (!act) return act.error();
  const auto recorded = (*replica)->record(*act);
  if (!recorded) return in_words(desk, **replica, recorded.error());
  return recorded_answer(desk, **replica, desk.text("circulate.approved", {{"readers", names}}),
                         {slip->id});
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
  menu.add<CirculateOptions>("circulate approve", declare_approve, approve);
  menu.add<CirculateOptions>("circulate pass", declare_pass, pass);
  menu.add<CirculateOptions>("circulate return", declare_return, take_back);
}

}  // namespace jiyao
