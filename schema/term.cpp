// schema/term.cpp - terms of classification: what has an order and what a person must compare.
#include "schema/term.h"

#include <charconv>

#include "schema/dates.h"

namespace jiyao {

namespace {

constexpr std::string_view kUntil = "until:";

// Months of "10y" or "6m"; nullopt for dates and conditions.
std::optional<int> months_of(std::string_view term) {
  if (term.size() < 2 || term.size() > 4) return std::nullopt;
  const char unit = term.back();
  int count = 0;
  const auto [end, fault] = std::from_chars(term.data(), term.data() + term.size() - 1, count);
  if (fault != std::errc() || end != term.data() + term.size() - 1) return std::nullopt;
  if (count < 1 || term.front() == '0' || (unit != 'y' && unit != 'm')) return std::nullopt;
  return unit == 'y' ? count * 12 : count;
}

}  // namespace

bool is_term(std::string_view text) {
  return months_of(text) || is_date(text) ||
         (text.starts_with(kUntil) && text.size() > kUntil.size());
}

Result<std::string> parse_term(std::string_view typed) {
  if (is_term(typed)) return std::string(typed);
  for (const auto& [suffix, unit] :
       {std::pair{"个月", 'm'}, std::pair{"月", 'm'}, std::pair{"年", 'y'}}) {
    if (!typed.ends_with(suffix)) continue;
    const std::string term =
        std::string(typed.substr(0, typed.size() - std::string_view(suffix).size())) + unit;
    if (is_term(term)) return term;
  }
  if (const auto date = parse_date(typed)) return *date;
  return {Errc::invalid, "cannot read the term \"" + std::string(typed) +
                             "\"; write 10年, 6个月, a date, or until:<event>"};
}

std::optional<int> compare_terms(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const auto months_a = months_of(a);
  const auto months_b = months_of(b);
  if (months_a && months_b) return *months_a < *months_b ? -1 : *months_a > *months_b ? 1 : 0;
  if (is_date(a) && is_date(b)) return a < b ? -1 : 1;
  return std::nullopt;
}

std::string term_end(std::string_view term, std::string_view dated_on) {
  if (is_date(term)) return std::string(term);
  const auto length = months_of(term);
  if (!length || !is_date(dated_on)) return {};
  const int months = *length + dated_on[5] * 10 + dated_on[6] - 11 * '0' - 1;
  const int year = year_of(dated_on) + months / 12, month = months % 12 + 1;
  const std::string digits = std::to_string(month);
  for (int day = dated_on[8] * 10 + dated_on[9] - 11 * '0'; day > 0; --day) {
    const std::string ends = std::to_string(year) + (month < 10 ? "-0" : "-") + digits +
                             (day < 10 ? "-0" : "-") + std::to_string(day);
    if (is_date(ends)) return ends;  // of the 31st in a month that has 30 the day before
  }
  return {};
}

bool is_within_maximum(std::string_view term, Level level) {
  const auto months = months_of(term);
  if (!months || level < Level::secret) return true;
  const int years = level == Level::secret ? 10 : level == Level::highly_secret ? 20 : 30;
  return *months <= years * 12;
}

}  // namespace jiyao
