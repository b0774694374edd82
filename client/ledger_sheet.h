// client/ledger_sheet.h - a ledger as a table for people: one column a field, in the definition's
// order, under headings that an import recognises.
#pragma once

#include <string>
#include <vector>

#include "client/directory.h"
#include "client/sheet_writer.h"
#include "client/typed_value.h"

namespace jiyao {

/// All columns of a ledger, or those somebody fills in when a register begins (a template).
std::vector<std::size_t> sheet_fields(const LedgerDefinition& ledger, bool only_typed);

/// What stands above a column: its Chinese name, or its own name where two are called alike.
std::string heading_of(const LedgerDefinition& ledger, const Field& field);

/// Heading, kind and width of these fields; for a template also what must be filled in, choices and
/// hints. The title is the ledger's.
SheetPlan sheet_plan(const Catalogue& words, const LedgerDefinition& ledger,
                     const std::vector<std::size_t>& fields, bool is_template);

/// One record in the cells of these fields: as recorded, levels and states in Chinese, people by
/// their names, cited records by what they are called (client/register_intake.h), the entries of a
/// set with an empty line between them, both values of a conflict with " ⇄ " between.
std::vector<std::string> sheet_cells(const Catalogue& chinese, const Replica& replica,
                                     const Directory& directory, const LedgerDefinition& ledger,
                                     const View& view, const std::vector<std::size_t>& fields);

}  // namespace jiyao
