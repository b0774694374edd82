// client/records.h - the clerk's way to name a record, and the answer after something was recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/desk.h"
#include "client/directory.h"
#include "client/typed_value.h"

namespace jiyao {

/// The one record somebody means: its number (收〔2026〕0137, 2026-137, with office and level
/// before it where several have it; also a provisional one it once had), document number, any other
/// number or unique name its list shows, original number (`原12`), or its id in 32 digits; by key.
/// Where papers have no document number, else what a column of the list shows.
///   ledger     where to look; a row of another is not found
///   errors     not_found; invalid (several fit: they are named)
Result<View> find_record(Desk& desk, Replica& replica, const LedgerName& ledger,
                         std::string_view typed);

/// The same in a ledger that a ref cites; a ref may cite any ledger.
Result<View> find_cited(Desk& desk, Replica& replica, const LedgerName& ledger,
                        std::string_view typed);

/// The short name people know a record by: its number, else document number, else the first name in
/// its list, else 8 digits.
std::string name_of(const LedgerDefinition& definition, const View& view);

/// What a row says of itself: its level column, or its compartment's level where that says nothing.
/// A paper that was lowered stays in the compartment it is in.
Level own_level(const View& view);
/// What a row is kept and handled as: its compartment's level, or its own where that is higher
/// (raised in place).
Level level_of(const View& view);
/// The same of all that a row says to this reader: what it cites is said by its name.
Level level_with_cited(const Replica& replica, const View& view);

/// What people call the record that a ref names: a copy by its number, else as name_of(). What is
/// not here, or above the reader: the first 8 digits of its id.
std::string cited_name(const Replica& replica, std::string_view hex);

/// One record's row for JSON: id, compartment, stage, state and all fields, canonical values.
Poco::JSON::Object::Ptr json_of(const Replica& replica, const Directory& directory,
                                const View& view);

/// May the person at the keyboard make this change, by role?   errors: not_allowed (who may)
Result<void> check_role(Desk& desk, const Replica& replica, const LedgerDefinition& definition,
                        const Change& change);

/// "已登记 ... (待上行 n)": what is said after an act, with the names of what was recorded.
Answer recorded_answer(Desk& desk, const Replica& replica, std::string_view message,
                       const std::vector<RecordId>& records);

/// The intake number as it is unique in the realm: office (if another's), level (from secret on)
/// and series (if not the usual one) stand before it: "甲局 机密 2026-0001".
std::string number_text(const Catalogue& words, const Directory& directory,
                        const LedgerDefinition& definition, const View& view);

/// number_text() where rows have numbers, else name_of(), people by their names.
std::string called(const Catalogue& words, const Directory& directory,
                   const LedgerDefinition& definition, const View& view);

/// A field as people read it: people, records and signers by their names. A signature for another
/// content than the one shown says so.
std::string field_text(const Catalogue& words, const Directory& directory,
                       const LedgerDefinition& definition, const View& view, std::size_t field);

/// The list columns of a ledger for these rows.
std::string list_text(Desk& desk, const Replica& replica, const LedgerDefinition& definition,
                      const std::vector<View>& rows);

/// A failure of the engine with its English detail put into the person's words: a field's label
/// instead of "incoming.title".
Error in_words(Desk& desk, const Replica& replica, const Error& error);

}  // namespace jiyao
