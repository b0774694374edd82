// tests/unit/server/options_test.cpp - the command line of jiyao-server and what it says.
#include "server/options.h"

#include <Poco/JSON/Parser.h>
#include <gmock/gmock.h>

#include "schema/told_failure.h"
#include "server/voice.h"

namespace jiyao {
namespace {

Result<ServerOptions> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "jiyao-server");
  const Catalogue zh(Language::zh, kServerMessages);
  return ServerOptions::parse(words, zh);
}

TEST(ServerOptions, EveryVerbHasItsOptionsAndJsonStandsAnywhere) {
  const auto serve = parse({"serve", "--json", "--data", "/d", "--listen", "[::]:1"});
  ASSERT_TRUE(serve) << serve.error().detail;
  EXPECT_EQ(serve->get("listen"), "[::]:1");
  for (const char* verb : {"help", "version", "--help"}) EXPECT_TRUE(parse({verb})) << verb;
  for (const char* verb : {"init", "serve", "backup", "restore", "verify"}) {
    EXPECT_TRUE(parse({verb, "--data", "/d"})) << verb;
    EXPECT_EQ(parse({verb}).error().detail, "缺少 --data") << verb;
  }
  EXPECT_EQ(parse({"sevre"}).error().detail, "不认识 “sevre”");
  EXPECT_EQ(parse({"serve", "--data"}).error().detail, "--data 后面没有值，或给了两次");
  EXPECT_EQ(parse({"serve", "--data", "/d", "--data", "/e"}).code(), Errc::usage);
  EXPECT_EQ(parse({"verify", "--data", "/d", "--to", "/e"}).error().detail, "不认识 “--to”");
}

TEST(ServerWords, SayEverythingInBothLanguagesWithTheSamePlaces) {
  const Catalogue zh(Language::zh, kServerMessages);
  const Catalogue en(Language::en, kServerMessages);
  for (const auto& [id, text] : zh.messages()) {
    ASSERT_TRUE(en.has(id)) << id;
    EXPECT_EQ(places_of(text), places_of(en.text(id))) << id;
  }
  EXPECT_EQ(zh.messages().size(), en.messages().size());
  for (int code = static_cast<int>(Errc::usage); code <= static_cast<int>(Errc::interrupted);
       ++code) {
    const std::string name = name_of(static_cast<Errc>(code));
    EXPECT_TRUE(zh.has("error." + name) && zh.has("hint." + name)) << name;
  }
}

TEST(ServerWords, AFailureIsADocumentForPrograms) {
  const Catalogue zh(Language::zh, kServerMessages);
  Poco::JSON::Parser parser;
  const auto document =
      parser.parse(told(zh, {Errc::busy, "/d/hub.jdb"}).json()).extract<Poco::JSON::Object::Ptr>();
  const auto error = document->getObject("error");
  EXPECT_EQ(error->getValue<std::string>("code"), "BUSY");
  EXPECT_EQ(error->getValue<int>("exit"), 9);
  EXPECT_THAT(error->getValue<std::string>("message"), testing::HasSubstr("/d/hub.jdb"));
}

}  // namespace
}  // namespace jiyao
