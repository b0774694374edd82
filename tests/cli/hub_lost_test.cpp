// tests/cli/hub_lost_test.cpp - the hub's disk is gone: with its keys left it is the same hub with
// an empty store, without them it is a new one; the offices refill either.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "schema/hub_card.h"
#include "support/field_realm.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// An archive and two offices, whose rows are at the hub and at the archive.
class HubLost : public testing::Test {
 protected:
  HubLost()
      : a_(realm_.enrol({.name = "A", .office = "甲局"})),
        b_(realm_.enrol({.name = "B", .office = "乙局", .person = "李四"})) {
    record("hub lost: before");
    held_ = batches();
  }
  FieldHub& hub() { return realm_.hub; }
  std::string path(const std::string& name) { return realm_.folder / name; }
  /// A row at each office, carried to the archive.
  void record(const std::string& title) {
    realm_.archive.good({"sync"});
    for (const FieldMachine* office : {&a_, &b_}) {
      office->good({"sync"});
      office->good({"incoming", "add", "--title", title, "--sender-org", "省厅"});
      office->good({"sync"});
    }
    realm_.archive.good({"sync"});
  }
  /// Every office meets the hub and has nothing left to say, no batch was refused, no alarm raised.
  void expect_all_is_well() {
    for (const FieldMachine* machine : {&realm_.archive, &a_, &b_, &realm_.archive}) {
      SCOPED_TRACE(machine->name());
      const Ran met = machine->json({"sync"});
      EXPECT_EQ(met.exit_code, 0) << met.said();
      EXPECT_EQ(met.json()->getValue<int>("refused"), 0);
      EXPECT_EQ(met.json()->getValue<int>("not_taken"), 0);
      EXPECT_THAT(met.err, Not(HasSubstr("警报"))) << "a hub made anew is no forked one";
      EXPECT_EQ(machine->good({"status"})->getValue<int>("undelivered"), 0);
      machine->expect_whole();
    }
  }
  /// Of the stopped hub; it serves again afterwards.
  int batches() {
    EXPECT_EQ(hub().stop(SIGTERM).exit_code, 0);
    const Ran ran = hub().verb("verify", {"--json"});
    EXPECT_EQ(ran.exit_code, 0) << ran.said();
    hub().serve();
    return std::stoi(ran.json()->getValue<std::string>("batches"));
  }
  std::string hub_id() {
    const Result<HubCard> card = decode_hub_card(read_text(hub().data() + "/hub.card"));
    return card ? card->hub.hex() : card.error().detail;
  }
  std::size_t found_at_the_archive(const std::string& title) {
    return realm_.archive.good({"find", title})->getArray("records")->size();
  }

  FieldRealm realm_;
  FieldMachine a_, b_;
  int held_ = 0;
};

TEST_F(HubLost, ItsStoreAloneIsMadeAnewWithTheSameKeysAndRefilledByTheOffices) {
  EXPECT_GT(held_, 2);
  ASSERT_EQ(hub().stop(SIGTERM).exit_code, 0);
  const std::string key = read_text(hub().data() + ".key");
  const std::string certificate = read_text(hub().data() + ".pem");
  const std::string card = read_text(hub().data() + "/hub.card");
  fs::remove_all(hub().data());
  for (const auto& [verb, words] : std::vector<std::pair<std::string, Words>>{
           {"serve", {}}, {"verify", {}}, {"backup", {"--to", path("x")}}}) {
    const Ran refused = hub().verb(verb, words);
    EXPECT_EQ(refused.exit_code, 4) << verb;
    EXPECT_THAT(refused.err, AllOf(HasSubstr("hub.jdb"), HasSubstr("jiyao-server restore"),
                                   HasSubstr("jiyao-server init --data " + hub().data())));
  }
  const Ran made = hub().verb("init", {"--address", hub().address()});
  ASSERT_EQ(made.exit_code, 0) << made.said();
  EXPECT_THAT(made.out, AllOf(HasSubstr("沿用"), HasSubstr("init --data " + hub().data())));
  EXPECT_EQ(read_text(hub().data() + ".key"), key);
  EXPECT_EQ(read_text(hub().data() + ".pem"), certificate);
  EXPECT_EQ(read_text(hub().data() + "/hub.card"), card);
  const Ran joined = hub().verb("init", {"--realm", path("realm")});
  ASSERT_EQ(joined.exit_code, 0) << joined.said();
  EXPECT_THAT(joined.out, HasSubstr("新的一次生命"));
  hub().serve();
  expect_all_is_well();
  EXPECT_EQ(batches(), held_) << "every batch is there again";
  record("hub lost: after");
  expect_all_is_well();
  EXPECT_EQ(found_at_the_archive("hub lost"), 4U);
}

// Also when the new hub's random id comes after the old one's in any order of ids.
TEST_F(HubLost, WithItsKeysItIsANewHubThatTheOfficesAreToldOf) {
  ASSERT_EQ(hub().stop(SIGTERM).exit_code, 0);
  const std::string lost = hub_id();
  do {
    fs::remove_all(hub().data());
    for (const char* beside : {".key", ".pem", ".anchor"}) fs::remove(hub().data() + beside);
    ASSERT_EQ(hub().verb("init", {"--address", hub().address()}).exit_code, 0);
  } while (hub_id() < lost);
  realm_.archive.good({"hub", "add", hub().data() + "/hub.card", "--out", path("realm.new")});
  const Ran joined = hub().verb("init", {"--realm", path("realm.new")});
  ASSERT_EQ(joined.exit_code, 0) << joined.said();
  hub().serve();
  EXPECT_EQ(a_.run({"sync"}).exit_code, 8) << "another certificate: the office speaks to nobody";
  for (const FieldMachine* office : {&a_, &b_})
    office->good({"enrol", "complete", path("realm.new")});
  expect_all_is_well();
  EXPECT_EQ(batches(), held_);
  record("hub lost: after");
  EXPECT_EQ(found_at_the_archive("hub lost"), 4U);
}

}  // namespace
}  // namespace jiyao
