// client/chosen_file.h - the files a person names: what is no file is not read, and nothing that
// matters is written over.
#pragma once

#include <memory>

#include "client/desk.h"

namespace jiyao {

/// Why the file a person named could not be read, in words: a folder, a device or a pipe is a slip
/// in the command, not a missing right; `*.jyb` that the shell passed on means an empty folder.
Error not_readable(const Desk& desk, Errc code, const Path& path);

/// May an answer be written there? A file of that name is replaced by the answer.
///   errors: not_found (its folder); usage (a folder or device, or a place among the ledger's own
///   files: what lies there is not the person's to replace)
Result<void> check_target(Desk& desk, const Path& path);

/// Where a folder is asked for: what is there is one.   errors: usage (a file or device)
Result<void> check_folder(const Desk& desk, const Path& path);

/// check_target(), then whole and durable in one step; nothing else of that folder is touched.
Result<void> write_answer(Desk& desk, const Path& path, ByteView bytes);

/// Two names of one file that is there.
bool is_same_file(Desk& desk, const Path& a, const Path& b);

}  // namespace jiyao
