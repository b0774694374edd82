// client/forms/fill_form.h - a form and records of this replica -> paper.
#pragma once

#include <vector>

#include "client/forms/form_tables.h"

namespace jiyao {

struct FilledForm {
  Printout paper;
  std::vector<View> rows;  ///< records that are on it, each on a line or a sheet of its own
  std::size_t lines = 0;   ///< rows on paper: records, and lines that count or come from elsewhere
  Level highest = Level::public_;  ///< of every word on it, those of cited records too
};

/// What is on paper from `rows`, in their order; hidden ones are left out, voided ones struck
/// through. A form for one record takes the first; a report none: it looks for itself.
class FormFiller {
 public:
  FormFiller(Desk& desk, Replica& replica, const Form& form, ReportScope scope = {});

  /// Does this row belong on the form, by its level and, for a register, its date?
  bool wants(const View& view) const;
  FilledForm fill(std::vector<View> rows) const;

 private:
  PaperTable register_table(const std::vector<View>& rows) const;
  void fill_sheet(const View& view, FilledForm& filled) const;
  void fill_tables(const View* about, FilledForm& filled) const;
  std::string mark_of(const std::vector<View>& rows, Level highest) const;

  Desk& desk_;
  Replica& replica_;
  const Form& form_;
  ReportScope scope_;
  RowText text_;
};

}  // namespace jiyao
