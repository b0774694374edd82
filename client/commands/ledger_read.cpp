// client/commands/ledger_read.cpp - the rows of a register, and one of them with all it holds.
#include "client/commands/ledger.h"
#include "client/findings.h"
#include "client/list_filter.h"
#include "client/records.h"
#include "client/timeline.h"

namespace jiyao {

namespace {

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
  auto filter = filter_of(desk, **replica, ledger, options.filter);
  if (!filter) return filter.error();
  filter->query.limit = options.limit;
  const RecordPage page = next_page(**replica, *filter);
  Answer answer{.text = list_text(desk, **replica, ledger, page.rows), .json = json_object()};
  const std::string shown = std::to_string(page.rows.size());
  if (filter->has_total) {
    const std::uint64_t total = (*replica)->count(filter->query);
    answer.text +=
        "\n" + desk.text("list.count", {{"shown", shown}, {"total", std::to_string(total)}});
    answer.json->set("total", total);
  } else {
    answer.text += "\n" + desk.text("list.shown", {{"shown", shown}});
  }
  add_page(desk, **replica, page, answer);
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
