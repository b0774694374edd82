// client/reminders.cpp - asking the watched rows of each ledger which reminders hold, and when.
#include "client/reminders.h"

#include <algorithm>
#include <map>

#include "client/custody.h"
#include "client/records.h"
#include "schema/dates.h"
#include "schema/text.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

constexpr std::size_t kPageRows = 200;
constexpr std::string_view kBackupLedger = "backup_log";

bool is_day(const std::string& text) {
  return is_date(text) || is_stamp(text);
}

/// The day that the reminder compares with today, moved by what it adds; empty: none.
std::string limit_of(const Reminder& reminder, const LedgerDefinition& ledger, const View& row,
                     const WorkCalendar& calendar) {
  for (const Clause& clause : reminder.when.clauses()) {
    const bool today_first =
        clause.field == "today" && clause.is_literal_a_field && clause.literal_ref.empty();
    const bool today_last = clause.literal == "today" && clause.ref.empty();
    if (!today_first && !today_last) continue;
    const std::string day =
        shown_word(ledger, row.state, today_first ? clause.literal : clause.field);
    if (!is_day(day)) continue;
    const int sign = today_first ? 1 : -1;
    const std::string later =
        add_days(std::string_view(day).substr(0, 10), std::max(sign * clause.plus_days, 0));
    const auto worked =
        add_working_days(calendar, later, std::max(sign * clause.plus_working_days, 0));
    return worked ? *worked : std::string();
  }
  return {};
}

/// What a reminder may ask of one row and of the records it cites, read once each. A record that is
/// not held here speaks for nobody.
class Asked {
 public:
  Asked(const Replica& replica, const LedgerDefinition& ledger, const View& row)
      : replica_(replica), ledger_(ledger), row_(row) {}

  std::optional<std::string> word(std::string_view ref, std::string_view name) {
    if (ref.empty()) return shown_word(ledger_, row_.state, name);
    const std::optional<View>& cited = cited_by(std::string(ref));
    if (!cited || cited->is_hidden) return std::nullopt;
    const LedgerDefinition* of = replica_.definitions().ledger(cited->ledger);
    return of == nullptr ? std::nullopt : std::optional(shown_word(*of, cited->state, name));
  }

 private:
  const std::optional<View>& cited_by(const std::string& ref) {
    const auto [place, is_new] = cited_.try_emplace(ref);
    const auto id = is_new ? record_from(row_.state.field(ledger_, ref)) : std::nullopt;
    if (!id) return place->second;
    if (auto view = replica_.view(*id)) place->second = *std::move(view);
    return place->second;
  }

  const Replica& replica_;
  const LedgerDefinition& ledger_;
  const View& row_;
  std::map<std::string, std::optional<View>> cited_;
};

class Due {
 public:
  Due(const Replica& replica, const std::string& today, int days, Roles roles)
      : replica_(replica), today_(today), days_(days), roles_(roles) {
    if (const auto office = own_office(replica)) office_ = *office;
  }

  std::vector<DueItem> all() {
    for (const LedgerDefinition& ledger : replica_.definitions().all())
      if (!ledger.reminders.empty() || !ledger.recurring.empty()) look_at(ledger);
    std::stable_sort(found_.begin(), found_.end(),
                     [](const DueItem& a, const DueItem& b) { return a.days_left < b.days_left; });
    return std::move(found_);
  }

 private:
  bool is_for_us(Roles to) const { return roles_ == 0 || to == 0 || (to & roles_) != 0; }

  void look_at(const LedgerDefinition& ledger) {
    Query query;
    query.ledger = ledger.name;
    query.is_watched = true;
    query.with_void = false;
    query.limit = kPageRows;
    std::optional<RecordId> after;
    std::vector<RecordState> rows;
    do {
      RecordPage page = replica_.search(query, after);
      for (View& row : page.rows) {
        for (const Reminder& reminder : ledger.reminders)
          if (is_for_us(reminder.to) && !row.state.is_terminal) ask(ledger, row, reminder);
        if (!ledger.recurring.empty() && may_do_duty(row)) rows.push_back(std::move(row.state));
      }
      after = page.after;
    } while (after);
    for (const DueDuty& duty : due_duties(ledger, rows, today_))
      if (is_for_us(duty.to)) add({std::nullopt, &ledger, duty.zh, duty.due_on, 0, false, duty.to});
  }

  /// A duty is each office's own, and a backup is of the machine it was made at.
  bool may_do_duty(const View& row) const {
    if (row.is_hidden || row.compartment.office != office_) return false;
    return row.ledger != kBackupLedger || is_made_here(row.record);
  }
  bool is_made_here(const RecordId& record) const {
    const std::vector<HistoryEntry> history = replica_.history(record);
    return std::any_of(history.begin(), history.end(), [&](const HistoryEntry& entry) {
      const bool makes =
          entry.change.kind == ChangeKind::create || entry.change.kind == ChangeKind::import;
      return makes && entry.is_applied && entry.change.origin.node == replica_.node();
    });
  }

  Holds holds_on(Asked& asked, const Reminder& reminder, const std::string& day) const {
    const Lookup words = [&](std::string_view ref,
                             std::string_view name) -> std::optional<std::string> {
      return name == "today" ? std::optional(day) : asked.word(ref, name);
    };
    return reminder.when.holds(words, false, &replica_.calendar());
  }
  /// A limit that ends today is reminded of from tomorrow on, so one day more is looked at.
  void ask(const LedgerDefinition& ledger, const View& row, const Reminder& reminder) {
    Asked asked(replica_, ledger, row);
    for (int day = 0; day <= days_ + 1; ++day) {
      const Holds holds = holds_on(asked, reminder, add_days(today_, day));
      // What a cited record says is not known where it is not held: nothing to remind of.
      if (holds == Holds::no) continue;
      if (holds == Holds::unknown && !reminder.when.counts_working_days()) continue;
      const bool lacks_table = holds == Holds::unknown;
      DueItem item{
          row, &ledger,     reminder.zh, limit_of(reminder, ledger, row, replica_.calendar()),
          day, lacks_table, reminder.to};
      if (!item.due_on.empty()) set_days(item);
      if (item.days_left <= days_) found_.push_back(std::move(item));
      return;
    }
  }
  void set_days(DueItem& item) const {
    item.days_left = static_cast<int>(day_number(item.due_on) - day_number(today_));
  }
  void add(DueItem item) {
    set_days(item);
    found_.push_back(std::move(item));
  }

  const Replica& replica_;
  const std::string& today_;
  int days_;
  Roles roles_;
  std::optional<OfficeId> office_;  ///< of this machine, as soon as the roster names it
  std::vector<DueItem> found_;
};

}  // namespace

std::vector<DueItem> due_items(const Replica& replica, const std::string& today, int days,
                               Roles roles) {
  return Due(replica, today, days, roles).all();
}

std::string paper_text(const Catalogue& words, const Directory& directory, const Replica& replica,
                       const LedgerDefinition& ledger, const View& row) {
  std::vector<std::string> names;
  for (const Field& field : ledger.fields) {
    const auto id = field.type == FieldType::ref ? record_from(row.state.field(ledger, field.name))
                                                 : std::nullopt;
    const auto cited = id ? replica.view(*id) : Result<View>(Errc::not_found);
    if (!cited || cited->is_hidden) continue;
    const LedgerDefinition* of = replica.definitions().ledger(cited->ledger);
    if (of == nullptr) continue;
    names.push_back(called(words, directory, *of, *cited));
    names.push_back(terminal_safe(cited->state.field(*of, "title")));
  }
  names.push_back(terminal_safe(row.state.field(ledger, "title")));
  std::string text;
  std::vector<std::string> said;
  for (const std::string& name : names) {
    if (name.empty() || std::count(said.begin(), said.end(), name) != 0) continue;
    said.push_back(name);
    text += (text.empty() ? "" : "  ") + name;
  }
  return text;
}

}  // namespace jiyao
