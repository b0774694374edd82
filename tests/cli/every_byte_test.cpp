// tests/cli/every_byte_test.cpp - each byte of the files that the real programs wrote for a
// register of 50 rows, changed in turn.
//
// Method: a real `jiyao` that has the replica open is killed, so that files and logs are both
// there; they and the hub's store are read, and every byte of every page and slot is changed and
// put to the routine that `verify` asks about that page or slot (PageSeal and WalSeal, as
// Database::verify_pages() does); the whole of verify for each of some 500'000 bytes would take
// hours. That verify does look at every page and slot, free ones too, and names it, is tried once
// for each of them. Keyring, anchor, roster record, batch and bundle have their own sweeps in
// tests/unit; a bundle of 50 rows is here.
#include <Poco/JSON/Array.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "cli/fifty_rows.h"
#include "crypto/keyring.h"
#include "schema/database.h"
#include "schema/real_files.h"
#include "schema/sealed_wal.h"
#include "sync/bundle_reader.h"
#include "sync/log_file.h"
#include "sync/replica.h"

namespace jiyao {
namespace {

namespace fs = std::filesystem;

Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

/// Bytes of a database file whose change its page does not notice.
std::vector<std::size_t> unguarded_in_pages(const PageSeal& seal, const Bytes& file) {
  std::vector<std::size_t> missed;
  std::array<std::uint8_t, kPageBytes> page;
  for (std::size_t at = 0; at < file.size(); ++at) {
    const std::size_t begin = at / kPageBytes * kPageBytes;
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(begin), kPageBytes, page.begin());
    page[at - begin] ^= static_cast<std::uint8_t>(1U << (at * 5 % 8));
    if (seal.open(static_cast<std::uint32_t>(begin / kPageBytes + 1), page)) missed.push_back(at);
  }
  return missed;
}

/// The same for a log, slot by slot.
std::vector<std::size_t> unguarded_in_log(const WalSeal& seal, Bytes log) {
  std::vector<std::size_t> missed;
  const auto header_at = [&] {
    return std::span<const std::uint8_t, kWalHeaderSlotBytes>(log.data(), kWalHeaderSlotBytes);
  };
  const std::optional<WalHeader> header = seal.open_header(header_at());
  if (!header) return {0};
  const std::size_t frames = (log.size() - kWalHeaderSlotBytes) / kFrameSlotBytes;
  const auto is_whole = [&](std::size_t at) {
    if (at < kWalHeaderSlotBytes) return seal.open_header(header_at()).has_value();
    const std::uint64_t frame = (at - kWalHeaderSlotBytes) / kFrameSlotBytes;
    const std::uint8_t* slot = log.data() + frame_slot_offset(frame);
    const auto top = seal.open_frame_header(
        frame, std::span<const std::uint8_t, kFrameHeaderSlotBytes>(slot, kFrameHeaderSlotBytes));
    if (!top || at < frame_slot_offset(frame) + kFrameHeaderSlotBytes) return top.has_value();
    std::array<std::uint8_t, kFramePageSlotBytes> page;
    std::copy_n(slot + kFrameHeaderSlotBytes, page.size(), page.begin());
    return seal.open_page(frame, page_number_of(*top), salts_of(*header), page);
  };
  for (std::size_t at = 0; at < kWalHeaderSlotBytes + frames * kFrameSlotBytes; ++at) {
    if (!is_whole(at)) return {at};  // the log as it lies is not whole: nothing would be shown
    log[at] ^= static_cast<std::uint8_t>(1U << (at * 5 % 8));
    if (is_whole(at)) missed.push_back(at);
    log[at] ^= static_cast<std::uint8_t>(1U << (at * 5 % 8));
  }
  return missed;
}

class EveryByteOfARegister : public FiftyRows {
 protected:
  static Unlocked unlocked(const FieldMachine& machine) {
    const std::string ring = read_text(machine.data() / "keyring.jyk");
    auto keyring = Keyring::parse(as_bytes(ring), TestSlots::accept);
    auto slot = keyring->unlock_any(machine.passphrase());
    return *unlocked_by(*keyring, std::move(*slot));
  }
};

TEST_F(EveryByteOfARegister, InFilesAndLogsOfTheReplicaIsGuarded) {
  const FieldMachine& r = realm_->archive;
  const Unlocked keys = unlocked(r);
  const FolderImage closed({r.data(), r.state()});
  crash();
  std::size_t looked_at = 0;
  for (const auto& [name, access] : {std::pair("log.jdb", &keys.log),
                                     std::pair("internal.jdb", &keys.levels.at(Level::internal)),
                                     std::pair("secret.jdb", &keys.levels.at(Level::secret))}) {
    SCOPED_TRACE(name);
    const Bytes file = bytes_of(read_text(r.data() / name));
    const Bytes log = bytes_of(read_text(r.data() / (std::string(name) + "-wal")));
    ASSERT_EQ(file.size() % kPageBytes, 0U);
    ASSERT_GT(log.size(), kWalHeaderSlotBytes);
    EXPECT_THAT(unguarded_in_pages(PageSeal(access->id, access->key), file), testing::IsEmpty());
    EXPECT_THAT(unguarded_in_log(WalSeal(access->id, access->key), log), testing::IsEmpty());
    looked_at += file.size() + log.size();
  }
  std::cout << looked_at << " bytes\n";
  closed.put_back();
}

// One byte of each page, through the whole of the production check.
TEST_F(EveryByteOfARegister, HasAPageThatVerifyLooksAtAndNames) {
  const FieldMachine& r = realm_->archive;
  const Unlocked keys = unlocked(r);
  RealFiles files;
  const FileAccess& level = keys.levels.at(Level::internal);
  const std::string path = (r.data() / "internal.jdb").string();
  auto database = Database::open(files, path, level.id, level.key, Database::Access::read_only);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->verify_pages().is_clean());
  const Bytes whole = bytes_of(read_text(path));
  // Written past SQLite's back and never closed here: closing would let go of its lock.
  const auto file = files.open(path, OpenMode::read_write);
  ASSERT_TRUE(file);
  for (std::size_t at = 33; at < whole.size(); at += kPageBytes) {
    const std::uint8_t bent = whole[at] ^ 0x20U;
    (*file)->write(at, ByteView(&bent, 1));
    EXPECT_THAT(database->verify_pages().bad_pages,
                testing::ElementsAre(static_cast<std::uint32_t>(at / kPageBytes + 1)));
    (*file)->write(at, ByteView(whole).subspan(at, 1));
  }
  EXPECT_TRUE(database->verify_pages().is_clean());
}

// Killed, so that what it took in last is in its log only.
TEST_F(EveryByteOfARegister, InTheHubsStoreIsGuarded) {
  realm_->hub.stop(SIGKILL);
  const Bytes ring = bytes_of(read_text(realm_->hub.data() + ".key"));
  ASSERT_EQ(ring.size(), 56U);
  const auto seed = Secret<32>::copy_of(ByteView(ring).subspan(24, 32));
  const FileId hub = *FileId::from(ByteView(ring).subspan(8, 16));
  const Bytes file = bytes_of(read_text(realm_->hub.data() + "/hub.jdb"));
  const Bytes log = bytes_of(read_text(realm_->hub.data() + "/hub.jdb-wal"));
  ASSERT_GT(log.size(), kWalHeaderSlotBytes);
  const Secret<32> key = derive(seed, Label::hub_file, hub.view());
  EXPECT_THAT(unguarded_in_pages(PageSeal(hub, key), file), testing::IsEmpty());
  EXPECT_THAT(unguarded_in_log(WalSeal(hub, key), log), testing::IsEmpty());
  std::cout << file.size() + log.size() << " bytes\n";
  realm_->hub.serve();
}

TEST_F(EveryByteOfARegister, InABundleIsGuarded) {
  const std::string medium = realm_->folder / "medium";
  fs::create_directory(medium);
  const auto volumes =
      realm_->archive.good({"bundle", "export", "--to", "S", "--out", medium})->getArray("volumes");
  const auto path = volumes->getObject(0)->getValue<std::string>("file");
  const Unlocked keys = unlocked(*s_);
  RealFiles files;
  struct : Clock {
    std::int64_t wall_ms() const override { return 0; }
    std::int64_t steady_ms() const override { return 0; }
  } clock;
  struct : Random {
    std::uint64_t next() override { return 1; }
  } random;
  struct : Alarms {
    void raise(const std::string&, const std::string&) override {}
  } alarms;
  Env env{clock, random, files, alarms};
  const auto log =
      LogFile::open(env, (s_->data() / "log.jdb").string(), {keys.log.id, keys.log.key}, keys.node);
  ASSERT_TRUE(log);
  const BundleSelf self{
      keys.node, {}, *keys.node_box, keys.realm, (*log)->roster().root_fingerprint()};
  const auto passes = [&] {
    auto reader = BundleReader::open(files, path, self);
    return reader && reader->inspect(**log);
  };
  ASSERT_TRUE(passes());
  const Bytes whole = bytes_of(read_text(path));
  const auto file = files.open(path, OpenMode::read_write);
  std::vector<std::size_t> missed;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    const auto bent = static_cast<std::uint8_t>(whole[at] ^ (1U << (at * 5 % 8)));
    (*file)->write(at, ByteView(&bent, 1));
    if (passes()) missed.push_back(at);
    (*file)->write(at, ByteView(whole).subspan(at, 1));
  }
  EXPECT_THAT(missed, testing::IsEmpty());
  std::cout << whole.size() << " bytes\n";
  EXPECT_TRUE(passes());
}

}  // namespace
}  // namespace jiyao
