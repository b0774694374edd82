// client/archive_package.cpp - texts first, then a folder that takes its name whole.
#include "client/archive_package.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include "client/csv_reader.h"
#include "client/sheet_writer.h"
#include "client/work_folder.h"

namespace jiyao {

namespace {

constexpr const char* kSums = "sha256sums.txt";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::size_t kFileBytesMax = std::size_t{1} << 30U;

/// XML 1.0 cannot hold most control characters at all; they become U+FFFD.
std::string xml_text(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      xml += "&amp;";
    else if (c == '<')
      xml += "&lt;";
    else if (c == '>')
      xml += "&gt;";
    else if (c == '"')
      xml += "&quot;";
    else if (c == '\r')
      xml += "&#13;";
    else if (byte < 0x20 && c != '\n' && c != '\t')
      xml += "\xEF\xBF\xBD";
    else
      xml += c;
  }
  return xml;
}

std::string element(const std::string& name, const std::string& value) {
  return value.empty() ? "<" + name + "/>" : "<" + name + ">" + xml_text(value) + "</" + name + ">";
}

std::string metadata_xml(const ArchiveHead& head, const std::vector<ArchiveItem>& items) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<归档文件元数据 格式=\"jiyao/archive/1\" "
      "单位=\"" +
      xml_text(head.office) + "\" 制作人=\"" + xml_text(head.made_by) + "\" 制作时间=\"" +
      xml_text(head.made_at) + "\" 最高密级=\"" + std::string(chinese_of(head.level)) +
      "\" 件数=\"" + std::to_string(items.size()) + "\">\n";
  for (const ArchiveItem& item : items) {
    xml += "  <文件>\n";
    for (const ElementGroup& group : item.metadata) {
      xml += "    <" + group.name + ">\n";
      for (const auto& [name, value] : group.elements)
        xml += "      " + element(name, value) + "\n";
      xml += "    </" + group.name + ">\n";
    }
    xml += "    <业务>\n";
    for (const ArchiveStep& step : item.steps)
      xml += "      <业务行为>" + element("行为", step.what) + element("责任者", step.who) +
             element("时间", step.when) + element("依据", step.ground) + "</业务行为>\n";
    xml += "    </业务>\n  </文件>\n";
  }
  return xml + "</归档文件元数据>\n";
}

std::string csv_row(const std::vector<std::string>& cells) {
  std::vector<std::string> safe;
  for (const std::string& cell : cells) safe.push_back(guarded(cell, Guarded::csv));
  return csv_line(safe) + "\r\n";
}

std::string catalogue_csv(const std::vector<ArchiveItem>& items) {
  std::string csv = std::string(kUtf8Mark) + csv_row(catalogue_columns());
  for (const ArchiveItem& item : items) csv += csv_row(item.catalogue);
  return csv;
}

/// Elements of one name in two groups have the group before it.
std::string metadata_csv(const std::vector<ArchiveItem>& items) {
  std::vector<std::string> heads;
  if (!items.empty())
    for (const ElementGroup& group : items.front().metadata)
      for (const auto& [name, value] : group.elements) heads.push_back(group.name + "." + name);
  std::string csv = std::string(kUtf8Mark) + csv_row(heads);
  for (const ArchiveItem& item : items) {
    std::vector<std::string> cells;
    for (const ElementGroup& group : item.metadata)
      for (const auto& [name, value] : group.elements) cells.push_back(value);
    csv += csv_row(cells);
  }
  return csv;
}

}  // namespace

std::string sha256_hex(ByteView bytes) {
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  if (!bytes.empty()) engine.update(bytes.data(), bytes.size());
  return Poco::DigestEngine::digestToHex(engine.digest());
}

std::vector<std::pair<std::string, std::string>> package_texts(
    const ArchiveHead& head, const std::vector<ArchiveItem>& items,
    const std::vector<ItemFile>& files) {
  std::vector<std::pair<std::string, std::string>> texts = {
      {"catalogue.csv", catalogue_csv(items)},
      {"metadata.csv", metadata_csv(items)},
      {"metadata.xml", metadata_xml(head, items)}};
  std::string sums;
  for (const auto& [name, text] : texts) sums += sha256_hex(as_bytes(text)) + "  " + name + "\n";
  for (const ItemFile& file : files) sums += file.sha256 + "  " + file.name + "\n";
  texts.emplace_back(kSums, std::move(sums));
  return texts;
}

Result<std::vector<PackageFile>> write_package(
    Files& files, const Path& folder, const std::vector<std::pair<std::string, std::string>>& texts,
    const std::vector<ItemFile>& item_files) {
  if (files.exists(folder)) return Error{Errc::exists, folder};
  if (!files.exists(folder_of(folder))) return Error{Errc::not_found, folder_of(folder)};
  WorkFolder making(folder);
  if (making.path().empty()) return Error{Errc::storage, folder};
  std::vector<PackageFile> written;
  for (const auto& [name, text] : texts) {
    const Path path = making.path() + "/" + name;
    auto file = files.open(path, OpenMode::create_new);
    if (!file) return Error{file.code(), path};
    (*file)->write(0, as_bytes(text));
    (*file)->sync();
    const auto read = read_file(files, path, kFileBytesMax);
    if (!read || sha256_hex(*read) != sha256_hex(as_bytes(text))) return Error{Errc::storage, path};
    written.push_back({name, sha256_hex(*read), text.size()});
  }
  if (!item_files.empty()) files.make_folder(making.path() + "/files");
  for (const ItemFile& file : item_files) {
    if (const auto copied = copy_item_file(files, file, making.path() + "/" + file.name); !copied)
      return copied.error();
    written.push_back({file.name, file.sha256, file.bytes});
  }
  if (!item_files.empty()) files.sync_folder(making.path() + "/files");
  files.sync_folder(making.path());
  files.rename(making.path(), folder);
  making.give_away();
  files.sync_folder(folder_of(folder));
  return written;
}

}  // namespace jiyao
