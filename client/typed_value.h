// client/typed_value.h - what a person typed or a register held -> the canonical value of a field,
// and back to what a person reads.
//
// The forms people use are many (2026年1月2日, 10年, 机密, full-width digits); storage knows one.
// What the definition forbids is said in the person's language, with an example.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "schema/catalogue.h"
#include "schema/definition.h"
#include "sync/merge.h"

namespace jiyao {

/// Without what nobody sees before and behind it: blanks of every width, and marks without any.
std::string without_blanks_around(std::string_view text);

/// The canonical value of `field`; empty stays empty. Blanks around are taken off, text is NFC.
///   errors: invalid (with the reason for a person), too_large
Result<std::string> canonical_value(const Catalogue& words, const Field& field,
                                    std::string_view typed);

/// As shown_value(), as recorded: not made harmless for a terminal.
std::string plain_value(const Catalogue& words, const LedgerDefinition& definition,
                        std::size_t field_index, std::string_view value);
/// A stored value for people: levels and states in their language, stamps with a blank.
std::string shown_value(const Catalogue& words, const LedgerDefinition& definition,
                        std::size_t field_index, std::string_view value);

/// What people call this column.
const std::string& label_of(const Catalogue& words, const Field& field);

/// Field name -> canonical value.
using FieldValues = std::map<std::string, std::string>;

/// Field values as writes, one a group, sorted by group as a change needs them. What a group of
/// several fields was not given is taken from `before` (nullptr: a new record).
///   errors: invalid
Result<std::vector<Write>> writes_of(const LedgerDefinition& definition, const FieldValues& values,
                                     const RecordState* before);

/// Every shown field of a record that is not empty, in the definition's order: (field index, its
/// text as recorded). A group in conflict gives all its values, parted by " ⇄ ".
std::vector<std::pair<std::size_t, std::string>> plain_fields(const Catalogue& words,
                                                              const LedgerDefinition& definition,
                                                              const RecordState& state);
/// The same, harmless for a terminal.
std::vector<std::pair<std::size_t, std::string>> shown_fields(const Catalogue& words,
                                                              const LedgerDefinition& definition,
                                                              const RecordState& state);

}  // namespace jiyao
