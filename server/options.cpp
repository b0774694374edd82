// server/options.cpp - reading the command line of jiyao-server.
#include "server/options.h"

#include <algorithm>
#include <set>

namespace jiyao {

namespace {

const std::map<std::string, std::set<std::string>>& verbs() {
  static const std::map<std::string, std::set<std::string>> known = {
      {"init", {"data", "address", "realm"}},
      {"serve", {"data", "listen"}},
      {"backup", {"data", "to"}},
      {"restore", {"data", "from"}},
      {"verify", {"data"}},
      {"help", {}},
      {"version", {}},
  };
  return known;
}

}  // namespace

Result<ServerOptions> ServerOptions::parse(std::span<const char* const> line,
                                           const Catalogue& words) {
  const auto wrong = [&](std::string_view id, std::string_view place, const std::string& what) {
    return Error{Errc::usage, words.text(id, {{place, what}})};
  };
  if (line.size() < 2) return wrong("usage.needs", "option", "VERB");
  ServerOptions options;
  options.verb = line[1];
  if (options.verb == "--help" || options.verb == "-h") options.verb = "help";
  const auto verb = verbs().find(options.verb);
  if (verb == verbs().end()) return wrong("usage.unknown", "word", options.verb);
  for (std::size_t i = 2; i < line.size(); ++i) {
    const std::string word = line[i];
    if (word == "--json") continue;
    const std::string name = word.starts_with("--") ? word.substr(2) : "";
    if (name != "lang" && !verb->second.contains(name)) return wrong("usage.unknown", "word", word);
    if (i + 1 >= line.size() || options.has(name)) return wrong("usage.no_value", "option", word);
    options.values[name] = line[++i];
  }
  if (verb->second.contains("data") && options.get("data").empty())
    return wrong("usage.needs", "option", "--data");
  return options;
}

bool asks_for_json(std::span<const char* const> line) {
  return std::any_of(line.begin(), line.end(),
                     [](const char* word) { return std::string_view(word) == "--json"; });
}

}  // namespace jiyao
