// schema/dates.cpp - the calendar by day numbers, and a patient reader of what clerks type.
#include "schema/dates.h"

#include <array>
#include <chrono>
#include <tuple>
#include <utility>
#include <vector>

namespace jiyao {

namespace {

constexpr int kFirstYear = 1900;
constexpr int kLastYear = 2199;

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

std::chrono::year_month_day day_of(int year, int month, int day) {
  return std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
         std::chrono::day(static_cast<unsigned>(day));
}

bool is_real(int year, int month, int day) {
  return year >= kFirstYear && year <= kLastYear && month >= 1 && month <= 12 && day >= 1 &&
         day <= 31 && day_of(year, month, day).ok();
}

std::string padded(int number, std::size_t width) {
  const std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string date_text(int year, int month, int day) {
  return padded(year, 4) + '-' + padded(month, 2) + '-' + padded(day, 2);
}

std::string clock_text(int hour, int minute) {
  return 'T' + padded(hour, 2) + ':' + padded(minute, 2);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
    text.replace(at, from.size(), to), at += to.size();
}

/// 〇..九, 十, 廿 and 卅 at the start of `text` as a digit, 10, 20 or 30, and its bytes.
std::pair<int, std::size_t> chinese_numeral(std::string_view text) {
  constexpr std::pair<std::string_view, int> kNumerals[] = {
      {"〇", 0}, {"○", 0},  {"零", 0}, {"一", 1}, {"二", 2}, {"三", 3},  {"四", 4},  {"五", 5},
      {"六", 6}, {"七", 7}, {"八", 8}, {"九", 9}, {"元", 1}, {"十", 10}, {"廿", 20}, {"卅", 30}};
  for (const auto& [sign, number] : kNumerals)
    if (text.starts_with(sign)) return {number, sign.size()};
  return {-1, 0};
}

/// 二〇二六年十一月廿七日 -> 2026年11月27日. Only dates with a year in words are meant.
std::string arabic(std::string text) {
  if (text.find("年") == std::string::npos) return text;
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    std::string run;
    for (auto [number, bytes] = chinese_numeral(std::string_view(text).substr(at)); bytes > 0;
         std::tie(number, bytes) = chinese_numeral(std::string_view(text).substr(at))) {
      at += bytes;
      const bool is_ten = number >= 10;
      const int tens = is_ten && !run.empty() && number == 10 ? (run.back() - '0') * 10 : number;
      if (is_ten && !run.empty()) run.pop_back();
      const bool more = chinese_numeral(std::string_view(text).substr(at)).second > 0;
      run += is_ten && more ? std::to_string(tens / 10) : std::to_string(tens);
    }
    plain += run;
    if (at < text.size()) plain += text[at++];
  }
  return plain;
}

// Full-width digits and signs as half-width; ideographic blanks as blanks.
std::string narrowed(std::string_view typed) {
  std::string text(typed);
  for (char digit = 0; digit < 10; ++digit) {
    const std::array<char, 4> wide{'\xEF', '\xBC', static_cast<char>('\x90' + digit), '\0'};
    replace_all(text, wide.data(), std::string(1, static_cast<char>('0' + digit)));
  }
  replace_all(text, "－", "-");
  replace_all(text, "／", "/");
  replace_all(text, "．", ".");
  replace_all(text, "：", ":");
  replace_all(text, "　", " ");
  text = arabic(std::move(text));
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

struct Piece {
  int number = 0;
  std::size_t digits = 0;
  std::string after;  ///< what stands between this number and the next
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  std::size_t at = 0;
  while (at < text.size()) {
    Piece piece;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9' && piece.digits < 9) {
      piece.number = piece.number * 10 + (text[at++] - '0');
      ++piece.digits;
    }
    if (piece.digits == 0) return {};
    while (at < text.size() && (text[at] < '0' || text[at] > '9')) piece.after += text[at++];
    pieces.push_back(piece);
  }
  return pieces;
}

bool is_date_form(const std::vector<Piece>& p, bool is_last) {
  if (p.size() < 3 || p[0].digits != 4 || p[1].digits > 2 || p[2].digits > 2) return false;
  if (p[0].after == "年" && p[1].after == "月") {
    if (is_last) return p[2].after == "日" || p[2].after == "号" || p[2].after.empty();
    return p[2].after == "日" || p[2].after == "日 " || p[2].after == " ";
  }
  const bool is_signed =
      p[0].after == p[1].after && (p[0].after == "-" || p[0].after == "." || p[0].after == "/");
  if (!is_signed) return false;
  return is_last ? p[2].after.empty() : p[2].after == " " || p[2].after == "T";
}

Error unreadable(std::string_view typed, std::string_view example) {
  return {Errc::invalid,
          "cannot read \"" + std::string(typed) + "\"; write it like " + std::string(example)};
}

}  // namespace

bool is_date(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         is_real(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
}

bool is_stamp(std::string_view text) {
  if (text.size() != 16 || text[10] != 'T' || text[13] != ':') return false;
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  return is_date(text.substr(0, 10)) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

Result<std::string> parse_date(std::string_view typed) {
  const std::string text = narrowed(typed);
  if (text.size() == 8 && digits(text, 0, 8) >= 0) {
    const int year = digits(text, 0, 4), month = digits(text, 4, 2), day = digits(text, 6, 2);
    if (is_real(year, month, day)) return date_text(year, month, day);
    return unreadable(typed, "2026-11-22");
  }
  const std::vector<Piece> pieces = pieces_of(text);
  if (pieces.size() != 3 || !is_date_form(pieces, true) ||
      !is_real(pieces[0].number, pieces[1].number, pieces[2].number))
    return unreadable(typed, "2026-11-22");
  return date_text(pieces[0].number, pieces[1].number, pieces[2].number);
}

Result<std::string> parse_stamp(std::string_view typed) {
  const auto day = parse_date(typed);
  if (day) return *day + "T00:00";
  const std::vector<Piece> p = pieces_of(narrowed(typed));
  const bool has_form = p.size() == 5 && is_date_form(p, false) && p[3].digits <= 2 &&
                        p[4].digits == 2 &&
                        ((p[3].after == ":" && p[4].after.empty()) ||
                         ((p[3].after == "时" || p[3].after == "点") && p[4].after == "分"));
  if (!has_form || !is_real(p[0].number, p[1].number, p[2].number) || p[3].number > 23 ||
      p[4].number > 59)
    return unreadable(typed, "2026-11-22 09:30");
  return date_text(p[0].number, p[1].number, p[2].number) + clock_text(p[3].number, p[4].number);
}

std::int64_t day_number(std::string_view date) {
  JIYAO_ASSERT(is_date(date.substr(0, 10)));
  const std::chrono::sys_days day =
      day_of(digits(date, 0, 4), digits(date, 5, 2), digits(date, 8, 2));
  return day.time_since_epoch().count();
}

std::string date_of(std::int64_t day_number) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(day_number)}}};
  return date_text(static_cast<int>(day.year()),
                   static_cast<int>(static_cast<unsigned>(day.month())),
                   static_cast<int>(static_cast<unsigned>(day.day())));
}

std::string stamp_at(std::int64_t wall_ms, int utc_offset_minutes) {
  constexpr std::int64_t kMinutesPerDay = 24 * 60;
  std::int64_t minutes = wall_ms / 60000 - (wall_ms % 60000 < 0 ? 1 : 0) + utc_offset_minutes;
  const std::int64_t day = minutes / kMinutesPerDay - (minutes % kMinutesPerDay < 0 ? 1 : 0);
  minutes -= day * kMinutesPerDay;
  return date_of(day) + clock_text(static_cast<int>(minutes / 60), static_cast<int>(minutes % 60));
}

std::string rfc3339_at(std::int64_t wall_ms) {
  constexpr std::int64_t kMsPerMinute = 60000;
  const std::int64_t rest = (wall_ms % kMsPerMinute + kMsPerMinute) % kMsPerMinute;
  const int seconds = static_cast<int>(rest / 1000);
  return stamp_at(wall_ms) + (seconds < 10 ? ":0" : ":") + std::to_string(seconds) + "+08:00";
}

std::string time_text(std::int64_t wall_ms) {
  return stamp_at(wall_ms).replace(10, 1, " ");
}

std::string date_at(std::int64_t wall_ms, int utc_offset_minutes) {
  return stamp_at(wall_ms, utc_offset_minutes).substr(0, 10);
}

int year_of(std::string_view date) {
  return digits(date, 0, 4);
}

std::string add_days(std::string_view date, int days) {
  return date_of(day_number(date) + days);
}

}  // namespace jiyao
