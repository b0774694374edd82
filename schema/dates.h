// schema/dates.h - canonical dates and stamps, and what clerks type for them.
//
// A date is text "2026-11-22"; a stamp "2026-11-22T09:30", the wall time of the office. Both order
// by bytes. Nothing here asks a clock (P12).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace jiyao {

/// A real day of the calendar, years 1900..2199, in exactly the form above.
bool is_date(std::string_view text);
bool is_stamp(std::string_view text);

/// 2026年11月22日, 2026.11.22, 2026/11/22, 2026-1-2, 20261122, full-width digits; with surrounding
/// blanks. Never two-digit years, never Excel serials: they are ambiguous.
///   errors: invalid, with what was typed and an example
Result<std::string> parse_date(std::string_view typed);
/// A date as above, then optionally T, blank or 日, and 9:30 / 09时30分; without: T00:00.
Result<std::string> parse_stamp(std::string_view typed);

/// Days since 1970-01-01 of a date or of a stamp's day.   precondition: is_date or is_stamp
std::int64_t day_number(std::string_view date);
std::string date_of(std::int64_t day_number);
/// "2026-11-22" from Unix milliseconds and the office's offset from UTC.
std::string date_at(std::int64_t wall_ms, int utc_offset_minutes = 8 * 60);
std::string stamp_at(std::int64_t wall_ms, int utc_offset_minutes = 8 * 60);
/// The same for people: "2026-11-22 09:30".
std::string time_text(std::int64_t wall_ms);
/// What programs are told, RFC 3339: "2026-11-22T09:30:05+08:00".
std::string rfc3339_at(std::int64_t wall_ms);
int year_of(std::string_view date);

/// Calendar days; working days are in schema/working_days.h.
std::string add_days(std::string_view date, int days);

}  // namespace jiyao
