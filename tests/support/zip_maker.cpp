// tests/support/zip_maker.cpp - local headers, directory, end record; the parts Excel wants.
#include "support/zip_maker.h"

#include <zlib.h>

#include <stdexcept>

namespace jiyao::test {

namespace {

void put16(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 16; shift += 8) out += static_cast<char>(value >> shift & 0xFF);
}
void put32(std::string& out, std::uint64_t value) {
  put16(out, value);
  put16(out, value >> 16);
}

std::uint32_t checksum(const std::string& content) {
  return static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(content.data()),
                                            static_cast<uInt>(content.size())));
}

constexpr const char* kRelationsHead =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)";
constexpr const char* kTypes =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
  return "<Relationship Id=\"" + id + "\" Type=\"" + kTypes + type + "\" Target=\"" + target +
         "\"/>";
}

}  // namespace

std::string deflated(const std::string& content) {
  z_stream stream{};
  if (::deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflate");
  std::string out(::deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
  std::string in = content;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("deflate");
  return out;
}

std::string zip_of(const std::vector<MadePart>& parts) {
  std::string file, directory;
  for (const MadePart& part : parts) {
    const std::string packed = !part.raw.empty()  ? part.raw
                               : part.is_deflated ? deflated(part.content)
                                                  : part.content;
    const std::uint64_t size =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(part.content.size()) + part.size_lie);
    const std::uint64_t place =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(file.size()) + part.place_lie);
    std::string head;  // from version to the sizes: the same in both
    put16(head, 20);
    put16(head, part.flags);
    put16(head, part.is_deflated || !part.raw.empty() ? 8 : 0);
    put32(head, 0);
    put32(head, checksum(part.content) ^ part.checksum_lie);
    put32(head, packed.size());
    put32(head, size);
    const std::string local = part.local_name.empty() ? part.name : part.local_name;
    put32(file, 0x04034B50);
    file += head;
    put16(file, local.size());
    put16(file, 0);
    file += local + packed;
    put32(directory, 0x02014B50);
    put16(directory, 20);
    directory += head;
    put16(directory, part.name.size());
    for (int i = 0; i < 4; ++i) put16(directory, 0);
    put32(directory, 0);
    put32(directory, place);
    directory += part.name;
  }
  std::string end;
  put32(end, 0x06054B50);
  put32(end, 0);
  put16(end, parts.size());
  put16(end, parts.size());
  put32(end, directory.size());
  put32(end, file.size());
  put16(end, 0);
  return file + directory + end;
}

std::vector<MadePart> parts_of(const MadeBook& book) {
  std::string relations = relation("rId1", "worksheet", "worksheets/sheet1.xml") +
                          relation("rId2", "worksheet", "/xl/worksheets/sheet2.xml");
  std::vector<MadePart> parts;
  const auto add = [&](const std::string& name, const std::string& content) {
    parts.push_back({name, content});
  };
  add("_rels/.rels", std::string(kRelationsHead) +
                         relation("rId1", "officeDocument", "xl/workbook.xml") +
                         "</Relationships>");
  if (!book.strings.empty()) {
    relations += relation("rId8", "sharedStrings", "sharedStrings.xml");
    add("xl/sharedStrings.xml", "<sst>" + book.strings + "</sst>");
  }
  if (!book.formats.empty()) {
    relations += relation("rId9", "styles", "styles.xml");
    add("xl/styles.xml", "<styleSheet><numFmts>" + book.custom + "</numFmts><cellStyleXfs>" +
                             R"(<xf numFmtId="14"/></cellStyleXfs><cellXfs>)" + book.formats +
                             "</cellXfs></styleSheet>");
  }
  add("xl/workbook.xml",
      R"(<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">)" +
          book.properties + "<sheets>" + book.sheets + "</sheets></workbook>");
  add("xl/_rels/workbook.xml.rels", std::string(kRelationsHead) + relations + "</Relationships>");
  add("xl/worksheets/sheet1.xml",
      book.head + "<worksheet><sheetData>" + book.rows + "</sheetData></worksheet>");
  for (const auto& [name, content] : book.more) add(name, content);
  return parts;
}

std::string xlsx_of(const MadeBook& book) {
  return zip_of(parts_of(book));
}

}  // namespace jiyao::test
