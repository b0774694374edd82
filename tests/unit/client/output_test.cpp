// tests/unit/client/output_test.cpp - what people and programs see, and what the shell is told.
#include "client/output.h"

#include <Poco/JSON/Parser.h>
#include <gmock/gmock.h>

#include <iostream>
#include <sstream>

#include "client/messages.h"

namespace jiyao {
namespace {

/// What goes to std::cout or std::cerr while it lives.
class Captured {
 public:
  explicit Captured(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
  ~Captured() { stream_.rdbuf(before_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::ostream& stream_;
  std::streambuf* before_;
};

TEST(Table, LinesUpChineseAndLatinByTerminalCells) {
  Table table({"文号", "no"});
  table.add({"国函〔2023〕98号", "1"});
  table.add({"a", "22"});
  EXPECT_EQ(table.text(0), "文号              no\n国函〔2023〕98号  1\na                 22");
}

TEST(Table, CutsTheWidestColumnToTheTerminal) {
  Table table({"文号", "标题"});
  table.add({"国函98号", "国务院关于国土空间规划的批复"});
  EXPECT_EQ(table.text(20), "文号      标题\n国函98号  国务院关…");
}

TEST(Table, LetsNothingInACellMoveTheCursor) {
  Table table({"标题"});
  table.add({"坏\x1b[2J"});
  EXPECT_EQ(table.text(0).find('\x1b'), std::string::npos);
}

TEST(Output, LetsNothingInAnAnswerMoveTheCursorEvenWhereColoursAreOn) {
  const Catalogue words(Language::zh, kClientMessages);
  const Console console({.colour = ColourChoice::always}, words);
  const Captured out(std::cout);
  console.show("where", {.text = console.paint("冲突", 31) + " \x1b[2J\x1b]0;t\a\r\n下一行\u202e"});
  EXPECT_EQ(out.text(),
            "\x1b[31m冲突\x1b[0m \\u{001B}[2J\\u{001B}]0;t\\u{0007}\\u{000D}\n下一行\\u{202E}\n");
}

TEST(Output, FillsThePlacesOfAMessageWithHarmlessText) {
  const Catalogue words(Language::en, kClientMessages);
  EXPECT_EQ(words.text("bundle.nothing_new", {{"file", "a\x1b[2J\nb"}}).find_first_of("\x1b\n"),
            std::string::npos);
}

TEST(Output, GivesProgramsOneDocumentForAnErrorToo) {
  const Catalogue words(Language::zh, kClientMessages);
  const Console console({.is_json = true}, words);
  std::string text;
  {
    const Captured out(std::cout);
    EXPECT_EQ(console.show(Error{Errc::not_found, "x.csv"}), 4);
    text = out.text();
  }
  const auto document = Poco::JSON::Parser().parse(text).extract<Poco::JSON::Object::Ptr>();
  const auto error = document->getObject("error");
  EXPECT_EQ(error->getValue<std::string>("code"), "NOT_FOUND");
  EXPECT_EQ(error->getValue<int>("exit"), 4);
  EXPECT_EQ(error->getValue<std::string>("message"), "没有找到：x.csv");
  EXPECT_FALSE(error->getValue<std::string>("hint").empty());
}

TEST(Output, NamesTheSchemaOfEveryAnswer) {
  const Catalogue words(Language::zh, kClientMessages);
  const Console console({.is_json = true}, words);
  Answer answer{.text = "三", .json = json_object()};
  answer.json->set("count", 3);
  const Captured out(std::cout);
  console.show("incoming/list", answer);
  EXPECT_EQ(out.text(), "{\"schema\":\"jiyao/incoming/list/1\",\"count\":3}\n");
}

TEST(Output, LetsTheSecondLineOfADetailReplaceTheHint) {
  const Catalogue words(Language::en, kClientMessages);
  const Console console({}, words);
  const Captured err(std::cerr);
  EXPECT_EQ(console.show(Error{Errc::usage, "incomng\nDid you mean: incoming"}), 2);
  EXPECT_EQ(err.text(), "jiyao: the command line is not right: incomng\nDid you mean: incoming\n");
}

TEST(ExitCode, FollowsTheTableThatIsPromised) {
  EXPECT_EQ(exit_code_of(Errc::usage), ExitCode::usage);
  EXPECT_EQ(exit_code_of(Errc::not_for_us), ExitCode::not_allowed);
  EXPECT_EQ(exit_code_of(Errc::malformed), ExitCode::integrity);
  EXPECT_EQ(exit_code_of(Errc::bad_certificate), ExitCode::integrity);
  EXPECT_EQ(exit_code_of(Errc::not_a_hub), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(Errc::missing_part), ExitCode::partly);
  EXPECT_EQ(exit_code_of(Errc::conflict), ExitCode::decide);
  EXPECT_EQ(static_cast<int>(exit_code_of(Errc::storage)), 12);
  EXPECT_EQ(static_cast<int>(exit_code_of(Errc::interrupted)), 130);
}

}  // namespace
}  // namespace jiyao
