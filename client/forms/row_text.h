// client/forms/row_text.h - what one record says, for the cells of a form. Always Chinese.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "client/desk.h"
#include "client/directory.h"
#include "client/forms/form.h"
#include "client/records.h"

namespace jiyao {

/// References outlive it. One strand.
class RowText {
 public:
  RowText(Desk& desk, const Replica& replica);

  /// `word` as FormColumn::of says; "" where it says nothing or the reader may not see.
  std::string of(const std::string& word, const View& view, std::size_t line) const;
  /// The same with what stands below it.
  std::string cell(const FormColumn& column, const View& view, std::size_t line) const;
  /// One field of an entry of a set: a cited record by the name people know it by.
  std::string entry(const LedgerDefinition& ledger, std::size_t field,
                    const std::string& value) const;
  /// A field as it is stored; the state as shown.
  std::string stored(const std::string& word, const View& view) const;
  /// What `when` says of this row today. A cited record that is not here speaks for nobody.
  bool holds(const Condition& when, const View& view) const;

  const LedgerDefinition& ledger_of(const View& view) const;
  const Directory& directory() const { return directory_; }
  const Catalogue& words() const { return words_; }
  std::string level(Level level) const { return level_text(words_, level); }
  /// Of the cited records of which words were taken so far: what they stand on is marked so.
  Level highest_cited() const { return highest_cited_; }

 private:
  void note_cited(std::size_t field, const View& view) const;
  void note(const View& cited) const { highest_cited_ = std::max(highest_cited_, level_of(cited)); }
  std::string own(const std::string& word, const View& view, std::size_t line) const;
  std::string cited(const std::string& word, const View& view) const;
  std::string custody(const View& view) const;
  std::string persons(const std::string& term, const View& view) const;
  std::optional<std::string> asked(std::string_view ref, std::string_view field,
                                   const View& view) const;

  Desk& desk_;
  const Replica& replica_;
  Directory directory_;
  Catalogue words_;
  mutable Level highest_cited_ = Level::public_;
};

/// `when` with its literals bound to the fields of the ledger it is asked of.
Condition bound_to(const Condition& when, const LedgerDefinition& ledger);

}  // namespace jiyao
