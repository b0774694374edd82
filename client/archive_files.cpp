// client/archive_files.cpp - matching names to 档号, sums, and copies that are read back.
#include "client/archive_files.h"

#include <Poco/DigestEngine.h>
#include <Poco/SHA2Engine.h>

#include <algorithm>

namespace jiyao {

namespace {

constexpr std::size_t kPieceBytes = 1U << 20U;
constexpr const char* kFolder = "files/";

/// Does the name go on with something other than the number? 0001 is not 00010.
bool belongs_to(const std::string& name, const std::string& code) {
  if (code.empty() || !name.starts_with(code) || name.size() == code.size()) return false;
  const char next = name[code.size()];
  return next < '0' || next > '9';
}

/// A line of sha256sums.txt holds it, and no program takes it for anything else.
bool can_be_carried(const std::string& name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '\\' && c != '/';
  });
}

struct Sum {
  std::string sha256;
  std::uint64_t bytes = 0;
};

/// Piece by piece, into `to` if it is there.
Sum read_through(File& from, File* to) {
  Poco::SHA2Engine engine(Poco::SHA2Engine::SHA_256);
  Sum sum;
  Bytes piece(kPieceBytes);
  while (const std::size_t got = from.read(sum.bytes, piece)) {
    engine.update(piece.data(), got);
    if (to != nullptr) to->write(sum.bytes, ByteView(piece).first(got));
    sum.bytes += got;
  }
  sum.sha256 = Poco::DigestEngine::digestToHex(engine.digest());
  return sum;
}

std::string joined(const std::vector<ItemFile>& files, std::string ItemFile::*part) {
  std::string text;
  for (const ItemFile& file : files) text += (text.empty() ? "" : "；") + file.*part;
  return text;
}

}  // namespace

Result<std::vector<std::vector<ItemFile>>> files_of_items(Files& files, const Path& folder,
                                                          const std::vector<ArchiveItem>& items) {
  const std::vector<std::string> names = files.list(folder);
  if (names.empty()) return Error{Errc::not_found, folder};
  std::vector<std::vector<ItemFile>> found(items.size());
  std::string strangers;
  for (const std::string& name : names) {
    const auto item = std::find_if(items.begin(), items.end(), [&](const ArchiveItem& one) {
      return belongs_to(name, one.code);
    });
    auto file = item == items.end() || !can_be_carried(name)
                    ? Result<std::unique_ptr<File>>(Errc::not_found)
                    : files.open(folder + "/" + name, OpenMode::read);
    if (!file) {
      strangers += (strangers.empty() ? "" : "、") + name;
      continue;
    }
    const Sum sum = read_through(**file, nullptr);
    found[static_cast<std::size_t>(item - items.begin())].push_back(
        {folder + "/" + name, kFolder + name, sum.sha256, sum.bytes});
  }
  if (!strangers.empty()) return Error{Errc::invalid, strangers};
  return found;
}

void add_file_elements(std::vector<ArchiveItem>& items,
                       const std::vector<std::vector<ItemFile>>& files) {
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].metadata.push_back({"电子文件",
                                 {{"文件数", std::to_string(files[i].size())},
                                  {"文件名", joined(files[i], &ItemFile::name)},
                                  {"SHA-256", joined(files[i], &ItemFile::sha256)}}});
}

Result<void> copy_item_file(Files& files, const ItemFile& file, const Path& to) {
  const auto from = files.open(file.from, OpenMode::read);
  if (!from) return Error{from.code(), file.from};
  const auto made = files.open(to, OpenMode::create_new);
  if (!made) return Error{made.code(), to};
  const Sum read = read_through(**from, made->get());
  (*made)->sync();
  const Sum written = read_through(**made, nullptr);
  if (read.sha256 != file.sha256 || written.sha256 != file.sha256)
    return Error{Errc::storage, file.from};
  return {};
}

}  // namespace jiyao
