// tests/unit/schema/pinyin_test.cpp - how offices, places and people are read, and found by
// letters.
#include "schema/pinyin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "schema/search.h"

namespace jiyao {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Read {
  const char *name, *text, *toned;
  Spoken as = Spoken::text;
};
class Reading : public testing::TestWithParam<Read> {};
TEST_P(Reading, IsTheOneThatIsMeant) {
  EXPECT_EQ(toned_pinyin(GetParam().text, GetParam().as), GetParam().toned);
}
INSTANTIATE_TEST_SUITE_P(
    Words, Reading,
    testing::Values(
        Read{"bank", "银行", "yín háng"}, Read{"administration", "行政", "xíng zhèng"},
        Read{"bank_president", "银行行长", "yín háng háng zhǎng"},
        Read{"issue", "印发执行", "yìn fā zhí xíng"}, Read{"chongqing", "重庆市", "chóng qìng shì"},
        Read{"important", "重要", "zhòng yào"}, Read{"anew", "重新登记", "chóng xīn dēng jì"},
        Read{"accounts", "会计", "kuài jì"}, Read{"meeting", "会议", "huì yì"},
        Read{"committee", "委员会", "wěi yuán huì"}, Read{"changsha", "长沙", "cháng shā"},
        Read{"mayor", "市长", "shì zhǎng"}, Read{"extend", "延长期限", "yán cháng qī xiàn"},
        Read{"secretary_general", "秘书长", "mì shū zhǎng"}, Read{"survey", "调研", "diào yán"},
        Read{"adjust", "调整", "tiáo zhěng"}, Read{"coordinate", "协调", "xié tiáo"},
        Read{"state_council", "国务院", "guó wù yuàn"}, Read{"resolve", "解决", "jiě jué"},
        Read{"unit", "单位", "dān wèi"}, Read{"once", "曾经", "céng jīng"},
        Read{"tibet", "西藏", "xī zàng"}, Read{"holdings", "馆藏", "guǎn cáng"},
        Read{"return", "归还", "guī huán"}, Read{"place", "地方", "dì fāng"},
        Read{"proofread", "校对", "jiào duì"}, Read{"school", "学校", "xué xiào"},
        Read{"rate", "效率", "xiào lǜ"}, Read{"lead", "率先", "shuài xiān"},
        Read{"chengdu", "成都", "chéng dū"}, Read{"bengbu", "蚌埠", "bèng bù"},
        Read{"luan", "六安", "lù ān"}, Read{"livestock", "畜牧", "xù mù"},
        Read{"music", "音乐", "yīn yuè"}, Read{"other_letters_stay", "第3号 GB", "dì3 hào GB"},
        Read{"shan", "单雄", "shàn xióng", Spoken::person},
        Read{"zeng", "曾国", "zēng guó", Spoken::person},
        Read{"xie", "解放", "xiè fàng", Spoken::person},
        Read{"qiu", "仇英", "qiú yīng", Spoken::person},
        Read{"ren", "任重", "rén zhòng", Spoken::person},
        Read{"zha", "查良", "zhā liáng", Spoken::person},
        Read{"ou", "区伯", "ōu bó", Spoken::person},
        Read{"yuchi", "尉迟恭", "yù chí gōng", Spoken::person},
        Read{"wei", "尉健", "wèi jiàn", Spoken::person},
        Read{"zhangsun", "长孙无", "zhǎng sūn wú", Spoken::person},
        Read{"zhang_san", "张三", "zhāng sān", Spoken::person}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Pinyin, InitialsAndFullPinyinLeaveOtherCharactersAsTheyAre) {
  EXPECT_EQ(initials("国务院办公厅"), "gwybgt");
  EXPECT_EQ(full_pinyin("国务院办公厅"), "guowuyuanbangongting");
  EXPECT_EQ(initials("重庆市2026年"), "cqs2026n");
  EXPECT_EQ(full_pinyin("绿化"), "luhua") << "ü is u";
  EXPECT_EQ(initials("曾庆红", Spoken::person), "zqh");
  EXPECT_EQ(initials(""), "");
  EXPECT_EQ(initials("\xE5\x9B"), "\xE5\x9B") << "what is no text comes back";
}

TEST(Pinyin, NamesSortAsAnIndexDoes) {
  std::vector<std::string> names{"张三", "重庆", "李四", "Amy", "西安", "先进", "长沙", "阿明"};
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return pinyin_order(a) < pinyin_order(b);
  });
  EXPECT_THAT(names, ElementsAre("Amy", "阿明", "长沙", "重庆", "李四", "西安", "先进", "张三"));
  EXPECT_LT(pinyin_order("李", Spoken::person), pinyin_order("单", Spoken::person));
  EXPECT_LT(pinyin_order("妈"), pinyin_order("马")) << "first tone before third";
}

struct Typed {
  const char *name, *typed, *text;
  bool is_found;
};
class TypedLetters : public testing::TestWithParam<Typed> {};
TEST_P(TypedLetters, FindWhatReadsLikeThem) {
  EXPECT_EQ(matches(search_query(GetParam().typed), fold_for_search(GetParam().text)),
            GetParam().is_found);
}
INSTANTIATE_TEST_SUITE_P(
    Table, TypedLetters,
    testing::Values(Typed{"initials", "gwybgt", "国务院办公厅关于防汛的通知", true},
                    Typed{"capital_initials", "GWYBGT", "国务院办公厅", true},
                    Typed{"initials_inside", "fxtz", "关于防汛通知", true},
                    Typed{"initials_over_a_mark", "xtz", "防汛《通知》", false},
                    Typed{"not_in_this_order", "gwybtg", "国务院办公厅", false},
                    Typed{"full", "guowuyuan", "国务院", true},
                    Typed{"full_cut_short", "guowuyua", "国务院", true},
                    Typed{"full_wrong", "guowuyun", "国务院", false},
                    Typed{"two_ways_west", "xian", "西安事变", true},
                    Typed{"one_syllable_is_no_word", "xian", "县志", false},
                    Typed{"bank", "yh", "银行", true}, Typed{"bank_full", "yinhang", "银行", true},
                    Typed{"bank_is_not_yinxing", "yinxing", "银行", false},
                    Typed{"chongqing", "cq", "重庆", true},
                    Typed{"not_zhongqing", "zhongqing", "重庆", false},
                    Typed{"surname", "zengguofan", "曾国藩", true},
                    Typed{"surname_initials", "zgf", "曾国藩", true},
                    Typed{"surname_as_usually_read", "cgf", "曾国藩", true},
                    Typed{"no_surname_in_a_long_run", "zjsjy", "曾经审计一批文件", false},
                    Typed{"u_with_dots", "lvhua", "绿化", true},
                    Typed{"u_without", "luhua", "绿化", true},
                    Typed{"latin_words_too", "word", "Word文档", true},
                    Typed{"with_chinese", "防汛 tz", "关于防汛的通知", true},
                    Typed{"one_letter_is_a_letter", "g", "国务院", false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Pinyin, WhatTheIndexIsAskedItHolds) {
  const std::string tokens = " " + search_tokens(fold_for_search("国务院办公厅")) + " ";
  for (const char* token : {" ｇｗ ", " ｗｙ ", " ｙｂ ", " ｂｇ ", " ｇｔ "})
    EXPECT_NE(tokens.find(token), std::string::npos) << token;
  EXPECT_EQ(search_query("gw").match, "((\"gw\") OR (\"ｇｗ\"))");
  EXPECT_FALSE(search_query("gw").needs_check);
  EXPECT_EQ(search_query("guowu").match,
            "((\"gu\" AND \"uo\" AND \"ow\" AND \"wu\") OR (\"ｇｗ\") "
            "OR (\"ｇｏ\" AND \"ｏｗ\"))")
      << "also gu o wu";
  EXPECT_TRUE(search_query("guowu").needs_check);
}

TEST(Pinyin, WaysOfReadingLettersAreBounded) {
  EXPECT_THAT(pinyin_ways("2026"), IsEmpty());
  EXPECT_THAT(pinyin_ways("g"), IsEmpty());
  ASSERT_EQ(pinyin_ways("zhong").size(), 1U) << "one syllable is too little";
  EXPECT_TRUE(pinyin_ways("zhong").front().are_initials);
  EXPECT_EQ(pinyin_ways("fangan").size(), 5U)
      << "f a n g a n, fang an, fang a n, fan gan, fan ga n";
  EXPECT_LE(pinyin_ways(std::string(64, 'a')).size(), kPinyinWaysMax);
  std::string long_dead_end;
  for (int i = 0; i < 30; ++i) long_dead_end += "an";
  EXPECT_THAT(pinyin_ways(long_dead_end + "vv"), IsEmpty());
}

}  // namespace
}  // namespace jiyao
