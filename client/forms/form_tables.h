// client/forms/form_tables.h - the tables of a sheet or a report, filled.
#pragma once

#include <optional>
#include <vector>

#include "client/forms/form_views.h"

namespace jiyao {

/// Whose rows, of which days and level.
struct ReportScope {
  std::optional<OfficeId> office;  ///< of the ledgers' rows; nullopt: all
  std::optional<Level> level;      ///< of their compartments; nullopt: all this person sees
  Period period;
};

class FormTables {
 public:
  FormTables(Desk& desk, Replica& replica, const RowText& text, const Form& form,
             ReportScope scope);

  /// `about`: the sheet's record; nullptr in a report.
  PaperTable fill(const FormTable& table, const View* about);

  /// Of everything that stands on the tables so far, counted rows included.
  Level highest() const { return highest_; }
  std::size_t lines() const { return lines_; }             ///< rows with something on them
  const std::vector<View>& rows() const { return rows_; }  ///< records with a row of their own

 private:
  struct Group;
  std::vector<View> rows_of(const LedgerName& ledger, const std::string& date, const Period& period,
                            const Condition& when, const FormTable* table, const View* about) const;
  void fill_entries(const FormTable& table, const View& view, PaperTable& paper) const;
  void fill_rows(const FormTable& table, const View* about, PaperTable& paper);
  void fill_groups(const FormTable& table, const View* about, PaperTable& paper);
  void fill_view(const FormTable& table, const View* about, PaperTable& paper);
  void fill_checks(const FormTable& table, PaperTable& paper);
  std::vector<std::string> group_cells(const FormTable& table, const Group& group,
                                       const View* about) const;
  std::size_t count(const FormColumn& column, const std::vector<View>& rows,
                    const View* about) const;
  void see(const View& view);

  Desk& desk_;
  Replica& replica_;
  const RowText& text_;
  const Form& form_;
  ReportScope scope_;
  Level highest_ = Level::public_;
  std::size_t lines_ = 0;
  std::vector<View> rows_;
};

}  // namespace jiyao
