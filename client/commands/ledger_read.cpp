// client/commands/ledger_read.cpp - the rows of a register, and one of them with all it holds.
#include "client/commands/ledger.h"
#include "client/findings.h"
#include "client/named_place.h"
#include "client/records.h"
#include "client/timeline.h"

namespace jiyao {

namespace {

Result<Query> query_for(Desk& desk, Replica& replica, const LedgerDefinition& ledger,
                        const LedgerOptions& options) {
  Query query;
  query.ledger = ledger.name;
  query.limit = options.limit;
  if (!options.state.empty()) {
    const Field* state = ledger.field("state");
    if (state == nullptr)
      return desk.failure(Errc::usage, "usage.bad_value", {{"option", "--state"}});
    const auto value = canonical_value(desk.words(), *state, options.state);
    if (!value) return value.error();
    query.equals["state"] = *value;
  }
  if (options.level.empty() && options.owner.empty()) return query;
  const auto place = named_place(desk, replica, options.owner, options.level);
  if (!place) return place.error();
  query.compartment = *place;
  return query;
}

std::string fields_text(Desk& desk, const Directory& directory, const LedgerDefinition& ledger,
                        const View& row) {
  std::string text;
  for (const auto& [index, shown] : shown_fields(desk.words(), ledger, row.state)) {
    const GroupState* group = row.state.group(ledger.fields[index].group);
    text += "\n" + label_of(desk.words(), ledger.fields[index]) + "  " +
            field_text(desk.words(), directory, ledger, row, index);
    if (group->mark == Mark::conflict || group->mark == Mark::incident)
      text += desk.console().paint(desk.text("list.conflict_mark"), 31);
  }
  return text;
}

}  // namespace

Result<Answer> list_rows(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  const auto query = query_for(desk, **replica, ledger, options);
  if (!query) return query.error();
  const RecordPage page = (*replica)->search(*query);
  const std::uint64_t total = (*replica)->count(*query);
  Answer answer{.text = list_text(desk, **replica, ledger, page.rows), .json = json_object()};
  answer.text += "\n" + desk.text("list.count", {{"shown", std::to_string(page.rows.size())},
                                                 {"total", std::to_string(total)}});
  const Directory directory(**replica);
  Poco::JSON::Array::Ptr rows = json_array();
  for (const View& view : page.rows) rows->add(json_of(**replica, directory, view));
  answer.json->set("total", total);
  answer.json->set("records", rows);
  return answer;
}

Result<Answer> show_row(Desk& desk, const LedgerCommand& command, const LedgerOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const LedgerDefinition& ledger = *command.ledger;
  const auto row = find_any_row(desk, **replica, ledger, options.record);
  if (!row) return row.error();
  const Directory directory(**replica);
  Answer answer{.json = json_of(**replica, directory, *row)};
  answer.text = desk.text("record.place",
                          {{"compartment", directory.compartment(desk.words(), row->compartment)},
                           {"id", row->record.hex()}});
  if (row->is_hidden) {
    answer.text += "\n" + desk.text("record.hidden");
    return answer;
  }
  answer.text += fields_text(desk, directory, ledger, *row);
  Poco::JSON::Array::Ptr struck = json_array();
  for (const Correction& one : corrections_of((*replica)->history(row->record), ledger)) {
    answer.text += "\n" + correction_text(desk, directory, ledger, one);
    struck->add(json_of(directory, ledger, one));
  }
  answer.json->set("corrections", struck);
  const std::vector<Finding> findings = findings_about(**replica, row->record);
  for (const Finding& finding : findings)
    answer.text += "\n" + finding_text(desk, **replica, directory, finding);
  answer.json->set("findings", json_of(desk, findings));
  answer.text += "\n" + desk.text("stage." + answer.json->getValue<std::string>("stage"));
  return answer;
}

}  // namespace jiyao
