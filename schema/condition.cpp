// schema/condition.cpp - clauses: parsed once when a definition is loaded, asked often.
#include "schema/condition.h"

#include <algorithm>
#include <charconv>

#include "schema/dates.h"
#include "schema/level.h"

namespace jiyao {

namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<int> number_of(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<int> days_of(std::string_view word, std::string_view unit) {
  if (!word.ends_with(unit)) return std::nullopt;
  return number_of(word.substr(0, word.size() - unit.size()));
}

std::optional<Comparison> order_of(std::string_view word) {
  if (word == "<") return Comparison::less;
  if (word == "<=") return Comparison::at_most;
  if (word == ">") return Comparison::greater;
  if (word == ">=") return Comparison::at_least;
  return std::nullopt;
}

// name is set | name is empty | name is [not] value | name < value [+ 3d | + 5wd]
std::optional<Clause> parse_clause(const std::vector<std::string>& words) {
  if (words.size() < 3) return std::nullopt;
  Clause clause;
  const std::size_t dot = words[0].find('.');
  clause.field = dot == std::string::npos ? words[0] : words[0].substr(dot + 1);
  if (dot != std::string::npos) clause.ref = words[0].substr(0, dot);
  std::size_t next = 2;
  if (words[1] == "is") {
    clause.comparison = Comparison::is;
    if (words[2] == "not") {
      clause.comparison = Comparison::is_not;
      ++next;
    } else if (words.size() == 3 && (words[2] == "set" || words[2] == "empty")) {
      clause.comparison = words[2] == "set" ? Comparison::is_set : Comparison::is_empty;
      return clause;
    }
    if (words.size() != next + 1) return std::nullopt;
    clause.literal = words[next];
    return clause;
  }
  const auto order = order_of(words[1]);
  if (!order) return std::nullopt;
  clause.comparison = *order;
  clause.literal = words[2];
  if (words.size() == 3) return clause;
  if (words.size() != 5 || words[3] != "+") return std::nullopt;
  const auto days = days_of(words[4], "d");
  const auto working_days = days_of(words[4], "wd");
  if (!days && !working_days) return std::nullopt;
  clause.plus_days = days.value_or(0);
  clause.plus_working_days = working_days.value_or(0);
  return clause;
}

Holds answer(bool holds) {
  return holds ? Holds::yes : Holds::no;
}

/// What stands on the right, its days added.   errors: not_found (no table of that year)
Result<std::string> other_side(const Clause& clause, std::string other,
                               const WorkCalendar& calendar) {
  if (!is_date(other) && !is_stamp(other)) return other;
  if (clause.plus_working_days != 0)
    return add_working_days(calendar, other, clause.plus_working_days);
  return clause.plus_days == 0 ? other : add_days(other, clause.plus_days);
}

Holds compare(const Clause& clause, const std::string& value, const std::string& other) {
  const auto order = compare_values(value, other);
  if (!order) return Holds::no;
  switch (clause.comparison) {
    case Comparison::less:
      return answer(*order < 0);
    case Comparison::at_most:
      return answer(*order <= 0);
    case Comparison::greater:
      return answer(*order > 0);
    default:
      return answer(*order >= 0);
  }
}

/// The literal, or what the field of that name shows; nullopt: not held here.
std::optional<std::string> literal_of(const Clause& clause, const Lookup& lookup) {
  return clause.is_literal_a_field ? lookup({}, clause.literal) : clause.literal;
}

Holds ask(const Clause& clause, const Lookup& lookup, const WorkCalendar* calendar) {
  const auto value = lookup(clause.ref, clause.field);
  if (!value) return Holds::unknown;
  if (clause.comparison == Comparison::is_set) return answer(!value->empty());
  if (clause.comparison == Comparison::is_empty) return answer(value->empty());
  const auto literal = literal_of(clause, lookup);
  if (!literal) return Holds::unknown;
  if (clause.comparison == Comparison::is) return answer(*value == *literal);
  if (clause.comparison == Comparison::is_not) return answer(*value != *literal);
  if (clause.plus_working_days != 0 && calendar == nullptr) return Holds::unknown;
  const auto other = other_side(clause, *literal, calendar == nullptr ? WorkCalendar() : *calendar);
  return other ? compare(clause, *value, *other) : Holds::unknown;
}

}  // namespace

Result<Condition> Condition::parse(std::string_view text) {
  Condition condition;
  std::vector<std::string> clause_words;
  std::vector<std::string> words = words_of(text);
  if (words.empty()) return condition;
  words.emplace_back("and");
  for (const std::string& word : words) {
    if (word != "and") {
      clause_words.push_back(word);
      continue;
    }
    const auto clause = parse_clause(clause_words);
    if (!clause) return {Errc::invalid, "cannot read the condition \"" + std::string(text) + '"'};
    condition.clauses_.push_back(*clause);
    clause_words.clear();
  }
  return condition;
}

void Condition::bind(const std::function<bool(std::string_view)>& is_field) {
  for (Clause& clause : clauses_)
    clause.is_literal_a_field = !clause.literal.empty() && is_field(clause.literal);
}

bool Condition::speaks_of(std::string_view field) const {
  return std::any_of(clauses_.begin(), clauses_.end(), [&](const Clause& clause) {
    return clause.ref.empty() &&
           (clause.field == field || (clause.is_literal_a_field && clause.literal == field));
  });
}

bool Condition::counts_working_days() const {
  return std::any_of(clauses_.begin(), clauses_.end(),
                     [](const Clause& clause) { return clause.plus_working_days != 0; });
}

Result<void> Condition::check_tables(const Lookup& lookup, const WorkCalendar& calendar) const {
  for (const Clause& clause : clauses_) {
    if (clause.plus_working_days == 0) continue;
    const auto literal = literal_of(clause, lookup);
    if (!literal) continue;
    if (const auto other = other_side(clause, *literal, calendar); !other) return other.error();
  }
  return {};
}

Holds Condition::holds(const Lookup& lookup, bool own_only, const WorkCalendar* calendar) const {
  Holds all = Holds::yes;
  for (const Clause& clause : clauses_) {
    if (own_only && !clause.ref.empty()) continue;
    const Holds one = ask(clause, lookup, calendar);
    if (one == Holds::no) return Holds::no;
    if (one == Holds::unknown) all = Holds::unknown;
  }
  return all;
}

std::optional<int> compare_values(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  const auto number_a = number_of(a);
  const auto number_b = number_of(b);
  if (number_a && number_b) return sign(*number_a, *number_b);
  const auto level_a = level_from(a);
  const auto level_b = level_from(b);
  if (level_a && level_b) return sign(*level_a, *level_b);
  const bool are_times = (is_date(a) || is_stamp(a)) && (is_date(b) || is_stamp(b));
  if (!are_times) return std::nullopt;
  // A day and a moment of it are compared as days.
  const std::size_t size = std::min(a.size(), b.size());
  return sign(a.substr(0, size), b.substr(0, size));
}

}  // namespace jiyao
