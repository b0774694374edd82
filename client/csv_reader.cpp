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
constexpr std::string_view kFormulaStarts = "=+-@\t\r";
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

std::string_view view_of(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

const char* name_of(TextEncoding encoding) {
  return encoding == TextEncoding::utf8 ? "UTF-8" : "GB18030";
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
  if (encoding == TextEncoding::utf8) {
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
  if (encoding == TextEncoding::utf8) return std::string(utf8);
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

bool CsvRow::is_blank() const {
  return fault.kind == CellFault::none &&
         std::all_of(cells.begin(), cells.end(), [](const std::string& cell) {
           return cell.find_first_not_of(" \t\xE3\x80\x80") == std::string::npos;
         });
}

CsvReader::CsvReader(File& file, TextEncoding encoding) : file_(file), encoding_(encoding) {
  std::vector<std::uint8_t> start(kMark.size());
  if (file_.read(0, start) == kMark.size() && view_of(start, start.size()) == kMark)
    offset_ = kMark.size();
}

int CsvReader::peek() {
  if (at_ == piece_.size()) {
    piece_.resize(kPieceBytes);
    piece_.resize(file_.read(offset_, piece_));
    offset_ += piece_.size();
    at_ = 0;
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

void CsvReader::put_cell(CsvRow& row, const std::string& raw, std::size_t bytes, bool is_closed) {
  CsvFault fault{CellFault::none, row.cells.size(), bytes};
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
}

void CsvReader::read_cell(CsvRow& row) {
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
    } else if (!is_quoted && (c == ',' || c == '\n' || c == '\r')) {
      break;
    }
    if (++bytes <= kCsvCellBytesMax) raw += static_cast<char>(c);
    take();
  }
  put_cell(row, raw, bytes, is_closed);
}

std::optional<CsvRow> CsvReader::next() {
  if (peek() < 0) return std::nullopt;
  CsvRow row;
  row.line = line_;
  while (true) {
    read_cell(row);
    const int end = take();
    if (end == ',') continue;
    if (end == '\r' && peek() == '\n') take();
    return row;
  }
}

std::string no_formula(const std::string& cell) {
  return cell.find_first_of(kFormulaStarts) == 0 ? "'" + cell : cell;
}

std::string_view formula_undone(std::string_view cell) {
  const bool is_ours = cell.size() > 1 && cell.front() == '\'' &&
                       kFormulaStarts.find(cell[1]) != std::string_view::npos;
  return is_ours ? cell.substr(1) : cell;
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
