// client/forms/fill_form.cpp - registers, sheets and reports out of the shown records.
#include "client/forms/fill_form.h"

#include <algorithm>

namespace jiyao {

FormFiller::FormFiller(Desk& desk, Replica& replica, const Form& form, ReportScope scope)
    : desk_(desk), replica_(replica), form_(form), scope_(std::move(scope)), text_(desk, replica) {}

bool FormFiller::wants(const View& view) const {
  if (view.is_hidden) return false;
  const Level level = level_of(view);
  if ((form_.least && level < *form_.least) || (form_.most && level > *form_.most)) return false;
  const Period& period = scope_.period;
  if (!form_.is_register || form_.date.empty() || (period.from.empty() && period.to.empty()))
    return true;
  const std::string date = text_.stored(form_.date, view).substr(0, 10);
  return !date.empty() && period.holds(date);
}

// Why a row is void stands in its last cell.
PaperTable FormFiller::register_table(const std::vector<View>& rows) const {
  PaperTable table;
  for (const FormColumn& column : form_.columns) {
    if (std::find(form_.totals.begin(), form_.totals.end(), column.of) != form_.totals.end())
      table.totals.push_back(table.columns.size());
    table.columns.push_back({column.zh, column.mm});
  }
  for (const View& view : rows) {
    PaperRow row;
    row.is_void = view.state.is_void;
    for (const FormColumn& column : form_.columns)
      row.cells.push_back(text_.cell(column, view, table.rows.size() + 1));
    const std::string reason =
        row.is_void ? view.state.field(text_.ledger_of(view), "void_reason") : std::string();
    if (!reason.empty()) row.cells.back() += "\n作废原因：" + reason;
    table.rows.push_back(std::move(row));
  }
  table.fills_page = true;
  return table;
}

// The mark of a whole register has no term: its rows have their own.
std::string FormFiller::mark_of(const std::vector<View>& rows, Level highest) const {
  if (highest == Level::public_) return {};
  std::string mark = text_.level(highest);
  const bool is_sheet = !form_.is_register && !form_.is_report() && !rows.empty();
  if (!is_sheet || highest < Level::secret || level_of(rows.front()) != highest) return mark;
  const std::string term = text_.of("term", rows.front(), 0);
  return term.empty() ? mark : mark + "★" + term;
}

void FormFiller::fill_sheet(const View& view, FilledForm& filled) const {
  PaperBlock boxes;
  for (const auto& line : form_.boxes) {
    PaperLine& printed = boxes.boxes.emplace_back();
    for (const FormBox& box : line)
      printed.push_back({box.zh, text_.of(box.of, view, 1), box.mm, box.lines});
  }
  filled.paper.blocks.push_back(std::move(boxes));
  if (view.state.is_void)
    filled.paper.under_title = "作废　" + view.state.field(text_.ledger_of(view), "void_reason");
}

/// A report's last table reaches the bottom of its page.
void FormFiller::fill_tables(const View* about, FilledForm& filled) const {
  ReportScope scope = scope_;
  if (about != nullptr) scope.office = about->compartment.office;
  FormTables tables(desk_, replica_, text_, form_, std::move(scope));
  for (const FormTable& table : form_.tables) {
    PaperTable paper = tables.fill(table, about);
    paper.fills_page = form_.is_report() && &table == &form_.tables.back();
    filled.paper.blocks.push_back({{}, {std::move(paper)}, {}});
  }
  filled.highest = std::max(filled.highest, tables.highest());
  if (form_.is_report()) {
    filled.rows = tables.rows();
    filled.lines = tables.lines();
  }
}

FilledForm FormFiller::fill(std::vector<View> rows) const {
  FilledForm filled;
  if (!form_.is_register && rows.size() > 1) rows.resize(1);
  for (const View& view : rows) filled.highest = std::max(filled.highest, level_of(view));
  Printout& paper = filled.paper;
  paper.sheet = form_.sheet;
  paper.title = form_.zh;
  if (const auto office = own_office(replica_)) paper.office = text_.directory().office(*office);
  filled.lines = rows.size();
  if (form_.is_register) {
    paper.blocks.push_back({{}, {register_table(rows)}, {}});
  } else if (form_.is_report()) {
    fill_tables(nullptr, filled);
  } else if (!rows.empty()) {
    fill_sheet(rows.front(), filled);
    fill_tables(&rows.front(), filled);
  }
  filled.highest = std::max(filled.highest, text_.highest_cited());
  paper.level_mark = mark_of(rows, filled.highest);
  if (!form_.signs.empty()) paper.blocks.push_back({{}, {}, form_.signs});
  if (!form_.is_report()) filled.rows = std::move(rows);
  return filled;
}

}  // namespace jiyao
