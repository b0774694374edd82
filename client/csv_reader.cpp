// client/csv_reader.cpp - cutting cells out of bytes, and bytes into text.
#include "client/csv_reader.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "schema/limits.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::string_view kFormulaStarts = "=+-@";
constexpr std::string_view kWideBlank = "\xE3\x80\x80";
constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr int kBadBytesMax = 64;
constexpr std::string_view kUnreadable = "\xEF\xBF\xBD";

/// An open iconv descriptor; glibc's GB18030 knows the four-byte characters too.
class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {
    if (!is_open())
      throw StorageFailure(StorageFailure::Kind::io, "iconv: GB18030 is not installed");
  }
  ~Converter() {
    if (is_open()) ::iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// Converts as far as it goes; returns the bytes taken.
  std::size_t run(std::string_view bytes, std::string& out) {
    ::iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    std::string copy(bytes);
    char* in = copy.data();
    std::size_t in_left = copy.size();
    std::array<char, 4096> buffer{};
    while (in_left > 0) {
      char* to = buffer.data();
      std::size_t to_left = buffer.size();
      const std::size_t result = ::iconv(handle_, &in, &in_left, &to, &to_left);
      out.append(buffer.data(), buffer.size() - to_left);
      if (result == static_cast<std::size_t>(-1) && errno != E2BIG) break;
    }
    return bytes.size() - in_left;
  }

 private:
  bool is_open() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }
  iconv_t handle_;
};

/// Length of the longest valid start; a character cut at the very end still counts as valid when
/// `may_be_cut`.
std::size_t valid_utf8_start(std::string_view text, bool may_be_cut) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + size > text.size())
      return may_be_cut && lead >= 0xC2 && lead < 0xF5 ? text.size() : at;
    if (size > 1 && !is_utf8(text.substr(at, size))) return at;
    if (size == 1 && lead >= 0x80) return at;
    at += size;
  }
  return at;
}

bool is_chinese_utf8(std::string_view line) {
  return is_utf8(line) &&
         std::any_of(line.begin(), line.end(), [](char c) { return (c & 0x80) != 0; });
}

bool is_utf16(TextEncoding encoding) {
  return encoding == TextEncoding::utf16_le || encoding == TextEncoding::utf16_be;
}

void append_utf8(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
    return;
  }
  const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  constexpr std::array<std::uint32_t, 4> kLeads{0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kLeads[static_cast<std::size_t>(more)] | point >> (6 * more));
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | (point >> (6 * i) & 0x3F));
}

/// UTF-16 as UTF-8; half a pair, or a lone byte at the end of the file, becomes U+FFFD. `taken`:
/// the bytes used; a pair that the piece cuts in two is left.
std::string text_of_utf16(const std::vector<std::uint8_t>& bytes, TextEncoding encoding,
                          std::size_t& taken) {
  const std::size_t low = encoding == TextEncoding::utf16_le ? 0 : 1;
  const auto unit = [&](std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at + low] | bytes[at + 1 - low] << 8);
  };
  std::string text;
  for (taken = 0; taken + 1 < bytes.size(); taken += 2) {
    const std::uint32_t one = unit(taken);
    if (one < 0xD800 || one >= 0xE000) {
      append_utf8(text, one);
      continue;
    }
    const bool is_cut = taken + 3 >= bytes.size();
    if (is_cut && bytes.size() == kPieceBytes) return text;
    const std::uint32_t other = is_cut ? 0 : unit(taken + 2);
    const bool is_pair = one < 0xDC00 && other >= 0xDC00 && other < 0xE000;
    append_utf8(text, is_pair ? 0x10000 + ((one - 0xD800) << 10U) + (other - 0xDC00) : 0xFFFD);
    if (is_pair) taken += 2;
  }
  if (taken < bytes.size()) {
    append_utf8(text, 0xFFFD);
    taken = bytes.size();
  }
  return text;
}

std::string_view view_of(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

const char* name_of(TextEncoding encoding) {
  if (encoding == TextEncoding::gb18030) return "GB18030";
  return encoding == TextEncoding::utf8 ? "UTF-8" : "UTF-16";
}

TextEncoding detect_encoding(File& file) {
  std::vector<std::uint8_t> piece(kPieceBytes);
  std::string carry;
  bool is_first = true;
  for (std::uint64_t offset = 0;;) {
    const std::size_t got = file.read(offset, piece);
    if (got == 0) return carry.empty() ? TextEncoding::utf8 : TextEncoding::gb18030;
    offset += got;
    const std::string text = carry + std::string(view_of(piece, got));
    if (is_first) {
      if (text.starts_with(kMark)) return TextEncoding::utf8;
      if (text.starts_with("\xFF\xFE")) return TextEncoding::utf16_le;
      if (text.starts_with("\xFE\xFF")) return TextEncoding::utf16_be;
      if (is_chinese_utf8(std::string_view(text).substr(0, text.find('\n'))))
        return TextEncoding::utf8;
    }
    is_first = false;
    if (valid_utf8_start(text, true) != text.size()) return TextEncoding::gb18030;
    const std::size_t whole = valid_utf8_start(text, false);
    carry = text.substr(whole);
  }
}

std::optional<std::string> decode_text(std::string_view bytes, TextEncoding encoding,
                                       std::size_t* bad_at) {
  if (encoding != TextEncoding::gb18030) {
    const std::size_t good = valid_utf8_start(bytes, false);
    if (good == bytes.size()) return std::string(bytes);
    if (bad_at != nullptr) *bad_at = good;
    return std::nullopt;
  }
  static Converter converter("UTF-8", "GB18030");
  std::string text;
  const std::size_t good = converter.run(bytes, text);
  if (good == bytes.size()) return text;
  if (bad_at != nullptr) *bad_at = good;
  return std::nullopt;
}

std::string encode_text(std::string_view utf8, TextEncoding encoding) {
  if (encoding != TextEncoding::gb18030) return std::string(utf8);
  static Converter converter("GB18030", "UTF-8");
  std::string text;
  while (!utf8.empty()) {
    utf8.remove_prefix(converter.run(utf8, text));
    if (utf8.empty()) break;
    text += '?';
    utf8.remove_prefix(1);
  }
  return text;
}

namespace {

/// As much of `bytes` as is text; each byte that is none becomes U+FFFD. Where hardly anything is
/// text the rest is left out.
std::string readable_text(std::string_view bytes, TextEncoding encoding) {
  std::string text;
  for (int bad = 0; bad < kBadBytesMax && !bytes.empty(); ++bad) {
    std::size_t good = 0;
    if (const auto whole = decode_text(bytes, encoding, &good)) return text + *whole;
    text += *decode_text(bytes.substr(0, good), encoding) + std::string(kUnreadable);
    bytes.remove_prefix(good + 1);
  }
  return text;
}

}  // namespace

CsvReader::CsvReader(File& file, TextEncoding encoding)
    : file_(file), encoding_(encoding), size_(file.size()) {
  if (is_utf16(encoding_)) {
    offset_ = 2;
    read_piece();
    const std::string_view start = view_of(piece_, piece_.size());
    if (start.find('\t') != std::string_view::npos) separator_ = '\t';
    return;
  }
  std::vector<std::uint8_t> start(kMark.size());
  if (file_.read(0, start) == kMark.size() && view_of(start, start.size()) == kMark)
    offset_ = kMark.size();
}

void CsvReader::read_piece() {
  piece_.resize(kPieceBytes);
  piece_.resize(file_.read(offset_, piece_));
  offset_ += piece_.size();
  at_ = 0;
  if (!is_utf16(encoding_)) return;
  std::size_t taken = 0;
  const std::string text = text_of_utf16(piece_, encoding_, taken);
  offset_ -= piece_.size() - taken;  // half of a character: with the next piece
  piece_.assign(text.begin(), text.end());
}

std::pair<std::uint64_t, std::uint64_t> CsvReader::progress() const {
  return {offset_, size_};
}

int CsvReader::peek() {
  if (at_ == piece_.size()) {
    read_piece();
    if (piece_.empty()) return -1;
  }
  return piece_[at_];
}

int CsvReader::take() {
  const int c = peek();
  if (c < 0) return c;
  ++at_;
  if (c == '\n') ++line_;
  return c;
}

void CsvReader::put_cell(SheetRow& row, const std::string& raw, std::size_t bytes, bool is_closed) {
  SheetFault fault{CellFault::none, row.cells.size(), bytes};
  std::size_t bad_at = 0;
  std::optional<std::string> text;
  if (!is_closed) {
    fault = {CellFault::quote_not_closed, row.cells.size(), line_};
  } else if (bytes > kCsvCellBytesMax) {
    fault.kind = CellFault::too_long;
  } else {
    text = decode_text(raw, encoding_, &bad_at);
    if (!text) fault = {CellFault::broken_text, row.cells.size(), bad_at + 1};
  }
  if (fault.kind == CellFault::none && text->find(kUnreadable) != std::string::npos)
    fault = {CellFault::broken_text, row.cells.size(), text->find(kUnreadable) + 1};
  if (fault.kind != CellFault::none && row.fault.kind == CellFault::none) row.fault = fault;
  row.cells.push_back(text ? *text : readable_text(raw, encoding_) + std::string(kUnreadable));
  const auto plain = unguarded(row.cells.back(), Guarded::csv);
  if (!plain) return;
  row.cells.back() = std::string(*plain);
  row.kinds.resize(row.cells.size(), CellKind::text);
  row.kinds.back() = CellKind::exact;
}

void CsvReader::read_cell(SheetRow& row) {
  std::string raw;
  std::size_t bytes = 0;
  bool is_quoted = false;
  bool is_closed = true;
  if (peek() == '"') {
    take();
    is_quoted = true;
    is_closed = false;
  }
  for (int c = peek(); c >= 0; c = peek()) {
    if (is_quoted && c == '"') {
      take();
      if (peek() != '"') {
        is_quoted = false;
        is_closed = true;
        continue;
      }
    } else if (!is_quoted && (c == separator_ || c == '\n' || c == '\r')) {
      break;
    }
    if (++bytes <= kCsvCellBytesMax) raw += static_cast<char>(c);
    take();
  }
  put_cell(row, raw, bytes, is_closed);
}

Result<std::optional<SheetRow>> CsvReader::next() {
  if (peek() < 0) return std::optional<SheetRow>();
  SheetRow row;
  row.line = line_;
  while (true) {
    read_cell(row);
    const int end = take();
    if (end == separator_) continue;
    if (end == '\r' && peek() == '\n') take();
    return std::optional<SheetRow>(std::move(row));
  }
}

namespace {

/// Would this be taken for something else than the text it is?
bool needs_guard(std::string_view text, Guarded how) {
  if (text.empty()) return false;
  if (how == Guarded::csv && kFormulaStarts.find(text.front()) != std::string_view::npos)
    return true;
  constexpr std::string_view kBlanks = " \t\r\n";
  return kBlanks.find(text.front()) != std::string_view::npos ||
         kBlanks.find(text.back()) != std::string_view::npos || text.starts_with(kWideBlank) ||
         text.ends_with(kWideBlank);
}

/// Behind its apostrophes, be they ours or not.
std::string_view bare(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of('\''), text.size()));
}

}  // namespace

std::string guarded(const std::string& text, Guarded how) {
  return needs_guard(bare(text), how) ? "'" + text : text;
}

std::optional<std::string_view> unguarded(std::string_view cell, Guarded how) {
  if (!cell.starts_with('\'') || !needs_guard(bare(cell), how)) return std::nullopt;
  return cell.substr(1);
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line += '"';
    for (const char c : cells[i]) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line;
}

}  // namespace jiyao
