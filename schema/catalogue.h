// schema/catalogue.h - every sentence a program says, in Chinese and in English, from one place.
//
// Each program has its own pair of files, messages/zh.json and messages/en.json, built into it. A
// message is text with named places, "{count} 行"; a list of strings is lines. Both languages hold
// the same ids with the same places: a test keeps that, and that every id the sources name exists.
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

/// The value of `--lang` among raw arguments, before anything is parsed: the help has a language.
std::string language_flag(int argc, const char* const* argv);

/// The two message files of a program, as they were when it was built
/// (schema/embed_messages.cmake).
struct MessageFiles {
  const char* zh;
  const char* en;
};

struct Place {
  std::string_view name;
  std::string value;
};

class Catalogue {
 public:
  Catalogue(Language language, const MessageFiles& files);

  Language language() const { return language_; }
  /// The message with its places filled, each made harmless for a terminal: values come from
  /// arguments, files and other offices. An id that is nowhere comes back as itself, so that a slip
  /// of ours never hides what was to be said.
  std::string text(std::string_view id, std::initializer_list<Place> places = {}) const;
  bool has(std::string_view id) const;
  /// What the engine said in English, in the person's words: message "engine.<what was said>". A
  /// sentence "what ...: which" is looked up by what stands before its colon. Unknown ones stay.
  std::string engine_words(std::string_view said) const;
  const std::map<std::string, std::string, std::less<>>& messages() const { return messages_; }

 private:
  Language language_;
  std::map<std::string, std::string, std::less<>> messages_;
};

/// The names of the places in a message: "{count} of {total}" -> count, total; sorted, unique.
std::vector<std::string> places_of(std::string_view message);

}  // namespace jiyao
