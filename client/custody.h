// client/custody.h - the papers behind a registered document: its copies, and who holds each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"

namespace jiyao {

/// The document made for this incoming record, if there is one.
std::optional<View> document_of(const Replica& replica, const RecordId& incoming);
/// All its copies, by copy number.
std::vector<View> copies_of(const Replica& replica, const RecordId& incoming);
/// "000123  张三（借出，应还 2026-11-25）"
std::string custody_line(Desk& desk, const Replica& replica, const View& copy);

/// What an act on a paper needs: the steps that make document and copy when the register has none
/// yet, and their ids.
struct Paper {
  std::vector<Step> made;
  RecordId document, copy;
  std::string copy_no;
};
/// The copy with this number; without a number the only one there is, or one made now.
///   errors: not_found (no such copy), invalid (several copies: name one)
Result<Paper> paper_of(Desk& desk, Replica& replica, const View& incoming,
                       std::string_view copy_no);

/// The open row of `ledger` ("loan", "circulation") about this record's papers.
///   errors: not_found, invalid (several: name the copy)
Result<View> open_row(Desk& desk, Replica& replica, const LedgerName& ledger, const View& incoming,
                      std::string_view copy_no);

/// A custody write, as a step on a copy: where it is and who holds it.
Result<Step> custody_step(const Replica& replica, const RecordId& copy, std::string_view state,
                          std::string_view custodian);

}  // namespace jiyao
