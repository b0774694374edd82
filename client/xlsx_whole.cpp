// client/xlsx_whole.cpp - part by part, each inflated once.
#include "client/xlsx_whole.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "client/messages.h"
#include "client/xlsx_zip.h"

namespace jiyao {

namespace {

constexpr std::string_view kSheet = "xl/worksheets/sheet1.xml", kRow = "<row ";
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kTailBytes = 64;  ///< longer than any closing tag of a package

/// "worksheet" of `<?xml ...?><worksheet ...`, as far as `head` shows it.
std::string root_of(std::string_view head) {
  std::size_t at = head.find('<');
  while (at + 1 < head.size() && head[at + 1] == '?') at = head.find('<', at + 1);
  if (at == std::string_view::npos) return {};
  const std::size_t end = head.find_first_of(" >/", at + 1);
  return std::string(head.substr(at + 1, end == std::string_view::npos ? end : end - at - 1));
}

struct Seen {
  std::string head, tail;
  std::size_t rows = 0;
  bool is_closed() const {
    const std::string root = root_of(head);
    const std::size_t end = tail.find_last_not_of("\r\n");
    const std::string_view last = std::string_view(tail).substr(0, end + 1);
    return !root.empty() && (last.ends_with("</" + root + ">") || last.ends_with("/>"));
  }
};

void look_at(std::string_view piece, Seen& seen) {
  if (seen.head.empty()) seen.head = piece.substr(0, 512);
  // A tag that was cut between two pieces counts with the second one.
  const std::string text =
      seen.tail.substr(seen.tail.size() - std::min(seen.tail.size(), kRow.size() - 1)) +
      std::string(piece);
  for (std::size_t at = text.find(kRow); at != std::string::npos; at = text.find(kRow, at + 1))
    ++seen.rows;
  seen.tail += piece;
  seen.tail.erase(0, seen.tail.size() - std::min(seen.tail.size(), kTailBytes));
}

Result<Seen> read_through(const ZipFile& zip, const std::string& name) {
  const auto part = zip.part(name, std::numeric_limits<std::uint64_t>::max());
  if (!part) return part.error();
  Seen seen;
  std::array<std::uint8_t, kPieceBytes> piece;
  while (true) {
    const Result<std::size_t> got = (*part)->read(piece);
    if (!got) return got.error();
    if (*got == 0) return seen;
    look_at(as_text(ByteView(piece).first(*got)), seen);
  }
}

}  // namespace

bool is_whole_workbook(File& file, std::size_t rows) {
  const Catalogue words(Language::zh, kClientMessages);  // for reasons that nobody is told
  const Result<ZipFile> zip = ZipFile::open(words, file);
  if (!zip) return zip.code() == Errc::too_large;
  if (!zip->has(kSheet)) return false;
  for (const ZipEntry& entry : zip->entries()) {
    const Result<Seen> seen = read_through(*zip, entry.name);
    if (!seen && seen.code() == Errc::too_large) continue;  // alike rows, packed more than we read
    if (!seen || !seen->is_closed()) return false;
    if (entry.name == kSheet && seen->rows != rows) return false;
  }
  return true;
}

}  // namespace jiyao
