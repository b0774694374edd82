// schema/list_columns.cpp - see schema/list_columns.h.
#include "schema/list_columns.h"

#include <algorithm>

namespace jiyao {

std::optional<std::size_t> day_column(const LedgerDefinition& ledger) {
  const auto day = std::find_if(ledger.list.begin(), ledger.list.end(), [&](std::size_t field) {
    const FieldType type = ledger.fields[field].type;
    return type == FieldType::date || type == FieldType::stamp;
  });
  return day == ledger.list.end() ? std::nullopt : std::optional(*day);
}

std::optional<std::size_t> holder_column(const LedgerDefinition& ledger) {
  for (const Group& group : ledger.groups) {
    if (group.kind != GroupKind::custody) continue;
    const auto of_type = [&](FieldType type) {
      return std::find_if(group.fields.begin(), group.fields.end(),
                          [&](std::size_t field) { return ledger.fields[field].type == type; });
    };
    const auto person = of_type(FieldType::person);
    if (person != group.fields.end() && of_type(FieldType::choice) != group.fields.end())
      return *person;
  }
  return std::nullopt;
}

bool is_unit_column(const LedgerDefinition& ledger, std::size_t field) {
  return ledger.fields[field].type == FieldType::org;
}

bool can_name_a_row(const LedgerDefinition& ledger, std::size_t field) {
  const FieldType type = ledger.fields[field].type;
  const bool can_name =
      type == FieldType::text || type == FieldType::person || type == FieldType::org;
  return can_name && ledger.groups[ledger.fields[field].group].kind != GroupKind::set &&
         std::count(ledger.list.begin(), ledger.list.end(), field) != 0;
}

bool is_naming_column(const LedgerDefinition& ledger, std::size_t field) {
  return ledger.field("doc_no") == nullptr && can_name_a_row(ledger, field);
}

}  // namespace jiyao
