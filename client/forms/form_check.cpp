// client/forms/form_check.cpp - does a form speak of fields that there are?
#include <algorithm>

#include "client/archive_code.h"
#include "client/forms/form.h"
#include "client/forms/form_views.h"

namespace jiyao {

namespace {

constexpr std::string_view kMonthOf = "month(";

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// A field, or a list made of one.
bool is_word_of(const LedgerDefinition& ledger, std::string_view word) {
  const auto term = term_of(word);
  return term ? ledger.field(term->of) != nullptr || ledger.group(term->of) != nullptr
              : ledger.field(word) != nullptr;
}

class FormFault {
 public:
  FormFault(const Form& form, const Definitions& definitions)
      : form_(form), definitions_(definitions) {}

  std::string find() {
    const LedgerDefinition* own = form_.is_report() ? nullptr : ledger(form_.ledger);
    if (own != nullptr) look(*own);
    for (const FormTable& table : form_.tables) look(table, own);
    return fault_;
  }

 private:
  void say(const std::string& what) {
    if (fault_.empty()) fault_ = form_.id + ": " + what;
  }
  const LedgerDefinition* ledger(const LedgerName& name) {
    const LedgerDefinition* found = definitions_.ledger(name);
    if (found == nullptr) say("no ledger " + name);
    return found;
  }
  void look(const LedgerDefinition& own) {
    need(form_.date, own);
    for (const FormColumn& column : form_.columns) need(column, own);
    for (const auto& line : form_.boxes)
      for (const FormBox& box : line) need(box.of, own);
    for (const std::string& total : form_.totals)
      if (std::none_of(form_.columns.begin(), form_.columns.end(),
                       [&](const FormColumn& column) { return column.of == total; }))
        say("no column " + total + " to sum");
  }
  void need(const FormColumn& column, const LedgerDefinition& of) {
    need(column.of, of);
    need(column.below, of);
  }
  void need(std::string_view word, const LedgerDefinition& of) {
    if (!is_known(word, of)) say("no field " + std::string(word) + " of " + of.name);
  }
  bool is_known(std::string_view of, const LedgerDefinition& ledger) const {
    if (is_one_of(of, {"", "@line", "@number", "@custody", "@state", "@level"})) return true;
    if (of == "@archive_code") return has_archive_code(ledger);
    const std::size_t dot = of.find('.');
    if (dot == std::string_view::npos) return is_word_of(ledger, of);
    const Field* ref = ledger.field(of.substr(0, dot));
    if (ref == nullptr || ref->type != FieldType::ref) return false;
    const LedgerDefinition* cited = definitions_.ledger(ref->ref_ledger);
    return cited != nullptr &&
           (of.substr(dot + 1) == "@number" || cited->field(of.substr(dot + 1)) != nullptr);
  }
  void need(const Condition& when, const LedgerDefinition& of) {
    for (const Clause& clause : when.clauses()) {
      const std::string word = clause.ref.empty() ? clause.field : clause.ref + "." + clause.field;
      if (word != "today") need(word, of);
    }
  }

  void look(const FormTable& table, const LedgerDefinition* own) {
    switch (table.from) {
      case FormTable::From::entries:
        return look_at_entries(table, own);
      case FormTable::From::view:
        return look_at_view(table);
      case FormTable::From::checks:
        for (const FormCheck& check : table.checks) look(check);
        for (const FormColumn& column : table.columns)
          if (!is_one_of(column.of, {"", "@line", "@check", "@count"}))
            say("no word " + column.of + " of a check list");
        return;
      default:
        return look_at_rows(table, own);
    }
  }
  void look_at_entries(const FormTable& table, const LedgerDefinition* own) {
    if (own == nullptr) return say("only a sheet has entries");
    for (const FormColumn& column : table.columns)
      if (own->field(column.of) == nullptr && (!column.of.empty() || &column == &table.columns[0]))
        say("no field " + column.of + " of " + own->name);
  }
  void look_at_view(const FormTable& table) {
    const FormView* view = form_view(table.view);
    if (view == nullptr) return say("no view " + table.view);
    if (view->needs_record && form_.is_report()) say(table.view + " is about a record");
    for (const FormColumn& column : table.columns)
      if (column.of != "@line" && !column.of.empty() &&
          std::find(view->words.begin(), view->words.end(), column.of) == view->words.end())
        say("no word " + column.of + " of " + table.view);
  }
  void look(const FormCheck& check) {
    const LedgerDefinition* of = check.ledger.empty() ? nullptr : ledger(check.ledger);
    if (of == nullptr) return;
    need(check.date, *of);
    need(check.when, *of);
  }
  void look_at_rows(const FormTable& table, const LedgerDefinition* own) {
    const LedgerDefinition* of = ledger(table.ledger);
    if (of == nullptr) return;
    if (!table.by.empty() && (own == nullptr || of->field(table.by) == nullptr))
      say("no field " + table.by + " of " + of->name);
    need(table.date, *of);
    need(table.when, *of);
    for (const std::string& word : table.count_by)
      need(word.starts_with(kMonthOf) ? word.substr(kMonthOf.size(), word.size() - 7) : word, *of);
    for (const FormColumn& column : table.columns) {
      need(column.when, *of);
      if (!column.named_in.empty() && (own == nullptr || own->field(column.named_in) == nullptr))
        say("no field " + column.named_in + " of the sheet");
      const bool is_count = table.from == FormTable::From::groups;
      const bool is_key = std::find(table.count_by.begin(), table.count_by.end(), column.of) !=
                          table.count_by.end();
      if (!is_count || (!is_key && !is_one_of(column.of, {"@count", "@rate", "@difference"})))
        need(column, *of);
    }
  }

  const Form& form_;
  const Definitions& definitions_;
  std::string fault_;
};

}  // namespace

std::string form_fault(const Form& form, const Definitions& definitions) {
  return FormFault(form, definitions).find();
}

}  // namespace jiyao
