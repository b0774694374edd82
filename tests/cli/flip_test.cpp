// tests/cli/flip_test.cpp - one byte changed, anywhere in a replica, a bundle or a hub's store: the
// programs say so and never show it as good data.
//
// Goal: nobody who has the disk but no key can make a program crash, hang or show anything else
// than what was written. Method: random bytes from a seed, one at a time, through the real
// commands; every byte in process is tests/cli/every_byte_test.cpp. 60 flips; 500 with
// JIYAO_LONG=1.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "cli/fifty_rows.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;

struct Flip {
  std::string path;
  std::uint64_t at;
  unsigned bit;
  std::string text() const {
    return fs::path(path).filename().string() + " byte " + std::to_string(at) + " bit " +
           std::to_string(bit);
  }
  void make() const {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const int before = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(static_cast<unsigned>(before) ^ (1U << bit)));
    if (!file.flush()) throw std::runtime_error("cannot flip " + path);
  }
};

class Flipped : public FiftyRows {
 protected:
  Flipped() {
    const char* wanted = std::getenv("JIYAO_FLIP_SEED");
    seed_ = wanted != nullptr ? std::stoull(wanted) : std::random_device()();
    draw_.seed(seed_);
    std::cout << "seed " << seed_ << " (JIYAO_FLIP_SEED repeats it)\n";
  }

  static int flips(int of_500) {
    return std::getenv("JIYAO_LONG") != nullptr ? of_500 : (of_500 * 60 + 499) / 500;
  }
  /// Small files get their turn as often as large ones.
  Flip draw(const std::vector<std::string>& paths) {
    const std::string& path = paths[draw_() % paths.size()];
    return {path, draw_() % fs::file_size(path), static_cast<unsigned>(draw_() % 8)};
  }
  static std::string titles(const Poco::JSON::Object::Ptr& listed) {
    std::ostringstream text;
    for (const auto& one : *listed->getArray("records"))
      one.extract<Poco::JSON::Object::Ptr>()->getObject("fields")->stringify(text);
    return text.str();
  }
  static const Words& list() {
    static const Words words = {"incoming", "list", "--limit", "1000"};
    return words;
  }
  /// A refusal in order: an exit code of damage, coded and said, no signal.
  static void expect_clear(const Ran& ran, const std::vector<int>& allowed) {
    EXPECT_EQ(ran.signal, 0) << ran.said();
    EXPECT_FALSE(ran.was_stopped) << "it hangs";
    EXPECT_THAT(allowed, testing::Contains(ran.exit_code)) << ran.said();
  }

  std::uint64_t seed_ = 0;
  std::mt19937_64 draw_;
};

TEST_F(Flipped, FilesOfAReplicaAreNoticedAndNeverShown) {
  const FieldMachine& r = realm_->archive;
  const FolderImage whole({r.data(), r.state()});
  const std::string shown = titles(r.good(list()));
  const std::string state = r.shown_state();
  whole.put_back();
  std::vector<std::string> paths;
  for (const char* name : {"log.jdb", "internal.jdb", "secret.jdb", "keyring.jyk"})
    paths.push_back((r.data() / name).string());
  int healed = 0;
  const int count = flips(300);
  for (int i = 0; i < count; ++i) {
    const Flip flip = draw(paths);
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + flip.text());
    flip.make();
    const Ran verified = r.json({"verify", "--full"});
    expect_clear(verified, {0, 8, 10, 11, 12});
    if (verified.exit_code == 0) {
      // Opening marks the session: a free page it took for that was written anew, and is whole.
      ++healed;
      EXPECT_EQ(r.shown_state(), state) << "damage that was not noticed";
    }
    whole.put_back();
    flip.make();
    const Ran listed = r.json(list());
    expect_clear(listed, {0, 8, 10, 11, 12});
    if (listed.exit_code == 0) {
      EXPECT_EQ(titles(listed.json()), shown) << "shown as good data";
    }
    whole.put_back();
    if (HasFailure()) break;
  }
  EXPECT_LE(healed, count / 50) << "of " << count;
}

TEST_F(Flipped, AnAnchorBeginsANewLifeAndLosesNothing) {
  const FieldMachine& r = realm_->archive;
  const FolderImage whole({r.data(), r.state()});
  const std::string shown = titles(r.good(list()));
  const std::string life = r.good({"status"})->getValue<std::string>("incarnation");
  whole.put_back();
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(r.state()))
    if (entry.is_regular_file()) paths.push_back(entry.path().string());
  ASSERT_EQ(paths.size(), 1U);
  for (int i = 0; i < flips(50); ++i) {
    const Flip flip = draw(paths);
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + flip.text());
    flip.make();
    EXPECT_NE(r.good({"status"})->getValue<std::string>("incarnation"), life);
    EXPECT_EQ(titles(r.good(list())), shown);
    whole.put_back();
  }
  EXPECT_EQ(r.good({"status"})->getValue<std::string>("incarnation"), life);
  whole.put_back();
}

// What a crash leaves in the logs beside the files. Damage in the last transaction of a log is what
// a power cut leaves, and is taken back whole; anything before it is tampering.
TEST_F(Flipped, ALogLeftByACrashIsNoticedOrTakenBackWhole) {
  const FieldMachine& r = realm_->archive;
  const FolderImage closed({r.data(), r.state()});
  crash();
  const FolderImage crashed({r.data(), r.state()});
  const std::string shown = titles(r.good(list()));
  crashed.put_back();
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(r.data()))
    if (entry.path().string().ends_with("-wal") && entry.file_size() > 0)
      paths.push_back(entry.path().string());
  ASSERT_FALSE(paths.empty());
  for (int i = 0; i < flips(50) && !HasFailure(); ++i) {
    const Flip flip = draw(paths);
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + flip.text());
    flip.make();
    const Ran listed = r.json(list());
    expect_clear(listed, {0, 8, 12});
    if (listed.exit_code == 0) {
      EXPECT_EQ(titles(listed.json()), shown);
      const Ran verified = r.json({"verify", "--full"});
      EXPECT_EQ(verified.exit_code, 0) << verified.said();
    }
    crashed.put_back();
  }
  closed.put_back();
}

TEST_F(Flipped, ABundleIsRefusedWholeByImport) {
  const std::string medium = realm_->folder / "medium";
  fs::create_directory(medium);
  const auto written =
      realm_->archive.good({"bundle", "export", "--to", "S", "--out", medium})->getArray("volumes");
  ASSERT_EQ(written->size(), 1U);
  const auto volume = written->getObject(0)->getValue<std::string>("file");
  const std::string whole = read_text(volume);
  const std::string before = s_->shown_state();
  for (int i = 0; i < flips(50) && !HasFailure(); ++i) {
    const Flip flip = draw({volume});
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + flip.text());
    flip.make();
    const Ran ran = s_->json({"bundle", "import", volume});
    expect_clear(ran, {7, 8, 10});
    EXPECT_NE(ran.error_code(), "");
    EXPECT_EQ(s_->shown_state(), before) << "something of it was taken in";
    write_text(volume, whole);
  }
  s_->good({"bundle", "import", volume});
  EXPECT_NE(s_->shown_state(), before);
}

TEST_F(Flipped, AHubsStoreIsNoticedByVerify) {
  FieldHub& hub = realm_->hub;
  ASSERT_EQ(hub.stop(SIGTERM).exit_code, 0);
  const FolderImage whole({hub.data()});
  const std::string key = read_text(hub.data() + ".key");
  const std::string anchor = read_text(hub.data() + ".anchor");
  ASSERT_EQ(hub.verb("verify").exit_code, 0);
  for (int i = 0; i < flips(50) && !HasFailure(); ++i) {
    const Flip flip = draw({hub.data() + "/hub.jdb", hub.data() + ".key"});
    SCOPED_TRACE("seed " + std::to_string(seed_) + ": " + flip.text());
    whole.put_back();
    flip.make();
    const Ran ran = hub.verb("verify");
    expect_clear(ran, {8, 12});
    EXPECT_NE(ran.err, "");
    EXPECT_EQ(ran.out, "") << "said to be good";
    write_text(hub.data() + ".key", key);
  }
  whole.put_back();
  write_text(hub.data() + ".anchor", anchor);
  const Ran good = hub.verb("verify");
  EXPECT_EQ(good.exit_code, 0) << good.said();
  hub.serve();
}

}  // namespace
}  // namespace jiyao
