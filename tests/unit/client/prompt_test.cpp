// tests/unit/client/prompt_test.cpp - how passphrases come in, and which are good enough.
#include "client/prompt.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "client/messages.h"

namespace jiyao {
namespace {

using std::string_view_literals::operator""sv;

/// A pipe that holds `text`, as a caller of --passphrase-fd makes one.
class Pipe {
 public:
  explicit Pipe(const std::string& text) {
    EXPECT_EQ(::pipe(ends_.data()), 0);
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends_[1]);
  }
  ~Pipe() { ::close(ends_[0]); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int fd() const { return ends_[0]; }

 private:
  std::array<int, 2> ends_{};
};

TEST(Passphrase, MustHaveTwelveCharactersOrFiveWords) {
  EXPECT_FALSE(is_long_enough("short"));
  EXPECT_FALSE(is_long_enough("eleven chars"sv.substr(0, 11)));
  EXPECT_TRUE(is_long_enough("twelve chars"));
  EXPECT_FALSE(is_long_enough("a b c d e"));
  EXPECT_TRUE(is_long_enough("at my desk by day"));
  EXPECT_FALSE(is_long_enough("机要台账四个字"));
  EXPECT_TRUE(is_long_enough("一二三四五六七八九十十一"));
}

TEST(Passphrase, ComesLineByLineFromTheDescriptor) {
  const Catalogue words(Language::en, kClientMessages);
  const Pipe pipe("first passphrase\r\nsecond passphrase");
  Prompt prompt({.may_ask = false, .passphrase_fd = pipe.fd()}, words);
  EXPECT_EQ(prompt.passphrase("?")->reveal(), "first passphrase");
  EXPECT_EQ(prompt.new_passphrase("?")->reveal(), "second passphrase");
  EXPECT_EQ(prompt.passphrase("?").code(), Errc::usage);
}

TEST(Passphrase, IsTheSameHoweverItsAccentsWereTyped) {
  const Catalogue words(Language::en, kClientMessages);
  const Pipe pipe("caf\u00e9 caf\u00e9\ncafe\u0301 cafe\u0301\n");
  Prompt prompt({.may_ask = false, .passphrase_fd = pipe.fd()}, words);
  const auto composed = prompt.passphrase("?");
  EXPECT_EQ(composed->reveal(), prompt.passphrase("?")->reveal());
}

TEST(Passphrase, IsRefusedWhenTooShortOrNoText) {
  const Catalogue words(Language::en, kClientMessages);
  const Pipe pipe("short\n\xff\xfe\n");
  Prompt prompt({.may_ask = false, .passphrase_fd = pipe.fd()}, words);
  EXPECT_EQ(prompt.new_passphrase("?").code(), Errc::invalid);
  EXPECT_EQ(prompt.passphrase("?").code(), Errc::invalid);
}

TEST(Prompt, NamesTheFlagWhenNobodyMayBeAsked) {
  const Catalogue words(Language::en, kClientMessages);
  const Prompt prompt({.may_ask = false}, words);
  const auto answer = prompt.line("Office", "--office");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.code(), Errc::usage);
  EXPECT_THAT(answer.error().detail, testing::HasSubstr("--office"));
}

}  // namespace
}  // namespace jiyao
