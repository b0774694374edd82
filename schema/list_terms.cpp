// schema/list_terms.cpp - terms and days as tokens, and filters as FTS5 expressions.
#include "schema/list_terms.h"

#include <algorithm>

#include "schema/dates.h"

namespace jiyao {
namespace {

// Full-width capitals and marks: folding leaves neither in a text, nor in what is typed.
constexpr std::string_view kTermToken = "Ｔ", kDayToken = "Ｄ", kMarkInToken = "－";
constexpr std::string_view kFirstDay = "1900-01-01", kLastDay = "2199-12-31";  // is_date()
constexpr std::size_t kBeginnings[] = {3, 4, 7, 10};  // decade, year, month, day

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The index cuts at every mark of ASCII.
std::string token_of(std::string_view start, std::string_view text) {
  std::string token(start);
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80 || is_letter_or_digit(c))
      token.push_back(c);
    else
      token += kMarkInToken;
  return token;
}

/// The last day that begins so.
std::string last_day_of(const std::string& beginning) {
  if (beginning.size() == 10) return beginning;
  if (beginning.size() < 7) return beginning + (beginning.size() == 3 ? "9-12-31" : "-12-31");
  for (int day = 31;; --day)
    if (std::string date = beginning + '-' + std::to_string(day); is_date(date)) return date;
}

std::string first_day_of(const std::string& beginning) {
  constexpr std::string_view kFirst = "0000-01-01";
  return beginning + std::string(kFirst.substr(beginning.size()));
}

std::string any_of(const std::vector<std::string>& tokens) {
  if (tokens.empty()) return "\"－\"";  // no record has it
  std::string match;
  for (const std::string& token : tokens) match += (match.empty() ? "\"" : " OR \"") + token + '"';
  return tokens.size() == 1 ? match : '(' + match + ')';
}

bool has_day(const ListFilter& filter) {
  return !filter.from.empty() || !filter.to.empty();
}

std::string day_match(const ListFilter& filter) {
  std::vector<std::string> tokens;
  for (const std::string& beginning :
       beginnings_between(filter.from.empty() ? kFirstDay : std::string_view(filter.from),
                          filter.to.empty() ? kLastDay : std::string_view(filter.to)))
    tokens.push_back(token_of(kDayToken, beginning));
  return any_of(tokens);
}

}  // namespace

bool is_list_term(std::string_view key) {
  return key.starts_with(kTermMark) || key.starts_with(kDayMark);
}

bool passes(const ListFilter& filter, std::span<const std::string> keys) {
  const bool has_terms =
      std::all_of(filter.terms.begin(), filter.terms.end(), [&](const auto& any) {
        return std::any_of(any.begin(), any.end(), [&](const std::string& term) {
          return std::binary_search(keys.begin(), keys.end(), term);
        });
      });
  if (!has_terms || !has_day(filter)) return has_terms;
  const auto day = std::lower_bound(keys.begin(), keys.end(), kDayMark + filter.from);
  const auto is_in_time = [&](const std::string& key) {
    return filter.to.empty() || std::string_view(key).substr(1) <= filter.to;
  };
  return day != keys.end() && day->starts_with(kDayMark) && is_in_time(*day);
}

std::string filter_match(const ListFilter& filter) {
  std::string match;
  const auto add = [&match](const std::string& part) {
    match += (match.empty() ? "" : " AND ") + part;
  };
  if (has_day(filter)) add(day_match(filter));
  for (const std::vector<std::string>& any : filter.terms) {
    std::vector<std::string> tokens;
    for (const std::string& term : any)
      tokens.push_back(token_of(kTermToken, std::string_view(term).substr(1)));
    add(any_of(tokens));
  }
  return match;
}

std::string filter_tokens(std::span<const std::string> keys) {
  std::vector<std::string> tokens;
  for (const std::string& key : keys) {
    const std::string_view body = std::string_view(key).substr(1);
    if (key.starts_with(kTermMark)) tokens.push_back(token_of(kTermToken, body));
    if (key.starts_with(kDayMark))
      for (const std::size_t size : kBeginnings)
        tokens.push_back(token_of(kDayToken, body.substr(0, size)));
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::string joined;
  for (const std::string& token : tokens) joined += (joined.empty() ? "" : " ") + token;
  return joined;
}

// The longest beginning that starts on the first day left and ends in time, again and again.
std::vector<std::string> beginnings_between(std::string_view from, std::string_view to) {
  std::vector<std::string> found;
  for (std::string day(from); day <= to;) {
    std::string taken = day;
    for (const std::size_t size : kBeginnings) {
      const std::string beginning = day.substr(0, size);
      if (first_day_of(beginning) != day || last_day_of(beginning) > to) continue;
      taken = beginning;
      break;
    }
    const std::string last = last_day_of(taken);
    found.push_back(std::move(taken));
    if (last >= kLastDay) break;
    day = add_days(last, 1);
  }
  return found;
}

}  // namespace jiyao
