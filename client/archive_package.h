// client/archive_package.h - a folder for an archive: catalogue, metadata, and the sums of both.
//
//   catalogue.csv   one line an item, the columns of DA/T 22-2015
//   metadata.csv    one line an item, every element in a column of its own
//   metadata.xml    the same with groups, and what was done to each item
//   files/          the items' electronic files, where there are any (archive_files.h)
//   sha256sums.txt  SHA-256 of all of these, as `sha256sum -c` reads it
// The folder is made beside its name (work_folder.h), read back, and takes the name in one step: it
// is there whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "client/archive_files.h"
#include "client/archive_metadata.h"

namespace jiyao {

struct ArchiveHead {
  std::string office, made_by, made_at;
  Level level = Level::public_;
};

struct PackageFile {
  std::string name, sha256;  ///< 64 hex digits
  std::uint64_t bytes = 0;
};

/// Lower-case hex.
std::string sha256_hex(ByteView bytes);

/// Pure: the contents of the texts, the sums last.
std::vector<std::pair<std::string, std::string>> package_texts(
    const ArchiveHead& head, const std::vector<ArchiveItem>& items,
    const std::vector<ItemFile>& files);

/// `folder` must not be there.
///   errors: exists, not_found (the folder it would lie in), storage (read back, it is not what was
///   written; or a file of an item changed meanwhile)
Result<std::vector<PackageFile>> write_package(
    Files& files, const Path& folder, const std::vector<std::pair<std::string, std::string>>& texts,
    const std::vector<ItemFile>& item_files);

}  // namespace jiyao
