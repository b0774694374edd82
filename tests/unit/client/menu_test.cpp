// tests/unit/client/menu_test.cpp - wrong words are answered in the person's language, with what
// was probably meant.
#include "client/menu.h"

#include <gmock/gmock.h>

#include "client/commands/commands.h"
#include "client/messages.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

std::string refusal(std::vector<const char*> words) {
  words.insert(words.begin(), "jiyao");
  const Catalogue catalogue(Language::zh, kClientMessages);
  Menu menu(catalogue);
  add_commands(menu);
  const auto parsed = menu.parse(static_cast<int>(words.size()), words.data());
  if (parsed) return {};
  EXPECT_EQ(parsed.code(), Errc::usage);
  return parsed.error().detail;
}

TEST(Menu, SuggestsTheNearestCommandOfTheNounThatWasSaid) {
  EXPECT_THAT(refusal({"statsu"}), HasSubstr("jiyao status"));
  EXPECT_THAT(refusal({"incoming", "ad"}), HasSubstr("jiyao incoming add"));
  EXPECT_THAT(refusal({"收文", "登计"}), HasSubstr("jiyao incoming add"));
  EXPECT_THAT(refusal({"incoming", "add", "--titel", "x"}), HasSubstr("--title"));
  EXPECT_THAT(refusal({"qqqqqqqq"}), testing::Not(HasSubstr("jiyao ")));
}

TEST(Menu, SaysWhatIsMissingOrWrongWithoutAWordOfTheParsers) {
  EXPECT_EQ(refusal({"incoming", "void", "x"}), "缺少 --reason");
  EXPECT_THAT(refusal({"incoming"}), HasSubstr("还要说做什么"));
  EXPECT_THAT(refusal({}), HasSubstr("还要说做什么"));
  EXPECT_EQ(refusal({"sync", "--every"}), "--every 后面要有值");
  EXPECT_THAT(refusal({"sync", "--every", "soon"}), HasSubstr("--every 的值不对"));
  EXPECT_THAT(refusal({"sync", "--every", "0"}), HasSubstr("--every 的值不对"));
  const std::string kind = refusal({"enrol", "invite", "--office", "x", "--kind", "y", "-o", "z"});
  EXPECT_THAT(kind, HasSubstr("--kind 的值不对，可用：{networked,standalone}"));
}

}  // namespace
}  // namespace jiyao
