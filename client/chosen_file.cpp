// client/chosen_file.cpp - looking at a name before it is read or written.
#include "client/chosen_file.h"

#include <filesystem>

#include "client/sheet_writer.h"

namespace jiyao {

namespace {

namespace fs = std::filesystem;

/// What the path leads to, links followed as far as they go.
fs::path real_place(const Path& path) {
  std::error_code ignored;
  const fs::path place = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  return place.empty() ? fs::path(path) : place;
}

bool is_within(const fs::path& place, const Path& folder) {
  for (fs::path above = place; above != above.parent_path(); above = above.parent_path())
    if (above == real_place(folder)) return true;
  return false;
}

/// What is there and not an ordinary file: a folder, a device, a pipe; nothing there is none.
fs::file_type other_than_file(const Path& path) {
  std::error_code ignored;
  const fs::file_type type = fs::status(path, ignored).type();
  return type == fs::file_type::regular || type == fs::file_type::not_found ? fs::file_type::none
                                                                            : type;
}

/// Before a name is put behind it.
Path without_last_slash(Path folder) {
  while (folder.ends_with('/')) folder.pop_back();
  return folder;
}

/// `type` as other_than_file() gives it. Only an import takes several files at once.
Error no_file(const Desk& desk, fs::file_type type, const Path& path) {
  if (type != fs::file_type::directory)
    return desk.failure(Errc::usage, "file.no_file", {{"file", path}});
  const bool is_bundle = desk.menu().chosen().command == "bundle/import";
  return desk.failure(Errc::usage, is_bundle ? "file.folder_of_bundles" : "file.is_folder",
                      {{"file", path}, {"folder", without_last_slash(path)}});
}

/// A pattern that the shell found nothing for comes as it was typed.
bool is_pattern(const Path& path) {
  return path.find_first_of("*?", path.rfind('/') + 1) != Path::npos;
}

}  // namespace

Error not_readable(const Desk& desk, Errc code, const Path& path) {
  const fs::file_type type = other_than_file(path);
  if (code == Errc::not_allowed && type != fs::file_type::none) return no_file(desk, type, path);
  if (code == Errc::not_found && is_pattern(path) &&
      other_than_file(folder_of(path)) == fs::file_type::directory)
    return desk.failure(code, "file.none_like",
                        {{"folder", without_last_slash(folder_of(path))},
                         {"file", path.substr(path.rfind('/') + 1)}});
  return Error{code, path};
}

Result<void> check_target(Desk& desk, const Path& path) {
  if (!desk.env().files.exists(folder_of(path))) return Error{Errc::not_found, folder_of(path)};
  if (const fs::file_type type = other_than_file(path); type != fs::file_type::none)
    return no_file(desk, type, path);
  const fs::path place = real_place(path);
  for (const Path& own : {desk.choices().data_dir, desk.choices().state_dir})
    if (is_within(place, own)) return desk.failure(Errc::usage, "file.own", {{"file", path}});
  return {};
}

Result<void> check_folder(const Desk& desk, const Path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (!fs::exists(status) || fs::is_directory(status)) return {};
  return desk.failure(Errc::usage, "file.no_folder", {{"file", path}});
}

Result<void> write_answer(Desk& desk, const Path& path, ByteView bytes) {
  if (const auto free = check_target(desk, path); !free) return free;
  const auto file = FileInTheMaking::create(desk.env().files, path);
  if (!file) return file.error();
  (*file)->append(bytes);
  (*file)->finish();
  return {};
}

bool is_same_file(Desk& desk, const Path& a, const Path& b) {
  return real_place(a) == real_place(b) ||
         (desk.env().files.identity(a) != 0 &&
          desk.env().files.identity(a) == desk.env().files.identity(b));
}

}  // namespace jiyao
