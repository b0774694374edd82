// schema/term.h - how long something stays classified: "10y", "6m", "2036-11-22", "until:<event>".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "schema/level.h"

namespace jiyao {

bool is_term(std::string_view text);
/// What clerks type: 10年, 6个月, a date, 长期 is refused (a term has an end; law art. 20).
///   errors: invalid
Result<std::string> parse_term(std::string_view typed);
/// Years and months by length, dates by day. nullopt: a length and a date, or any condition, which
/// nobody can compare without the paper (C6).   Equal texts compare equal, always.
std::optional<int> compare_terms(std::string_view a, std::string_view b);
/// The last day of a term that began on `dated_on`; empty: nobody can say without the paper.
std::string term_end(std::string_view term, std::string_view dated_on);
/// Is a length within the maximum of its level (10, 20, 30 years)? Dates and conditions: true.
bool is_within_maximum(std::string_view term, Level level);

}  // namespace jiyao
