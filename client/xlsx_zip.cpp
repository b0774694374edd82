// client/xlsx_zip.cpp - the directory, the places, and zlib one piece at a time.
#include "client/xlsx_zip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "client/sheet_limits.h"

namespace jiyao {

namespace {

constexpr std::uint32_t kLocalMark = 0x04034B50, kCentralMark = 0x02014B50, kEndMark = 0x06054B50;
constexpr std::size_t kLocalBytes = 30, kCentralBytes = 46, kEndBytes = 22;
constexpr std::size_t kCommentBytesMax = 0xFFFF;
constexpr std::size_t kPieceBytes = 32 * 1024;
constexpr std::uint16_t kIsEncrypted = 1U << 0U;
constexpr std::uint16_t kStored = 0, kDeflated = 8;

std::uint16_t u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] | bytes[at + 1] << 8);
}
std::uint32_t u32(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(u16(bytes, at)) | static_cast<std::uint32_t>(u16(bytes, at + 2))
                                                          << 16U;
}

bool begins_with(File& file, std::initializer_list<std::uint8_t> start) {
  std::array<std::uint8_t, 8> bytes{};
  const std::size_t got = file.read(0, bytes);
  return got >= start.size() && std::equal(start.begin(), start.end(), bytes.begin());
}

std::string lower(std::string_view name) {
  std::string text(name);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// Where the end record stands: the last place whose comment runs exactly to the end of the file.
std::size_t end_record(const Bytes& tail) {
  for (std::size_t at = tail.size() < kEndBytes ? 0 : tail.size() - kEndBytes + 1; at-- > 0;)
    if (u32(tail, at) == kEndMark && at + kEndBytes + u16(tail, at + 20) == tail.size()) return at;
  return tail.size();
}

}  // namespace

bool is_zip(File& file) {
  return begins_with(file, {'P', 'K', 3, 4}) || begins_with(file, {'P', 'K', 5, 6});
}

bool is_compound_file(File& file) {
  return begins_with(file, {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1});
}

ZipPart::ZipPart(const Catalogue& words, File& file, ZipEntry entry)
    : words_(words), file_(file), entry_(std::move(entry)), packed_left_(entry_.packed_bytes) {}

ZipPart::~ZipPart() {
  if (stream_) ::inflateEnd(stream_.get());
}

Error ZipPart::broken() const {
  return Error{Errc::malformed, words_.text("sheet.part_broken", {{"where", entry_.name}})};
}

Result<void> ZipPart::find_data() {
  std::vector<std::uint8_t> header(kLocalBytes + entry_.name.size());
  if (file_.read(entry_.header_at, header) != header.size() || u32(header, 0) != kLocalMark)
    return broken();
  const bool is_same = u16(header, 26) == entry_.name.size() && u16(header, 8) == entry_.method &&
                       as_text(ByteView(header).subspan(kLocalBytes)) == entry_.name;
  at_ = entry_.header_at + header.size() + u16(header, 28);
  if (!is_same || at_ + entry_.packed_bytes > entry_.end_max) return broken();
  if (entry_.method == kDeflated) {
    stream_ = std::make_unique<z_stream_s>();
    if (::inflateInit2(stream_.get(), -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  is_open_ = true;
  return {};
}

/// The next packed bytes; none when the part has no more.
void ZipPart::refill() {
  piece_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, packed_left_)));
  piece_.resize(file_.read(at_, piece_));
  at_ += piece_.size();
  packed_left_ -= piece_.size();
}

Result<std::size_t> ZipPart::inflate_some(std::span<std::uint8_t> out) {
  if (entry_.method == kStored) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), packed_left_));
    const std::size_t got = file_.read(at_, out.first(most));
    at_ += got;
    packed_left_ -= got;
    is_ended_ = got == 0;
    return got;
  }
  stream_->next_out = out.data();
  stream_->avail_out = static_cast<uInt>(out.size());
  while (stream_->avail_out == out.size() && !is_ended_) {
    if (stream_->avail_in == 0) {
      refill();
      if (piece_.empty()) return broken();
      stream_->next_in = piece_.data();
      stream_->avail_in = static_cast<uInt>(piece_.size());
    }
    const int result = ::inflate(stream_.get(), Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result != Z_OK && result != Z_STREAM_END) return broken();
    is_ended_ = result == Z_STREAM_END;
  }
  return out.size() - stream_->avail_out;
}

Result<void> ZipPart::check_end() const {
  const bool is_whole = given_ == entry_.bytes && checksum_ == entry_.checksum &&
                        packed_left_ == 0 && (!stream_ || stream_->avail_in == 0);
  return is_whole ? Result<void>() : Result<void>(broken());
}

Result<std::size_t> ZipPart::read(std::span<std::uint8_t> out) {
  if (!is_open_)
    if (const auto found = find_data(); !found) return found.error();
  std::size_t got = 0;
  if (!is_ended_) {
    const auto some = inflate_some(out);
    if (!some) return some.error();
    got = *some;
  }
  given_ += got;
  if (given_ > entry_.bytes) return broken();
  const std::uint64_t taken = entry_.packed_bytes - packed_left_;
  if (given_ > kSheetRatioFreeBytes && given_ / kSheetRatioMax > taken)
    return Error{Errc::too_large, words_.text("sheet.ratio", {{"where", entry_.name}})};
  checksum_ = static_cast<std::uint32_t>(::crc32(checksum_, out.data(), static_cast<uInt>(got)));
  if (got == 0)
    if (const auto whole = check_end(); !whole) return whole.error();
  return got;
}

Result<ZipFile> ZipFile::open(const Catalogue& words, File& file) {
  ZipFile zip(words, file);
  if (const auto read = zip.read_directory(); !read) return read.error();
  return zip;
}

Error ZipFile::broken(std::string_view where) const {
  return Error{Errc::malformed, words_->text("sheet.directory", {{"where", std::string(where)}})};
}

Result<void> ZipFile::read_directory() {
  const std::uint64_t size = file_->size();
  Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(size, kEndBytes + kCommentBytesMax)));
  tail.resize(file_->read(size - tail.size(), tail));
  const std::size_t at = end_record(tail);
  if (at == tail.size()) return broken("zip: end");
  const std::uint16_t count = u16(tail, at + 10);
  const std::uint32_t bytes = u32(tail, at + 12), begin = u32(tail, at + 16);
  if (count == 0xFFFF || bytes == 0xFFFFFFFF || begin == 0xFFFFFFFF)
    return Error{Errc::too_large, words_->text("sheet.too_large", {{"where", "zip64"}})};
  const std::uint64_t end_at = size - tail.size() + at;
  const bool is_one_disk =
      u16(tail, at + 4) == 0 && u16(tail, at + 6) == 0 && u16(tail, at + 8) == count;
  if (!is_one_disk || std::uint64_t{begin} + bytes > end_at) return broken("zip: end");
  if (count > kSheetPartsMax || bytes > kSheetDirectoryBytesMax)
    return Error{Errc::too_large, words_->text("sheet.too_large", {{"where", "zip"}})};
  Bytes directory(bytes);
  if (file_->read(begin, directory) != bytes) return broken("zip: directory");
  std::size_t next = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (const auto added = add_entry(directory, next); !added) return added;
  if (next != bytes) return broken("zip: directory");
  return check_places(begin);
}

Result<void> ZipFile::add_entry(const Bytes& directory, std::size_t& at) {
  if (directory.size() - at < kCentralBytes || u32(directory, at) != kCentralMark)
    return broken("zip: directory");
  const std::size_t name_bytes = u16(directory, at + 28);
  const std::size_t whole =
      kCentralBytes + name_bytes + u16(directory, at + 30) + u16(directory, at + 32);
  if (name_bytes == 0 || directory.size() - at < whole) return broken("zip: directory");
  ZipEntry entry;
  entry.name = as_text(ByteView(directory).subspan(at + kCentralBytes, name_bytes));
  entry.method = u16(directory, at + 10);
  entry.checksum = u32(directory, at + 16);
  entry.packed_bytes = u32(directory, at + 20);
  entry.bytes = u32(directory, at + 24);
  entry.header_at = u32(directory, at + 42);
  if ((u16(directory, at + 8) & kIsEncrypted) != 0)
    return Error{Errc::malformed, words_->text("sheet.old_format")};
  if (entry.method != kStored && entry.method != kDeflated) return broken(entry.name);
  if (entry.packed_bytes == 0xFFFFFFFF || entry.bytes == 0xFFFFFFFF)
    return Error{Errc::too_large, words_->text("sheet.too_large", {{"where", entry.name}})};
  if (entry.method == kStored && entry.packed_bytes != entry.bytes) return broken(entry.name);
  entries_.push_back(std::move(entry));
  at += whole;
  return {};
}

/// Parts that lie over each other are how a small file unfolds into a huge one.
Result<void> ZipFile::check_places(std::uint64_t directory_at) {
  std::sort(entries_.begin(), entries_.end(),
            [](const ZipEntry& a, const ZipEntry& b) { return a.header_at < b.header_at; });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    ZipEntry& entry = entries_[i];
    entry.end_max = i + 1 < entries_.size() ? entries_[i + 1].header_at : directory_at;
    const std::uint64_t least =
        entry.header_at + kLocalBytes + entry.name.size() + entry.packed_bytes;
    if (least > entry.end_max) return broken(entry.name);
    names.push_back(lower(entry.name));
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  return twice == names.end() ? Result<void>() : Result<void>(broken(*twice));
}

const ZipEntry* ZipFile::find(std::string_view name) const {
  const std::string wanted = lower(name);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const ZipEntry& entry) {
    return lower(entry.name) == wanted;
  });
  return found == entries_.end() ? nullptr : &*found;
}

Result<std::unique_ptr<ZipPart>> ZipFile::part(std::string_view name,
                                               std::uint64_t bytes_max) const {
  const ZipEntry* entry = find(name);
  if (entry == nullptr)
    return Error{Errc::malformed,
                 words_->text("sheet.part_missing", {{"where", std::string(name)}})};
  if (entry->bytes > bytes_max)
    return Error{Errc::too_large, words_->text("sheet.too_large", {{"where", entry->name}})};
  return std::make_unique<ZipPart>(*words_, *file_, *entry);
}

}  // namespace jiyao
