// client/commands/commands.h - the nouns of the command line; one small source each.
#pragma once

#include "client/menu.h"

namespace jiyao {

void add_about(Menu& menu);  ///< help, version

/// All of them, in the order `jiyao --help` shows them.
void add_commands(Menu& menu);

}  // namespace jiyao
