// client/ledger_sheet.cpp - headings, widths, hints, cells.
#include "client/ledger_sheet.h"

#include <algorithm>
#include <tuple>

#include "client/register_intake.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr double kNarrow = 8, kDate = 12, kStamp = 17, kText = 18, kWide = 40;

SheetColumn::Kind kind_of(const Field& field) {
  if (field.type == FieldType::integer) return SheetColumn::Kind::number;
  if (field.type == FieldType::date) return SheetColumn::Kind::date;
  if (field.type == FieldType::stamp) return SheetColumn::Kind::stamp;
  return SheetColumn::Kind::text;
}

double width_of(const Field& field, const std::string& heading) {
  double width = kText;
  if (field.type == FieldType::integer || field.type == FieldType::level) width = kNarrow;
  if (field.type == FieldType::choice) width = kDate;
  if (field.type == FieldType::date) width = kDate;
  if (field.type == FieldType::stamp) width = kStamp;
  if (field.name == "title" || field.type == FieldType::opinion) width = kWide;
  return std::max(width, static_cast<double>(display_width(heading)) + 2);
}

std::vector<std::string> choices_of(const LedgerDefinition& ledger, const Field& field) {
  std::vector<std::string> choices;
  if (field.type == FieldType::level)
    for (const Level level :
         {Level::public_, Level::internal, Level::secret, Level::highly_secret, Level::top_secret})
      choices.emplace_back(chinese_of(level));
  else if (ledger.groups[field.group].kind == GroupKind::state)
    for (const State& state : ledger.states) choices.push_back(state.zh);
  else if (field.type == FieldType::choice)
    choices = field.choices;
  return choices;
}

const char* hint_id(FieldType type) {
  switch (type) {
    case FieldType::integer:
      return "sheet.hint.number";
    case FieldType::date:
      return "sheet.hint.date";
    case FieldType::stamp:
      return "sheet.hint.stamp";
    case FieldType::term:
      return "sheet.hint.term";
    case FieldType::ref:
      return "sheet.hint.ref";
    case FieldType::number:
      return "sheet.hint.serial";
    case FieldType::choice:
    case FieldType::level:
      return "sheet.hint.choice";
    case FieldType::text:
    case FieldType::person:
    case FieldType::org:
    case FieldType::signature:
    case FieldType::opinion:
      return "sheet.hint.text";
  }
  return "sheet.hint.text";
}

std::string hint_of(const Catalogue& words, const LedgerDefinition& ledger, const Field& field,
                    const std::vector<std::string>& choices) {
  std::string hint;
  if (field.from && field.from_if.empty()) hint = words.text("sheet.hint.needed") + "\n";
  if (field.from && !field.from_if.empty()) hint = words.text("sheet.hint.sometimes") + "\n";
  std::string known;
  for (const std::string& choice : choices) known += (known.empty() ? "" : "、") + choice;
  hint += words.text(hint_id(field.type), {{"choices", known}});
  if (ledger.groups[field.group].kind == GroupKind::set)
    hint += "\n" + words.text("sheet.hint.several");
  return hint;
}

/// The parts of a field in the entries of its set; empty ones only where other fields of the entry
/// stand beside it.
std::vector<std::string> entry_texts(const LedgerDefinition& ledger, const GroupState& group,
                                     std::size_t field) {
  const bool is_alone = ledger.groups[ledger.fields[field].group].fields.size() == 1;
  std::vector<const HeldWrite*> entries;  // as they were written, as far as clocks say
  for (const HeldWrite& write : group.held) entries.push_back(&write);
  std::sort(entries.begin(), entries.end(), [](const HeldWrite* a, const HeldWrite* b) {
    return std::tie(a->hlc, a->origin.n, a->change) < std::tie(b->hlc, b->origin.n, b->change);
  });
  std::vector<std::string> texts;
  for (const HeldWrite* write : entries) {
    std::string text = ledger.field_value(field, write->value);
    if (!text.empty() || !is_alone) texts.push_back(std::move(text));
  }
  const bool is_blank =
      std::all_of(texts.begin(), texts.end(), [](const std::string& text) { return text.empty(); });
  if (is_blank) texts.clear();
  return texts;
}

std::string for_people(const Replica& replica, const Directory& directory, const Field& field,
                       std::string text) {
  if (field.type == FieldType::person || field.type == FieldType::org)
    return directory.person_text(text);
  if (field.type != FieldType::ref) return text;
  const auto bytes = from_hex(text);
  if (!bytes || bytes->size() != RecordId::kBytes) return text;
  return call_of(replica, *RecordId::from(*bytes));
}

}  // namespace

std::vector<std::size_t> sheet_fields(const LedgerDefinition& ledger, bool only_typed) {
  std::vector<std::size_t> fields;
  for (std::size_t i = 0; i < ledger.fields.size(); ++i) {
    const Field& field = ledger.fields[i];
    const GroupKind kind = ledger.groups[field.group].kind;
    const bool is_typed = kind != GroupKind::computed && kind != GroupKind::state &&
                          field.type != FieldType::signature && field.name != "void_reason";
    if (is_typed || !only_typed) fields.push_back(i);
  }
  return fields;
}

std::string heading_of(const LedgerDefinition& ledger, const Field& field) {
  return ledger.field_for_header(field.zh) == &field ? field.zh : field.name;
}

SheetPlan sheet_plan(const Catalogue& words, const LedgerDefinition& ledger,
                     const std::vector<std::size_t>& fields, bool is_template) {
  SheetPlan plan{ledger.zh, {}, {}};
  for (const std::size_t index : fields) {
    const Field& field = ledger.fields[index];
    SheetColumn column;
    column.heading = heading_of(ledger, field);
    column.kind = kind_of(field);
    column.width = width_of(field, column.heading);
    if (is_template) {
      column.choices = choices_of(ledger, field);
      column.hint = hint_of(words, ledger, field, column.choices);
      if (field.from && field.from_if.empty()) column.heading += "*";
    }
    plan.columns.push_back(std::move(column));
  }
  return plan;
}

std::vector<std::string> sheet_cells(const Catalogue& chinese, const Replica& replica,
                                     const Directory& directory, const LedgerDefinition& ledger,
                                     const View& view, const std::vector<std::size_t>& fields) {
  const auto plain = plain_fields(chinese, ledger, view.state);
  std::vector<std::string> cells;
  for (const std::size_t index : fields) {
    const Field& field = ledger.fields[index];
    const GroupState* group = view.state.group(field.group);
    std::string cell;
    if (group != nullptr && ledger.groups[field.group].kind == GroupKind::set) {
      std::vector<std::string> texts = entry_texts(ledger, *group, index);
      for (std::string& text : texts) text = for_people(replica, directory, field, text);
      cell = joined_entries(texts);
    } else {
      for (const auto& [shown, text] : plain)
        if (shown == index) cell = for_people(replica, directory, field, text);
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace jiyao
