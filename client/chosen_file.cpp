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

bool is_there_but_no_file(const Path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status);
}

}  // namespace

Error not_readable(const Desk& desk, Errc code, const Path& path) {
  if (code == Errc::not_allowed && is_there_but_no_file(path))
    return desk.failure(Errc::usage, "file.no_file", {{"file", path}});
  return Error{code, path};
}

Result<void> check_target(Desk& desk, const Path& path) {
  if (!desk.env().files.exists(folder_of(path))) return Error{Errc::not_found, folder_of(path)};
  if (is_there_but_no_file(path))
    return desk.failure(Errc::usage, "file.no_file", {{"file", path}});
  const fs::path place = real_place(path);
  for (const Path& own : {desk.choices().data_dir, desk.choices().state_dir})
    if (is_within(place, own)) return desk.failure(Errc::usage, "file.own", {{"file", path}});
  return {};
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
