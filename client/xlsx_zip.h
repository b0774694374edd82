// client/xlsx_zip.h - the parts of an .xlsx package, out of a zip file nobody vouches for.
//
// Own and small because the file may be hostile: only the central directory is believed, and only
// as far as the local headers, the bytes there are and the checksums agree. Parts may not overlap,
// may not be encrypted, and are inflated piece by piece under limits of size and ratio
// (client/sheet_limits.h). A file of 4 GiB or more (zip64) is refused. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schema/catalogue.h"
#include "schema/files.h"

struct z_stream_s;

namespace jiyao {

/// Does the file begin as a zip (.xlsx), or as the compound file of .xls, .et and locked .xlsx?
bool is_zip(File& file);
bool is_compound_file(File& file);

struct ZipEntry {
  std::string name;  ///< "xl/workbook.xml"
  std::uint16_t method = 0;
  std::uint32_t checksum = 0;
  std::uint64_t packed_bytes = 0, bytes = 0;
  std::uint64_t header_at = 0;  ///< of the local header
  std::uint64_t end_max = 0;    ///< where the next part or the directory begins
};

/// One part, inflated as it is read.
class ZipPart {
 public:
  ZipPart(const Catalogue& words, File& file, ZipEntry entry);
  ~ZipPart();
  ZipPart(const ZipPart&) = delete;
  ZipPart& operator=(const ZipPart&) = delete;

  /// Up to out.size() bytes; 0: that was all, of the stated size and checksum.
  ///   errors: malformed, too_large (its ratio)
  Result<std::size_t> read(std::span<std::uint8_t> out);
  const std::string& name() const { return entry_.name; }
  std::uint64_t bytes() const { return entry_.bytes; }
  std::uint64_t bytes_read() const { return given_; }

 private:
  Result<void> find_data();
  Result<std::size_t> inflate_some(std::span<std::uint8_t> out);
  Result<void> check_end() const;
  void refill();
  Error broken() const;

  const Catalogue& words_;
  File& file_;
  ZipEntry entry_;
  std::unique_ptr<z_stream_s> stream_;
  std::vector<std::uint8_t> piece_;
  std::uint64_t at_ = 0, packed_left_ = 0, given_ = 0;
  std::uint32_t checksum_ = 0;
  bool is_open_ = false, is_ended_ = false;
};

class ZipFile {
 public:
  /// Reads and checks the directory; `file` and `words` outlive it.
  ///   errors: malformed (with what and where), too_large
  static Result<ZipFile> open(const Catalogue& words, File& file);

  /// A part by its name, which upper and lower case do not tell apart.
  ///   errors: malformed (there is none), too_large (more than `bytes_max`)
  Result<std::unique_ptr<ZipPart>> part(std::string_view name, std::uint64_t bytes_max) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::vector<ZipEntry>& entries() const { return entries_; }

 private:
  ZipFile(const Catalogue& words, File& file) : words_(&words), file_(&file) {}
  const ZipEntry* find(std::string_view name) const;
  Result<void> read_directory();
  Result<void> add_entry(const Bytes& directory, std::size_t& at);
  Result<void> check_places(std::uint64_t directory_at);
  Error broken(std::string_view where) const;

  const Catalogue* words_;
  File* file_;
  std::vector<ZipEntry> entries_;  ///< in the order of their places
};

}  // namespace jiyao
