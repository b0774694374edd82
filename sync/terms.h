// sync/terms.h - what a condition may ask a shown record for: fields, groups, and lists.
//
//   values(f)   what the field says, each value once: of a set, of every entry
//   ever(f)     the same, with entries that were taken back
//   writers(g)  who wrote the value or the entries in effect, each person once
//   signers(g)  of these, whose approval binds to the content as it is shown now
//   sum(f)      of the whole numbers its entries hold
//   ends(f)     the last day of a secrecy term, as far as its length and the record's dated_on tell
//   out(g)      who went out and has not come back ("moves" of the group)
// Persons are the hex digits of a UserId. Pure.
#pragma once

#include "sync/merge.h"

namespace jiyao {

/// Shown value, or values of all entries, of one field; sorted, each once, none empty.
std::vector<std::string> field_values(const LedgerDefinition& definition, const RecordState& state,
                                      std::size_t field_index);

/// The signature among the columns of a group; nullopt: nobody signs it.
std::optional<std::size_t> signature_of(const LedgerDefinition& definition, const Group& group);

/// A plain name as RecordState::field() shows it; a term as a joined list (schema/condition.h).
std::string shown_word(const LedgerDefinition& definition, const RecordState& state,
                       std::string_view word);
/// The document number (发文字号) of a record whose ledger gives them: "国办发〔2026〕1号"; empty:
/// none yet, a provisional one, or no such ledger.
std::string document_number(const LedgerDefinition& definition, const RecordState& state);
/// Asks the record itself; whoever it cites is not held.
Lookup own_words(const LedgerDefinition& definition, const RecordState& state);

/// The record as it would be shown once `change` was made on it: nothing is judged. The author's
/// view only; merge() decides what is shown.
RecordState with_change(const LedgerDefinition& definition, const RecordState* before,
                        const Change& change);

}  // namespace jiyao
