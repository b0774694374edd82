// client/forms/fill_form.cpp - cells, boxes and entries out of the shown records.
#include "client/forms/fill_form.h"

#include <algorithm>

#include "client/custody.h"
#include "client/custody_chain.h"
#include "client/messages.h"
#include "client/records.h"
#include "client/typed_value.h"

namespace jiyao {

namespace {

std::optional<RecordId> record_from(const std::string& hex) {
  const auto bytes = from_hex(hex);
  return bytes ? RecordId::from(*bytes) : std::nullopt;
}

std::string joined_lines(std::string text) {
  for (std::size_t at = text.find("；"); at != std::string::npos; at = text.find("；", at))
    text.replace(at, std::string_view("；").size(), "\n");
  return text;
}

std::string time_of(std::string value) {
  if (value.size() == 16 && value[10] == 'T') value[10] = ' ';
  return value;
}

}  // namespace

FormFiller::FormFiller(Desk& desk, const Replica& replica, const Form& form)
    : desk_(desk),
      replica_(replica),
      form_(form),
      ledger_(*replica.definitions().ledger(form.ledger)),
      directory_(replica),
      words_(Language::zh, kClientMessages) {}

Level FormFiller::level_of(const View& view) const {
  return view.state.level.value_or(view.compartment.level);
}

bool FormFiller::wants(const View& view, std::string_view from, std::string_view to) const {
  if (view.is_hidden) return false;
  const Level level = level_of(view);
  if ((form_.least && level < *form_.least) || (form_.most && level > *form_.most)) return false;
  if (form_.date.empty() || (from.empty() && to.empty())) return true;
  const std::string date = view.state.field(ledger_, form_.date).substr(0, 10);
  return !date.empty() && (from.empty() || date >= from) && (to.empty() || date <= to);
}

std::string FormFiller::custody_of(const View& view) const {
  std::string text;
  for (const View& copy : copies_of(replica_, view)) {
    const std::string hands = jiyao::text_of(desk_, directory_, jiyao::custody_of(replica_, copy));
    text += (text.empty() ? "" : "\n") + hands.substr(0, hands.find('\n'));  // the last hand
  }
  if (!text.empty()) return text;
  const auto index = ledger_.field_index("copy_nos");
  return index ? field_text(words_, directory_, ledger_, view, *index) : std::string();
}

std::string FormFiller::cited_text(const std::string& of, const View& view) const {
  const std::size_t dot = of.find('.');
  const auto record = record_from(view.state.field(ledger_, of.substr(0, dot)));
  if (!record) return {};
  const auto cited = replica_.view(*record);
  if (!cited || cited->is_hidden) return {};
  const LedgerDefinition* ledger = replica_.definitions().ledger(cited->ledger);
  const std::string name = of.substr(dot + 1);
  if (ledger == nullptr) return {};
  if (name == "@number") {
    const std::string number = number_text(words_, directory_, *ledger, *cited);
    return number.empty() ? name_of(*ledger, *cited) : number;
  }
  const auto index = ledger->field_index(name);
  return index ? time_of(field_text(words_, directory_, *ledger, *cited, *index)) : std::string();
}

std::string FormFiller::own_text(const std::string& of, const View& view, std::size_t line) const {
  if (of == "@line") return std::to_string(line);
  if (of == "@custody") return custody_of(view);
  if (of == "@number") {
    const std::string number = number_text(words_, directory_, ledger_, view);
    return number.empty() ? name_of(ledger_, view) : number;
  }
  if (of == "@state") {
    const std::string& name = view.shown_state.empty() ? view.state.state : view.shown_state;
    const auto state = ledger_.state_index(name);
    return state ? ledger_.states[*state].zh : name;
  }
  const auto index = ledger_.field_index(of);
  if (!index) return {};
  const std::string text = field_text(words_, directory_, ledger_, view, *index);
  const bool is_set = ledger_.groups[ledger_.fields[*index].group].kind == GroupKind::set;
  return is_set ? joined_lines(text) : time_of(text);
}

std::string FormFiller::text_of(const std::string& of, const View& view, std::size_t line) const {
  if (of.empty()) return {};
  return of.find('.') == std::string::npos ? own_text(of, view, line) : cited_text(of, view);
}

// The old number stands under the new one with its label; why a row is void, in its last cell.
std::string FormFiller::cell(const FormColumn& column, const View& view, std::size_t line) const {
  std::string text = text_of(column.of, view, line);
  const std::string below = text_of(column.below, view, line);
  if (!below.empty()) {
    const Field* field = ledger_.field(column.below);
    const bool is_number = column.below == "legacy_no" && field != nullptr;
    text += (text.empty() ? "" : "\n") + (is_number ? field->zh + " " : "") + below;
  }
  return text;
}

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
      row.cells.push_back(cell(column, view, table.rows.size() + 1));
    const std::string reason =
        row.is_void ? view.state.field(ledger_, "void_reason") : std::string();
    if (!reason.empty()) row.cells.back() += "\n作废原因：" + reason;
    table.rows.push_back(std::move(row));
  }
  table.fills_page = true;
  return table;
}

/// One field of an entry: a cited record by the name people know it by.
std::string FormFiller::entry_text(std::size_t field, const std::string& value) const {
  if (ledger_.fields[field].type != FieldType::ref)
    return time_of(directory_.person_text(shown_value(words_, ledger_, field, value)));
  const auto record = record_from(value);
  const auto cited = record ? replica_.view(*record) : Result<View>(Errc::not_found);
  if (!cited || cited->is_hidden) return {};
  const LedgerDefinition& ledger = *replica_.definitions().ledger(cited->ledger);
  const std::string copy =
      ledger.field("copy_no") == nullptr ? std::string() : cited->state.field(ledger, "copy_no");
  return copy.empty() ? name_of(ledger, *cited) : copy;
}

PaperTable FormFiller::entries_table(const FormTable& entries, const View& view) const {
  PaperTable table;
  table.title = entries.zh;
  table.rows_min = entries.rows;
  std::vector<std::size_t> fields;
  std::optional<std::size_t> order;  // the column that says which comes first
  for (const FormColumn& column : entries.columns) {
    table.columns.push_back({column.zh, column.mm});
    fields.push_back(*ledger_.field_index(column.of));
    const FieldType type = ledger_.fields[fields.back()].type;
    if (!order &&
        (type == FieldType::stamp || type == FieldType::date || type == FieldType::integer))
      order = fields.size() - 1;
  }
  const GroupState* group = view.state.group(ledger_.fields[fields.front()].group);
  if (group == nullptr) return table;
  for (const HeldWrite& held : group->held) {
    PaperRow row;
    for (const std::size_t field : fields)
      row.cells.push_back(entry_text(field, ledger_.field_value(field, held.value)));
    table.rows.push_back(std::move(row));
  }
  if (order)
    std::stable_sort(table.rows.begin(), table.rows.end(),
                     [at = *order](const PaperRow& a, const PaperRow& b) {
                       const std::string &x = a.cells[at], &y = b.cells[at];
                       return x.size() != y.size() && x.size() < 8 ? x.size() < y.size() : x < y;
                     });
  return table;
}

// The mark of a whole register has no term: its rows have their own.
std::string FormFiller::mark_of(const std::vector<View>& rows, Level highest) const {
  if (rows.empty() || highest == Level::public_) return {};
  std::string mark = level_text(words_, highest);
  const auto term = ledger_.field_index("term");
  if (form_.is_register || !term || highest < Level::secret) return mark;
  const std::string text = field_text(words_, directory_, ledger_, rows.front(), *term);
  return text.empty() ? mark : mark + "★" + text;
}

FilledForm FormFiller::fill(std::vector<View> rows) const {
  FilledForm filled;
  if (!form_.is_register && rows.size() > 1) rows.resize(1);
  for (const View& view : rows) filled.highest = std::max(filled.highest, level_of(view));
  Printout& paper = filled.paper;
  paper.sheet = form_.sheet;
  paper.title = form_.zh;
  paper.level_mark = mark_of(rows, filled.highest);
  if (const auto office = own_office(replica_)) paper.office = directory_.office(*office);
  if (form_.is_register) {
    paper.blocks.push_back({{}, {register_table(rows)}, {}});
  } else if (!rows.empty()) {
    const View& view = rows.front();
    PaperBlock boxes;
    for (const auto& line : form_.boxes) {
      PaperLine& printed = boxes.boxes.emplace_back();
      for (const FormBox& box : line)
        printed.push_back({box.zh, text_of(box.of, view, 1), box.mm, box.lines});
    }
    paper.blocks.push_back(std::move(boxes));
    for (const FormTable& table : form_.tables)
      paper.blocks.push_back({{}, {entries_table(table, view)}, {}});
    if (view.state.is_void) paper.under_title = "作废　" + view.state.field(ledger_, "void_reason");
  }
  if (!form_.signs.empty()) paper.blocks.push_back({{}, {}, form_.signs});
  filled.rows = std::move(rows);
  return filled;
}

}  // namespace jiyao
