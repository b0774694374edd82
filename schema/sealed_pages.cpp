// schema/sealed_pages.cpp - sealing one database page, and the first page of a new file.
#include "schema/sealed_pages.h"

#include <cstring>

namespace jiyao {
namespace {

constexpr std::string_view kMagic = "JYDBpage";
constexpr std::array<std::uint8_t, 16> kSqliteMagic = {'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f',
                                                       'o', 'r', 'm', 'a', 't', ' ', '3', 0};
// Page size 4096, read and write version 2 (WAL), 40 reserved bytes, the three fixed fractions.
constexpr std::array<std::uint8_t, 8> kClear = {0x10, 0x00, 0x02, 0x02, 0x28, 0x40, 0x20, 0x20};

// "JYDBpage" | file id | page number u64 LE, and for page 1 also its clear bytes.
struct Context {
  std::array<std::uint8_t, 8 + FileId::kBytes + 8 + kClear.size()> bytes{};
  std::size_t size = 8 + FileId::kBytes + 8;

  Context(const FileId& id, std::uint32_t page_number) {
    std::memcpy(bytes.data(), kMagic.data(), kMagic.size());
    std::memcpy(bytes.data() + 8, id.bytes.data(), FileId::kBytes);
    for (std::size_t i = 0; i < 4; ++i)
      bytes[24 + i] = static_cast<std::uint8_t>(page_number >> (8 * i));
    if (page_number != 1) return;
    std::memcpy(bytes.data() + size, kClear.data(), kClear.size());
    size = bytes.size();
  }
  ByteView view() const { return ByteView(bytes).first(size); }
};

bool starts_with(PageView page, ByteView magic) {
  return std::memcmp(page.data(), magic.data(), magic.size()) == 0 &&
         std::memcmp(page.data() + 16, kClear.data(), kClear.size()) == 0;
}

}  // namespace

PageSeal::PageSeal(const FileId& id, const Secret<32>& file_key)
    : id_(id), key_(derive(file_key, Label::file_page, id.view())) {}

bool PageSeal::seal(std::uint32_t page_number, Page page) const {
  const bool is_first = page_number == 1;
  if (is_first && !starts_with(page, kSqliteMagic)) {
    wipe(page);
    return false;
  }
  if (is_first) std::memcpy(page.data(), id_.bytes.data(), FileId::kBytes);
  const std::size_t begin = is_first ? kPageClearBytes : 0;
  seal_in_place(key_, page.subspan(begin, kPageUsableBytes - begin),
                Context(id_, page_number).view(), page.subspan<kPageUsableBytes, kNonceBytes>(),
                page.last<kTagBytes>());
  return true;
}

bool PageSeal::open(std::uint32_t page_number, Page page) const {
  const bool is_first = page_number == 1;
  const std::size_t begin = is_first ? kPageClearBytes : 0;
  const bool is_authentic =
      (!is_first || starts_with(page, id_.bytes)) &&
      open_in_place(key_, page.subspan(begin, kPageUsableBytes - begin),
                    Context(id_, page_number).view(), page.subspan<kPageUsableBytes, kNonceBytes>(),
                    page.last<kTagBytes>());
  if (!is_authentic) {
    wipe(page);
    return false;
  }
  if (is_first) std::memcpy(page.data(), kSqliteMagic.data(), kSqliteMagic.size());
  wipe(page.last<kPageReserveBytes>());
  return true;
}

std::array<std::uint8_t, 100> plain_header() {
  std::array<std::uint8_t, 100> header{};
  std::memcpy(header.data(), kSqliteMagic.data(), kSqliteMagic.size());
  std::memcpy(header.data() + 16, kClear.data(), kClear.size());
  return header;
}

std::array<std::uint8_t, kPageBytes> empty_database() {
  std::array<std::uint8_t, kPageBytes> page{};
  const std::array<std::uint8_t, 100> header = plain_header();
  std::memcpy(page.data(), header.data(), header.size());
  page[31] = 1;    // the database has one page (bytes 28..31, big-endian)
  page[100] = 13;  // the schema table: an empty leaf whose content starts at the page's usable end
  page[105] = static_cast<std::uint8_t>(kPageUsableBytes >> 8);
  page[106] = static_cast<std::uint8_t>(kPageUsableBytes & 0xff);
  return page;
}

}  // namespace jiyao
