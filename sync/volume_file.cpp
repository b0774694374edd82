// sync/volume_file.cpp - see volume_file.h.
#include "sync/volume_file.h"

namespace jiyao {

namespace {

constexpr std::size_t kWriteBytes = std::size_t{1} << 20;  ///< what the medium gets at once

Path beside(const Path& folder, const std::string& name) {
  return folder + "/" + name.substr(0, name.size() - 3) + "TMP";
}

// Is what has this name a volume of the same set? Then this is a repeat of it and may replace it.
bool is_of_set(Files& files, const Path& path, const SetId& set) {
  const Result<std::unique_ptr<File>> file = files.open(path, OpenMode::read);
  if (!file) return false;
  Bytes fixed(kBundleFixedBytes);
  fixed.resize((*file)->read(0, fixed));
  const Result<std::size_t> length = head_length(fixed);
  if (!length) return false;
  Bytes bytes(*length);
  bytes.resize((*file)->read(0, bytes));
  const Result<BundleHead> head = parse_head(bytes);
  return head && head->outer.set == set;
}

}  // namespace

VolumeFile::VolumeFile(Files& files, const Path& folder, const std::string& name)
    : files_(&files), folder_(folder), path_(folder + "/" + name), beside_(beside(folder, name)) {}

void VolumeFile::drop() noexcept {
  file_.reset();
  if (is_beside_) remove_quietly(*files_, beside_);
  if (is_named_) remove_quietly(*files_, path_);
  is_beside_ = is_named_ = false;
}

Result<VolumeFile> VolumeFile::create(Files& files, const Path& folder, const std::string& name,
                                      std::uint64_t bytes, const SetId& set) {
  const Path path = folder + "/" + name;
  if (files.exists(path) && !is_of_set(files, path, set)) return {Errc::exists, name};
  if (files.free_bytes(folder) < bytes) return {Errc::storage, "no room on the medium"};
  VolumeFile volume(files, folder, name);
  Result<std::unique_ptr<File>> file = files.open(volume.beside_, OpenMode::create);
  if (!file) return file.error();
  volume.file_ = std::move(*file);
  volume.is_beside_ = true;
  return volume;
}

void VolumeFile::write(ByteView bytes) {
  digest_.add(bytes);
  written_.insert(written_.end(), bytes.begin(), bytes.end());
  if (written_.size() < kWriteBytes) return;
  file_->write(offset_, written_);
  offset_ += written_.size();
  written_.clear();
}

void VolumeFile::seal(ByteView plain, bool is_last) {
  const Bytes sealed = sealer_->seal(plain, is_last);
  Bytes length;
  for (unsigned shift = 0; shift < 32; shift += 8)
    length.push_back(static_cast<std::uint8_t>(sealed.size() >> shift));
  write(length);
  write(sealed);
}

void VolumeFile::begin(ByteView head, StreamSealer& sealer, ByteView first_message,
                       std::uint64_t frames_bytes) {
  file_->truncate(0);  // an unfinished one of an earlier try may be there
  sealer_ = &sealer;
  frames_left_ = frames_bytes;
  write(head);
  seal(first_message, false);
}

void VolumeFile::add(ByteView frames) {
  JIYAO_ASSERT(frames.size() <= frames_left_);
  frames_left_ -= frames.size();
  waiting_.insert(waiting_.end(), frames.begin(), frames.end());
  std::size_t done = 0;
  // The last chunk waits for finish(), also when it is full.
  while (waiting_.size() - done > kChunkBytesMax) {
    seal(ByteView(waiting_).subspan(done, kChunkBytesMax), false);
    done += kChunkBytesMax;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(done));
}

Result<Digest> VolumeFile::finish() {
  JIYAO_ASSERT(frames_left_ == 0);
  seal(waiting_, true);
  file_->write(offset_, written_);
  offset_ += written_.size();
  file_->sync();
  file_.reset();
  files_->rename(beside_, path_);
  is_beside_ = false;
  is_named_ = true;
  files_->sync_folder(folder_);
  Result<Digest> proven = read_back(digest_.finish());
  if (proven) is_named_ = false;
  return proven;
}

Result<Digest> VolumeFile::read_back(const Digest& expected) {
  const Result<std::unique_ptr<File>> file = files_->open(path_, OpenMode::read);
  if (!file) return {Errc::storage, "cannot be read back"};
  FileDigest digest;
  Bytes piece(kWriteBytes);
  std::uint64_t offset = 0;
  for (;;) {
    const std::size_t count = (*file)->read(offset, piece);
    if (count == 0) break;
    digest.add(ByteView(piece).first(count));
    offset += count;
  }
  if (offset != offset_ || digest.finish() != expected)
    return {Errc::storage, "read back is not what was written"};
  return expected;
}

void remove_quietly(Files& files, const Path& path) noexcept {
  try {
    files.remove(path);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace jiyao
