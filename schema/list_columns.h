// schema/list_columns.h - which columns of a ledger its lists are filtered by, as its definition
// has them. Indexes into `fields`. Pure.
#pragma once

#include <optional>

#include "schema/definition.h"

namespace jiyao {

/// The day by which people list a ledger: the first date or stamp of its list.
std::optional<std::size_t> day_column(const LedgerDefinition& ledger);
/// Who has the thing, in a ledger that follows things: the person that one custody group names
/// together with where it is.
std::optional<std::size_t> holder_column(const LedgerDefinition& ledger);
/// A column for units: who sent, issued, receives or handles.
bool is_unit_column(const LedgerDefinition& ledger, std::size_t field);
/// A column of the list that can name a row: one text, person or unit.
bool can_name_a_row(const LedgerDefinition& ledger, std::size_t field);
/// One that rows are called by, since their papers have no document number: the place of a count,
/// the name of a meeting.
bool is_naming_column(const LedgerDefinition& ledger, std::size_t field);

}  // namespace jiyao
