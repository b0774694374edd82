// schema/working_days.cpp - holiday tables: read strictly, asked day by day.
#include "schema/working_days.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <set>

#include "schema/dates.h"
#include "schema/strict_json.h"

namespace jiyao {

namespace {

using Poco::JSON::Object;

constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2199;
constexpr std::size_t kNoticeTextBytesMax = 400;
constexpr std::int64_t kBreakDaysMax = 16;  // a longer holiday is a slip of the typist

bool is_weekend(std::int64_t day) {
  const std::int64_t weekday = ((day + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0: Sunday
  return weekday == 0 || weekday == 6;
}

[[noreturn]] void fail(const std::string& rule) {
  throw Mistake{"holidays: " + rule};
}

void require(bool holds, const std::string& rule) {
  if (!holds) fail(rule);
}

void only(const Object& object, const std::set<std::string>& known) {
  for (const std::string& name : object.getNames())
    require(known.count(name) != 0, "knows no: " + name);
}

std::string text(const Object& object, const std::string& key) {
  require(object.has(key) && object.get(key).isString(), "is needed as text: " + key);
  const auto value = object.getValue<std::string>(key);
  require(!value.empty() && value.size() <= kNoticeTextBytesMax, "is empty or too long: " + key);
  return value;
}

/// A day of the year, or of the December before it.
std::string day_text(const std::string& day, int year) {
  require(is_date(day), "not a day: " + day);
  const bool is_own = year_of(day) == year || day.starts_with(std::to_string(year - 1) + "-12-");
  require(is_own, "a day of another year: " + day);
  return day;
}

void load_breaks(const Object& file, HolidayYear& table) {
  require(file.isArray("off"), "is needed as a list: off");
  for (const auto& item : *file.getArray("off")) {
    require(item.type() == typeid(Object::Ptr), "is needed as a list: off");
    const Object::Ptr& spec = item.extract<Object::Ptr>();
    only(*spec, {"zh", "from", "to"});
    HolidayYear::Break days{text(*spec, "zh"), day_text(text(*spec, "from"), table.year),
                            day_text(text(*spec, "to"), table.year)};
    require(days.from <= days.to && day_number(days.to) - day_number(days.from) < kBreakDaysMax,
            "ends before it begins, or lasts too long: " + days.zh);
    require(table.off.empty() || table.off.back().to < days.from, "is out of order: " + days.zh);
    table.off.push_back(std::move(days));
  }
  require(!table.off.empty(), "no day off in the whole year");
}

void load_worked(const Object& file, HolidayYear& table) {
  require(file.isArray("worked"), "is needed as a list: worked");
  for (const auto& item : *file.getArray("worked")) {
    require(item.isString(), "is needed as a list: worked");
    std::string day = day_text(item.extract<std::string>(), table.year);
    require(is_weekend(day_number(day)), "worked, but no Saturday or Sunday: " + day);
    require(!table.is_off(day), "both off and worked: " + day);
    require(table.worked.empty() || table.worked.back() < day, "is out of order: " + day);
    table.worked.push_back(std::move(day));
  }
}

HolidayYear load(const Object& file) {
  only(file, {"year", "notice", "number", "dated_on", "typed_from", "off", "worked"});
  HolidayYear table;
  require(file.has("year") && file.get("year").isInteger(), "is needed as a number: year");
  table.year = file.getValue<int>("year");
  require(table.year >= kFirstYear && table.year <= kLastYear, "no such year");
  table.notice = text(file, "notice");
  table.number = text(file, "number");
  table.dated_on = text(file, "dated_on");
  require(is_date(table.dated_on), "not a day: " + table.dated_on);
  table.typed_from = text(file, "typed_from");
  load_breaks(file, table);
  load_worked(file, table);
  return table;
}

}  // namespace

Result<HolidayYear> HolidayYear::parse(std::string_view json) {
  if (json.find('\0') != std::string_view::npos) return {Errc::invalid, "holidays: not text"};
  try {
    Poco::JSON::Parser parser(new NoRepeats);
    parser.setDepth(8);
    const Poco::Dynamic::Var file = parser.parse(std::string(json));
    if (file.type() != typeid(Object::Ptr)) return {Errc::invalid, "holidays: not an object"};
    return load(*file.extract<Object::Ptr>());
  } catch (const Mistake& mistake) {
    return {Errc::invalid, mistake.what};
  } catch (const Poco::Exception& fault) {
    return {Errc::invalid, "holidays: cannot be read as JSON: " + fault.displayText()};
  }
}

bool HolidayYear::is_off(std::string_view day) const {
  return std::any_of(off.begin(), off.end(),
                     [day](const Break& days) { return days.from <= day && day <= days.to; });
}

bool HolidayYear::is_worked(std::string_view day) const {
  return std::find(worked.begin(), worked.end(), day) != worked.end();
}

const WorkCalendar& WorkCalendar::built_in() {
  static const WorkCalendar calendar = [] {
    WorkCalendar made;
    for (const std::string_view json : kHolidayFiles) {
      auto year = HolidayYear::parse(json);
      JIYAO_ASSERT(year);
      made.add(*std::move(year));
    }
    return made;
  }();
  return calendar;
}

void WorkCalendar::add(HolidayYear year) {
  const int number = year.year;
  years_.insert_or_assign(number, std::move(year));
}

const HolidayYear* WorkCalendar::year(int year) const {
  const auto found = years_.find(year);
  return found == years_.end() ? nullptr : &found->second;
}

std::vector<int> WorkCalendar::years() const {
  std::vector<int> years;
  for (const auto& [year, table] : years_) years.push_back(year);
  return years;
}

Result<bool> WorkCalendar::is_working_day(std::string_view date) const {
  const std::string_view day = date.substr(0, 10);
  const HolidayYear* own = year(year_of(day));
  if (own == nullptr)
    return {Errc::not_found, "no table of holidays for this year: " + std::to_string(year_of(day))};
  const HolidayYear* next = year(year_of(day) + 1);
  if (own->is_worked(day) || (next != nullptr && next->is_worked(day))) return true;
  if (own->is_off(day) || (next != nullptr && next->is_off(day))) return false;
  return !is_weekend(day_number(day));
}

Result<std::string> add_working_days(const WorkCalendar& calendar, std::string_view date,
                                     int days) {
  std::int64_t day = day_number(date);
  const int step = days < 0 ? -1 : 1;
  while (days != 0) {
    day += step;
    const auto is_worked = calendar.is_working_day(date_of(day));
    if (!is_worked) return is_worked.error();
    if (*is_worked) days -= step;
  }
  return date_of(day);
}

Result<int> working_days_between(const WorkCalendar& calendar, std::string_view from,
                                 std::string_view to) {
  const std::int64_t first = day_number(from), last = day_number(to);
  int count = 0;
  for (std::int64_t day = std::min(first, last) + 1; day <= std::max(first, last); ++day) {
    const auto is_worked = calendar.is_working_day(date_of(day));
    if (!is_worked) return is_worked.error();
    if (*is_worked) ++count;
  }
  return first <= last ? count : -count;
}

}  // namespace jiyao
