// tests/unit/schema/text_test.cpp - what is stored as text, and what a terminal gets to see.
#include "schema/text.h"

#include <gtest/gtest.h>

namespace jiyao {
namespace {

TEST(Text, TypedWithACombiningMarkIsStoredComposed) {
  EXPECT_EQ(to_canonical_text("e\xCC\x81"), "\xC3\xA9");
  EXPECT_EQ(to_canonical_text("机要"), "机要");
  EXPECT_EQ(to_canonical_text("\xFF"), std::nullopt);
  EXPECT_EQ(to_canonical_text(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(Text, ChineseTakesTwoColumnsAndLatinOne) {
  EXPECT_EQ(display_width("机要 ab"), 7U);
  EXPECT_EQ(display_width("（全角）"), 8U);
  EXPECT_EQ(display_width("𠮷"), 2U);
  EXPECT_EQ(display_width("e\xCC\x81"), 1U);
}

TEST(Text, ThatWouldSteerATerminalIsSpeltOut) {
  EXPECT_EQ(terminal_safe("a\x1b[31mb"), "a\\u{001B}[31mb");
  EXPECT_EQ(terminal_safe("\xE2\x80\xAE机密"), "\\u{202E}机密");
  EXPECT_EQ(terminal_safe("一\n二\t三"), "一\\n二\\t三");
  EXPECT_EQ(terminal_safe("\xC2\x9B"), "\\u{009B}");
  EXPECT_EQ(terminal_safe("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(terminal_safe("国办发〔2024〕1号 𠮷"), "国办发〔2024〕1号 𠮷");
}

TEST(Text, TooLongForItsColumnEndsInAMark) {
  EXPECT_EQ(cut_to_width("关于文件", 8), "关于文件");
  EXPECT_EQ(cut_to_width("关于文件", 7), "关于文…");
  EXPECT_EQ(cut_to_width("关于文件", 6), "关于…");
  EXPECT_EQ(cut_to_width("关于文件", 0), "");
}

TEST(Name, OfAGroupHasSmallLettersDigitsAndUnderlines) {
  EXPECT_TRUE(is_name("doc_number2"));
  for (const char* bad : {"", "Doc", "a b", "a-b", "文号"}) EXPECT_FALSE(is_name(bad)) << bad;
  EXPECT_FALSE(is_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace jiyao
