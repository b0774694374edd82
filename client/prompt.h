// client/prompt.h - questions to the person at the keyboard, and how passphrases come in.
//
// A passphrase comes from the terminal without echo or, line by line, from an open file descriptor
// (--passphrase-fd N: the first line answers the first question). Never from an argument or the
// environment. Without a terminal, or with --no-input, a question is an error that names the flag
// which would have answered it.
#pragma once

#include <string>

#include "crypto/result.h"
#include "schema/catalogue.h"

namespace jiyao {

/// Text that is overwritten when its owner goes: a typed passphrase or recovery code.
class TypedSecret {
 public:
  TypedSecret() { text_.reserve(1024); }  // so that growing leaves no copies behind
  ~TypedSecret();
  TypedSecret(TypedSecret&& other) noexcept;
  TypedSecret& operator=(TypedSecret&& other) noexcept;
  std::string& write() { return text_; }
  std::string_view reveal() const { return text_; }

 private:
  std::string text_;
};

/// Ctrl-C and SIGTERM end the program at once with 130, echo restored. Nothing needs tidying: what
/// was reported as recorded is durable, and the next start recovers the rest. Where something does,
/// they wait (client/held_interrupts.h).
void leave_on_interrupt();

/// The rule for a new passphrase: at least 12 characters. Five real words have them; five letters
/// do not.
bool is_long_enough(std::string_view passphrase);

struct PromptChoices {
  bool may_ask = true;     ///< false: --no-input
  int passphrase_fd = -1;  ///< -1: ask at the terminal
};

class Prompt {
 public:
  Prompt(PromptChoices choices, const Catalogue& catalogue);

  bool can_ask() const;  ///< a person is at a terminal and may be asked
  /// One line. `flag` is what would have answered it, for the error.   errors: usage
  Result<std::string> line(std::string_view question, std::string_view flag,
                           const std::string& fallback = {}) const;
  /// y or 是; everything else is no.   errors: usage
  Result<bool> yes(std::string_view question, std::string_view flag) const;
  /// In canonical form (NFC).   errors: usage, invalid (no text), interrupted
  Result<TypedSecret> passphrase(std::string_view question);
  /// Long enough, and typed twice at a terminal, where a slip is asked again (three times in all).
  ///   errors: as passphrase(); invalid (too short, or the two differ)
  Result<TypedSecret> new_passphrase(std::string_view question);

 private:
  Result<TypedSecret> typed(std::string_view question) const;
  Result<TypedSecret> from_descriptor() const;
  Result<TypedSecret> fresh_passphrase(std::string_view question);

  PromptChoices choices_;
  const Catalogue& catalogue_;
};

}  // namespace jiyao
