// tests/unit/schema/working_days_test.cpp - the State Council's notices, and what is reckoned by
// them.
#include "schema/working_days.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema/condition.h"
#include "schema/dates.h"

namespace jiyao {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const WorkCalendar& ours() {
  return WorkCalendar::built_in();
}

TEST(WorkingDays, EachYearShippedNamesTheNoticeItWasTypedFrom) {
  EXPECT_THAT(ours().years(), ElementsAre(2024, 2025, 2026));
  for (const int year : ours().years()) {
    const HolidayYear& table = *ours().year(year);
    EXPECT_EQ(table.notice, "国务院办公厅关于" + std::to_string(year) + "年部分节假日安排的通知");
    EXPECT_THAT(table.number, HasSubstr("国办发明电〔" + std::to_string(year - 1) + "〕"));
    EXPECT_EQ(year_of(table.dated_on), year - 1);
    EXPECT_FALSE(table.typed_from.empty());
  }
}

// The sums every office knows: 365 days less weekends and holidays, with the swaps.
TEST(WorkingDays, AWholeYearHasAsManyAsTheNoticeLeaves) {
  EXPECT_EQ(working_days_between(ours(), "2024-01-01", "2024-12-31").value(), 251);
  EXPECT_EQ(working_days_between(ours(), "2025-01-01", "2025-12-31").value(), 248);
  EXPECT_EQ(working_days_between(ours(), "2026-01-01", "2026-12-31").value(), 248);
}

struct DayCase {
  const char *name, *date;
  bool is_worked;
};
class WorkingDay : public testing::TestWithParam<DayCase> {};
TEST_P(WorkingDay, IsWhatTheNoticeSays) {
  EXPECT_EQ(ours().is_working_day(GetParam().date).value(), GetParam().is_worked);
}
INSTANTIATE_TEST_SUITE_P(
    Notices, WorkingDay,
    testing::Values(DayCase{"a_monday", "2026-11-23", true},
                    DayCase{"a_saturday", "2026-11-21", false},
                    DayCase{"new_year_of_2024", "2024-01-01", false},
                    DayCase{"the_eve_of_2024_is_only_recommended", "2024-02-09", true},
                    DayCase{"spring_2024_begins", "2024-02-10", false},
                    DayCase{"spring_2024_ends", "2024-02-17", false},
                    DayCase{"sunday_worked_for_spring_2024", "2024-02-18", true},
                    DayCase{"mid_autumn_2024", "2024-09-16", false},
                    DayCase{"the_eve_of_2025_is_off", "2025-01-28", false},
                    DayCase{"sunday_worked_for_spring_2025", "2025-01-26", true},
                    DayCase{"eighth_of_october_2025", "2025-10-08", false},
                    DayCase{"second_of_january_2026", "2026-01-02", false},
                    DayCase{"sunday_worked_for_new_year_2026", "2026-01-04", true},
                    DayCase{"spring_2026_ends", "2026-02-23", false},
                    DayCase{"and_work_begins", "2026-02-24", true},
                    DayCase{"national_day_2026", "2026-10-07", false},
                    DayCase{"saturday_worked_for_it", "2026-10-10", true},
                    DayCase{"a_stamp_is_its_day", "2026-10-10T09:30", true}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(WorkingDays, AreCountedOverHolidaysAndWorkedWeekendsInBothDirections) {
  EXPECT_EQ(add_working_days(ours(), "2026-09-30", 1).value(), "2026-10-08");
  EXPECT_EQ(add_working_days(ours(), "2026-10-09", 1).value(), "2026-10-10");
  EXPECT_EQ(add_working_days(ours(), "2026-10-09", 2).value(), "2026-10-12");
  EXPECT_EQ(add_working_days(ours(), "2026-10-08", -1).value(), "2026-09-30");
  EXPECT_EQ(add_working_days(ours(), "2026-10-04", 0).value(), "2026-10-04");
  EXPECT_EQ(add_working_days(ours(), "2025-12-31T17:00", 1).value(), "2026-01-04");
  EXPECT_EQ(working_days_between(ours(), "2026-09-30", "2026-10-08").value(), 1);
  EXPECT_EQ(working_days_between(ours(), "2026-10-08", "2026-09-30").value(), -1);
  EXPECT_EQ(working_days_between(ours(), "2026-10-08", "2026-10-08").value(), 0);
}

TEST(WorkingDays, AYearWithoutATableIsAnErrorAndNoGuess) {
  EXPECT_EQ(ours().is_working_day("2023-12-29").code(), Errc::not_found);
  const auto past = add_working_days(ours(), "2026-12-31", 1);
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().detail, "no table of holidays for this year: 2027");
  EXPECT_FALSE(working_days_between(ours(), "2026-12-30", "2027-01-02"));
  EXPECT_TRUE(add_working_days(ours(), "2026-12-30", 1));
}

constexpr const char* kYear = R"({"year": 2027, "notice": "样本通知", "number": "样1号",
  "dated_on": "2026-11-30", "typed_from": "样本",
  "off": [{"zh": "元旦", "from": "2026-12-31", "to": "2027-01-03"}], "worked": ["2026-12-27"]})";

TEST(WorkingDays, AnAddedYearCountsAndMaySwapDaysOfTheDecemberBefore) {
  WorkCalendar calendar = ours();
  calendar.add(HolidayYear::parse(kYear).value());
  EXPECT_TRUE(calendar.is_working_day("2026-12-27").value()) << "a Sunday";
  EXPECT_FALSE(calendar.is_working_day("2026-12-31").value()) << "a Thursday";
  EXPECT_EQ(add_working_days(calendar, "2026-12-30", 1).value(), "2027-01-04");
}

TEST(WorkingDays, AWrongTableIsRefusedWithTheRule) {
  const auto refused = [](std::string from, std::string to) {
    std::string json = kYear;
    json.replace(json.find(from), from.size(), to);
    const auto year = HolidayYear::parse(json);
    return year ? std::string("taken") : year.error().detail;
  };
  EXPECT_THAT(refused("\"2026-12-27\"", "\"2026-12-28\""), HasSubstr("no Saturday or Sunday"));
  EXPECT_THAT(refused("\"2026-12-27\"", "\"2027-01-02\""), HasSubstr("both off and worked"));
  EXPECT_THAT(refused("\"2026-12-27\"", "\"2027-01-10\", \"2027-01-09\""), HasSubstr("order"));
  EXPECT_THAT(refused("2027-01-03", "2027-02-30"), HasSubstr("not a day: 2027-02-30"));
  EXPECT_THAT(refused("2027-01-03", "2027-01-30"), HasSubstr("lasts too long"));
  EXPECT_THAT(refused("2027-01-03", "2026-12-30"), HasSubstr("ends before it begins"));
  EXPECT_THAT(refused("2026-12-31", "2025-12-31"), HasSubstr("a day of another year"));
  EXPECT_THAT(refused("2027,", "2027, \"colour\": 1,"), HasSubstr("knows no: colour"));
  EXPECT_THAT(refused("2027,", "\"2027\","), HasSubstr("is needed as a number: year"));
  EXPECT_THAT(refused("\"样1号\"", "\"\""), HasSubstr("is empty or too long: number"));
  EXPECT_THAT(refused("\"year\": 2027, ", ""), HasSubstr("year"));
  EXPECT_THAT(refused("{\"zh\": \"元旦\", \"from\": \"2026-12-31\", \"to\": \"2027-01-03\"}", ""),
              HasSubstr("no day off"));
  EXPECT_THAT(refused("\"year\"", "\"notice\": \"x\", \"year\""), HasSubstr("twice"));
  for (const char* json : {"", "[]", "{", "7", "{\"year\": 1e400}"})
    EXPECT_EQ(HolidayYear::parse(json).code(), Errc::invalid) << json;
}

// A clause that counts working days: who has no calendar does not let it speak.
TEST(WorkingDays, BindAConditionWhereACalendarIsAtHandAndOnlyThere) {
  const auto condition = Condition::parse("today > sent_on + 5wd");
  ASSERT_TRUE(condition);
  Condition late = *condition;
  late.bind([](std::string_view name) { return name == "sent_on"; });
  EXPECT_TRUE(late.counts_working_days());
  const auto on = [&](const char* sent, const char* today, const WorkCalendar* calendar) {
    return late.holds(
        [&](std::string_view, std::string_view field) {
          return std::optional<std::string>(field == "today" ? today : sent);
        },
        false, calendar);
  };
  EXPECT_EQ(on("2026-09-30", "2026-10-13", &ours()), Holds::no) << "the fifth working day";
  EXPECT_EQ(on("2026-09-30", "2026-10-14", &ours()), Holds::yes);
  EXPECT_EQ(on("2026-09-30T16:00", "2026-10-14", &ours()), Holds::yes);
  EXPECT_EQ(on("2026-09-30", "2026-10-14", nullptr), Holds::unknown);
  EXPECT_EQ(on("2026-12-30", "2027-01-14", &ours()), Holds::unknown) << "no table of 2027";
  const Lookup past = [](std::string_view, std::string_view) {
    return std::optional<std::string>("2026-12-30");
  };
  EXPECT_EQ(late.check_tables(past, ours()).error().detail,
            "no table of holidays for this year: 2027");
  for (const char* bad : {"today > sent_on + wd", "today > sent_on + 5w", "today > sent_on + 5xd"})
    EXPECT_FALSE(Condition::parse(bad)) << bad;
  EXPECT_FALSE(Condition::parse("today > sent_on + 5d")->counts_working_days());
}

}  // namespace
}  // namespace jiyao
