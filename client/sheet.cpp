// client/sheet.cpp - blank rows, and the days a spreadsheet counts.
#include "client/sheet.h"

#include <algorithm>
#include <cmath>

#include "schema/dates.h"

namespace jiyao {

namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr double kSerialMax = 200'000;
constexpr int kDayThatNeverWas = 60;

}  // namespace

bool SheetRow::is_blank() const {
  return fault.kind == CellFault::none &&
         std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
           for (std::size_t i = 0; i < cell.size(); ++i) {
             if (cell.compare(i, 3, "\xE3\x80\x80") == 0)
               i += 2;
             else if (std::string_view(" \t\r\n").find(cell[i]) == std::string_view::npos)
               return false;
           }
           return true;
         });
}

std::optional<std::string> date_of_serial(double serial, DateSystem system) {
  const bool counts = system == DateSystem::from_1904 ? serial >= 0 : serial >= 1;
  if (system == DateSystem::none || !counts || !(serial < kSerialMax)) return std::nullopt;
  auto day = static_cast<int>(std::floor(serial));
  auto minutes = static_cast<int>(std::lround((serial - day) * kMinutesPerDay));
  if (minutes == kMinutesPerDay) {
    ++day;
    minutes = 0;
  }
  std::string text;
  if (system == DateSystem::from_1900 && day == kDayThatNeverWas) {
    text = "1900-02-29";
  } else {
    const char* first = system == DateSystem::from_1904 ? "1904-01-01"
                        : day < kDayThatNeverWas        ? "1900-01-01"
                                                        : "1900-03-01";
    const int before = system == DateSystem::from_1904 ? 0 : day < kDayThatNeverWas ? 1 : 61;
    text = add_days(first, day - before);
    if (!is_date(text)) return std::nullopt;
  }
  if (minutes == 0) return text;
  const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return text + "T" + two(minutes / 60) + ":" + two(minutes % 60);
}

}  // namespace jiyao
