// client/commands/ledger_options.h - the words of a ledger command: declared from the columns its
// verb offers, and read back as canonical values.
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <string>
#include <vector>

#include "client/commands/ledger_verbs.h"
#include "client/list_filter.h"
#include "client/registration.h"

namespace jiyao {

/// What somebody typed for one command.
struct LedgerOptions {
  std::map<std::string, std::vector<std::string>> typed;  ///< by field name
  std::string record;                                     ///< a row, or what the row is about
  std::string reason, owner, level, step, was, column;
  FilterOptions filter;  ///< of a list; of a step: the rows it is taken with
  bool approve = false;
  bool is_sure = false;  ///< that a level above one's own is meant
  std::size_t limit = 50;
};

/// A verb of a ledger. Both live as long as the program: definitions are built in.
struct LedgerCommand {
  const LedgerDefinition* ledger = nullptr;
  LedgerVerb verb;
};

/// Does the verb take a record: one to move, or one the new row is about?
bool takes_record(const LedgerDefinition& ledger, const LedgerVerb& verb);
bool can_make(const LedgerDefinition& ledger, const LedgerVerb& verb);
bool can_move(const LedgerDefinition& ledger, const LedgerVerb& verb);
/// The refs of a ledger, in its order: indexes of fields.
std::vector<std::size_t> refs_of(const LedgerDefinition& ledger);

void declare_options(CLI::App& app, LedgerOptions& options, const LedgerCommand& command,
                     const Catalogue& words);

/// The option that fills this field: "--doc-no".
std::string option_of(const Field& field);

struct TypedValues {
  FieldValues values;  ///< of fields with one value
  SetEntries entries;  ///< of sets: what stands together in one group is one entry
  FieldValues refs;    ///< what a ref was called, not yet looked up
};
/// errors: usage (given twice, nothing visible in it), invalid (with the field's label)
Result<TypedValues> read_typed(Desk& desk, const LedgerDefinition& ledger,
                               const LedgerOptions& options);

}  // namespace jiyao
