// client/forms/form_tables.cpp - rows of ledgers, counts of them, views and check lists.
#include "client/forms/form_tables.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "client/custody.h"

namespace jiyao {

namespace {

constexpr std::string_view kMonthOf = "month(";

/// What a row is counted under, as it sorts: levels by their rank.
std::string key_of(const RowText& text, const std::string& word, const View& view) {
  if (word == "@level") return std::to_string(static_cast<int>(own_level(view)));
  if (word == "@state") return text.stored("state", view);
  if (word.starts_with(kMonthOf))
    return text.stored(word.substr(kMonthOf.size(), word.size() - kMonthOf.size() - 1), view)
        .substr(0, 7);
  const std::string value = text.stored(word, view);
  const auto level = level_from(value);
  return level ? std::to_string(static_cast<int>(*level)) : value;
}

std::string key_text(const RowText& text, const std::string& word, const View& view) {
  const std::string shown =
      word.starts_with(kMonthOf) ? key_of(text, word, view) : text.of(word, view, 0);
  return shown.empty() ? "（未填）" : shown;
}

/// 0: it is none.
long long number_of(const std::string& text) {
  long long number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc() && end == text.data() + text.size() ? number : 0;
}

bool is_count_word(const std::string& word) {
  return word == "@count" || word == "@difference" || word.starts_with("sum(");
}

}  // namespace

struct FormTables::Group {
  std::vector<View> rows;
};

FormTables::FormTables(Desk& desk, Replica& replica, const RowText& text, const Form& form,
                       ReportScope scope)
    : desk_(desk), replica_(replica), text_(text), form_(form), scope_(std::move(scope)) {}

void FormTables::see(const View& view) {
  highest_ = std::max(highest_, level_of(view));
}

std::vector<View> FormTables::rows_of(const LedgerName& ledger, const std::string& date,
                                      const Period& period, const Condition& when,
                                      const FormTable* table, const View* about) const {
  const Condition bound = bound_to(when, *replica_.definitions().ledger(ledger));
  const bool is_cited = table != nullptr && !table->by.empty() && about != nullptr;
  Query query;
  query.ledger = ledger;
  query.limit = 500;
  if (is_cited) query.cites = about->record;
  std::vector<View> rows;
  std::optional<RecordId> after;
  do {
    RecordPage page = replica_.search(query, after);
    for (View& view : page.rows) {
      if (view.is_hidden || (scope_.level && view.compartment.level != *scope_.level) ||
          (!is_cited && scope_.office && view.compartment.office != *scope_.office))
        continue;
      if (is_cited && text_.stored(table->by, view) != about->record.hex()) continue;
      const std::string day = date.empty() ? std::string() : text_.stored(date, view).substr(0, 10);
      if (!date.empty() && (day.empty() || !period.holds(day))) continue;
      if (text_.holds(bound, view)) rows.push_back(std::move(view));
    }
    after = page.after;
  } while (after);
  std::reverse(rows.begin(), rows.end());  // oldest first
  return rows;
}

void FormTables::fill_entries(const FormTable& table, const View& view, PaperTable& paper) const {
  const LedgerDefinition& ledger = text_.ledger_of(view);
  std::vector<std::optional<std::size_t>> fields;  // nullopt: for the pen
  std::optional<std::size_t> order;                // the column that says which comes first
  for (const FormColumn& column : table.columns) {
    fields.push_back(ledger.field_index(column.of));
    if (!fields.back() || order) continue;
    const FieldType type = ledger.fields[*fields.back()].type;
    if (type == FieldType::stamp || type == FieldType::date || type == FieldType::integer)
      order = fields.size() - 1;
  }
  const GroupState* group = view.state.group(ledger.fields[*fields.front()].group);
  if (group == nullptr) return;
  for (const HeldWrite& held : group->held) {
    PaperRow row;
    for (const auto& field : fields)
      row.cells.push_back(field
                              ? text_.entry(ledger, *field, ledger.field_value(*field, held.value))
                              : std::string());
    paper.rows.push_back(std::move(row));
  }
  if (order)
    std::stable_sort(paper.rows.begin(), paper.rows.end(),
                     [at = *order](const PaperRow& a, const PaperRow& b) {
                       const std::string &x = a.cells[at], &y = b.cells[at];
                       return x.size() != y.size() && x.size() < 8 ? x.size() < y.size() : x < y;
                     });
}

void FormTables::fill_rows(const FormTable& table, const View* about, PaperTable& paper) {
  const Period period =
      table.is_of_next_period ? next_period(form_.period, scope_.period) : scope_.period;
  for (View& view : rows_of(table.ledger, table.date, period, table.when, &table, about)) {
    PaperRow row;
    row.is_void = view.state.is_void;
    for (const FormColumn& column : table.columns)
      row.cells.push_back(text_.cell(column, view, paper.rows.size() + 1));
    const LedgerDefinition& ledger = text_.ledger_of(view);
    const std::string reason =
        row.is_void ? view.state.field(ledger, "void_reason") : std::string();
    if (!reason.empty()) row.cells.back() += "\n作废原因：" + reason;
    paper.rows.push_back(std::move(row));
    see(view);
    rows_.push_back(std::move(view));
  }
}

/// Is it a row that the sheet's record names in this field?
std::size_t FormTables::count(const FormColumn& column, const std::vector<View>& rows,
                              const View* about) const {
  if (rows.empty()) return 0;
  const Condition when = bound_to(column.when, text_.ledger_of(rows.front()));
  std::set<std::string> named;
  if (!column.named_in.empty() && about != nullptr)
    for (const std::string& hex :
         list_items(text_.stored("values(" + column.named_in + ")", *about)))
      named.insert(hex);
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const View& view) {
    return (column.named_in.empty() || named.contains(view.record.hex())) &&
           text_.holds(when, view);
  }));
}

std::vector<std::string> FormTables::group_cells(const FormTable& table, const Group& group,
                                                 const View* about) const {
  std::vector<std::string> cells;
  std::vector<long long> counts;
  for (const FormColumn& column : table.columns) {
    long long number = 0;
    if (column.of == "@count") {
      number = static_cast<long long>(count(column, group.rows, about));
    } else if (column.of == "@difference") {
      number = counts.size() < 2 ? 0 : counts[0] - counts[1];
    } else if (column.of == "@rate") {
      const std::size_t held = count(column, group.rows, about);
      cells.push_back(std::to_string(held * 100 / group.rows.size()) + "%");
      continue;
    } else if (const auto term = term_of(column.of); term && term->what == "sum") {
      for (const View& view : group.rows)
        number += number_of(text_.stored(std::string(term->of), view));
    } else {
      cells.push_back(key_text(text_, column.of, group.rows.front()));
      continue;
    }
    counts.push_back(number);
    cells.push_back(std::to_string(number));
  }
  return cells;
}

void FormTables::fill_groups(const FormTable& table, const View* about, PaperTable& paper) {
  std::map<std::vector<std::string>, Group> groups;
  for (View& view : rows_of(table.ledger, table.date, scope_.period, table.when, &table, about)) {
    if (view.state.is_void) continue;
    std::vector<std::string> key;
    for (const std::string& word : table.count_by) key.push_back(key_of(text_, word, view));
    see(view);
    groups[std::move(key)].rows.push_back(std::move(view));
  }
  for (const auto& [key, group] : groups)
    paper.rows.push_back({group_cells(table, group, about), false});
  for (std::size_t i = 1; i < table.columns.size(); ++i)
    if (is_count_word(table.columns[i].of)) paper.totals.push_back(i);
  paper.sum_label = "合计";
}

void FormTables::fill_view(const FormTable& table, const View* about, PaperTable& paper) {
  const FormView& view = *form_view(table.view);
  for (const ViewLine& line : view.lines({desk_, replica_, text_, scope_.period, about})) {
    PaperRow row;
    for (const FormColumn& column : table.columns) {
      const auto cell = line.cells.find(column.of);
      row.cells.push_back(column.of == "@line"       ? std::to_string(paper.rows.size() + 1)
                          : cell == line.cells.end() ? std::string()
                                                     : cell->second);
    }
    highest_ = std::max(highest_, line.level);
    paper.rows.push_back(std::move(row));
  }
}

void FormTables::fill_checks(const FormTable& table, PaperTable& paper) {
  for (const FormCheck& check : table.checks) {
    std::size_t found = 0;
    if (!check.ledger.empty())
      for (const View& view :
           rows_of(check.ledger, check.date, scope_.period, check.when, nullptr, nullptr)) {
        if (view.state.is_void) continue;
        see(view);
        ++found;
      }
    PaperRow row;
    for (const FormColumn& column : table.columns)
      row.cells.push_back(column.of == "@line"    ? std::to_string(paper.rows.size() + 1)
                          : column.of == "@check" ? check.zh
                          : column.of == "@count" && !check.ledger.empty() ? std::to_string(found)
                                                                           : std::string());
    paper.rows.push_back(std::move(row));
  }
}

PaperTable FormTables::fill(const FormTable& table, const View* about) {
  PaperTable paper;
  paper.title = table.zh;
  paper.rows_min = table.rows;
  for (const FormColumn& column : table.columns) paper.columns.push_back({column.zh, column.mm});
  switch (table.from) {
    case FormTable::From::entries:
      if (about != nullptr) fill_entries(table, *about, paper);
      break;
    case FormTable::From::rows:
      fill_rows(table, about, paper);
      break;
    case FormTable::From::groups:
      fill_groups(table, about, paper);
      break;
    case FormTable::From::view:
      fill_view(table, about, paper);
      break;
    case FormTable::From::checks:
      fill_checks(table, paper);
      break;
  }
  lines_ += paper.rows.size();
  return paper;
}

}  // namespace jiyao
