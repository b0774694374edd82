// sync/volume_file.h - one volume on its way onto a medium: written beside, synced, renamed, read
// back.
#pragma once

#include "sync/bundle.h"

namespace jiyao {

/// Whoever does not reach the end of finish() calls drop(): a destructor would touch the medium
/// also when the machine below has stopped.
class VolumeFile {
 public:
  /// errors: exists (another bundle has the name; the same set's volume is replaced), storage (no
  /// room), not_found or not_allowed (the folder)
  static Result<VolumeFile> create(Files& files, const Path& folder, const std::string& name,
                                   std::uint64_t bytes, const SetId& set);
  /// Head and first message. `sealer` outlives the file; exactly `frames_bytes` follow by add().
  void begin(ByteView head, StreamSealer& sealer, ByteView first_message,
             std::uint64_t frames_bytes);
  void add(ByteView frames);
  /// Seals the last chunk, makes the file durable under its name, reads it back. Returns the digest
  /// of the whole file.   errors: storage (what is there is not what was written)
  Result<Digest> finish();
  /// Nothing of it stays on the medium, as far as the medium lets us. Needs no memory of its own.
  void drop() noexcept;

 private:
  VolumeFile(Files& files, const Path& folder, const std::string& name);
  void write(ByteView bytes);
  void seal(ByteView plain, bool is_last);
  Result<Digest> read_back(const Digest& expected);

  Files* files_;
  Path folder_, path_, beside_;
  std::unique_ptr<File> file_;
  StreamSealer* sealer_ = nullptr;
  Bytes waiting_;  ///< less than a chunk
  Bytes written_;  ///< sealed, not yet handed to the file
  std::uint64_t offset_ = 0;
  std::uint64_t frames_left_ = 0;
  FileDigest digest_;
  bool is_beside_ = false;  ///< the unfinished file exists
  bool is_named_ = false;   ///< the finished name exists and is not proven yet
};

/// Removes; a medium that fails meanwhile has failed already, and the first failure is the one to
/// tell.
void remove_quietly(Files& files, const Path& path) noexcept;

}  // namespace jiyao
