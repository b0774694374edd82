// tests/cli/bad_words_test.cpp - wrong passphrases, mistyped words, missing files, machines that
// are not ready: each said, coded, and without effect.
#include <fstream>

#include "cli/refusal.h"

namespace jiyao {
namespace {

class BadWords : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    machine_ = std::make_unique<FieldMachine>(folder_->path(), "R");
    machine_->found_alone();
    machine_->good({"incoming", "add", "--title", "关于防汛的通知", "--doc-no", "防汛〔2026〕1号",
                    "--sender-org", "省厅"});
  }
  static void TearDownTestSuite() {
    machine_.reset();
    folder_.reset();
  }

  static std::unique_ptr<TestFolder> folder_;
  static std::unique_ptr<FieldMachine> machine_;
};
std::unique_ptr<TestFolder> BadWords::folder_;
std::unique_ptr<FieldMachine> BadWords::machine_;

TEST_F(BadWords, AreRefusedWithTheirReasonAndTheNearestRightOnes) {
  const std::string nowhere = *folder_ / "没有.csv";
  for (const Refusal& refusal : std::vector<Refusal>{
           {"verb", {"improt"}, 2, "USAGE", {"improt", "jiyao import"}},
           {"second word", {"incoming", "ad"}, 2, "USAGE", {"ad", "jiyao incoming add"}},
           {"option", {"incoming", "add", "--titel", "x"}, 2, "USAGE", {"--titel", "--title"}},
           {"option without value", {"incoming", "add", "--title"}, 2, "USAGE", {"--title"}},
           {"nothing to do", {"incoming", "edit", "防汛〔2026〕1号"}, 2, "USAGE", {"没有给出"}},
           {"missing register", {"import", "incoming", nowhere}, 4, "NOT_FOUND", {nowhere, "路径"}},
           {"missing bundle", {"bundle", "import", nowhere}, 4, "NOT_FOUND", {nowhere, "路径"}},
           {"missing folder",
            {"bundle", "export", "--to", "S", "--out", nowhere},
            4,
            "NOT_FOUND",
            {nowhere, "核对"}},
           {"unknown record",
            {"incoming", "show", "国办发〔2026〕99号"},
            4,
            "NOT_FOUND",
            {"国办发〔2026〕99号", "jiyao find"}},
           {"unknown help", {"help", "天气"}, 4, "NOT_FOUND", {"天气", "首次使用"}},
           {"no hub", {"sync"}, 4, "NOT_FOUND", {"没有中心", "数据包"}},
           {"bad date",
            {"incoming", "add", "--title", "x", "--received-on", "2026-13-01"},
            1,
            "INVALID",
            {"收文日期", "2026-13-01", "2026-11-22"}},
           {"bad level",
            {"incoming", "add", "--title", "x", "--level", "绝对"},
            1,
            "INVALID",
            {"绝对", "公开 内部 秘密"}},
           {"no title",
            {"incoming", "add", "--sender-org", "省厅"},
            1,
            "INVALID",
            {"标题", "改正"}}}) {
    SCOPED_TRACE(refusal.name);
    expect_refused(*machine_, refusal);
  }
}

TEST_F(BadWords, AFileAFolderAndADeviceAreNotTakenForOneAnother) {
  const std::string folder = folder_->path();
  const std::string file = *folder_ / "一份.txt";
  std::ofstream(file) << "文字";
  for (const Refusal& refusal :
       std::vector<Refusal>{{"a folder for a bundle",
                             {"bundle", "import", folder + "/"},
                             2,
                             "USAGE",
                             {folder + "/ 是文件夹", "bundle import " + folder + "/*.jyb"}},
                            {"bundles of an empty folder",
                             {"bundle", "import", folder + "/*.jyb"},
                             4,
                             "NOT_FOUND",
                             {folder + " 里没有 *.jyb 这样的文件"}},
                            {"a device for a bundle",
                             {"bundle", "import", "/dev/full"},
                             2,
                             "USAGE",
                             {"/dev/full 不是普通文件（是设备"}},
                            {"a file for a folder of backups",
                             {"backup", "create", file},
                             2,
                             "USAGE",
                             {file + " 不是文件夹"}},
                            {"a file for a medium",
                             {"bundle", "export", "--to", "R", "--out", file},
                             2,
                             "USAGE",
                             {file + " 不是文件夹"}},
                            {"a bundle for itself",
                             {"bundle", "export", "--to", "R", "--out", folder},
                             2,
                             "USAGE",
                             {"R 就是本机"}},
                            {"an endless reason",
                             {"incoming", "correct", "防汛〔2026〕1号", "--title", "另一个",
                              "--reason", std::string(20'000, 'x')},
                             1,
                             "TOO_LARGE",
                             {"原因太长", "16384 字节", "写短一些"}}}) {
    SCOPED_TRACE(refusal.name);
    expect_refused(*machine_, refusal);
  }
}

// Only an import takes several bundles; of a device nobody can name a file.
TEST_F(BadWords, AHintUnderWhatIsNoFileIsTrueForTheCommandThatWasGiven) {
  const std::string folder = folder_->path();
  for (const Words& words : std::vector<Words>{{"import", "incoming", folder + "/"},
                                               {"hub", "add", folder, "--out", folder + "/realm"},
                                               {"enrol", "approve", folder, "--person", "李四"},
                                               {"export", "incoming", "--out", folder}}) {
    const Ran told = machine_->run(words);
    EXPECT_EQ(told.exit_code, 2) << told.said();
    EXPECT_THAT(told.err, testing::HasSubstr("如 " + folder + "/文件名\n"));
    EXPECT_THAT(told.err, testing::Not(testing::HasSubstr("jyb")));
  }
  const Ran device = machine_->run({"export", "incoming", "--out", "/dev/full"});
  EXPECT_EQ(device.exit_code, 2) << device.said();
  EXPECT_THAT(device.err, testing::HasSubstr("/dev/full 不是普通文件"));
  EXPECT_THAT(device.err, testing::Not(testing::HasSubstr("/dev/full/")));
}

TEST_F(BadWords, AWrongPassphraseOpensNothing) {
  const std::string before = machine_->shown_state();
  for (const Words& words : {Words{"status"}, Words{"--json", "incoming", "list"}}) {
    Start start = machine_->start(words);
    start.passphrases = "not the passphrase of R\n";
    const Ran ran = run(start);
    EXPECT_EQ(ran.exit_code, 11) << ran.said();
    EXPECT_THAT(ran.out + ran.err, testing::HasSubstr("口令"));
    EXPECT_THAT(ran.out + ran.err, testing::HasSubstr("jiyao unlock"));
    EXPECT_THAT(ran.out + ran.err, testing::Not(testing::HasSubstr("防汛")));
  }
  Start start = machine_->start({"status"});
  start.passphrases = "";
  const Ran ended = run(start);
  EXPECT_EQ(ended.exit_code, 2) << ended.said();
  EXPECT_THAT(ended.err, testing::HasSubstr("--passphrase-fd"));
  EXPECT_EQ(machine_->shown_state(), before);
}

TEST_F(BadWords, AFolderWithoutALedgerSaysHowToBegin) {
  const FieldMachine empty(folder_->path(), "empty");
  const Ran ran = empty.run({"status"});
  EXPECT_EQ(ran.exit_code, 4);
  EXPECT_THAT(ran.err, testing::HasSubstr(empty.data().string()));
  EXPECT_THAT(ran.err, testing::HasSubstr("jiyao init"));
  EXPECT_FALSE(std::filesystem::exists(empty.data())) << "a mistyped folder was made";
}

TEST_F(BadWords, ASecondLedgerIsNotMadeOverAFirst) {
  expect_refused(*machine_, {"init",
                             {"init", "--office", "乙", "--person", "李", "--recovery-sheet",
                              *folder_ / "second.sheet"},
                             1,
                             "EXISTS",
                             {machine_->data().string(), "jiyao"}});
  EXPECT_FALSE(std::filesystem::exists(*folder_ / "second.sheet"));
}

TEST_F(BadWords, NothingIsAskedWhereNobodyCanAnswer) {
  Start start = machine_->start({"--no-input", "status"});
  start.words.erase(start.words.begin() + 3, start.words.begin() + 5);  // --passphrase-fd 9
  const Ran ran = run(start);
  EXPECT_EQ(ran.exit_code, 2) << ran.said();
  EXPECT_THAT(ran.err, testing::HasSubstr("--passphrase-fd"));
}

TEST_F(BadWords, InEnglishTheAnswerIsEnglishAndTheCodeTheSame) {
  for (const auto& [words, exit_code] :
       std::vector<std::pair<Words, int>>{{{"incoming", "show", "nothing"}, 4},
                                          {{"incoming", "list", "--state", "flying"}, 1},
                                          {{"incoming", "list", "--after", "nothing"}, 4},
                                          {{"find", "flood", "--from", "yesterday"}, 1},
                                          {{"find", "flood", "--where", "nothing"}, 1},
                                          {{"find", "flood", "--level", "high"}, 1}}) {
    Words all{"--lang", "en"};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = machine_->run(all);
    EXPECT_EQ(ran.exit_code, exit_code) << ran.said();
    if (words.back() == "high") continue;  // what it offers instead are the names of levels
    for (const char c : ran.err) EXPECT_GE(c, 0) << "not ASCII: " << ran.err;
  }
}

// What stands there is what somebody copies.
TEST_F(BadWords, TheCommandThatAPageEndsWithShowsTheNextOne) {
  machine_->good({"incoming", "add", "--title", "it's raining", "--doc-no", "防汛〔2026〕2号",
                  "--sender-org", "省厅"});
  const Ran first = machine_->run({"--lang", "en", "incoming", "list", "--limit=1", "--where",
                                   "sender_org=省厅", "--unit", "省厅", "--to", "2199-12-31"});
  EXPECT_THAT(first.out, testing::HasSubstr("it's raining"));
  const std::string lead = "next page: jiyao ";
  const std::size_t at = first.out.find(lead);
  ASSERT_NE(at, std::string::npos) << first.said();
  Start start = machine_->start({});
  const std::string command = start.words.front() + " " + first.out.substr(at + lead.size());
  start.words = {"/bin/sh", "-c", command};
  const Ran next = run(start);
  EXPECT_EQ(next.exit_code, 0) << command << next.said();
  EXPECT_THAT(next.out, testing::HasSubstr("关于防汛的通知"));
  EXPECT_THAT(next.out, testing::Not(testing::HasSubstr("raining")));
  EXPECT_THAT(next.out, testing::Not(testing::HasSubstr("next page")));
}

// Everything else in these tests costs the least a keyring may; this one is as it ships.
TEST(ShippedKeyring, CostsWhatThePageOnKeyringsPromisesAndNeedsNoTestSwitch) {
  const TestFolder folder;
  const FieldMachine machine(folder.path(), "R", false);
  machine.found_alone();
  const std::string ring = read_text(machine.data() / "keyring.jyk");
  const auto number = [&](std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(ring.at(at + i))} << (8 * i);
    return value;
  };
  const std::uint64_t slots = number(88, 4);
  ASSERT_EQ(slots, 3U) << "the clerk's, the sheet's and the root's";
  for (std::uint64_t slot = 0; slot < slots; ++slot) {
    const std::size_t at = 128 + 256 * slot;
    EXPECT_EQ(number(at + 2, 2), 0U) << "a test's slot";
    EXPECT_EQ(number(at + 4, 4), 3U) << "passes";
    EXPECT_EQ(number(at + 8, 8), 256ULL << 20) << "memory";
  }
  EXPECT_THAT(machine.run({"status"}).err, testing::Not(testing::HasSubstr("测试")));
  const FieldMachine cheap(folder.path(), "cheap");
  cheap.found_alone();
  Start start = cheap.start({"status"});
  start.environment.erase("JIYAO_TEST_KEYRING_COST");
  EXPECT_NE(run(start).exit_code, 0) << "a test's keyring opened without being told";
}

}  // namespace
}  // namespace jiyao
