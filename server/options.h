// server/options.h - the words of one jiyao-server command line.
#pragma once

#include <map>
#include <span>
#include <string>

#include "crypto/result.h"

namespace jiyao {

/// "jiyao-server VERB --name value ...": every option takes a value and may stand once.
struct ServerOptions {
  std::string verb;
  std::map<std::string, std::string> values;

  bool has(const std::string& name) const { return values.contains(name); }
  std::string get(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
  /// errors: usage: unknown verb or option, a value missing, `data` missing
  static Result<ServerOptions> parse(std::span<const char* const> words);
};

/// What the program prints without a verb, or with `help`: Chinese first.
std::string_view server_help();

}  // namespace jiyao
