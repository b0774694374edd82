// tests/cli/bad_register_test.cpp - registers no program could take whole: the good rows go in, the
// bad ones come back with their reasons, and a file that is no register changes nothing.
#include <Poco/JSON/Array.h>

#include "cli/refusal.h"

namespace jiyao {
namespace {

using testing::HasSubstr;

const std::string kHeads = "序号,来文单位,文号,标题,成文日期,收文日期\n";

class BadRegister : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    machine_ = std::make_unique<FieldMachine>(folder_->path(), "R");
    machine_->found_alone();
  }
  static void TearDownTestSuite() {
    machine_.reset();
    folder_.reset();
  }
  static std::string row(const std::string& number, const std::string& title,
                         const std::string& received = "2026-11-20") {
    return number + ",省厅,厅发〔2026〕" + number + "号," + title + ",2026-11-01," + received +
           "\n";
  }
  std::string file(const std::string& text) const {
    const std::string path =
        *folder_ /
        (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv");
    write_text(path, text);
    return path;
  }
  std::uint64_t rows() const {
    return machine_->good({"incoming", "list", "--limit", "1"})->getValue<std::uint64_t>("total");
  }
  /// Imports; the one bad row's line, column and reason.
  struct Rejected {
    int exit_code;
    std::uint64_t recorded, bad, line;
    std::string column, reason, told;
  };
  Rejected import(const std::string& path, const Words& more = {}) const {
    Words words = {"import", "incoming", path};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = machine_->json(words);
    const auto json = ran.json();
    const auto rejected = json->getArray("rejected");
    if (rejected.isNull()) throw std::runtime_error(ran.said());
    Rejected result{
        ran.exit_code, json->getValue<std::uint64_t>("recorded"), rejected->size(), 0, {}, {},
        ran.said()};
    if (rejected->size() > 0) {
      const auto first = rejected->getObject(0);
      result.line = first->getValue<std::uint64_t>("line");
      result.column = first->getValue<std::string>("column");
      result.reason = first->getValue<std::string>("reason");
    }
    return result;
  }

  static std::unique_ptr<TestFolder> folder_;
  static std::unique_ptr<FieldMachine> machine_;
};
std::unique_ptr<TestFolder> BadRegister::folder_;
std::unique_ptr<FieldMachine> BadRegister::machine_;

TEST_F(BadRegister, ARowWithABrokenByteStaysOutAndIsNamed) {
  const Rejected result = import(
      file(kHeads + row("101", "好的一行") + row("102", "坏\xFF\xFE字") + row("103", "又一行")));
  EXPECT_EQ(result.exit_code, 3) << result.told;
  EXPECT_EQ(result.recorded, 2U);
  EXPECT_EQ(result.bad, 1U);
  EXPECT_EQ(result.line, 3U);
  EXPECT_EQ(result.column, "标题");
  EXPECT_THAT(result.reason, HasSubstr("字节"));
}

TEST_F(BadRegister, AFileOfBrokenBytesOnlyChangesNothing) {
  const std::string path = file("\x81\xFF\x80\xFF,\xFE\xFE\n\xFF\xFF,\x80\n");
  expect_refused(*machine_,
                 {"broken", {"import", "incoming", path}, 1, "INVALID", {"表头", "UTF-8", "改正"}});
}

TEST_F(BadRegister, UnknownHeadingsAreListedAndAFileOfThemOnlyIsRefused) {
  expect_refused(*machine_, {"unknown",
                             {"import", "incoming", file("甲,乙,丙\n1,2,3\n")},
                             1,
                             "INVALID",
                             {"没有找到表头", "甲,乙,丙", "改正"}});
  expect_refused(*machine_,
                 {"no title",
                  {"import", "incoming", file("序号,来文单位,收文日期\n1,省厅,2026-11-01\n")},
                  1,
                  "INVALID",
                  {"标题", "题名", "--set"}});
  const std::string path =
      file("序号,来文单位,文号,标题,收文日期,心情\n201,省厅,厅发〔2026〕201号,甲,2026-11-20,好\n");
  const Ran ran = machine_->run({"import", "incoming", path});
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  EXPECT_THAT(ran.out, HasSubstr("忽略：心情"));
}

TEST_F(BadRegister, ABadDateIsNamedWithItsLineAndColumn) {
  const Rejected result = import(file(kHeads + row("301", "甲", "2026-02-30") + row("302", "乙")));
  EXPECT_EQ(result.exit_code, 3) << result.told;
  EXPECT_EQ(result.recorded, 1U);
  EXPECT_EQ(result.line, 2U);
  EXPECT_EQ(result.column, "收文日期");
  EXPECT_THAT(result.reason, HasSubstr("2026-02-30"));
}

TEST_F(BadRegister, ANumberUsedTwiceIsTakenInAndShownAsAFinding) {
  const std::string twice = row("401", "第一件") + row("401", "第二件");
  const Ran ran = machine_->run({"import", "incoming", file(kHeads + twice)});
  EXPECT_EQ(ran.exit_code, 0) << ran.said();
  EXPECT_THAT(ran.out, HasSubstr("2 行的文号"));
  const Ran findings = machine_->run({"conflict", "list"});
  EXPECT_THAT(findings.out, HasSubstr("N2"));
}

TEST_F(BadRegister, ACellOfAMegabyteStaysOutAndIsNamed) {
  const Rejected result =
      import(file(kHeads + row("501", std::string(1 << 20, 'x')) + row("502", "短的")));
  EXPECT_EQ(result.exit_code, 3) << result.told;
  EXPECT_EQ(result.recorded, 1U);
  EXPECT_EQ(result.line, 2U);
  EXPECT_EQ(result.column, "标题");
  EXPECT_THAT(result.reason, HasSubstr("1048576"));
  EXPECT_LT(result.told.size(), 10'000U) << "the cell itself is told";
}

TEST_F(BadRegister, RowsThatAreAllBadRecordNothingAndSayWhereTheyWentTo) {
  const std::string rejects = *folder_ / "rejects.csv";
  const std::string path = file(kHeads + row("601", "甲", "昨天") + row("602", "", "2026-11-20"));
  const std::string before = machine_->shown_state();
  const Ran ran = machine_->run({"import", "incoming", path, "--rejects", rejects});
  EXPECT_EQ(ran.exit_code, 1) << ran.said();
  EXPECT_THAT(ran.out, HasSubstr(rejects));
  EXPECT_THAT(read_text(rejects), HasSubstr("退回原因"));
  EXPECT_THAT(read_text(rejects), HasSubstr("昨天"));
  EXPECT_EQ(machine_->shown_state(), before);
}

// What came back, put right and imported again, completes the register; nothing is there twice.
TEST_F(BadRegister, ACorrectedRejectsFileCompletesTheRegister) {
  const std::string rejects = *folder_ / "again.csv";
  const std::uint64_t before = rows();
  const std::string path = file(kHeads + row("701", "甲") + row("702", "乙", "不知道"));
  EXPECT_EQ(import(path, {"--rejects", rejects}).exit_code, 3);
  std::string text = read_text(rejects);
  const std::size_t at = text.find("不知道");
  ASSERT_NE(at, std::string::npos);
  // The reason quotes the bad value too; only the cell is put right.
  text.replace(at, std::string("不知道").size(), "2026-11-20");
  write_text(rejects, text);
  const Rejected again = import(rejects);
  EXPECT_EQ(again.exit_code, 0) << again.told;
  EXPECT_EQ(again.recorded, 1U);
  EXPECT_EQ(import(path).recorded, 0U);
  EXPECT_EQ(rows(), before + 2);
}

/// A person beside whom there is more: another of the machine's levels, and what their roles do.
class BadRegisterOfAClerk : public testing::Test {
 protected:
  BadRegisterOfAClerk() : machine_(folder_.path(), "R") {
    machine_.found_alone({"--network", "classified", "--network-level", "秘密"});
    Start adding = machine_.start({"user", "add", "李四", "--clearance", "内部", "--roles",
                                   "intake_clerk", "--recovery-sheet", folder_ / "li.sheet"});
    adding.passphrases = machine_.passphrase() + "\n" + kLi + "\nthe realm's root for tests\n";
    const Ran added = run(adding);
    if (added.exit_code != 0) throw std::runtime_error(added.said());
  }
  Ran as_clerk(Words words) const {
    words.insert(words.begin(), "--json");
    Start start = machine_.start(words);
    start.passphrases = std::string(kLi) + "\n";
    return run(start);
  }
  std::string file(const std::string& text) const {
    write_text(folder_ / "register.csv", text);
    return folder_ / "register.csv";
  }
  /// What a program is told of the bad rows: "3 密级: why".
  static std::string told(const Poco::JSON::Object& answer) {
    std::string text;
    for (const auto& one : *answer.getArray("rejected")) {
      const auto row = one.extract<Poco::JSON::Object::Ptr>();
      text += row->getValue<std::string>("line") + " " + row->getValue<std::string>("column") +
              ": " + row->getValue<std::string>("reason") + "\n";
    }
    return text;
  }
  /// The preview and then the import say the same; returns what they say.
  std::string expect_alike(const std::string& ledger, const std::string& path, unsigned good) {
    const std::string rejects = folder_ / "rejects.csv";
    const Words words = {"import", ledger, path, "--rejects", rejects};
    Words preview = words;
    preview.push_back("--dry-run");
    const Ran seen = as_clerk(preview);
    const Ran done = as_clerk(words);
    EXPECT_EQ(seen.exit_code, good == 0 ? 1 : 3) << seen.said();
    EXPECT_EQ(done.exit_code, seen.exit_code) << done.said();
    EXPECT_FALSE(done.json()->has("error")) << done.said();
    if (done.json()->has("error")) return {};
    EXPECT_EQ(seen.json()->getValue<unsigned>("importable"), good);
    EXPECT_EQ(done.json()->getValue<unsigned>("recorded"), good);
    EXPECT_EQ(told(*seen.json()), told(*done.json()));
    EXPECT_THAT(read_text(rejects), HasSubstr("退回原因"));
    return told(*done.json());
  }

  static constexpr const char* kLi = "passphrase of Li Si";
  TestFolder folder_;
  FieldMachine machine_;
};

const std::string kLevels = "收文编号,收文日期,来文单位,文号,标题,密级,份数,页数\n";

TEST_F(BadRegisterOfAClerk, RowsAboveTheClearanceStayOutInPreviewAndImportAlike) {
  const std::string path =
      file(kLevels + "2025-0001,2025-11-20,省厅,另〔2025〕1号,另册一,内部,1,1\n" +
           "2025-0002,2025-11-20,省厅,另〔2025〕2号,另册二,秘密,1,1\n" +
           "2025-0003,2025-11-20,省厅,另〔2025〕3号,另册三,绝密,1,1\n" +
           "2025-0004,2025-11-20,省厅,另〔2025〕4号,另册四,内部,1,1\n");
  const std::string bad = expect_alike("incoming", path, 2);
  EXPECT_THAT(bad, HasSubstr("3 密级: 您的涉密等级不够"));
  EXPECT_THAT(bad, HasSubstr("4 密级: "));
  EXPECT_EQ(machine_.rows(), 2U);
}

TEST_F(BadRegisterOfAClerk, OneRowAboveTheClearanceKeepsNoneOfTheOthersOutThatWaitForNumbers) {
  std::string text = "收文日期,来文单位,文号,标题,密级,份数,页数\n";
  for (int i = 1; i <= 300; ++i)
    text += "2025-11-20,省厅,另〔2025〕" + std::to_string(i) + "号,另册," +
            (i == 200 ? "机密" : "内部") + ",1,1\n";
  EXPECT_THAT(expect_alike("incoming", file(text), 299), HasSubstr("201 密级: "));
  EXPECT_EQ(machine_.rows(), 299U);
}

TEST_F(BadRegisterOfAClerk, WhatTheirRolesDoNotAllowIsSeenInThePreview) {
  const std::string path = file("检查日期,检查人,被检查单位\n2025-11-20,周敏,档案室\n");
  EXPECT_THAT(expect_alike("inspection", path, 0), HasSubstr("2 : "));
}

TEST_F(BadRegister, RowsAboveTheMachineStayOutInPreviewAndImportAlike) {
  const FieldMachine low(folder_->path(), "low");
  low.found_alone({"--network", "office"});
  const std::string path = file("收文日期,来文单位,标题,密级,份数,页数\n" +
                                std::string("2025-11-20,省厅,甲,内部,1,1\n") +
                                "2025-11-20,省厅,乙,机密,1,1\n2025-11-20,省厅,丙,内部,1,1\n");
  const Ran seen = low.json({"import", "incoming", path, "--dry-run"});
  const Ran done = low.json({"import", "incoming", path});
  EXPECT_EQ(seen.exit_code, 3) << seen.said();
  EXPECT_EQ(done.exit_code, 3) << done.said();
  ASSERT_FALSE(done.json()->has("error")) << done.said();
  EXPECT_EQ(seen.json()->getValue<int>("importable"), 2);
  EXPECT_EQ(done.json()->getValue<int>("recorded"), 2);
  const auto bad = done.json()->getArray("rejected")->getObject(0);
  EXPECT_EQ(bad->getValue<int>("line"), 3);
  EXPECT_EQ(bad->getValue<std::string>("column"), "密级");
  EXPECT_EQ(bad->getValue<std::string>("reason"), "高于本机的最高密级");
}

TEST_F(BadRegister, ADryRunRecordsNothing) {
  const std::string before = machine_->shown_state();
  EXPECT_EQ(
      machine_->run({"import", "incoming", file(kHeads + row("801", "甲")), "--dry-run"}).exit_code,
      0);
  EXPECT_EQ(machine_->shown_state(), before);
}

}  // namespace
}  // namespace jiyao
