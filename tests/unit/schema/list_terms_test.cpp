// tests/unit/schema/list_terms_test.cpp - days by their beginnings, terms as tokens.
#include "schema/list_terms.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "schema/dates.h"

namespace jiyao {
namespace {

using Strings = std::vector<std::string>;

TEST(Beginnings, OfARangeCoverEachOfItsDaysOnceAndNoOther) {
  std::mt19937 chance{7};
  const std::int64_t first = day_number("1900-01-01"), last = day_number("2199-12-31");
  const auto draw = [&](std::int64_t below) { return static_cast<std::int64_t>(chance()) % below; };
  for (int i = 0; i < 200; ++i) {
    const std::int64_t from = first + draw(last - first + 1);
    const std::int64_t to =
        i % 2 == 0 ? from + draw(last - from + 1) : std::min(last, from + draw(70));
    const Strings found = beginnings_between(date_of(from), date_of(to));
    EXPECT_LE(found.size(), 150U);
    std::int64_t covered = 0;
    for (std::int64_t day = std::max(first, from - 400); day <= std::min(last, to + 400); ++day) {
      const std::string date = date_of(day);
      const auto covers = [&](const std::string& one) { return date.starts_with(one); };
      const auto times = std::count_if(found.begin(), found.end(), covers);
      ASSERT_EQ(times, day >= from && day <= to ? 1 : 0) << date;
      covered += times;
    }
    EXPECT_EQ(covered, to - from + 1);
  }
}

TEST(Beginnings, OfWholeYearsAreFewAndOfNoDaysNone) {
  EXPECT_EQ(beginnings_between("2026-01-01", "2026-12-31"), Strings{"2026"});
  EXPECT_EQ(beginnings_between("2026-06-03", "2026-06-03"), Strings{"2026-06-03"});
  EXPECT_EQ(beginnings_between("2020-02-01", "2020-03-01"), (Strings{"2020-02", "2020-03-01"}));
  EXPECT_EQ(beginnings_between("1900-01-01", "2199-12-31").size(), 30U);
  EXPECT_EQ(beginnings_between("2026-06-03", "2026-06-02"), Strings{});
}

TEST(ListTerms, AreTokensThatNoTextHolds) {
  EXPECT_EQ(filter_tokens(Strings{"d2026-06-03", "fdoc_no=1", "tstate=in_hand"}),
            "Ｄ202 Ｄ2026 Ｄ2026－06 Ｄ2026－06－03 Ｔstate－in－hand");
  EXPECT_EQ(filter_match({{{"tunit=甲", "tunit=\"OR\""}}, "2026-01-01", "2026-12-31"}),
            "\"Ｄ2026\" AND (\"Ｔunit－甲\" OR \"Ｔunit－－OR－\")");
  EXPECT_EQ(filter_match({}), "");
}

}  // namespace
}  // namespace jiyao
