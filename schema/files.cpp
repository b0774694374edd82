// schema/files.cpp - what every tree of files can do with the calls it has.
#include "schema/files.h"

namespace jiyao {

Path folder_of(const Path& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == Path::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<Bytes> read_file(Files& files, const Path& path, std::size_t bytes_max) {
  Result<std::unique_ptr<File>> file = files.open(path, OpenMode::read);
  if (!file) return file.error();
  const std::uint64_t size = (*file)->size();
  if (size > bytes_max) return {Errc::too_large, path};
  Bytes content(static_cast<std::size_t>(size));
  content.resize((*file)->read(0, content));
  return content;
}

void replace_file(Files& files, const Path& path, ByteView content) {
  const Path beside = path + ".new";
  files.remove(beside);  // what a crash left, or a link that somebody put there
  Result<std::unique_ptr<File>> file = files.open(beside, OpenMode::create_new);
  if (!file) {
    throw StorageFailure(StorageFailure::Kind::io, "cannot write " + beside);
  }
  (*file)->write(0, content);
  (*file)->sync();
  (*file).reset();
  files.rename(beside, path);
  files.sync_folder(folder_of(path));
}

}  // namespace jiyao
