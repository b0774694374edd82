// schema/files.cpp - what every tree of files can do with the calls it has.
#include "schema/files.h"

namespace jiyao {

namespace {

void write_new_file(Files& files, const Path& path, ByteView content) {
  const Result<std::unique_ptr<File>> file = files.open(path, OpenMode::create_new);
  if (!file) throw StorageFailure(StorageFailure::Kind::io, "cannot write " + path);
  (*file)->write(0, content);
  (*file)->sync();
}

/// After a failure, which is what has to be told.
void remove_if_possible(Files& files, const Path& path) {
  try {
    files.remove(path);
  } catch (const StorageFailure&) {
  }
}

}  // namespace

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
  files.remove(beside);  // a link that somebody put there would be followed
  try {
    write_new_file(files, beside, content);
    files.rename(beside, path);
  } catch (const StorageFailure&) {
    remove_if_possible(files, beside);
    throw;
  }
  files.sync_folder(folder_of(path));
}

}  // namespace jiyao
