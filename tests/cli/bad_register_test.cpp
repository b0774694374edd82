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

TEST_F(BadRegister, ADryRunRecordsNothing) {
  const std::string before = machine_->shown_state();
  EXPECT_EQ(
      machine_->run({"import", "incoming", file(kHeads + row("801", "甲")), "--dry-run"}).exit_code,
      0);
  EXPECT_EQ(machine_->shown_state(), before);
}

}  // namespace
}  // namespace jiyao
