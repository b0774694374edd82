// server/voice.h - what jiyao-server says: server/messages/*.json, or JSON documents.
#pragma once

#include <Poco/JSON/Object.h>

#include <initializer_list>
#include <string>

#include "crypto/result.h"
#include "schema/catalogue.h"

namespace jiyao {

extern const MessageFiles kServerMessages;  ///< the source is made by CMake

class Voice {
 public:
  Voice(const Catalogue& words, bool is_json) : words_(words), is_json_(is_json) {}

  const Catalogue& words() const { return words_; }
  bool is_json() const { return is_json_; }
  /// Message `id` on stdout, or {"schema":"jiyao-server/<verb>/1", the places, numbers as text}.
  void say(const std::string& verb, std::string_view id, std::initializer_list<Place> places) const;
  /// The failure on stderr, or as a document on stdout. Returns the exit code.
  int fail(const Error& why) const;
  /// A failure whose detail is message `id`. Returns the exit code.
  int fail(Errc code, std::string_view id, std::initializer_list<Place> places = {}) const;

 private:
  const Catalogue& words_;
  bool is_json_;
};

}  // namespace jiyao
