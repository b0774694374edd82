// schema/sealed_wal.h - how SQLite's write-ahead log is sealed, and what a left-over one is worth
// (docs/formats/files.md).
//
// SQLite sees its own log: a 32-byte header, then frames of 24 + 4096 bytes. On disk each part is
// a slot of its own, because SQLite rewrites frame headers and pages separately:
//   0   header slot  96 B   "JYWAL1\0\0" | file id | nonce | 32 sealed | tag
//   96 + 4200 i      64 B   nonce | 24 sealed | tag          frame header i
//   .. + 64        4136 B   nonce | 4096 sealed | tag        page of frame i
// A page is bound to the frame's page number and the log header's salts, so no frame of an older
// log, another place or another file opens.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "schema/sealed_pages.h"

namespace jiyao {

inline constexpr std::size_t kWalHeaderBytes = 32;
inline constexpr std::size_t kFrameHeaderBytes = 24;
inline constexpr std::size_t kFrameBytes = kFrameHeaderBytes + kPageBytes;
inline constexpr std::size_t kWalHeaderSlotBytes = 24 + kWalHeaderBytes + kSealOverheadBytes;
inline constexpr std::size_t kFrameHeaderSlotBytes = kFrameHeaderBytes + kSealOverheadBytes;
inline constexpr std::size_t kFramePageSlotBytes = kPageBytes + kSealOverheadBytes;
inline constexpr std::size_t kFrameSlotBytes = kFrameHeaderSlotBytes + kFramePageSlotBytes;

using WalHeader = std::array<std::uint8_t, kWalHeaderBytes>;
using FrameHeader = std::array<std::uint8_t, kFrameHeaderBytes>;
using WalSalts = std::array<std::uint8_t, 8>;

/// Salts of a log header (bytes 16..23) and of a frame header (bytes 8..15).
WalSalts salts_of(const WalHeader& header);
WalSalts salts_of(const FrameHeader& header);
std::uint32_t page_number_of(const FrameHeader& header);
std::uint32_t commit_size_of(const FrameHeader& header);  ///< pages after commit; 0 = not a commit

/// Seals and opens the slots of one file's log. Holds the key, derived from the file's key.
class WalSeal {
 public:
  WalSeal(const FileId& id, const Secret<32>& file_key);

  void seal_header(const WalHeader& header,
                   std::span<std::uint8_t, kWalHeaderSlotBytes> slot) const;
  std::optional<WalHeader> open_header(
      std::span<const std::uint8_t, kWalHeaderSlotBytes> slot) const;
  void seal_frame_header(std::uint64_t frame, const FrameHeader& header,
                         std::span<std::uint8_t, kFrameHeaderSlotBytes> slot) const;
  std::optional<FrameHeader> open_frame_header(
      std::uint64_t frame, std::span<const std::uint8_t, kFrameHeaderSlotBytes> slot) const;
  /// `page` is copied into the slot and sealed there.
  void seal_page(std::uint64_t frame, std::uint32_t page_number, const WalSalts& salts,
                 PageView page, std::span<std::uint8_t, kFramePageSlotBytes> slot) const;
  /// Opened in place: the page is slot[kNonceBytes .. + kPageBytes). False: wiped.
  [[nodiscard]] bool open_page(std::uint64_t frame, std::uint32_t page_number,
                               const WalSalts& salts,
                               std::span<std::uint8_t, kFramePageSlotBytes> slot) const;

 private:
  FileId id_;
  Secret<32> key_;
};

/// Where a logical size or offset lies on disk, and back.
std::uint64_t wal_stored_size(std::uint64_t logical_size);
std::uint64_t wal_logical_size(std::uint64_t stored_size);
std::uint64_t frame_slot_offset(std::uint64_t frame);

/// What the log that a crash left behind is worth. Only commits that synced count: with
/// synchronous=FULL the frames of a later transaction exist only after the earlier one is durable,
/// so damage may lie in the last transaction, nowhere before it.
enum class WalVerdict : std::uint8_t {
  none,         ///< no log was left: closed properly, or the log was taken away (the anchor knows)
  clean,        ///< every frame up to the last commit is authentic, nothing after it is damaged
  torn_tail,    ///< damage in the last transaction or after it: a power cut, ordinary
  header_lost,  ///< no log header, yet frames: a crash at log restart, or somebody cut it out
  tampered,     ///< damage in a transaction that was durable: no crash does that
};
const char* name_of(WalVerdict verdict);

struct WalScan {
  WalVerdict verdict = WalVerdict::none;
  std::uint64_t frames = 0;            ///< complete or not
  std::uint64_t committed_frames = 0;  ///< up to the last whole commit: what SQLite will use
  /// Not authentic, cut, or standing where a durable frame should.
  std::vector<std::uint64_t> bad_frames;
  std::vector<std::uint32_t> committed_pages;  ///< of the committed frames, in order, repeated
};

/// Reads up to out.size() bytes of the stored log; returns how many.
using WalReader = std::function<std::size_t(std::uint64_t offset, std::span<std::uint8_t> out)>;
/// Looks at every slot, with SQLite's own checksums as well. About 10 ms per 1000 frames.
WalScan scan_wal(const WalSeal& seal, std::uint64_t stored_size, const WalReader& read);

}  // namespace jiyao
