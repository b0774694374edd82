// tests/unit/client/catalogue_test.cpp - one catalogue, two languages, no message missing.
#include "schema/catalogue.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "client/messages.h"
#include "client/roles.h"
#include "schema/exit_code.h"
#include "support/source_folder.h"
#include "sync/check.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;

/// What the first bracket of `wanted` matches in the sources of a folder, with the file's name.
std::vector<std::pair<std::string, std::string>> named_in(const std::string& folder,
                                                          const std::regex& wanted) {
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(test::source_folder()) / folder)) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream in(entry.path());
    std::stringstream all;
    all << in.rdbuf();
    const std::string source = all.str();
    for (std::sregex_iterator it(source.begin(), source.end(), wanted), end; it != end; ++it)
      names.emplace_back((*it)[1].str(), entry.path().filename().string());
  }
  return names;
}

TEST(Catalogue, SaysEverythingInBothLanguagesWithTheSamePlaces) {
  const Catalogue zh(Language::zh, kClientMessages);
  const Catalogue en(Language::en, kClientMessages);
  ASSERT_GT(zh.messages().size(), 50U);
  for (const auto& [id, text] : zh.messages()) {
    ASSERT_TRUE(en.has(id)) << id << " is missing in English";
    EXPECT_EQ(places_of(text), places_of(en.messages().find(id)->second)) << id;
    EXPECT_FALSE(text.empty() && id.rfind("hint.", 0) != 0) << id;
  }
  for (const auto& [id, text] : en.messages()) EXPECT_TRUE(zh.has(id)) << id << " lacks Chinese";
}

TEST(Catalogue, WritesEveryMessageOnce) {
  const std::regex head(R"re(^  "([^"]+)":)re");
  for (const char* language : {"zh", "en"}) {
    const fs::path file =
        fs::path(test::source_folder()) / "client/messages" / (std::string(language) + ".json");
    std::ifstream in(file);
    std::map<std::string, int> times;
    std::smatch id;
    for (std::string line; std::getline(in, line);)
      if (std::regex_search(line, id, head)) ++times[id[1]];
    ASSERT_GT(times.size(), 50U);
    for (const auto& [name, count] : times) EXPECT_EQ(count, 1) << name << " in " << file.string();
  }
}

TEST(Catalogue, HoldsEveryMessageThatTheSourcesName) {
  const Catalogue zh(Language::zh, kClientMessages);
  const std::regex named(R"re(\b(?:text|talk_id|words)\(\s*"([a-z_]+\.[a-z0-9_.-]*[a-z0-9_-])")re");
  const auto names = named_in("client", named);
  for (const auto& [name, file] : names) EXPECT_TRUE(zh.has(name)) << name << " in " << file;
  EXPECT_GT(names.size(), 5U);
}

TEST(Catalogue, HasASentenceForEveryFindingAndAWordForEveryRole) {
  const Catalogue zh(Language::zh, kClientMessages);
  for (const std::string& code : finding_codes()) EXPECT_TRUE(zh.has("finding." + code)) << code;
  std::istringstream names(role_names(kEveryRole));
  std::size_t roles = 0;
  for (std::string name; std::getline(names, name, ','); ++roles)
    EXPECT_TRUE(zh.has("role." + name)) << name;
  EXPECT_EQ(roles, static_cast<std::size_t>(Role::cipher_bureau) + 1);
}

TEST(Catalogue, HasASentenceForEveryAlarm) {
  const Catalogue zh(Language::zh, kClientMessages);
  const std::regex raised(R"re(add_incident\("([a-z_]+)")re");
  const auto alarms = named_in("sync", raised);
  for (const auto& [name, file] : alarms)
    EXPECT_TRUE(zh.has("alarm." + name)) << name << " in " << file;
  EXPECT_GE(alarms.size(), 5U);
}

TEST(Catalogue, KnowsEverySentenceOfTheEngine) {
  const Catalogue zh(Language::zh, kClientMessages);
  const std::regex said(R"re((?:Errc::[a-z_]+|refuse\([^,()]*|forbid\([^,()]*), *"([^"]+)")re");
  const auto sentences = named_in("sync", said);
  for (const auto& [name, file] : sentences) {
    const std::string sentence = name.ends_with(": ") ? name.substr(0, name.size() - 2) : name;
    EXPECT_TRUE(zh.has("engine." + sentence)) << sentence << " in " << file;
  }
  EXPECT_GT(sentences.size(), 60U);
  // What a person can cause of the shape of a change (schema/change.cpp).
  for (const char* sentence : {"the reason is too long", "reason is not canonical text",
                               "a value passes its limit", "change passes 64 KiB"})
    EXPECT_NE(zh.engine_words(sentence), sentence);
  EXPECT_EQ(zh.engine_words("state: the condition does not hold: 作废"),
            "state：办理条件还不满足：作废");
  EXPECT_EQ(zh.engine_words("/media/usb"), "/media/usb");
}

TEST(Catalogue, HasASentenceAndAHintForEveryError) {
  const Catalogue zh(Language::zh, kClientMessages);
  for (int code = static_cast<int>(Errc::usage); code <= static_cast<int>(Errc::interrupted);
       ++code) {
    const std::string name = name_of(static_cast<Errc>(code));
    EXPECT_NE(name, "unknown") << code;
    EXPECT_TRUE(zh.has("error." + name)) << name;
    EXPECT_TRUE(zh.has("hint." + name)) << name;
  }
}

TEST(Catalogue, FillsPlacesAndLeavesUnknownOnesToBeSeen) {
  const Catalogue en(Language::en, kClientMessages);
  EXPECT_EQ(en.text("prompt.needs_flag", {{"flag", "--{x}"}}),
            "an answer is needed and nobody can be asked here; give --{x}");
  EXPECT_THAT(en.text("prompt.needs_flag"), testing::HasSubstr("{flag}"));
  EXPECT_EQ(en.text("no.such.message"), "no.such.message");
}

TEST(Catalogue, SpeaksChineseUnlessToldEnglish) {
  EXPECT_EQ(choose_language("", "", ""), Language::zh);
  EXPECT_EQ(choose_language("", "", "C.UTF-8"), Language::zh);
  EXPECT_EQ(choose_language("", "", "en_US.UTF-8"), Language::en);
  EXPECT_EQ(choose_language("", "zh", "en_US.UTF-8"), Language::zh);
  EXPECT_EQ(choose_language("en", "zh", "zh_CN.UTF-8"), Language::en);
}

}  // namespace
}  // namespace jiyao
