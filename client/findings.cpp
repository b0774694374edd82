// client/findings.cpp - the sentence by its row in the catalogue, the records by their names.
#include "client/findings.h"

#include <algorithm>
#include <set>

#include "client/records.h"
#include "client/roles.h"
#include "schema/text.h"

namespace jiyao {

namespace {

/// What names a record to somebody who may see it: number, document number, title.
std::string record_line(const Desk& desk, const Replica& replica, const Directory& directory,
                        const RecordId& record) {
  const auto view = replica.view(record);
  const std::string digits = record.hex().substr(0, 8);
  const LedgerDefinition* ledger = view ? replica.definitions().ledger(view->ledger) : nullptr;
  if (ledger == nullptr) return digits;
  std::string line = desk.words().language() == Language::zh ? ledger->zh : ledger->en;
  if (view->is_hidden) return line + "  " + digits + "  ■";
  line += "  " + called(desk.words(), directory, *ledger, *view);
  for (const char* name : {"doc_no", "title", "copy_no"}) {
    const std::string value = view->state.field(*ledger, name);
    if (!value.empty() && line.find(value) == std::string::npos)
      line += "  " + terminal_safe(value);
  }
  return line;
}

}  // namespace

std::string finding_sentence(const Desk& desk, const Finding& finding) {
  const std::string id = "finding." + finding.code;
  if (desk.words().has(id)) return desk.text(id);
  if (const FindingWords* words = Definitions::built_in().finding(finding.code))
    return desk.words().language() == Language::zh ? words->zh : words->en;
  return desk.text("finding.incident");
}

std::vector<Finding> findings_across(const Replica& replica) {
  std::vector<Finding> all = replica.findings();
  std::erase_if(all, [](const Finding& one) { return one.kind == FindingKind::conflict; });
  return all;
}

std::vector<Finding> findings_about(const Replica& replica, const RecordId& record) {
  std::vector<Finding> some = findings_across(replica);
  std::erase_if(some, [&](const Finding& one) {
    return std::find(one.records.begin(), one.records.end(), record) == one.records.end();
  });
  return some;
}

std::string asked_words(const Desk& desk, const Replica& replica, const Directory& directory,
                        const Finding& finding) {
  if (finding.decider == 0) return {};
  const std::string roles = role_words(desk.words(), finding.decider);
  std::set<std::string> offices;
  for (const RecordId& record : finding.records)
    if (const auto view = replica.view(record))
      for (const std::string& heir : directory.successors().after(view->compartment.office.hex()))
        offices.insert(terminal_safe(heir));
  if (offices.empty()) return roles;
  std::string names;
  for (const std::string& one : offices)
    names += (names.empty() ? "" : desk.text("list.and")) + one;
  return desk.text("finding.of_successor", {{"office", names}, {"roles", roles}});
}

std::string finding_line(const Desk& desk, const Replica& replica, const Directory& directory,
                         const Finding& finding) {
  const bool is_row = finding.code.front() >= 'A' && finding.code.front() <= 'Z';
  std::string text =
      (is_row ? finding.code + "  " : std::string()) + finding_sentence(desk, finding);
  const std::string asked = asked_words(desk, replica, directory, finding);
  if (!asked.empty()) text += desk.text("finding.asks", {{"roles", asked}});
  return text;
}

std::string finding_text(const Desk& desk, const Replica& replica, const Directory& directory,
                         const Finding& finding) {
  std::string text =
      finding_line(desk, replica, directory, finding) + "  [" + finding.id.hex().substr(0, 8) + "]";
  for (const RecordId& record : finding.records)
    text += "\n    " + record_line(desk, replica, directory, record);
  return text;
}

Poco::JSON::Array::Ptr json_of(const Desk& desk, const std::vector<Finding>& findings) {
  Poco::JSON::Array::Ptr rows = json_array();
  for (const Finding& finding : findings) {
    Poco::JSON::Object::Ptr one = json_object();
    one->set("id", finding.id.hex());
    one->set("code", finding.code);
    one->set("gravity", std::string(1, static_cast<char>(finding.gravity)));
    one->set("text", finding_sentence(desk, finding));
    one->set("decider", role_names(finding.decider));
    Poco::JSON::Array::Ptr records = json_array();
    for (const RecordId& record : finding.records) records->add(record.hex());
    one->set("records", records);
    rows->add(one);
  }
  return rows;
}

}  // namespace jiyao
