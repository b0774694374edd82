// client/forms/row_text.cpp - fields, cited records, custody and states in words.
#include "client/forms/row_text.h"

#include <charconv>

#include "client/archive_code.h"
#include "client/custody.h"
#include "client/custody_chain.h"
#include "client/messages.h"
#include "client/typed_value.h"
#include "schema/dates.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

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

Condition bound_to(const Condition& when, const LedgerDefinition& ledger) {
  Condition bound = when;
  bound.bind(
      [&](std::string_view name) { return name == "today" || ledger.field(name) != nullptr; });
  return bound;
}

RowText::RowText(Desk& desk, const Replica& replica)
    : desk_(desk), replica_(replica), directory_(replica), words_(Language::zh, kClientMessages) {}

const LedgerDefinition& RowText::ledger_of(const View& view) const {
  return *replica_.definitions().ledger(view.ledger);
}

std::string RowText::custody(const View& view) const {
  std::string text;
  for (const View& copy : copies_of(replica_, view)) {
    note(copy);
    const std::string hands = text_of(desk_, directory_, custody_of(replica_, copy));
    text += (text.empty() ? "" : "\n") + hands.substr(0, hands.find('\n'));  // the last hand
  }
  if (!text.empty()) return text;
  const auto index = ledger_of(view).field_index("copy_nos");
  return index ? field_text(words_, directory_, ledger_of(view), view, *index) : std::string();
}

std::string RowText::cited(const std::string& word, const View& view) const {
  const std::size_t dot = word.find('.');
  const auto record = record_from(view.state.field(ledger_of(view), word.substr(0, dot)));
  if (!record) return {};
  const auto found = replica_.view(*record);
  if (!found || found->is_hidden) return {};
  const LedgerDefinition* ledger = replica_.definitions().ledger(found->ledger);
  const std::string name = word.substr(dot + 1);
  if (ledger == nullptr) return {};
  note(*found);
  if (name == "@number") return of("@number", *found, 0);
  const auto index = ledger->field_index(name);
  if (!index) return {};
  note_cited(*index, *found);
  return time_of(field_text(words_, directory_, *ledger, *found, *index));
}

/// field_text() names what a ref cites.
void RowText::note_cited(std::size_t field, const View& view) const {
  const LedgerDefinition& ledger = ledger_of(view);
  const GroupState* group = view.state.group(ledger.fields[field].group);
  if (ledger.fields[field].type != FieldType::ref || group == nullptr) return;
  for (const HeldWrite& held : group->held) {
    const auto record = record_from(ledger.field_value(field, held.value));
    const auto cited = record ? replica_.view(*record) : Result<View>(Errc::not_found);
    if (cited && !cited->is_hidden) note(*cited);
  }
}

/// The persons of a list by their names.
std::string RowText::persons(const std::string& term, const View& view) const {
  std::string text;
  for (const std::string& one : list_items(shown_word(ledger_of(view), view.state, term)))
    text += (text.empty() ? "" : "、") + directory_.person_text(one);
  return text;
}

std::string RowText::own(const std::string& word, const View& view, std::size_t line) const {
  const LedgerDefinition& ledger = ledger_of(view);
  if (word == "@line") return std::to_string(line);
  if (word == "@custody") return custody(view);
  if (word == "@level") return level(own_level(view));
  if (word == "@number") {
    const std::string number = number_text(words_, directory_, ledger, view);
    return number.empty() ? name_of(ledger, view) : number;
  }
  if (word == "@state") {
    const std::string& name = view.shown_state.empty() ? view.state.state : view.shown_state;
    const auto state = ledger.state_index(name);
    return state ? ledger.states[*state].zh : name;
  }
  if (word == "@archive_code") return archive_code(ledger, view);
  if (term_of(word)) return persons(word, view);
  const auto index = ledger.field_index(word);
  if (!index) return {};
  note_cited(*index, view);
  const std::string text = field_text(words_, directory_, ledger, view, *index);
  const bool is_set = ledger.groups[ledger.fields[*index].group].kind == GroupKind::set;
  return is_set ? joined_lines(text) : time_of(text);
}

std::string RowText::of(const std::string& word, const View& view, std::size_t line) const {
  if (word.empty()) return {};
  return word.find('.') == std::string::npos ? own(word, view, line) : cited(word, view);
}

// The old number stands under the new one with its label.
std::string RowText::cell(const FormColumn& column, const View& view, std::size_t line) const {
  std::string text = of(column.of, view, line);
  const std::string below = of(column.below, view, line);
  if (!below.empty()) {
    const Field* field = ledger_of(view).field(column.below);
    const bool is_number = column.below == "legacy_no" && field != nullptr;
    text += (text.empty() ? "" : "\n") + (is_number ? field->zh + " " : "") + below;
  }
  return text;
}

std::string RowText::entry(const LedgerDefinition& ledger, std::size_t field,
                           const std::string& value) const {
  if (ledger.fields[field].type != FieldType::ref)
    return time_of(directory_.person_text(shown_value(words_, ledger, field, value)));
  const auto record = record_from(value);
  const auto found = record ? replica_.view(*record) : Result<View>(Errc::not_found);
  if (!found || found->is_hidden) return {};
  note(*found);
  return cited_name(replica_, value);
}

std::string RowText::stored(const std::string& word, const View& view) const {
  if (word == "state" && !view.shown_state.empty()) return view.shown_state;
  return shown_word(ledger_of(view), view.state, word);
}

std::optional<std::string> RowText::asked(std::string_view ref, std::string_view field,
                                          const View& view) const {
  if (ref.empty()) return field == "today" ? desk_.today() : stored(std::string(field), view);
  const auto record = record_from(view.state.field(ledger_of(view), ref));
  const auto found = record ? replica_.view(*record) : Result<View>(Errc::not_found);
  if (!found || found->is_hidden) return std::nullopt;
  return stored(std::string(field), *found);
}

bool RowText::holds(const Condition& when, const View& view) const {
  const Lookup lookup = [&](std::string_view ref, std::string_view field) {
    return asked(ref, field, view);
  };
  return when.holds(lookup, false, &replica_.calendar()) == Holds::yes;
}

}  // namespace jiyao
