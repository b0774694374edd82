// client/desk.h - what every command works with: words, console, prompt, files, and this office's
// replica, opened when it is first asked for.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "client/menu.h"
#include "client/output.h"
#include "client/prompt.h"

namespace jiyao {

class Desk {
 public:
  Desk(const Choices& choices, const Catalogue& words, const Menu& menu);

  const Choices& choices() const { return choices_; }
  const Catalogue& words() const { return words_; }
  std::string text(std::string_view id, std::initializer_list<Place> places = {}) const {
    return words_.text(id, places);
  }
  /// A failure whose first line is message `id`.
  Error failure(Errc code, std::string_view id, std::initializer_list<Place> places = {}) const {
    return Error{code, words_.text(id, places)};
  }
  const Console& console() const { return console_; }
  Prompt& prompt() { return prompt_; }
  const Menu& menu() const { return menu_; }

 private:
  Choices choices_;
  const Catalogue& words_;
  Console console_;
  Prompt prompt_;
  const Menu& menu_;
};

}  // namespace jiyao
