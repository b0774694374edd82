// client/commands/holidays.cpp - holidays list|import|check|day-end: which days are worked, by
// whose notice, and at what hour a business day ends.
#include <charconv>

#include "client/chosen_file.h"
#include "client/commands/commands.h"
#include "client/desk.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::size_t kFileBytesMax = 64U << 10U;
constexpr int kDayEndHourBelow = 12;

struct HolidayOptions {
  std::string file, hour;
  int year = 0;
};

void declare_list(CLI::App&, HolidayOptions&, const Catalogue&) {}

void declare_import(CLI::App& app, HolidayOptions& options, const Catalogue& words) {
  app.add_option("file", options.file, words.text("opt.holiday_file"))->required();
}

void declare_check(CLI::App& app, HolidayOptions& options, const Catalogue& words) {
  app.add_option("year", options.year, words.text("opt.holiday_year"))->required();
}

void declare_day_end(CLI::App& app, HolidayOptions& options, const Catalogue& words) {
  app.add_option("hour", options.hour, words.text("opt.day_end"));
}

bool is_built_in(const HolidayYear& year) {
  const HolidayYear* ours = WorkCalendar::built_in().year(year.year);
  return ours != nullptr && ours->number == year.number && ours->typed_from == year.typed_from;
}

std::string two_digits(int n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

/// Working days of the year's months, and of the year in front.
std::vector<int> working_days_of(const WorkCalendar& calendar, int year) {
  std::vector<int> counts(13);
  const std::int64_t end = day_number(std::to_string(year) + "-12-31");
  for (std::int64_t day = day_number(std::to_string(year) + "-01-01"); day <= end; ++day) {
    const std::string date = date_of(day);
    if (!calendar.is_working_day(date).value()) continue;
    ++counts[0];
    ++counts[static_cast<std::size_t>(std::stoi(date.substr(5, 2)))];
  }
  return counts;
}

Poco::JSON::Object::Ptr json_of_year(const WorkCalendar& calendar, const HolidayYear& year) {
  Poco::JSON::Object::Ptr row = json_object();
  row->set("year", year.year);
  row->set("notice", year.notice);
  row->set("number", year.number);
  row->set("dated_on", year.dated_on);
  row->set("typed_from", year.typed_from);
  row->set("built_in", is_built_in(year));
  row->set("working_days", working_days_of(calendar, year.year)[0]);
  Poco::JSON::Array::Ptr off = json_array(), worked = json_array();
  for (const HolidayYear::Break& days : year.off) {
    Poco::JSON::Object::Ptr one = json_object();
    one->set("zh", days.zh);
    one->set("from", days.from);
    one->set("to", days.to);
    off->add(one);
  }
  for (const std::string& day : year.worked) worked->add(day);
  row->set("off", off);
  row->set("worked", worked);
  return row;
}

Result<Answer> list_years(Desk& desk, const HolidayOptions&) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const WorkCalendar& calendar = (*replica)->calendar();
  Table table({desk.text("opt.year"), desk.text("holidays.number"), desk.text("holidays.dated_on"),
               desk.text("holidays.working_days"), desk.text("holidays.from")});
  Answer answer{.json = json_object()};
  Poco::JSON::Array::Ptr rows = json_array();
  for (const int number : calendar.years()) {
    const HolidayYear& year = *calendar.year(number);
    table.add({std::to_string(number), year.number, year.dated_on,
               std::to_string(working_days_of(calendar, number)[0]),
               desk.text(is_built_in(year) ? "holidays.built_in" : "holidays.imported")});
    rows->add(json_of_year(calendar, year));
  }
  answer.text = table.text(desk.console().columns());
  answer.json->set("years", rows);
  return answer;
}

std::string days_text(const HolidayYear::Break& days) {
  return days.from == days.to ? days.from : days.from + " – " + days.to;
}

/// Everything a table says, for reading it against the notice on paper.
Answer year_answer(Desk& desk, const WorkCalendar& calendar, const HolidayYear& year) {
  Answer answer{.json = json_of_year(calendar, year)};
  answer.text = year.notice + "\n" +
                desk.text("holidays.head", {{"number", year.number},
                                            {"dated_on", year.dated_on},
                                            {"typed_from", year.typed_from}});
  for (const HolidayYear::Break& days : year.off)
    answer.text += "\n" + desk.text("holidays.off", {{"name", days.zh}, {"days", days_text(days)}});
  std::string worked;
  for (const std::string& day : year.worked) worked += (worked.empty() ? "" : " ") + day;
  answer.text += "\n" + desk.text("holidays.worked", {{"days", worked.empty() ? "—" : worked}});
  const std::vector<int> counts = working_days_of(calendar, year.year);
  std::string months;
  for (int month = 1; month <= 12; ++month)
    months += (month == 1 ? "" : "  ") + two_digits(month) + ":" +
              std::to_string(counts[static_cast<std::size_t>(month)]);
  answer.text += "\n" + desk.text("holidays.count", {{"year", std::to_string(year.year)},
                                                     {"count", std::to_string(counts[0])},
                                                     {"months", months}});
  return answer;
}

Result<Answer> check_year(Desk& desk, const HolidayOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const WorkCalendar& calendar = (*replica)->calendar();
  const HolidayYear* year = calendar.year(options.year);
  if (year == nullptr)
    return desk.failure(Errc::not_found, "holidays.none", {{"year", std::to_string(options.year)}});
  return year_answer(desk, calendar, *year);
}

Result<Answer> import_year(Desk& desk, const HolidayOptions& options) {
  const auto json = read_file(desk.env().files, options.file, kFileBytesMax);
  if (!json) return not_readable(desk, json.error().code, options.file);
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  const auto year = (*replica)->import_holidays(as_text(*json));
  if (!year)
    return desk.failure(
        Errc::invalid, "holidays.bad",
        {{"file", options.file}, {"why", desk.words().engine_words(year.error().detail)}});
  const WorkCalendar& calendar = (*replica)->calendar();
  Answer answer = year_answer(desk, calendar, *calendar.year(*year));
  answer.text = desk.text("holidays.taken", {{"year", std::to_string(*year)}}) + "\n" + answer.text;
  return answer;
}

/// "02:00" or "2" -> 120; nullopt: not an hour of the night or the morning.
std::optional<int> minutes_from(const std::string& typed) {
  const std::size_t colon = typed.find(':');
  const auto number = [](std::string_view digits) {
    int value = -1;
    const auto end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, value);
    return read.ec == std::errc() && read.ptr == end && digits.size() <= 2 ? value : -1;
  };
  const std::string_view text(typed);
  const int hours = number(text.substr(0, colon));
  const int minutes = colon == std::string::npos ? 0 : number(text.substr(colon + 1));
  if (hours < 0 || hours >= kDayEndHourBelow || minutes < 0 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

std::string hour_text(int minutes) {
  return two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

/// domain.md T5: what a night shift does before that hour is of the day before.
Result<Answer> day_end(Desk& desk, const HolidayOptions& options) {
  const auto replica = desk.replica();
  if (!replica) return replica.error();
  if (!options.hour.empty()) {
    const auto minutes = minutes_from(options.hour);
    if (!minutes)
      return desk.failure(Errc::invalid, "holidays.bad_hour",
                          {{"typed", terminal_safe(options.hour)}});
    desk.set_day_end(*minutes);
  }
  const std::string hour = hour_text(desk.day_end());
  Answer answer{.text = desk.text("holidays.day_end", {{"hour", hour}, {"today", desk.today()}}),
                .json = json_object()};
  answer.json->set("day_end", hour);
  answer.json->set("today", desk.today());
  return answer;
}

}  // namespace

void add_holidays(Menu& menu) {
  menu.add<HolidayOptions>("holidays list", declare_list, list_years);
  menu.add<HolidayOptions>("holidays import", declare_import, import_year);
  menu.add<HolidayOptions>("holidays check", declare_check, check_year);
  menu.add<HolidayOptions>("holidays day-end", declare_day_end, day_end);
}

}  // namespace jiyao
