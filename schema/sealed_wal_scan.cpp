// schema/sealed_wal_scan.cpp - judging the log that a crash, or somebody, left behind.
//
// A frame is good when both slots are authentic, its salts are the log's and SQLite's running
// checksum continues from the frame before. Seals prove who wrote a slot; the checksum proves that
// it stands where it stood, so an older slot of the same place is found too.
#include <cstring>

#include "schema/sealed_wal.h"

namespace jiyao {
namespace {

struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend bool operator==(const Checksum&, const Checksum&) = default;
};

std::uint32_t word_at(ByteView bytes, std::size_t offset, bool is_big_endian) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i)
    word = word << 8 | bytes[offset + (is_big_endian ? i : 3 - i)];
  return word;
}

// SQLite's log checksum (sqlite.org/fileformat2.html, 4.2).
Checksum extend(Checksum sum, ByteView bytes, bool is_big_endian) {
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    sum.first += word_at(bytes, i, is_big_endian) + sum.second;
    sum.second += word_at(bytes, i + 4, is_big_endian) + sum.first;
  }
  return sum;
}

Checksum stored_sum(ByteView header, std::size_t offset) {
  return {word_at(header, offset, true), word_at(header, offset + 4, true)};
}

enum class Look : std::uint8_t {
  good,        // of this log and in its place
  good_alone,  // authentic, but it does not continue the frame before it
  left_over,   // authentic, of an earlier log or of a transaction that never finished
  bad,         // not authentic, or cut
};

struct Frame {
  Look look = Look::bad;
  bool is_commit = false;
  std::uint32_t page_number = 0;
};

class Scanner {
 public:
  Scanner(const WalSeal& seal, std::uint64_t stored_size, const WalReader& read)
      : seal_(seal), stored_size_(stored_size), read_(read) {}

  WalScan run() {
    if (stored_size_ == 0) return {};
    std::array<std::uint8_t, kWalHeaderSlotBytes> slot{};
    if (read_(0, slot) == slot.size()) header_ = seal_.open_header(slot);
    is_big_endian_ = header_ && ((*header_)[3] & 1) != 0;
    if (header_) last_sum_ = stored_sum(*header_, 24);
    const std::uint64_t frames_begin = std::min<std::uint64_t>(stored_size_, kWalHeaderSlotBytes);
    scan_.frames = (stored_size_ - frames_begin + kFrameSlotBytes - 1) / kFrameSlotBytes;
    for (std::uint64_t i = 0; i < scan_.frames; ++i) {
      frames_.push_back(look_at(i));
      if (frames_.back().look == Look::bad) scan_.bad_frames.push_back(i);
    }
    scan_.verdict = header_ ? judge() : judge_without_header();
    return std::move(scan_);
  }

 private:
  Frame look_at(std::uint64_t i) {
    const std::optional<Checksum> sum_before = std::exchange(last_sum_, std::nullopt);
    std::array<std::uint8_t, kFrameSlotBytes> slot;
    if (read_(frame_slot_offset(i), slot) != slot.size()) return {};
    const std::span all(slot);
    const std::optional<FrameHeader> header =
        seal_.open_frame_header(i, all.first<kFrameHeaderSlotBytes>());
    if (!header) return {};
    any_header_ = true;
    const WalSalts salts = salts_of(*header);
    // Until its transaction commits, SQLite may leave a frame's salts zero; its page is of no use.
    if (salts == WalSalts{}) return {Look::left_over, false, 0};
    const auto page_slot = all.last<kFramePageSlotBytes>();
    if (!seal_.open_page(i, page_number_of(*header), salts, page_slot)) return {};
    if (!header_ || salts != salts_of(*header_)) return {Look::left_over, false, 0};
    const Checksum stored = stored_sum(*header, 16);
    last_sum_ = stored;
    const ByteView page = page_slot.subspan<kNonceBytes, kPageBytes>();
    const bool is_commit = commit_size_of(*header) != 0;
    const std::uint32_t page_number = page_number_of(*header);
    if (!sum_before) return {Look::good_alone, is_commit, page_number};
    const Checksum sum = extend(extend(*sum_before, ByteView(*header).first(8), is_big_endian_),
                                page, is_big_endian_);
    return {sum == stored ? Look::good : Look::good_alone, is_commit, page_number};
  }

  WalVerdict judge() {
    // What SQLite will take: good frames from the start, up to the last commit among them.
    std::uint64_t good = 0;
    while (good < scan_.frames && frames_[good].look == Look::good) ++good;
    for (std::uint64_t i = 0; i < good; ++i)
      if (frames_[i].is_commit) scan_.committed_frames = i + 1;
    for (std::uint64_t i = 0; i < scan_.committed_frames; ++i)
      scan_.committed_pages.push_back(frames_[i].page_number);
    if (good < durable_frames()) {
      if (frames_[good].look != Look::bad) scan_.bad_frames.push_back(good);
      return WalVerdict::tampered;
    }
    const bool is_whole = scan_.bad_frames.empty() && last_commit() <= scan_.committed_frames;
    return is_whole ? WalVerdict::clean : WalVerdict::torn_tail;
  }

  // Frames that had reached the disk for certain: a commit is durable once any later transaction
  // began, shown by a later commit or by a frame that continues it.
  std::uint64_t durable_frames() const {
    std::uint64_t durable = 0;
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < scan_.frames; ++i) {
      const bool is_ours = frames_[i].look == Look::good || frames_[i].look == Look::good_alone;
      if (!is_ours || !frames_[i].is_commit) continue;
      durable = std::exchange(last, i + 1);
      if (i + 1 < scan_.frames && frames_[i + 1].look == Look::good) durable = i + 1;
    }
    return durable;
  }

  std::uint64_t last_commit() const {
    for (std::uint64_t i = scan_.frames; i > 0; --i)
      if (frames_[i - 1].is_commit) return i;
    return 0;
  }

  // The header is synced before the first frame is written, so a crash leaves no bad header
  // before frames, except while an emptied log starts anew over frames that are in the file.
  WalVerdict judge_without_header() const {
    if (scan_.frames == 0) return WalVerdict::torn_tail;
    return any_header_ ? WalVerdict::header_lost : WalVerdict::tampered;
  }

  const WalSeal& seal_;
  std::uint64_t stored_size_;
  const WalReader& read_;
  std::optional<WalHeader> header_;
  std::optional<Checksum> last_sum_;  // of the frame before, or none if it says nothing
  bool is_big_endian_ = false;
  bool any_header_ = false;
  std::vector<Frame> frames_;  // looked at so far
  WalScan scan_;
};

}  // namespace

WalScan scan_wal(const WalSeal& seal, std::uint64_t stored_size, const WalReader& read) {
  return Scanner(seal, stored_size, read).run();
}

}  // namespace jiyao
