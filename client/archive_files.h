// client/archive_files.h - the electronic files of filed items (OFD, PDF, scans), which go to the
// archive byte for byte as the office keeps them (GB/T 33190, DA/T 46).
//
// The engine holds no attachments: a folder of the office does. A file belongs to the item whose
// 档号 its name begins with: "12-WS·2023-D30-办公室-0001 正本.ofd".
#pragma once

#include "client/archive_metadata.h"
#include "schema/files.h"

namespace jiyao {

struct ItemFile {
  Path from;
  std::string name;    ///< in the package: "files/" and its own
  std::string sha256;  ///< 64 hex digits
  std::uint64_t bytes = 0;
};

/// What lies in `folder`, each file with its item: the k-th list is of the k-th item. Reads every
/// file once.
///   errors: not_found (no such folder, or nothing in it), invalid (detail: names that belong to no
///   item, or that a package cannot carry)
Result<std::vector<std::vector<ItemFile>>> files_of_items(Files& files, const Path& folder,
                                                          const std::vector<ArchiveItem>& items);

/// Adds how many files each item has, their names and sums to its metadata.
void add_file_elements(std::vector<ArchiveItem>& items,
                       const std::vector<std::vector<ItemFile>>& files);

/// Copies to `to` (which is not there), syncs, reads back.   errors: storage (it changed meanwhile,
/// or what was written is not what was read), not_found
Result<void> copy_item_file(Files& files, const ItemFile& file, const Path& to);

}  // namespace jiyao
