// tests/cli/help_test.cpp - help and version: every verb shows an example in both languages, every
// command an example or a message names is one there is, and no ledger is needed to ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "client/commands/commands.h"
#include "client/help_text.h"
#include "client/messages.h"
#include "support/field_realm.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

Words words_of(const std::string& text) {
  std::istringstream in(text);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

class Help : public testing::TestWithParam<Language> {
 protected:
  Help() : words(GetParam(), kClientMessages), menu(words) { add_commands(menu); }
  Ran ask(const std::string& line) const {
    Words all = {"--lang", GetParam() == Language::zh ? "zh" : "en"};
    for (const std::string& word : words_of(line)) all.push_back(word);
    return nobody.run(all);
  }
  /// Sentences about the program: "another jiyao is using ...".
  static bool is_prose(const std::string& named) {
    return named.starts_with(" is ") || named.starts_with(" 正在使用") || named == " 机要台账";
  }
  /// The commands `text` names: the words behind each "jiyao" up to an option, a value, an end.
  std::vector<std::string> named_in(const std::string& text) const {
    static const std::regex command(
        R"(\bjiyao(?: --data-dir [^ ]+)?((?: [a-z][a-z-]*| (?:[\x80-\xff]+))+))");
    std::vector<std::string> names;
    for (std::sregex_iterator it(text.begin(), text.end(), command), end; it != end; ++it)
      if (!is_prose((*it)[1].str())) names.push_back((*it)[1].str());
    return names;
  }
  /// The first word is a noun or verb; a noun that needs a verb has one that exists.
  void expect_command(const std::string& named, const std::string& where) const {
    const Words all = words_of(named);
    const CLI::App* first = menu.command({all.front()});
    ASSERT_NE(first, nullptr) << where << " names jiyao" << named;
    const bool needs_verb = !first->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (needs_verb && all.size() > 1) {
      EXPECT_NE(menu.command({all[0], all[1]}), nullptr) << where << " names jiyao" << named;
    }
  }

  Catalogue words;
  Menu menu;
  TestFolder folder;
  FieldMachine nobody{folder.path(), "nobody"};  ///< no ledger, no folder
};

INSTANTIATE_TEST_SUITE_P(Languages, Help, testing::Values(Language::zh, Language::en),
                         [](const auto& language) {
                           return language.param == Language::zh ? "Chinese" : "English";
                         });

TEST_P(Help, ShowsEveryVerbWithAnExampleThatCallsIt) {
  for (const std::string& verb : menu.paths()) {
    SCOPED_TRACE(verb);
    const CLI::App* it = menu.command(words_of(verb));
    ASSERT_NE(it, nullptr);
    const std::string help = help_of(*it);
    const std::string heading = words.text("help.examples");
    const std::size_t at = help.find(heading);
    ASSERT_NE(at, std::string::npos) << help;
    bool calls_it = false;
    for (const std::string& named : named_in(help.substr(at))) {
      expect_command(named, "help " + verb);
      const Words all = words_of(named);
      const Words two(all.begin(), all.begin() + std::min<std::ptrdiff_t>(2, std::ssize(all)));
      calls_it = calls_it || menu.command({all.front()}) == it || menu.command(two) == it;
    }
    EXPECT_TRUE(calls_it) << "no example of " << verb << ": " << help.substr(at);
  }
}

TEST_P(Help, OfAVerbIsWhatItsOwnOptionSays) {
  for (const char* verb : {"sync", "incoming add", "bundle export"})
    EXPECT_EQ(ask("help " + std::string(verb)).out, ask(std::string(verb) + " --help").out);
  EXPECT_FALSE(std::filesystem::exists(nobody.data())) << "help made a folder";
}

TEST_P(Help, KnowsItsTopicsInBothLanguages) {
  constexpr std::pair<const char*, const char*> kTopics[] = {
      {"start", "首次使用"}, {"daily", "日常"},  {"bundle", "数据包"},     {"conflict", "冲突"},
      {"backup", "备份"},    {"import", "导入"}, {"exit-codes", "退出码"},
  };
  for (const auto& [english, chinese] : kTopics) {
    const std::string page = words.text("help." + std::string(english));
    EXPECT_THAT(ask("help " + std::string(english)).out, HasSubstr(page));
    EXPECT_THAT(ask("help " + std::string(chinese)).out, HasSubstr(page)) << english;
  }
  EXPECT_EQ(ask("help").exit_code, 0);
  const Ran unknown = ask("help weather");
  EXPECT_EQ(unknown.exit_code, 4);
  EXPECT_THAT(unknown.err, HasSubstr("weather"));
}

TEST_P(Help, NoMessageNamesACommandThatIsNotThere) {
  std::size_t commands = 0;
  for (const auto& [id, text] : words.messages())
    for (const std::string& named : named_in(text)) {
      ++commands;
      expect_command(named, id);
    }
  EXPECT_GT(commands, 100U);
}

TEST_P(Help, TheExitCodesItListsAreTheOnesThereAre) {
  const std::string text = ask("help exit-codes").out;
  for (const char* code :
       {"0 ", "1 ", "2 ", "3 ", "4 ", "5 ", "6 ", "7 ", "8 ", "9 ", "10 ", "11 ", "12 ", "130 "})
    EXPECT_THAT(text, HasSubstr(code));
}

TEST_P(Help, AVersionIsSaidWithoutALedger) {
  const Ran version = ask("version");
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(std::regex_match(version.out, std::regex("jiyao \\d+\\.\\d+\\.\\d+\n")))
      << version.out;
}

}  // namespace
}  // namespace jiyao
