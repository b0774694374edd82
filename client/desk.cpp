// client/desk.cpp - opening the replica for the person at the keyboard.
#include "client/desk.h"

namespace jiyao {

Desk::Desk(const Choices& choices, const Catalogue& words, const Menu& menu)
    : choices_(choices),
      words_(words),
      console_(choices.output, words),
      prompt_(choices.prompt, words),
      menu_(menu) {}

}  // namespace jiyao
