// schema/condition.cpp - clauses: parsed once when a definition is loaded, asked often.
#include "schema/condition.h"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "schema/dates.h"
#include "schema/level.h"
#include "schema/term.h"

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

/// "copy.level" -> copy, level; "level" -> , level.
std::pair<std::string, std::string> split_name(const std::string& word) {
  const std::size_t dot = word.find('.');
  if (dot == std::string::npos) return {{}, word};
  return {word.substr(0, dot), word.substr(dot + 1)};
}

void take_literal(Clause& clause, const std::string& word) {
  clause.literal = word;
  if (!term_of(split_name(word).second)) return;
  std::tie(clause.literal_ref, clause.literal) = split_name(word);
  clause.is_literal_a_field = true;
}

std::optional<Comparison> list_comparison_of(std::string_view word) {
  if (word == "in") return Comparison::in;
  if (word == "within") return Comparison::within;
  if (word == "exclude") return Comparison::exclude;
  return std::nullopt;
}

// name in a b | name not in a b | name within name | name exclude name
bool parse_list_clause(const std::vector<std::string>& words, Clause& clause) {
  const bool is_not = words[1] == "not";
  const auto comparison = list_comparison_of(words[is_not ? 2 : 1]);
  if (!comparison || (is_not && *comparison != Comparison::in)) return false;
  clause.comparison = is_not ? Comparison::not_in : *comparison;
  const auto rest = words.begin() + (is_not ? 3 : 2);
  if (*comparison == Comparison::in) {
    clause.choices.assign(rest, words.end());
    return !clause.choices.empty();
  }
  if (words.end() - rest != 1) return false;
  take_literal(clause, *rest);
  return true;
}

// name is set | name is empty | name is [not] value | name < value [+ 3d | + 5wd]
std::optional<Clause> parse_clause(const std::vector<std::string>& words) {
  if (words.size() < 3) return std::nullopt;
  Clause clause;
  std::tie(clause.ref, clause.field) = split_name(words[0]);
  if (parse_list_clause(words, clause)) return clause;
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
    take_literal(clause, words[next]);
    return clause;
  }
  const auto order = order_of(words[1]);
  if (!order) return std::nullopt;
  clause.comparison = *order;
  take_literal(clause, words[2]);
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
Result<std::string> with_days(const Clause& clause, const std::string& text,
                              const WorkCalendar& calendar) {
  if (!is_date(text) && !is_stamp(text)) return text;
  if (clause.plus_working_days != 0)
    return add_working_days(calendar, text, clause.plus_working_days);
  if (clause.plus_days == 0) return text;
  return add_days(std::string_view(text).substr(0, 10), clause.plus_days);
}

/// The literal, or what the field of that name shows; nullopt: not held here.
std::optional<std::string> literal_of(const Clause& clause, const Lookup& lookup) {
  if (!clause.is_literal_a_field) return clause.literal;
  return lookup(clause.literal_ref, clause.literal);
}

bool is_in_order(const Clause& clause, std::string_view value, std::string_view other) {
  const auto order = compare_values(value, other);
  if (!order) return false;
  switch (clause.comparison) {
    case Comparison::less:
      return *order < 0;
    case Comparison::at_most:
      return *order <= 0;
    case Comparison::greater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

bool contains(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

/// One value against the right side of its clause.
bool does_one_hold(const Clause& clause, const std::string& value, const std::string& other) {
  switch (clause.comparison) {
    case Comparison::is:
      return value == other;
    case Comparison::is_not:
      return value != other;
    case Comparison::in:
      return contains(clause.choices, value);
    case Comparison::not_in:
      return !contains(clause.choices, value);
    default:
      return is_in_order(clause, value, other);
  }
}

bool do_lists_hold(const Clause& clause, const std::string& value, const std::string& other) {
  const auto level = level_from(other);
  if (clause.comparison == Comparison::within && level && is_term(value))
    return is_within_maximum(value, *level);
  const std::vector<std::string> others = list_items(other);
  const bool is_wanted = clause.comparison == Comparison::within;
  const std::vector<std::string> items = list_items(value);
  return std::all_of(items.begin(), items.end(),
                     [&](const std::string& item) { return contains(others, item) == is_wanted; });
}

Holds ask(const Clause& clause, const Lookup& lookup, const WorkCalendar* calendar) {
  const auto value = lookup(clause.ref, clause.field);
  if (!value) return Holds::unknown;
  if (clause.comparison == Comparison::is_set) return answer(!value->empty());
  if (clause.comparison == Comparison::is_empty) return answer(value->empty());
  const auto literal = literal_of(clause, lookup);
  if (!literal) return Holds::unknown;
  if (clause.comparison == Comparison::within || clause.comparison == Comparison::exclude)
    return answer(do_lists_hold(clause, *value, *literal));
  if (clause.plus_working_days != 0 && calendar == nullptr) return Holds::unknown;
  const auto reckoned =
      with_days(clause, *literal, calendar == nullptr ? WorkCalendar() : *calendar);
  if (!reckoned) return Holds::unknown;
  const std::string& other = *reckoned;
  if (const auto term = term_of(clause.field); term && term->what != "sum" && term->what != "ends")
    return answer(does_one_hold(clause, std::to_string(list_items(*value).size()), other));
  std::vector<std::string> items = list_items(*value);
  if (items.empty()) items.emplace_back();
  return answer(std::all_of(items.begin(), items.end(), [&](const std::string& item) {
    return does_one_hold(clause, item, other);
  }));
}

}  // namespace

std::vector<std::string> list_items(std::string_view joined) {
  std::vector<std::string> items;
  while (!joined.empty()) {
    const std::size_t end = std::min(joined.find(kListMark), joined.size());
    items.emplace_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return items;
}

std::string joined_list(const std::vector<std::string>& items) {
  std::string joined;
  for (const std::string& item : items) joined += (joined.empty() ? "" : "\x1f") + item;
  return joined;
}

std::optional<Term> term_of(std::string_view word) {
  const std::size_t open = word.find('(');
  if (open == std::string_view::npos || !word.ends_with(')')) return std::nullopt;
  return Term{word.substr(0, open), word.substr(open + 1, word.size() - open - 2)};
}

Result<Condition> Condition::parse(std::string_view text) {
  Condition condition;
  std::vector<std::string> clause_words;
  std::vector<std::string> words = words_of(text);
  if (words.empty()) return condition;
  words.emplace_back("and");
  bool begins_alternative = false;
  for (const std::string& word : words) {
    if (word != "and" && word != "or") {
      clause_words.push_back(word);
      continue;
    }
    auto clause = parse_clause(clause_words);
    if (!clause) return {Errc::invalid, "cannot read the condition \"" + std::string(text) + '"'};
    clause->begins_alternative = begins_alternative;
    condition.clauses_.push_back(*std::move(clause));
    clause_words.clear();
    begins_alternative = word == "or";
  }
  return condition;
}

void Condition::bind(const std::function<bool(std::string_view)>& is_field) {
  for (Clause& clause : clauses_) {
    if (clause.literal.empty() || clause.is_literal_a_field) continue;
    const auto [ref, name] = split_name(clause.literal);
    clause.is_literal_a_field = is_field(ref.empty() ? name : ref);
    if (!clause.is_literal_a_field || ref.empty()) continue;
    clause.literal_ref = ref;
    clause.literal = name;
  }
}

bool Condition::speaks_of(std::string_view field) const {
  const auto is_it = [&](std::string_view name) {
    const auto term = term_of(name);
    return name == field || (term && term->of == field);
  };
  return std::any_of(clauses_.begin(), clauses_.end(), [&](const Clause& clause) {
    return clause.ref.empty() &&
           (is_it(clause.field) || (clause.is_literal_a_field && is_it(clause.literal)));
  });
}

bool Condition::asks_cited() const {
  return std::any_of(clauses_.begin(), clauses_.end(), [](const Clause& clause) {
    return !clause.ref.empty() || !clause.literal_ref.empty();
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
    if (const auto other = with_days(clause, *literal, calendar); !other) return other.error();
  }
  return {};
}

Holds Condition::holds(const Lookup& lookup, bool own_only, const WorkCalendar* calendar) const {
  const auto better = [](Holds a, Holds b) {
    if (a == Holds::yes || b == Holds::yes) return Holds::yes;
    return a == Holds::unknown || b == Holds::unknown ? Holds::unknown : Holds::no;
  };
  Holds any = Holds::no;  // of the alternatives before this one
  Holds all = Holds::yes;
  for (const Clause& clause : clauses_) {
    if (clause.begins_alternative) {
      any = better(any, all);
      all = Holds::yes;
    }
    if (all == Holds::no || (own_only && (!clause.ref.empty() || !clause.literal_ref.empty())))
      continue;
    const Holds one = ask(clause, lookup, calendar);
    all = one == Holds::no || all == Holds::yes ? one : all;
  }
  return better(any, all);
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
