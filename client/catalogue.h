// client/catalogue.h - every sentence the program says, in Chinese and in English, from one place.
//
// client/messages/zh.json and en.json are built into the program. A message is text with named
// places, "{count} 行"; a list of strings is lines. Both languages hold the same ids with the same
// places: a test keeps that, and that every id the sources name exists.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace jiyao {

enum class Language { zh, en };

/// --lang, else JIYAO_LANG, else LANG; Chinese unless one of them clearly says English.
/// Unknown words fall through to the next. "C" and "POSIX" say nothing.
Language choose_language(std::string_view flag, std::string_view jiyao_lang, std::string_view lang);

struct Place {
  std::string_view name;
  std::string value;
};

class Catalogue {
 public:
  explicit Catalogue(Language language);

  Language language() const { return language_; }
  /// The message with its places filled. An id that is nowhere comes back as itself, so that a slip
  /// of ours never hides what was to be said.
  std::string text(std::string_view id, std::initializer_list<Place> places = {}) const;
  bool has(std::string_view id) const;
  const std::map<std::string, std::string, std::less<>>& messages() const { return messages_; }

 private:
  Language language_;
  std::map<std::string, std::string, std::less<>> messages_;
};

/// The names of the places in a message: "{count} of {total}" -> count, total; sorted, unique.
std::vector<std::string> places_of(std::string_view message);

}  // namespace jiyao
