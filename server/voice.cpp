// server/voice.cpp - sentences for people, documents for programs.
#include "server/voice.h"

#include <iostream>
#include <sstream>

#include "schema/told_failure.h"

namespace jiyao {

void Voice::say(const std::string& verb, std::string_view id,
                std::initializer_list<Place> places) const {
  if (!is_json_) {
    std::cout << words_.text(id, places) << std::endl;
    return;
  }
  Poco::JSON::Object document(Poco::JSON_PRESERVE_KEY_ORDER);
  document.set("schema", "jiyao-server/" + verb + "/1");
  document.set("event", std::string(id));
  for (const Place& place : places) document.set(std::string(place.name), place.value);
  std::ostringstream out;
  document.stringify(out);
  std::cout << out.str() << std::endl;
}

int Voice::fail(const Error& why) const {
  const ToldFailure failure = told(words_, why);
  if (is_json_) {
    std::cout << failure.json() << std::endl;
  } else {
    std::cerr << "jiyao-server: " << failure.message << '\n';
    if (!failure.hint.empty()) std::cerr << failure.hint << '\n';
    std::cerr.flush();
  }
  return static_cast<int>(failure.exit_code);
}

int Voice::fail(Errc code, std::string_view id, std::initializer_list<Place> places) const {
  return fail(Error{code, words_.text(id, places)});
}

}  // namespace jiyao
