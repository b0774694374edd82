// client/help_text.h - what `jiyao help VERB` and `--help` show.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace jiyao {

/// Use, options and examples of a command, measured in terminal cells.
std::string help_of(const CLI::App& command);

}  // namespace jiyao
