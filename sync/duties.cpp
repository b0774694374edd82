// sync/duties.cpp - what a clock may do: remind. Limits of one record, and duties that come round.
#include <algorithm>

#include "schema/dates.h"
#include "sync/check.h"
#include "sync/terms.h"

namespace jiyao {

namespace {

struct Period {
  std::string first, last;
};

int months_of(Recurring::Every every) {
  switch (every) {
    case Recurring::Every::month:
      return 1;
    case Recurring::Every::quarter:
      return 3;
    case Recurring::Every::half_year:
      return 6;
    default:
      return 12;
  }
}

std::string first_of(int year, int month) {
  const std::string digits = std::to_string(month);
  return std::to_string(year) + (month < 10 ? "-0" : "-") + digits + "-01";
}

Period period_of(Recurring::Every every, std::string_view today) {
  const int year = year_of(today);
  const int month = (today[5] - '0') * 10 + (today[6] - '0');
  const int months = months_of(every);
  const int begin = (month - 1) / months * months + 1;
  const int next = begin + months;
  const std::string after = next > 12 ? first_of(year + 1, next - 12) : first_of(year, next);
  return {first_of(year, begin), add_days(after, -1)};
}

}  // namespace

std::vector<std::string> reminders(const LedgerDefinition& definition, const RecordState& state,
                                   std::string_view today, const WorkCalendar& calendar) {
  std::vector<std::string> due;
  const Lookup own = [&](std::string_view ref,
                         std::string_view name) -> std::optional<std::string> {
    if (name == "today") return std::string(today);
    return ref.empty() ? std::optional(shown_word(definition, state, name)) : std::nullopt;
  };
  for (const Reminder& reminder : definition.reminders) {
    const Holds holds = reminder.when.holds(own, false, &calendar);
    if (holds == Holds::yes) due.push_back(reminder.zh);
    if (holds == Holds::unknown && !reminder.when.check_tables(own, calendar))
      due.push_back(reminder.zh + "（缺节假日安排，期限算不出）");
  }
  return due;
}

std::vector<DueDuty> due_duties(const LedgerDefinition& definition,
                                std::span<const RecordState> rows, std::string_view today) {
  std::vector<DueDuty> due;
  for (const Recurring& duty : definition.recurring) {
    const Period period = period_of(duty.every, today);
    const bool is_done = std::any_of(rows.begin(), rows.end(), [&](const RecordState& row) {
      const std::string on = row.field(definition, duty.on).substr(0, 10);
      return on >= period.first && on <= period.last &&
             duty.done.holds(own_words(definition, row), true) == Holds::yes;
    });
    if (!is_done) due.push_back({duty.zh, duty.to, period.first, period.last});
  }
  return due;
}

}  // namespace jiyao
