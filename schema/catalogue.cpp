// schema/catalogue.cpp - a program's message files, read once.
#include "schema/catalogue.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>

#include "crypto/result.h"
#include "schema/text.h"

namespace jiyao {

namespace {

std::string lines_of(const Poco::JSON::Array& array) {
  std::string text;
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) text += '\n';
    text += array.getElement<std::string>(static_cast<unsigned>(i));
  }
  return text;
}

std::optional<Language> language_from(std::string_view text) {
  if (text.starts_with("zh") || text.starts_with("cn")) return Language::zh;
  if (text.starts_with("en")) return Language::en;
  return std::nullopt;
}

}  // namespace

Language choose_language(std::string_view flag, std::string_view jiyao_lang,
                         std::string_view lang) {
  for (const std::string_view word : {flag, jiyao_lang, lang})
    if (const auto language = language_from(word)) return *language;
  return Language::zh;
}

std::string language_flag(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--lang=")) return std::string(word.substr(7));
    if (word == "--lang" && i + 1 < argc) return argv[i + 1];
  }
  return {};
}

Catalogue::Catalogue(Language language, const MessageFiles& files) : language_(language) {
  const char* source = language == Language::zh ? files.zh : files.en;
  try {
    Poco::JSON::Parser parser;
    const auto object = parser.parse(source).extract<Poco::JSON::Object::Ptr>();
    for (const auto& [id, value] : *object) {
      if (value.isString())
        messages_[id] = value.convert<std::string>();
      else
        messages_[id] = lines_of(*value.extract<Poco::JSON::Array::Ptr>());
    }
  } catch (const Poco::Exception&) {
    JIYAO_ASSERT(false && "the built-in messages are JSON");
  }
}

bool Catalogue::has(std::string_view id) const {
  return messages_.find(id) != messages_.end();
}

std::string Catalogue::text(std::string_view id, std::initializer_list<Place> places) const {
  const auto found = messages_.find(id);
  if (found == messages_.end()) return std::string(id);
  const std::string& message = found->second;
  std::string text;
  std::size_t at = 0;
  while (at < message.size()) {
    const std::size_t open = message.find('{', at);
    const std::size_t close = message.find('}', open == std::string::npos ? at : open);
    if (open == std::string::npos || close == std::string::npos) break;
    const std::string_view name = std::string_view(message).substr(open + 1, close - open - 1);
    const auto* place = std::find_if(places.begin(), places.end(),
                                     [&](const Place& one) { return one.name == name; });
    text += message.substr(at, open - at);
    text += place != places.end() ? terminal_safe(place->value)
                                  : message.substr(open, close - open + 1);
    at = close + 1;
  }
  if (at < message.size()) text += message.substr(at);
  return text;
}

std::string Catalogue::engine_words(std::string_view said) const {
  const auto words = [&](std::string_view known) -> const std::string* {
    const auto found = messages_.find("engine." + std::string(known));
    return found == messages_.end() ? nullptr : &found->second;
  };
  if (const std::string* whole = words(said)) return *whole;
  const std::size_t colon = said.find(": ");
  if (colon == std::string_view::npos) return std::string(said);
  const std::string* before = words(said.substr(0, colon));
  const std::string_view after = said.substr(colon + 2);
  const std::string named = engine_words(after);
  if (before == nullptr && named == after) return std::string(said);
  return (before != nullptr ? *before : std::string(said.substr(0, colon))) + text("error.colon") +
         named;
}

std::vector<std::string> places_of(std::string_view message) {
  std::vector<std::string> names;
  for (std::size_t open = message.find('{'); open != std::string_view::npos;
       open = message.find('{', open + 1)) {
    const std::size_t close = message.find('}', open);
    if (close == std::string_view::npos) break;
    names.emplace_back(message.substr(open + 1, close - open - 1));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace jiyao
