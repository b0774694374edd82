// schema/sealed_pages.h - how one page of a database file is sealed (docs/formats/files.md).
//
// Pages are 4096 bytes, of which SQLite leaves the last 40 to us:
//   page n >= 2:  0..4055 ciphertext | 4056..4079 nonce | 4080..4095 tag
//   page 1:       0..15 file id | 16..23 clear, always 10 00 02 02 28 40 20 20 | 24.. as above
// Each page is bound to its file and its number, so it opens nowhere else. An older image of the
// same page does open: the log replay of `jiyao verify` is what finds that.
#pragma once

#include "crypto/aead.h"
#include "crypto/bytes.h"

namespace jiyao {

using FileId = Block<struct FileIdTag, 16>;  ///< drawn when the file is made; never re-used

inline constexpr std::size_t kPageBytes = 4096;
inline constexpr std::size_t kPageReserveBytes = 40;
inline constexpr std::size_t kPageUsableBytes = kPageBytes - kPageReserveBytes;
inline constexpr std::size_t kPageClearBytes = 24;  ///< of page 1
/// SQLite locks bytes at 1 GiB; the page they lie in is never written.
inline constexpr std::uint32_t kLockPage = (1U << 30) / kPageBytes + 1;

using Page = std::span<std::uint8_t, kPageBytes>;
using PageView = std::span<const std::uint8_t, kPageBytes>;

/// Seals and opens the pages of one file. Holds the page key, derived from the file's key.
class PageSeal {
 public:
  PageSeal(const FileId& id, const Secret<32>& file_key);

  /// `page` as SQLite wrote it; becomes what is stored. False, and the page is wiped, if page 1 is
  /// not a page 1 of our kind (SQLite header, page size 4096, WAL, 40 reserved bytes).
  [[nodiscard]] bool seal(std::uint32_t page_number, Page page) const;
  /// `page` as stored; becomes what SQLite wrote, with the 40 reserved bytes zero.
  /// False, and all zeros, if it is not authentic here.
  [[nodiscard]] bool open(std::uint32_t page_number, Page page) const;

 private:
  FileId id_;
  Secret<32> key_;
};

/// The first 100 bytes of every database of ours as SQLite asks for them before it holds a lock:
/// page size, WAL and reserve, nothing that depends on the file.
std::array<std::uint8_t, 100> plain_header();
/// Page 1 of a database without tables, in WAL mode, as SQLite would have written it.
std::array<std::uint8_t, kPageBytes> empty_database();

}  // namespace jiyao
