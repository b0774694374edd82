// schema/strict_json.h - JSON in which no key stands twice. Inside of definition_loader.cpp.
#pragma once

#include <Poco/JSON/ParseHandler.h>

#include <set>
#include <string>
#include <vector>

namespace jiyao {

/// The first mistake ends the loading; it leaves this file as an Error.
struct Mistake {
  std::string what;
};

class NoRepeats : public Poco::JSON::ParseHandler {
 public:
  NoRepeats() : ParseHandler(true) {}  // keeps the order of keys
  void startObject() override {
    keys_.emplace_back();
    ParseHandler::startObject();
  }
  void endObject() override {
    keys_.pop_back();
    ParseHandler::endObject();
  }
  void key(const std::string& name) override {
    if (!keys_.back().insert(name).second) throw Mistake{"\"" + name + "\" stands twice"};
    ParseHandler::key(name);
  }

 private:
  std::vector<std::set<std::string>> keys_;
};

}  // namespace jiyao
