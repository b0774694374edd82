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

TEST(Search, CutsRunsIntoPairsAndKeepsTheLastCharacterAlone) {
  EXPECT_EQ(search_tokens("保密工作"), "作 保密 密工 工作");
  EXPECT_EQ(search_tokens("a 密"), "a 密");
  EXPECT_EQ(search_tokens("密密密"), "密 密密") << "a token comes once";
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
  EXPECT_EQ(search_query("OR").match, "\"or\"");
  EXPECT_EQ(search_query("\" OR 1").match, "\"or\" AND \"1\"*");
  EXPECT_TRUE(search_query("〔〕").match.empty());
}

TEST(Search, EveryWordMustBeThere) {
  const SearchQuery query = search_query("会议 2024");
  EXPECT_TRUE(matches(query, fold_for_search("2024年会议纪要")));
  EXPECT_FALSE(matches(query, fold_for_search("2023年会议纪要")));
}

}  // namespace
}  // namespace jiyao
