// tests/cli/kill_test.cpp - `jiyao` killed at any moment of an import or an edit.
//
// Goal: whatever was reported as recorded is there afterwards, and nothing half. Method: SIGKILL
// after a random part of the run's own length, from a seed; then the whole replica is verified, the
// register is counted, and the same command is given again and must complete it. 40 kills; 200 with
// JIYAO_LONG=1.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;

constexpr int kRowsOfAnImport = 90;    ///< one act: all or nothing
constexpr int kRowsOfALongOne = 1100;  ///< several transactions: a prefix may be there
constexpr int kLongOneEvery = 8;
constexpr int kKillsOfOneLife = 20;  ///< then the machine begins anew, so that each run stays short

class Killed : public testing::Test {
 protected:
  Killed() : machine_(folder_.path(), "R") {
    machine_.found_alone();
    machine_.good({"incoming", "add", "--title", "第0稿", "--doc-no", "稿〔2026〕1号",
                   "--sender-org", "省厅"});
    known_ = 1;
  }

  std::string register_number(int n, std::uint64_t rows) const {
    std::string text = "序号,来文单位,文号,标题,收文日期\n";
    for (std::uint64_t i = 1; i <= rows; ++i) {
      const std::string number = std::to_string(static_cast<std::uint64_t>(n) * 10'000 + i);
      text += number + ",省厅,厅发〔2026〕" + number + "号,关于第" + number +
              "项工作的通知,2026-11-20\n";
    }
    const std::string path = folder_ / ("register-" + std::to_string(n) + ".csv");
    write_text(path, text);
    return path;
  }
  /// How long this command takes when nobody disturbs it.
  template <class Work>
  static microseconds length_of(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
  }
  std::string title_of_draft() const {
    const auto found = machine_.good({"find", "稿〔2026〕1号"})->getArray("records");
    if (found->size() != 1)
      throw std::runtime_error("the draft is there " + std::to_string(found->size()) + " times");
    return found->getObject(0)->getObject("fields")->getValue<std::string>("title");
  }
  bool has_left_a_log() const {
    for (const auto& entry : fs::directory_iterator(machine_.data()))
      if (entry.path().string().ends_with("-wal") && entry.file_size() > 0) return true;
    return false;
  }
  /// True: killed before it ended. `longest`, within which the blow falls, follows what the machine
  /// has time for: four blows of five land, however busy it is.
  bool kill_during(const Words& words, microseconds& longest, Ran& ran) {
    Words coded = words;
    coded.insert(coded.begin(), "--json");
    Child child(machine_.start(coded));
    const auto most = static_cast<std::uint64_t>(longest.count());
    const bool is_killed =
        child.kill_after(microseconds(static_cast<std::int64_t>(draw_() % most)), ran);
    longest += is_killed ? longest / 20 : -longest / 5;
    landed_ += is_killed ? 1 : 0;
    in_writing_ += is_killed && has_left_a_log() ? 1 : 0;
    return is_killed;
  }

  void import_once(int n, std::uint64_t rows, microseconds& longest) {
    const std::string path = register_number(n, rows);
    Ran ran;
    const bool is_killed = kill_during({"import", "incoming", path}, longest, ran);
    machine_.expect_whole();
    const std::uint64_t now = machine_.rows();
    ASSERT_GE(now, known_) << "rows of earlier imports are gone";
    ASSERT_LE(now, known_ + rows) << "rows that nobody wrote";
    if (!is_killed || !ran.out.empty()) {
      ASSERT_EQ(ran.json()->getValue<std::uint64_t>("recorded"), rows) << ran.said();
      ASSERT_EQ(now, known_ + rows) << "reported as recorded, and gone";
    }
    partial_ += now > known_ && now < known_ + rows ? 1 : 0;
    const auto again = machine_.good({"import", "incoming", path});
    ASSERT_EQ(again->getValue<std::uint64_t>("recorded"), known_ + rows - now);
    known_ += rows;
    ASSERT_EQ(machine_.rows(), known_) << "a row is there twice, or not at all";
  }

  void edit_once(int n, microseconds& longest) {
    const std::string before = title_of_draft();
    const std::string wanted = "第" + std::to_string(n) + "稿";
    Ran ran;
    const bool is_killed =
        kill_during({"incoming", "edit", "稿〔2026〕1号", "--title", wanted}, longest, ran);
    machine_.expect_whole();
    const std::string now = title_of_draft();
    if (!is_killed || !ran.out.empty()) {
      ASSERT_EQ(now, wanted) << "reported as recorded, and gone: " << ran.said();
    }
    ASSERT_THAT(now, testing::AnyOf(before, wanted));
    ASSERT_EQ(machine_.rows(), known_);
  }

  TestFolder folder_;
  FieldMachine machine_;
  std::uint64_t known_ = 0;
  std::mt19937_64 draw_;
  int landed_ = 0, in_writing_ = 0, partial_ = 0;
};

TEST_F(Killed, AtAnyMomentLosesNothingReportedAndLeavesNothingHalf) {
  const bool is_long = std::getenv("JIYAO_LONG") != nullptr;
  const std::uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  draw_.seed(seed);
  FolderImage fresh({machine_.data(), machine_.state()});
  const auto import_takes = [&](int n, std::uint64_t rows) {
    return length_of([&] { machine_.good({"import", "incoming", register_number(n, rows)}); });
  };
  microseconds short_takes = import_takes(900, kRowsOfAnImport);
  microseconds long_takes = import_takes(901, kRowsOfALongOne);
  microseconds edit_takes = length_of([&] {
    machine_.good({"incoming", "edit", "稿〔2026〕1号", "--title", "另一稿"});
  });
  const int kills = is_long ? 200 : 40;
  for (int n = 1; n <= kills && !HasFatalFailure(); ++n) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", kill " + std::to_string(n));
    if (n % kKillsOfOneLife == 1) {
      fresh.put_back();
      known_ = 1;
    }
    // Some end before the blow, and what they did must then be there.
    if (n % 2 == 0)
      edit_once(n, edit_takes);
    else if (n % kLongOneEvery == 1)
      import_once(n, kRowsOfALongOne, long_takes);
    else
      import_once(n, kRowsOfAnImport, short_takes);
  }
  std::cout << kills << " runs: " << landed_ << " killed before their end, " << in_writing_
            << " with a log left behind, " << partial_ << " in the middle of a register\n";
  EXPECT_GT(landed_, kills / 2);
  EXPECT_GT(in_writing_, kills / 10) << "the blows miss the writing: the test shows nothing";
}

}  // namespace
}  // namespace jiyao
