// tests/unit/schema/sealed_damage_test.cpp - every changed byte is noticed, and none shows as data.
//
// Goal: nobody who has the disk but not the key can make a replica show anything but what was
// written. Method: change each byte, move pages about, cut the log at every length.
#include <gmock/gmock.h>

#include "support/simulated_disk.h"
#include "unit/schema/database_fixture.h"

namespace jiyao {
namespace {

using Access = Database::Access;
using Image = SimulatedDisk::Image;
constexpr int kRows = 12;

class Damage : public testing::Test {
 protected:
  // A file and a log, as a crash would leave them: half of the rows are only in the log, each row
  // its own transaction.
  Image with_log() {
    disk_.put_back("r", {});
    Database database = notes_.make();
    for (int n = 0; n < kRows; ++n) {
      if (n == kRows / 2) database.checkpoint();
      insert_note(database, n, "绝密标题", 900);
    }
    return disk_.snapshot("r");
  }
  // The same rows, closed: no log.
  Image closed() {
    {
      Database database = notes_.make();
      for (int n = 0; n < kRows; ++n) insert_note(database, n, "绝密标题", 900);
    }
    return disk_.snapshot("r");
  }

  // True if opening, verifying or reading says that something is wrong. What can be read must be
  // what was written, wrong or not.
  bool is_noticed(const Image& image) {
    disk_.put_back("r", image);
    bool is_noticed = false;
    for (const Access access : {Access::read_only, Access::read_write}) {
      try {
        Result<Database> database = notes_.open(access);
        if (!database) {
          is_noticed = true;
          continue;
        }
        const WalVerdict verdict = database->wal_verdict();
        is_noticed |= verdict != WalVerdict::none && verdict != WalVerdict::clean;
        is_noticed |= access == Access::read_only && !database->verify_pages().is_clean();
        expect_only_what_was_written(*database);
        is_noticed |= database->refusals() > 0;
      } catch (const StorageFailure& failure) {
        EXPECT_EQ(failure.kind(), StorageFailure::Kind::damaged) << failure.what();
        is_noticed = true;
      }
    }
    return is_noticed;
  }

  static void expect_only_what_was_written(Database& database) {
    Statement read(database, "SELECT n, title, body FROM note ORDER BY id");
    for (std::int64_t n = 0; read.step(); ++n) {
      EXPECT_EQ(read.integer(0), n);
      EXPECT_EQ(read.text(1), "绝密标题");
      EXPECT_TRUE(std::ranges::all_of(read.blob(2), [](std::uint8_t b) { return b == 0x5a; }));
    }
  }

  std::int64_t rows_of(const Image& image, Access access = Access::read_write) {
    disk_.put_back("r", image);
    Result<Database> database = notes_.open(access);
    EXPECT_TRUE(database) << (database ? "" : database.error().detail);
    return database ? count_notes(*database) : -1;
  }

  Bytes page_of(const Bytes& file, std::size_t number) {
    const auto begin = file.begin() + static_cast<std::ptrdiff_t>((number - 1) * kPageBytes);
    return Bytes(begin, begin + kPageBytes);
  }
  void set_page(Bytes& file, std::size_t number, const Bytes& page) {
    std::ranges::copy(page, file.begin() + static_cast<std::ptrdiff_t>((number - 1) * kPageBytes));
  }

  SimulatedDisk disk_{1};
  Notes notes_{disk_, "r/notes.jdb"};
};

// A file small enough that each of its bytes can have its turn.
class EveryByte : public Damage {
 protected:
  Database make_small() {
    Result<Database> database = notes_.open(Access::create);
    database->run("CREATE TABLE small(a INT, b TEXT) STRICT");
    database->run("INSERT INTO small VALUES (1, '绝密'), (2, '机密')");
    return std::move(database).value();
  }
  // Bytes of `path` whose change verify_pages() does not report.
  std::vector<std::size_t> unguarded(Database& database, const Path& path) {
    std::vector<std::size_t> missed;
    const std::size_t size = disk_.content(path).size();
    for (std::size_t i = 0; i < size; ++i) {
      const auto bit = static_cast<unsigned>(i * 5 % 8);
      disk_.flip_bit(path, i, bit);
      if (database.verify_pages().is_clean()) missed.push_back(i);
      disk_.flip_bit(path, i, bit);
    }
    return missed;
  }
};

TEST_F(EveryByte, OfAFileIsGuarded) {
  Database database = make_small();
  database.run("CREATE INDEX by_b ON small(b)");
  database.checkpoint();
  ASSERT_TRUE(database.verify_pages().is_clean());
  EXPECT_EQ(disk_.content(notes_.path).size(), 3 * kPageBytes);
  EXPECT_THAT(unguarded(database, notes_.path), testing::IsEmpty());
}

TEST_F(EveryByte, OfALogIsGuarded) {
  Database database = make_small();
  database.checkpoint();
  database.run("INSERT INTO small VALUES (3, '秘密')");
  database.run("INSERT INTO small VALUES (4, '内部')");
  ASSERT_TRUE(database.verify_pages().is_clean());
  EXPECT_EQ(disk_.content("r/notes.jdb-wal").size(), kWalHeaderSlotBytes + 2 * kFrameSlotBytes);
  EXPECT_THAT(unguarded(database, "r/notes.jdb-wal"), testing::IsEmpty());
}

TEST_F(Damage, AChangedFileOrLogIsNoticedByWhoeverOpensIt) {
  for (const auto& [whole, name] :
       {std::pair(closed(), "notes.jdb"), std::pair(with_log(), "notes.jdb-wal")}) {
    ASSERT_FALSE(is_noticed(whole));
    Image image = whole;
    Bytes& content = image[name];
    for (std::size_t i = 0; i < content.size(); i += 83) {
      content[i] ^= 4;
      ASSERT_TRUE(is_noticed(image)) << name << " byte " << i;
      content[i] ^= 4;
    }
  }
}

TEST_F(Damage, DamageInADurableTransactionIsTamperingAndInTheLastOneACrash) {
  Image image = with_log();
  Bytes& log = image["notes.jdb-wal"];
  log[kWalHeaderSlotBytes + 100] ^= 1;
  disk_.put_back("r", image);
  const Result<Database> refused = notes_.open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.code(), Errc::not_authentic);
  EXPECT_EQ(disk_.content("r/notes.jdb-wal"), log) << "the evidence was touched";
  {
    Result<Database> looked = notes_.open(Access::read_only);
    ASSERT_TRUE(looked);
    EXPECT_EQ(looked->wal_verdict(), WalVerdict::tampered);
    EXPECT_EQ(count_notes(*looked), kRows / 2);
  }
  EXPECT_EQ(disk_.content("r/notes.jdb-wal"), log) << "the evidence was touched";
  EXPECT_EQ(rows_of(image, Access::after_incident), kRows / 2);

  log[kWalHeaderSlotBytes + 100] ^= 1;
  log[log.size() - 100] ^= 1;
  disk_.put_back("r", image);
  Result<Database> opened = notes_.open();
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->wal_verdict(), WalVerdict::torn_tail);
  EXPECT_EQ(count_notes(*opened), kRows - 1);
}

TEST_F(Damage, ALogCutAtAnyLengthOpensWithWholeTransactions) {
  const Image whole = with_log();
  const Bytes& log = whole.at("notes.jdb-wal");
  std::int64_t before = kRows / 2;
  const std::size_t stride = 61;
  for (std::size_t size = 0; size < log.size() + stride; size += stride) {
    Image image = whole;
    image["notes.jdb-wal"].resize(std::min(size, log.size()));
    const std::int64_t rows = rows_of(image);
    EXPECT_GE(rows, before) << "at " << size;
    before = rows;
  }
  EXPECT_EQ(before, kRows);
}

TEST_F(Damage, PagesOpenOnlyInTheirOwnPlace) {
  const Image whole = closed();
  const Bytes& file = whole.at("notes.jdb");
  const std::size_t pages = file.size() / kPageBytes;
  SimulatedDisk other_disk(2);
  const Notes other{other_disk, "r/notes.jdb", test_id(9)};  // the same key, another file
  { other.make(); }
  const Bytes other_file = other_disk.content("r/notes.jdb");
  for (std::size_t to = 1; to <= pages; ++to) {
    for (std::size_t from = 1; from <= pages; ++from) {
      if (from == to) continue;
      Image image = whole;
      set_page(image["notes.jdb"], to, page_of(file, from));
      EXPECT_TRUE(is_noticed(image)) << from << " put at " << to;
    }
    if (to * kPageBytes > other_file.size()) continue;
    Image image = whole;
    set_page(image["notes.jdb"], to, page_of(other_file, to));
    EXPECT_TRUE(is_noticed(image)) << "page " << to << " of another file";
  }
}

TEST_F(Damage, LogSlotsOpenOnlyInTheirOwnPlace) {
  const Image whole = with_log();
  const Bytes& log = whole.at("notes.jdb-wal");
  const std::size_t frames = (log.size() - kWalHeaderSlotBytes) / kFrameSlotBytes;
  const auto slot = [&](std::size_t frame) {
    return static_cast<std::ptrdiff_t>(frame_slot_offset(frame));
  };
  for (std::size_t to = 0; to < frames; ++to) {
    for (std::size_t from = 0; from < frames; ++from) {
      if (from == to) continue;
      Image image = whole;
      std::copy_n(log.begin() + slot(from), kFrameSlotBytes,
                  image["notes.jdb-wal"].begin() + slot(to));
      EXPECT_TRUE(is_noticed(image)) << from << " put at " << to;
    }
  }
}

TEST_F(Damage, AFileThatIsCutOrExtendedIsNoticed) {
  const Image whole = closed();
  const std::size_t size = whole.at("notes.jdb").size();
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{1}, kPageBytes - 1, kPageBytes, size - kPageBytes,
        size - kPageBytes + 1, size - 1, size + 1, size + kPageBytes}) {
    Image image = whole;
    image["notes.jdb"].resize(cut);
    EXPECT_TRUE(is_noticed(image)) << "at " << cut;
  }
}

TEST_F(Damage, AFreePageIsGuardedToo) {
  {
    Database database = notes_.make();
    for (int n = 0; n < 30; ++n) insert_note(database, n, "a", 5000);
    database.run("DELETE FROM note");
    database.checkpoint();
    ASSERT_GT(database.verify_pages().pages, 30U);
  }
  disk_.flip_bit("r/notes.jdb", 25 * kPageBytes + 7, 3);
  Result<Database> database = notes_.open();
  ASSERT_TRUE(database);
  EXPECT_THAT(database->verify_pages().bad_pages, testing::ElementsAre(26));
}

TEST_F(Damage, NoContentShowsInTheFiles) {
  for (const auto& [name, content] : with_log()) {
    const std::string_view text = as_text(content);
    EXPECT_EQ(text.find("SQLite"), std::string_view::npos) << name;
    EXPECT_EQ(text.find("note"), std::string_view::npos) << name;
    EXPECT_EQ(text.find("绝密"), std::string_view::npos) << name;
    EXPECT_EQ(text.find("ZZZZ"), std::string_view::npos) << name;
  }
}

TEST_F(Damage, AnOlderLogBesideANewerFileIsNotReplayed) {
  const Image old = with_log();
  SimulatedDisk::Image now;
  {
    disk_.put_back("r", old);
    Result<Database> database = notes_.open();
    ASSERT_TRUE(database);
    for (int n = kRows; n < 3 * kRows; ++n) insert_note(*database, n, "绝密标题", 900);
    database->checkpoint();
    insert_note(*database, 3 * kRows, "绝密标题", 900);
    now = disk_.snapshot("r");
  }
  now["notes.jdb-wal"] = old.at("notes.jdb-wal");
  disk_.put_back("r", now);
  // An old log of the same file is authentic. Pages that fit the newer file by accident would be
  // a rollback; what SQLite makes of the mixture must at least be said to be broken or whole.
  Result<Database> database = notes_.open();
  if (!database) return;
  const PageReport report = database->verify_pages();
  EXPECT_TRUE(!report.is_clean() || count_notes(*database) == kRows);
}

}  // namespace
}  // namespace jiyao
