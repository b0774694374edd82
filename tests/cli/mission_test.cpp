// tests/cli/mission_test.cpp - docs/mission.md is true: every command that stands there is run with
// the real program, in a small realm, and says what the page says.
//
// Goal: nobody reads of a mission row that works and does not. Method: the page is the table of
// this test; its rows share one realm and nothing else, so they run in any order. What the page
// says about the realm (machines, people, files that lie ready) is made in SetUpTestSuite.
#include <Poco/JSON/Array.h>
#include <glob.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include "support/field_realm.h"
#include "support/mission_page.h"
#include "support/source_folder.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::vector<MissionRow> page() {
  return read_mission_page(read_text(test::source_folder() + "/docs/mission.md"));
}

/// Rows that stand there with commands, in this state.
std::vector<MissionRow> rows_that(MissionState state) {
  std::vector<MissionRow> rows = page();
  std::erase_if(rows, [&](const MissionRow& row) {
    return row.state != state || (state != MissionState::works && row.commands.empty());
  });
  return rows;
}

/// "Suite.Name" of every test there is, as its source says.
std::set<std::string> tests_there_are() {
  static const std::regex declared(R"(TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() + "/tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read_text(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), declared), end; it != end; ++it)
      names.insert((*it)[1].str() + "." + (*it)[2].str());
  }
  return names;
}

class Mission : public testing::TestWithParam<MissionRow> {
 protected:
  static void SetUpTestSuite() {
    realm_ = std::make_unique<FieldRealm>("机密");
    FieldRealm& realm = *realm_;
    people_come("李四",
                "leader,top_leader,deputy_director,handler,seal_keeper,supervision_office,"
                "cipher_bureau,info_office,duty_officer,print_shop");
    people_come("王五", "intake_clerk,confidential_clerk,records_keeper,secretary,handler");
    people_come("赵六", "secrecy_officer");
    keep(realm.enrol({.name = "A", .office = "甲局"}));
    keep(realm.enrol({.name = "S",
                      .office = "甲局",
                      .kind = "standalone",
                      .ceiling = "机密",
                      .person = "钱七"}));
    const FieldMachine alone(realm.folder.path(), "N");
    alone.found_alone();
    keep(alone);
    fs::create_directory(realm.folder / "介质");
    machines_.at("R")->good(
        {"bundle", "export", "--to", "S", "--label", "机密", "--out", realm.folder / "介质"});
    MissionCommand fetched;
    fetched.machine = "S";
    fetched.words = {"jiyao", "bundle", "import", "介质/*.JYB"};
    const Ran ran = run_line(fetched);
    ASSERT_EQ(ran.exit_code, 0) << ran.said();
    machines_.at("R")->good({"sync"});  // the hub hears of A
    write_text(realm.folder / "旧登记.csv",
               "序号,来文单位,文号,标题,成文日期,收文日期\n"
               "17,省厅,省厅〔2019〕17号,旧登记的一件,2019-03-01,2019-03-04\n"
               "18,省厅,省厅〔2019〕18号,日期写坏的一件,2019-03-01,三月四日\n");
  }
  static void TearDownTestSuite() {
    machines_.clear();
    realm_.reset();
  }

  static void keep(const FieldMachine& machine) {
    machines_[machine.name()] = std::make_unique<FieldMachine>(machine);
  }
  /// Another person at the archive's machine.
  static void people_come(const std::string& name, const std::string& roles) {
    FieldMachine& archive = realm_->archive;
    if (machines_.empty()) keep(archive);
    Start start = archive.start({"user", "add", name, "--roles", roles, "--clearance", "机密",
                                 "--recovery-sheet", realm_->folder / (name + ".sheet")});
    const std::size_t own = archive.passphrase().size() + 1;
    start.passphrases.insert(own, passphrase_of(name) + "\n");
    const Ran ran = run(start);
    ASSERT_EQ(ran.exit_code, 0) << ran.said();
  }
  static std::string passphrase_of(const std::string& person) {
    return "the passphrase of " + person;
  }

  /// `*` stands for names of files, as in a shell.
  static Words with_files(const Words& words) {
    Words all;
    for (const std::string& word : words) {
      if (word.find('*') == std::string::npos) {
        all.push_back(word);
        continue;
      }
      ::glob_t found{};
      const std::string pattern = realm_->folder / word;
      if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
        for (std::size_t i = 0; i < found.gl_pathc; ++i) all.emplace_back(found.gl_pathv[i]);
      ::globfree(&found);
    }
    return all;
  }

  static Ran run_line(const MissionCommand& command) {
    const FieldMachine& machine = *machines_.at(command.machine);
    const Words words = with_files(command.words);
    Start start = machine.start(Words(words.begin() + 1, words.end()));
    if (command.words.front() != "jiyao") {
      start.words = words;
      start.words.front() = "/bin/" + start.words.front();
    } else if (!command.person.empty()) {
      start.passphrases = passphrase_of(command.person) + "\n";
    }
    start.folder = realm_->folder.path().string();
    return run(start);
  }

  static void show(const MissionRow& row) {
    for (const MissionCommand& command : row.commands) {
      const Ran ran = run_line(command);
      SCOPED_TRACE(command.line);
      EXPECT_EQ(ran.exit_code, command.exit_code) << ran.said();
      const std::string said = ran.out + ran.err;
      for (const std::string& part : command.says) EXPECT_THAT(said, HasSubstr(part));
      for (const std::string& part : command.never_says) EXPECT_THAT(said, Not(HasSubstr(part)));
    }
  }

  static std::unique_ptr<FieldRealm> realm_;
  static std::map<std::string, std::unique_ptr<FieldMachine>> machines_;
};
std::unique_ptr<FieldRealm> Mission::realm_;
std::map<std::string, std::unique_ptr<FieldMachine>> Mission::machines_;

class Row : public Mission {};
class PartOfRow : public Mission {};

TEST_P(Row, Works) {
  show(GetParam());
}

TEST_P(PartOfRow, Shows) {
  show(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Mission, Row, testing::ValuesIn(rows_that(MissionState::works)),
                         [](const auto& row) { return row.param.id; });
INSTANTIATE_TEST_SUITE_P(Mission, PartOfRow, testing::ValuesIn(rows_that(MissionState::in_part)),
                         [](const auto& row) { return row.param.id; });

TEST(MissionPage, HasEveryRowOnceAndSaysWhatIsMissing) {
  const std::vector<MissionRow> rows = page();
  ASSERT_EQ(rows.size(), 70U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const MissionRow& row = rows[i];
    SCOPED_TRACE(row.id);
    const std::string number = std::to_string(i + 1);
    EXPECT_EQ(row.id, (number.size() == 1 ? "M0" : "M") + number);
    EXPECT_NE(row.what, "");
    if (row.state == MissionState::works) {
      EXPECT_FALSE(row.commands.empty()) << "it works, and no command shows it";
      EXPECT_FALSE(row.tests.empty()) << "it works, and no test is named";
    } else {
      EXPECT_NE(row.missing, "") << "what is missing?";
    }
  }
}

/// The row's own run, as gtest calls it.
std::string own_run(const MissionRow& row) {
  return (row.state == MissionState::works ? "Row.Works/" : "PartOfRow.Shows/") + row.id;
}

TEST(MissionPage, NamesTestsThatThereAre) {
  const std::set<std::string> there_are = tests_there_are();
  EXPECT_GT(there_are.size(), 300U);
  for (const MissionRow& row : page()) {
    SCOPED_TRACE(row.id);
    if (!row.commands.empty()) {
      EXPECT_EQ(row.tests.empty() ? "" : row.tests.front(), own_run(row));
    }
    for (const std::string& test : row.tests)
      EXPECT_TRUE(there_are.contains(test.substr(0, test.find('/')))) << test;
  }
}

TEST(MissionPage, EveryCommandIsCheckedForSomethingItSays) {
  for (const MissionRow& row : page()) {
    const bool shows_something =
        std::any_of(row.commands.begin(), row.commands.end(), [](const MissionCommand& command) {
          return !command.says.empty() || !command.never_says.empty();
        });
    EXPECT_TRUE(row.commands.empty() || shows_something) << row.id;
  }
}

}  // namespace
}  // namespace jiyao
