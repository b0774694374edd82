// client/forms/fill_form.h - a form and records of this replica -> paper.
#pragma once

#include <vector>

#include "client/desk.h"
#include "client/directory.h"
#include "client/forms/form.h"

namespace jiyao {

struct FilledForm {
  Printout paper;
  std::vector<View> rows;  ///< those that are on it
  Level highest = Level::public_;
};

/// What is on paper from `rows`, in their order; hidden ones are left out, voided ones struck
/// through. A form for one record takes the first.
class FormFiller {
 public:
  FormFiller(Desk& desk, const Replica& replica, const Form& form);

  /// Does this row belong on the form, by its level and, for a register, its date? Empty: no bound.
  bool wants(const View& view, std::string_view from, std::string_view to) const;
  FilledForm fill(std::vector<View> rows) const;

 private:
  std::string text_of(const std::string& of, const View& view, std::size_t line) const;
  std::string own_text(const std::string& of, const View& view, std::size_t line) const;
  std::string cited_text(const std::string& of, const View& view) const;
  std::string custody_of(const View& view) const;
  std::string cell(const FormColumn& column, const View& view, std::size_t line) const;
  std::string entry_text(std::size_t field, const std::string& value) const;
  PaperTable register_table(const std::vector<View>& rows) const;
  PaperTable entries_table(const FormTable& table, const View& view) const;
  Level level_of(const View& view) const;
  std::string mark_of(const std::vector<View>& rows, Level highest) const;

  Desk& desk_;
  const Replica& replica_;
  const Form& form_;
  const LedgerDefinition& ledger_;
  Directory directory_;
  Catalogue words_;  ///< Chinese
};

}  // namespace jiyao
