// tests/unit/schema/search_test.cpp - how titles are cut into pairs, and what a clerk's words ask
// for.
#include "schema/search.h"

#include <gtest/gtest.h>

namespace jiyao {
namespace {

TEST(Search, FoldsWidthCaseAndPunctuationAway) {
  EXPECT_EQ(fold_for_search("国办发〔２０２４〕12号  Abc"), "国办发 2024 12号 abc");
  EXPECT_EQ(fold_for_search("，。"), "");
  EXPECT_EQ(fold_for_search("\xFF\xFE"), "") << "what is not UTF-8 is not found, nor harmful";
}

// What the short way takes must come out as Unicode's tables have it: a letter outside of its set
// (é, two code points here) sends the same text the long way.
TEST(Search, PlainTextFoldsAsUnicodeFoldsIt) {
  const std::string long_way = "e\xCC\x81";
  std::size_t plain = 0;
  for (std::uint32_t point = 1; point < 0xA000; ++point) {
    std::string text = "甲";
    if (point < 0x80) {
      text.push_back(static_cast<char>(point));
    } else if (point < 0x800) {
      text.push_back(static_cast<char>(0xC0 | point >> 6));
      text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    } else {
      text.push_back(static_cast<char>(0xE0 | point >> 12));
      text.push_back(static_cast<char>(0x80 | (point >> 6 & 0x3F)));
      text.push_back(static_cast<char>(0x80 | (point & 0x3F)));
    }
    text += "乙";
    if (!fold_plain(text)) continue;
    ++plain;
    EXPECT_EQ(fold_for_search(text) + " é", fold_for_search(text + " " + long_way)) << point;
  }
  EXPECT_EQ(fold_plain(long_way), std::nullopt);
  EXPECT_EQ(fold_plain("国办发〔2024〕AB号"), "国办发〔2024〕ab号");
  EXPECT_EQ(fold_plain("\xE5\x9B"), std::nullopt) << "cut in the middle of a character";
  EXPECT_GT(plain, 20'000U);
}

TEST(Search, CutsRunsIntoPairsAndKeepsTheLastCharacterAlone) {
  EXPECT_EQ(search_tokens("保密工作"), "作 保密 密工 工作 ｂｍ ｇｚ ｍｇ") << "and initials";
  EXPECT_EQ(search_tokens("a 密"), "a 密");
  EXPECT_EQ(search_tokens("密密密"), "密 密密 ｍｍ") << "a token comes once";
}

TEST(Search, TwoCharactersNeedNoCheckAndThreeDo) {
  const SearchQuery two = search_query("保密");
  EXPECT_EQ(two.match, "\"保密\"");
  EXPECT_FALSE(two.needs_check);
  const SearchQuery three = search_query("保密员");
  EXPECT_EQ(three.match, "\"保密\" AND \"密员\"");
  EXPECT_TRUE(three.needs_check);
  EXPECT_FALSE(matches(three, fold_for_search("保密工作与机密员额")));
  EXPECT_TRUE(matches(three, fold_for_search("新任保密员名单")));
}

TEST(Search, OneCharacterIsThePrefixOfAPair) {
  EXPECT_EQ(search_query("密").match, "\"密\"*");
}

TEST(Search, WordsOfTheIndexLanguageAreOnlyWords) {
  EXPECT_EQ(search_query("IN").match, "\"in\"");
  EXPECT_EQ(search_query("\" IN 1").match, "\"in\" AND \"1\"*");
  EXPECT_EQ(search_query("OR").match, "((\"or\") OR (\"ｏｒ\"))") << "perhaps initials";
  EXPECT_TRUE(search_query("〔〕").match.empty());
}

TEST(Search, EveryWordMustBeThere) {
  const SearchQuery query = search_query("会议 2024");
  EXPECT_TRUE(matches(query, fold_for_search("2024年会议纪要")));
  EXPECT_FALSE(matches(query, fold_for_search("2023年会议纪要")));
}

}  // namespace
}  // namespace jiyao
