// client/sheet_writer.cpp - a file beside its name, and the CSV kind.
#include "client/sheet_writer.h"

#include "schema/hand_over.h"

namespace jiyao {

namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

class CsvWriter final : public SheetWriter {
 public:
  CsvWriter(std::unique_ptr<FileInTheMaking> file, TextEncoding encoding, const SheetPlan& plan)
      : file_(std::move(file)), encoding_(encoding) {
    if (encoding_ != TextEncoding::gb18030) file_->append(as_bytes(kMark));
    std::vector<std::string> heads;
    for (const SheetColumn& column : plan.columns) heads.push_back(column.heading);
    put(heads);
  }
  void put(const std::vector<std::string>& cells) override {
    std::vector<std::string> safe;
    for (const std::string& cell : cells) safe.push_back(guarded(cell, Guarded::csv));
    file_->append(as_bytes(encode_text(csv_line(safe) + "\r\n", encoding_)));
  }
  Digest end() override { return file_->content(); }
  void close() override { file_->finish(); }

 private:
  std::unique_ptr<FileInTheMaking> file_;
  TextEncoding encoding_;
};

}  // namespace

Result<std::unique_ptr<FileInTheMaking>> FileInTheMaking::create(Files& files, const Path& path) {
  auto making = std::make_unique<FileInTheMaking>(files, path);
  if (const auto begun = making->begin(); !begun) return begun.error();
  return making;
}

FileInTheMaking::FileInTheMaking(Files& files, const Path& path)
    : files_(files), path_(path), folder_(path), place_(folder_.path() + "/made") {}

Result<void> FileInTheMaking::begin() {
  if (!files_.exists(folder_of(path_))) return Error{Errc::not_found, path_};
  if (folder_.path().empty()) return Error{Errc::not_allowed, path_};
  auto file = files_.open(place_, OpenMode::create_new);
  if (!file) return Error{file.code(), path_};
  file_ = *std::move(file);
  return {};
}

void FileInTheMaking::append(ByteView bytes) {
  file_->write(offset_, bytes);
  offset_ += bytes.size();
}

Digest FileInTheMaking::content() {
  FileDigest digest;
  Bytes piece(std::size_t{64} << 10U);
  std::uint64_t at = 0;
  while (const std::size_t got = file_->read(at, piece)) {
    digest.add(ByteView(piece).first(got));
    at += got;
  }
  return digest.finish();
}

void FileInTheMaking::finish() {
  file_->sync();
  file_.reset();
  files_.rename(place_, path_);
  files_.sync_folder(folder_of(path_));
}

Result<std::unique_ptr<SheetWriter>> csv_writer(Files& files, const Path& path,
                                                TextEncoding encoding, const SheetPlan& plan) {
  auto file = FileInTheMaking::create(files, path);
  if (!file) return file.error();
  return std::unique_ptr<SheetWriter>(
      std::make_unique<CsvWriter>(*std::move(file), encoding, plan));
}

}  // namespace jiyao
