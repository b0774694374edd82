// schema/told_failure.cpp - from Errc and detail to sentences.
#include "schema/told_failure.h"

#include <sstream>

#include "schema/text.h"

namespace jiyao {

namespace {

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

Poco::JSON::Object::Ptr ToldFailure::object() const {
  Poco::JSON::Object::Ptr inner = new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
  inner->set("code", code);
  inner->set("exit", static_cast<int>(exit_code));
  inner->set("message", message);
  inner->set("hint", hint);
  return inner;
}

std::string ToldFailure::json() const {
  Poco::JSON::Object document;
  document.set("error", object());
  std::ostringstream out;
  document.stringify(out);
  return out.str();
}

const char* message_id_of(StorageFailure::Kind kind) {
  switch (kind) {
    case StorageFailure::Kind::full:
      return "storage.full";
    case StorageFailure::Kind::read_only:
      return "storage.read_only";
    case StorageFailure::Kind::damaged:
      return "storage.damaged";
    case StorageFailure::Kind::io:
      return "storage.io";
  }
  return "storage.io";
}

ToldFailure told(const Catalogue& words, const Error& error) {
  const std::string name = name_of(error.code);
  const std::size_t cut = error.detail.find('\n');
  ToldFailure failure{upper(name), exit_code_of(error.code), words.text("error." + name), {}};
  if (!error.detail.empty())
    failure.message +=
        words.text("error.colon") + terminal_safe(words.engine_words(error.detail.substr(0, cut)));
  failure.hint = cut == std::string::npos ? words.text("hint." + name)
                                          : safe_lines(error.detail.substr(cut + 1));
  return failure;
}

}  // namespace jiyao
