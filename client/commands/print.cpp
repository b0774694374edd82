// client/commands/print.cpp - print: a form with records on it, as a page for the browser or a PDF.
//
// Whatever is secret on it is registered in the print log first, durably, in this machine's own
// ledger at the highest level of the page: no page without its row.
#include <algorithm>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/commands/ledger_rows.h"
#include "client/custody.h"
#include "client/forms/fill_form.h"
#include "client/forms/pdf.h"
#include "client/named_place.h"
#include "client/print_register.h"
#include "client/records.h"
#include "schema/dates.h"

namespace jiyao {

namespace {

struct PrintOptions {
  std::string form, record, out, from, to, level, owner, purpose;
  bool as_pdf = false;
};

void declare_print(CLI::App& app, PrintOptions& options, const Catalogue& words) {
  app.add_option("form", options.form, words.text("opt.form"))->required();
  app.add_option("record", options.record, words.text("opt.record"));
  app.add_option("-o,--out,--输出", options.out, words.text("opt.output"))->required();
  app.add_flag("--pdf", options.as_pdf, words.text("opt.pdf"));
  app.add_option("--from,--自", options.from, words.text("opt.from_day"));
  app.add_option("--to,--至", options.to, words.text("opt.to_day"));
  app.add_option("--level,--密级", options.level, words.text("opt.level"));
  app.add_option("--owner,--单位", options.owner, words.text("opt.owner"));
  app.add_option("--purpose,--用途", options.purpose, words.text("opt.purpose"));
}

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

/// By its number, its title, or the ledger it is of; for a ledger without a form drawn, one made
/// up.
///   errors: not_found (none; several ledgers print as this number: they are named)
Result<Form> form_named(Desk& desk, const Replica& replica, const PrintOptions& options) {
  const bool is_one = !options.record.empty();
  const std::string wanted = upper(options.form);
  for (const Form& form : built_in_forms())
    if (form.id == wanted || form.zh == options.form) return form;
  std::vector<const LedgerDefinition*> meant;
  for (const LedgerDefinition& ledger : replica.definitions().all()) {
    const bool is_named = ledger.name == options.form || ledger.zh == options.form;
    if (is_named) meant = {&ledger};
    if (is_named) break;
    if (ledger.print == wanted) meant.push_back(&ledger);
  }
  if (meant.size() == 1) {
    for (const Form& form : built_in_forms())
      if (form.ledger == meant[0]->name && form.is_register != is_one && !form.least && !form.most)
        return form;
    return is_one ? record_form_of(*meant[0]) : register_form_of(*meant[0]);
  }
  std::string known;
  for (const LedgerDefinition* ledger : meant) known += "\n" + ledger->name + "  " + ledger->zh;
  for (const Form& form : built_in_forms())
    if (meant.empty() && form_fault(form, replica.definitions()).empty())
      known += "\n" + form.id + "  " + form.zh;
  return Error{Errc::not_found, desk.text("print.no_form", {{"name", options.form}}) + known};
}

Result<std::string> day_of(Desk& desk, const std::string& typed) {
  if (typed.empty()) return std::string();
  const auto day = parse_date(typed);
  if (!day) return desk.failure(Errc::invalid, "value.date", {{"typed", typed}});
  return *day;
}

/// What the options narrow a register or report to.   errors: invalid, not_found, need_roster
Result<ReportScope> scope_of(Desk& desk, const Replica& replica, const Form& form,
                             const PrintOptions& options) {
  const auto from = day_of(desk, options.from);
  if (!from) return from.error();
  const auto to = day_of(desk, options.to);
  if (!to) return to.error();
  ReportScope scope{{}, {}, {*from, *to}};
  if (from->empty() && to->empty()) scope.period = running_period(form.period, desk.today());
  if (!options.level.empty()) scope.level = level_from(options.level);
  if (!options.level.empty() && !scope.level)
    return desk.failure(Errc::invalid, "value.level", {{"typed", options.level}});
  if (!form.is_register && !form.is_report()) return scope;
  const auto office = named_office(desk, replica, options.owner);
  if (!office) return office.error();
  scope.office = *office;
  return scope;
}

/// All rows of that office's ledger that belong on the form, oldest first.
std::vector<View> register_rows(const Replica& replica, const Form& form, const FormFiller& filler,
                                const ReportScope& scope) {
  Query query;
  query.ledger = form.ledger;
  query.limit = 500;
  std::vector<View> rows;
  std::optional<RecordId> after;
  do {
    RecordPage page = replica.search(query, after);
    for (View& view : page.rows)
      if (view.compartment.office == *scope.office && filler.wants(view) &&
          (!scope.level || view.compartment.level == *scope.level))
        rows.push_back(std::move(view));
    after = page.after;
  } while (after);
  std::reverse(rows.begin(), rows.end());
  return rows;
}

/// The record that is named: of the form's own ledger, or the newest of it about the named paper.
Result<View> form_record(Desk& desk, Replica& replica, const Form& form, const std::string& typed) {
  if (typed.empty()) return desk.failure(Errc::usage, "print.needs_record");
  const auto own = find_any_row(desk, replica, *replica.definitions().ledger(form.ledger), typed);
  if (own || form.ledger == "incoming") return own;
  const auto incoming = find_record(desk, replica, "incoming", typed);
  if (!incoming) return own.error();
  const LedgerDefinition& ledger = *replica.definitions().ledger(form.ledger);
  Query query;
  query.ledger = form.ledger;
  query.cites = incoming->record;
  for (View& view : replica.search(query).rows)
    if (view.state.field(ledger, "incoming") == incoming->record.hex()) return std::move(view);
  return own.error();
}

/// The print log's row, recorded.   errors: of Replica::record
Result<RecordId> register_page(Desk& desk, Replica& replica, const Form& form,
                               const FilledForm& filled, const PrintedPages& pages,
                               const std::string& purpose) {
  Printed printed;
  printed.form = form.id.empty() ? form.zh : form.id + " " + form.zh;
  printed.highest = filled.highest;
  printed.rows = filled.lines;
  printed.pages = pages.pages;
  printed.rows_text = filled.rows.empty() ? filled.paper.title + " " + filled.paper.under_title
                                          : rows_text(desk.words(), replica, filled.rows);
  printed.content = digest(Label::state, {as_bytes(pages.html)});
  printed.purpose = purpose;
  return register_print(desk, replica, printed);
}

Result<FilledForm> filled_form(Desk& desk, Replica& replica, const Form& form,
                               const PrintOptions& options) {
  const auto scope = scope_of(desk, replica, form, options);
  if (!scope) return scope.error();
  const FormFiller filler(desk, replica, form, *scope);
  if (!form.is_register && !form.is_report()) {
    auto record = form_record(desk, replica, form, options.record);
    if (!record) return record.error();
    if (!filler.wants(*record))
      return desk.failure(Errc::not_found, "record.none", {{"name", options.record}});
    return filler.fill({*std::move(record)});
  }
  FilledForm filled = filler.fill(form.is_report() ? std::vector<View>{}
                                                   : register_rows(replica, form, filler, *scope));
  filled.paper.office = Directory(replica).office(*scope->office);
  const Period& period = scope->period;
  if (!period.from.empty() || !period.to.empty())
    filled.paper.under_title = period.from + " — " + period.to;
  return filled;
}

Result<Answer> print_form(Desk& desk, const PrintOptions& options) {
  if (const auto free = check_target(desk, options.out); !free) return free.error();
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto form = form_named(desk, **replica, options);
  if (!form) return form.error();
  if (!form_fault(*form, (*replica)->definitions()).empty())
    return desk.failure(Errc::not_found, "ledger.none", {{"name", form->ledger}});
  auto filled = filled_form(desk, **replica, *form, options);
  if (!filled) return filled.error();
  filled->paper.printed = desk.now().replace(10, 1, " ") + "  " +
                          Directory(**replica).person((*replica)->person().user) + " 打印";
  const PrintedPages printed = print_pages(filled->paper);
  std::string registered;
  if (filled->highest >= Level::secret) {
    const auto row = register_page(desk, **replica, *form, *filled, printed, options.purpose);
    if (!row) return row.error();
    registered = row->hex();
  }
  const auto written = options.as_pdf ? write_pdf(desk, printed.html, options.out)
                                      : write_answer(desk, options.out, as_bytes(printed.html));
  if (!written) return written.error();
  Answer answer{.text = desk.text("print.done", {{"form", form->zh},
                                                 {"rows", std::to_string(filled->lines)},
                                                 {"pages", std::to_string(printed.pages)},
                                                 {"file", options.out}}),
                .json = json_object()};
  if (!registered.empty()) answer.text += "\n" + desk.text("print.registered");
  answer.json->set("form", form->id);
  answer.json->set("title", form->zh);
  answer.json->set("rows", filled->lines);
  answer.json->set("pages", printed.pages);
  answer.json->set("level", std::string(name_of(filled->highest)));
  answer.json->set("file", options.out);
  answer.json->set("registered", registered);
  return answer;
}

}  // namespace

void add_print(Menu& menu) {
  menu.add<PrintOptions>("print", declare_print, print_form);
}

}  // namespace jiyao
