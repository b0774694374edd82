// client/custody.h - the papers behind a registered document: its copies, and who holds each.
//
// `document` and `document_copy` are made in the act that first needs them (design.md 14): when
// copies are numbered, else by the first loan or circulation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"
#include "client/typed_value.h"

namespace jiyao {

using FieldLookup = std::function<std::string(std::string_view field)>;

/// The id that a ref field holds; nullopt: none.
std::optional<RecordId> record_from(std::string_view hex);
/// Rows of `ledger` that are not void and name `cited` in `field`; empty: in any field. By key.
std::vector<View> citing(const Replica& replica, const LedgerName& ledger, const RecordId& cited,
                         std::string_view field = {});

/// The field of `document` that says where it was registered, if rows of `ledger` are.
const Field* document_field_for(const Replica& replica, const LedgerName& ledger);
/// The document made for this row of a register, if there is one.
std::optional<View> document_of(const Replica& replica, const View& registered);
/// All its copies, by copy number.
std::vector<View> copies_of(const Replica& replica, const View& registered);
std::vector<View> copies_of_document(const Replica& replica, const RecordId& document);

/// The record of a document for a row of a register, and of one of its copies, as steps.
Result<Step> document_step(const Replica& replica, const LedgerDefinition& from,
                           const RecordId& registered, const FieldLookup& value,
                           const RecordId& document);
Result<Step> copy_step(const Replica& replica, const RecordId& document, const std::string& copy_no,
                       const std::string& level, const RecordId& copy);

/// What an act on a paper needs: the steps that make document and copy when the register has none
/// yet, and their ids.
struct Paper {
  CompartmentId compartment;
  std::vector<Step> made;
  RecordId document, copy;
  std::string level;  ///< of a copy that is made here; else empty: ask the record
};
/// The copy with this number; without a number the only one there is, or one made now. `about` is
/// a copy, a document, or a row of a register.
///   errors: not_found (no such copy), invalid (several copies: name one)
Result<Paper> paper_of(Desk& desk, Replica& replica, const View& about, std::string_view copy_no);

/// The open row of `ledger` ("loan", "circulation") about this record's papers.
///   errors: not_found, invalid (several: name the copy)
Result<View> open_row(Desk& desk, Replica& replica, const LedgerName& ledger, const View& incoming,
                      std::string_view copy_no);

/// A custody write, as a step on a copy: where it is and who holds it.
Result<Step> custody_step(const Replica& replica, const RecordId& copy, std::string_view state,
                          std::string_view custodian);

}  // namespace jiyao
