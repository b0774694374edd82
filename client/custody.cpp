// client/custody.cpp - documents, copies and open rows about them.
#include "client/custody.h"

#include <algorithm>

#include "client/directory.h"
#include "client/records.h"
#include "client/registration.h"
#include "schema/text.h"

namespace jiyao {

namespace {

std::vector<View> citing(const Replica& replica, const LedgerName& ledger, const RecordId& cited,
                         const char* field) {
  Query query;
  query.ledger = ledger;
  query.cites = cited;
  query.limit = 500;
  std::vector<View> rows;
  const LedgerDefinition& definition = *replica.definitions().ledger(ledger);
  for (View& view : replica.search(query).rows)
    if (view.state.field(definition, field) == cited.hex() && !view.state.is_void)
      rows.push_back(std::move(view));
  return rows;
}

std::optional<RecordId> record_from(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? RecordId::from(*bytes) : std::nullopt;
}

}  // namespace

std::optional<View> document_of(const Replica& replica, const RecordId& incoming) {
  auto rows = citing(replica, "document", incoming, "incoming");
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<View> copies_of(const Replica& replica, const RecordId& incoming) {
  const auto document = document_of(replica, incoming);
  if (!document) return {};
  auto copies = citing(replica, "document_copy", document->record, "document");
  const LedgerDefinition& ledger = *replica.definitions().ledger("document_copy");
  std::sort(copies.begin(), copies.end(), [&](const View& a, const View& b) {
    return a.state.field(ledger, "copy_no") < b.state.field(ledger, "copy_no");
  });
  return copies;
}

std::string custody_line(Desk& desk, const Replica& replica, const View& copy) {
  const LedgerDefinition& ledger = *replica.definitions().ledger("document_copy");
  const Directory directory(replica);
  std::string number = copy.state.field(ledger, "copy_no");
  if (number.empty()) number = desk.text("where.only_copy");
  std::string line = number + "  " + directory.person_text(copy.state.field(ledger, "custodian")) +
                     "（" + copy.state.field(ledger, "custody_state");
  const LedgerDefinition& loans = *replica.definitions().ledger("loan");
  for (const View& loan : citing(replica, "loan", copy.record, "copy")) {
    if (loan.state.state != "out") continue;
    line += desk.text("where.due", {{"due", loan.state.field(loans, "due_on")}});
  }
  return terminal_safe(line) + "）" +
         (copy.state.is_frozen ? desk.text("where.disputed") : std::string());
}

Result<Paper> paper_of(Desk& desk, Replica& replica, const View& incoming,
                       std::string_view copy_no) {
  const LedgerDefinition& ledger = *replica.definitions().ledger("incoming");
  const LedgerDefinition& copy_ledger = *replica.definitions().ledger("document_copy");
  const auto copies = copies_of(replica, incoming.record);
  for (const View& copy : copies) {
    const std::string number = copy.state.field(copy_ledger, "copy_no");
    if (!copy_no.empty() && number != copy_no) continue;
    if (copy_no.empty() && copies.size() > 1)
      return desk.failure(Errc::invalid, "paper.which_copy");
    const auto document = record_from(copy.state.field(copy_ledger, "document"));
    JIYAO_ASSERT(document.has_value());
    return Paper{{}, *document, copy.record, number};
  }
  if (!copies.empty())
    return desk.failure(Errc::not_found, "paper.no_copy", {{"copy", std::string(copy_no)}});
  Paper paper;
  paper.document = replica.new_record_id();
  paper.copy = replica.new_record_id();
  paper.copy_no = std::string(copy_no);
  const auto value = [&](const char* name) { return incoming.state.field(ledger, name); };
  auto document = create_step(replica.definitions(), "document", paper.document,
                              {{"incoming", incoming.record.hex()},
                               {"issuer_org", value("sender_org")},
                               {"doc_no", value("doc_no")},
                               {"title", value("title")},
                               {"level", value("level")},
                               {"state", "in_use"}});
  if (!document) return document.error();
  auto copy = create_step(replica.definitions(), "document_copy", paper.copy,
                          {{"document", paper.document.hex()},
                           {"copy_no", paper.copy_no},
                           {"level", value("level")},
                           {"copy_kind", "正本"},
                           {"custody_state", "在库"},
                           {"custodian", replica.person().user.hex()},
                           {"state", "on_register"}});
  if (!copy) return copy.error();
  paper.made = {*std::move(document), *std::move(copy)};
  return paper;
}

Result<View> open_row(Desk& desk, Replica& replica, const LedgerName& ledger, const View& incoming,
                      std::string_view copy_no) {
  const LedgerDefinition& copy_ledger = *replica.definitions().ledger("document_copy");
  std::vector<View> open;
  for (const View& copy : copies_of(replica, incoming.record)) {
    if (!copy_no.empty() && copy.state.field(copy_ledger, "copy_no") != copy_no) continue;
    for (View& row : citing(replica, ledger, copy.record, "copy"))
      if (!row.state.is_terminal) open.push_back(std::move(row));
  }
  if (open.empty()) return desk.failure(Errc::not_found, "paper.none_open");
  if (open.size() > 1) return desk.failure(Errc::invalid, "paper.which_copy");
  return std::move(open.front());
}

Result<Step> custody_step(const Replica& replica, const RecordId& copy, std::string_view state,
                          std::string_view custodian) {
  auto step =
      create_step(replica.definitions(), "document_copy", copy,
                  {{"custody_state", std::string(state)}, {"custodian", std::string(custodian)}});
  if (step) step->kind = ChangeKind::amend;
  return step;
}

}  // namespace jiyao
