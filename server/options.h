// server/options.h - the words of one jiyao-server command line.
#pragma once

#include <map>
#include <span>
#include <string>

#include "crypto/result.h"
#include "schema/catalogue.h"

namespace jiyao {

/// "jiyao-server VERB --name value ... [--json]": every other option takes a value and may stand
/// once. `help` and `version` are verbs that want nothing.
struct ServerOptions {
  std::string verb;
  std::map<std::string, std::string> values;

  bool has(const std::string& name) const { return values.contains(name); }
  std::string get(const std::string& name, const std::string& otherwise = "") const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
  /// errors: usage (in the person's words): unknown verb or option, a value or `data` missing
  static Result<ServerOptions> parse(std::span<const char* const> line, const Catalogue& words);
};

/// Is `--json` on the line, right or wrong as the rest may be?
bool asks_for_json(std::span<const char* const> line);

}  // namespace jiyao
