// client/commands/commands.cpp - the table that registers every noun.
#include "client/commands/commands.h"

namespace jiyao {

void add_commands(Menu& menu) {
  constexpr void (*kNouns[])(Menu&) = {add_about};
  for (const auto add : kNouns) add(menu);
}

}  // namespace jiyao
