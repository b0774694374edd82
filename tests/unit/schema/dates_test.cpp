// tests/unit/schema/dates_test.cpp - dates as clerks type them and as ledgers keep them.
#include "schema/dates.h"

#include <gtest/gtest.h>

#include "schema/term.h"

namespace jiyao {
namespace {

TEST(Dates, EveryWayClerksWriteADayBecomesOne) {
  for (const char* typed :
       {"2026-11-22", "2026年11月22日", "2026.11.22", "2026/11/22", "20261122", " 2026-11-22 ",
        "２０２６年１１月２２日", "2026年11月22号", "2026年11月22"})
    EXPECT_EQ(parse_date(typed).value(), "2026-11-22") << typed;
  EXPECT_EQ(parse_date("2026-1-2").value(), "2026-01-02");
  EXPECT_EQ(parse_date("2024年2月29日").value(), "2024-02-29");
}

TEST(Dates, WhatIsNoDayOrCouldMeanTwoIsRefused) {
  for (const char* typed :
       {"", "44521", "26-11-22", "2026-13-01", "2026-02-30", "2023-02-29", "2026-11", "11/22/2026",
        "2026-11/22", "2026年11-22日", "明天", "2026-11-22x", "1899-01-01", "99999999999999999999"})
    EXPECT_FALSE(parse_date(typed)) << typed;
}

TEST(Dates, AStampIsADayAndAMoment) {
  EXPECT_EQ(parse_stamp("2026-11-22 9:30").value(), "2026-11-22T09:30");
  EXPECT_EQ(parse_stamp("2026年11月22日 09时30分").value(), "2026-11-22T09:30");
  EXPECT_EQ(parse_stamp("2026-11-22T23:59").value(), "2026-11-22T23:59");
  EXPECT_EQ(parse_stamp("2026-11-22").value(), "2026-11-22T00:00");
  EXPECT_FALSE(parse_stamp("2026-11-22 24:00"));
  EXPECT_FALSE(parse_stamp("2026-11-22 9:60"));
  EXPECT_TRUE(is_stamp("2026-11-22T09:30"));
  EXPECT_FALSE(is_stamp("2026-11-22 09:30"));
}

TEST(Dates, DaysAreAddedAcrossTheEndOfAYear) {
  EXPECT_EQ(add_days("2026-12-31", 1), "2027-01-01");
}

TEST(Dates, AMomentIsTheOfficesWallTime) {
  EXPECT_EQ(stamp_at(0), "1970-01-01T08:00");
  EXPECT_EQ(rfc3339_at(0), "1970-01-01T08:00:00+08:00");
  EXPECT_EQ(rfc3339_at(-1), "1970-01-01T07:59:59+08:00");
  EXPECT_EQ(date_at(-9LL * 3600 * 1000), "1969-12-31");
  EXPECT_EQ(day_number("1970-01-02"), 1);
}

TEST(Terms, LengthsAndDatesHaveAnOrderEachAndNoneTogether) {
  EXPECT_EQ(parse_term("10年").value(), "10y");
  EXPECT_EQ(parse_term("6个月").value(), "6m");
  EXPECT_FALSE(parse_term("长期"));
  EXPECT_EQ(compare_terms("18m", "1y"), 1);
  EXPECT_EQ(compare_terms("12m", "1y"), 0);
  EXPECT_EQ(compare_terms("2036-01-01", "2037-01-01"), -1);
  EXPECT_EQ(compare_terms("10y", "2036-01-01"), std::nullopt);
  EXPECT_TRUE(is_within_maximum("10y", Level::secret));
  EXPECT_FALSE(is_within_maximum("11y", Level::secret));
}

TEST(Term, EndsOnItsDayOrNobodyCanSay) {
  EXPECT_EQ(term_end("10y", "2026-03-05"), "2036-03-05");
  EXPECT_EQ(term_end("6m", "2026-08-31"), "2027-02-28") << "a month without that day: its last";
  EXPECT_EQ(term_end("4y", "2024-02-29"), "2028-02-29");
  EXPECT_EQ(term_end("2030-01-01", "2026-03-05"), "2030-01-01");
  for (const char* nobody : {"", "until:公布", "10x"})
    EXPECT_EQ(term_end(nobody, "2026-03-05"), "");
  EXPECT_EQ(term_end("10y", ""), "");
}

}  // namespace
}  // namespace jiyao
