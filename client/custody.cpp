// client/custody.cpp - documents, copies and open rows about them.
#include "client/custody.h"

#include <algorithm>

#include "client/directory.h"
#include "client/records.h"
#include "client/registration.h"

namespace jiyao {

namespace {

constexpr const char* kDocument = "document";
constexpr const char* kCopy = "document_copy";

bool is_document(const View& view) {
  return view.ledger == kDocument;
}
bool is_copy(const View& view) {
  return view.ledger == kCopy;
}

/// A copy, and a document where there is none yet.
Result<Paper> made_paper(Replica& replica, const View& about, std::string_view copy_no) {
  const auto known = is_document(about) ? std::optional(about) : document_of(replica, about);
  const View& source = known ? *known : about;
  const LedgerDefinition& from = *replica.definitions().ledger(source.ledger);
  const FieldLookup value = [&](std::string_view name) { return source.state.field(from, name); };
  Paper paper;
  paper.compartment = source.compartment;
  paper.document = known ? known->record : replica.new_record_id();
  paper.copy = replica.new_record_id();
  paper.level = value("level");
  if (!known) {
    auto document = document_step(replica, from, about.record, value, paper.document);
    if (!document) return document.error();
    paper.made.push_back(*std::move(document));
  }
  auto copy = copy_step(replica, paper.document, std::string(copy_no), paper.level, paper.copy);
  if (!copy) return copy.error();
  paper.made.push_back(*std::move(copy));
  return paper;
}

}  // namespace

std::optional<RecordId> record_from(std::string_view hex) {
  const auto bytes = from_hex(hex);
  return bytes ? RecordId::from(*bytes) : std::nullopt;
}

std::vector<View> citing(const Replica& replica, const LedgerName& ledger, const RecordId& cited,
                         std::string_view field) {
  Query query;
  query.ledger = ledger;
  query.cites = cited;
  query.limit = 500;
  std::vector<View> rows;
  const LedgerDefinition& definition = *replica.definitions().ledger(ledger);
  for (View& view : replica.search(query).rows) {
    const bool names_it = field.empty() || view.state.field(definition, field) == cited.hex();
    if (names_it && !view.is_hidden && !view.state.is_void) rows.push_back(std::move(view));
  }
  return rows;
}

const Field* document_field_for(const Replica& replica, const LedgerName& ledger) {
  const LedgerDefinition* documents = replica.definitions().ledger(kDocument);
  if (documents == nullptr || ledger == kDocument || ledger == kCopy) return nullptr;
  for (const Field& field : documents->fields)
    if (field.type == FieldType::ref && field.ref_ledger == ledger) return &field;
  return nullptr;
}

std::optional<View> document_of(const Replica& replica, const View& registered) {
  const Field* field = document_field_for(replica, registered.ledger);
  if (field == nullptr) return std::nullopt;
  auto rows = citing(replica, kDocument, registered.record, field->name);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<View> copies_of_document(const Replica& replica, const RecordId& document) {
  auto copies = citing(replica, kCopy, document, "document");
  const LedgerDefinition& ledger = *replica.definitions().ledger(kCopy);
  std::sort(copies.begin(), copies.end(), [&](const View& a, const View& b) {
    return a.state.field(ledger, "copy_no") < b.state.field(ledger, "copy_no");
  });
  return copies;
}

std::vector<View> copies_of(const Replica& replica, const View& registered) {
  if (is_copy(registered)) return {registered};
  if (is_document(registered)) return copies_of_document(replica, registered.record);
  const auto document = document_of(replica, registered);
  return document ? copies_of_document(replica, document->record) : std::vector<View>();
}

Result<Step> document_step(const Replica& replica, const LedgerDefinition& from,
                           const RecordId& registered, const FieldLookup& value,
                           const RecordId& document) {
  const LedgerDefinition& to = *replica.definitions().ledger(kDocument);
  const Field* registered_as = document_field_for(replica, from.name);
  JIYAO_ASSERT(registered_as != nullptr);
  FieldValues values = {{registered_as->name, registered.hex()}, {"state", "in_use"}};
  const auto copy = [&](const char* name, const char* source) {
    if (to.field(name) == nullptr || from.field(source) == nullptr) return;
    if (const std::string text = value(source); !text.empty()) values.emplace(name, text);
  };
  copy("issuer_org", "sender_org");
  copy("issuer_org", "issuer_org");
  copy("issuer_org", "lead_dept");
  copy("page_count", "pages");
  for (const char* same :
       {"doc_no", "title", "level", "term", "special_basis", "dated_on", "urgency"})
    copy(same, same);
  return create_step(replica.definitions(), kDocument, document, values);
}

Result<Step> copy_step(const Replica& replica, const RecordId& document, const std::string& copy_no,
                       const std::string& level, const RecordId& copy) {
  return create_step(replica.definitions(), kCopy, copy,
                     {{"document", document.hex()},
                      {"copy_no", copy_no},
                      {"level", level},
                      {"copy_kind", "正本"},
                      {"custody_state", "在库"},
                      {"custodian", replica.person().user.hex()},
                      {"state", "on_register"}});
}

Result<Paper> paper_of(Desk& desk, Replica& replica, const View& about, std::string_view copy_no) {
  const LedgerDefinition& ledger = *replica.definitions().ledger(kCopy);
  const auto copies = copies_of(replica, about);
  for (const View& copy : copies) {
    if (!copy_no.empty() && copy.state.field(ledger, "copy_no") != copy_no) continue;
    if (copy_no.empty() && copies.size() > 1)
      return desk.failure(Errc::invalid, "paper.which_copy");
    const auto document = record_from(copy.state.field(ledger, "document"));
    JIYAO_ASSERT(document.has_value());
    return Paper{copy.compartment, {}, *document, copy.record, {}};
  }
  const bool can_be_made =
      is_document(about) || document_field_for(replica, about.ledger) != nullptr;
  if (!copies.empty() || !can_be_made)
    return desk.failure(Errc::not_found, "paper.no_copy", {{"copy", std::string(copy_no)}});
  return made_paper(replica, about, copy_no);
}

Result<View> open_row(Desk& desk, Replica& replica, const LedgerName& ledger, const View& incoming,
                      std::string_view copy_no) {
  const LedgerDefinition& copy_ledger = *replica.definitions().ledger(kCopy);
  std::vector<View> open;
  for (const View& copy : copies_of(replica, incoming)) {
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
      create_step(replica.definitions(), kCopy, copy,
                  {{"custody_state", std::string(state)}, {"custodian", std::string(custodian)}});
  if (step) step->kind = ChangeKind::amend;
  return step;
}

}  // namespace jiyao
