// client/register_file.cpp - first bytes, and the sheet that is meant.
#include "client/register_file.h"

#include <algorithm>

namespace jiyao {

Result<std::unique_ptr<RegisterFile>> RegisterFile::open(const Catalogue& words,
                                                         std::unique_ptr<File> file,
                                                         const std::string& sheet) {
  std::unique_ptr<RegisterFile> opened(new RegisterFile(std::move(file)));
  if (is_compound_file(*opened->file_))
    return Error{Errc::malformed, words.text("sheet.old_format")};
  if (is_zip(*opened->file_)) {
    auto book = XlsxBook::open(words, *opened->file_);
    if (!book) return book.error();
    opened->book_ = *std::move(book);
    if (const auto chosen = opened->choose(words, sheet); !chosen) return chosen.error();
    return opened;
  }
  if (!sheet.empty()) return Error{Errc::usage, words.text("sheet.no_workbook")};
  opened->encoding_ = detect_encoding(*opened->file_);
  return opened;
}

Result<void> RegisterFile::choose(const Catalogue& words, const std::string& sheet) {
  std::string names;
  std::size_t number = 0;
  for (const BookSheet& one : book_->sheets()) {
    if (one.part.empty()) continue;
    ++number;
    names += (names.empty() ? "" : "、") + one.name;
    const bool is_meant =
        sheet.empty() ? !one.is_hidden : sheet == one.name || sheet == std::to_string(number);
    if (is_meant) sheets_.push_back(one);
  }
  if (sheets_.empty())
    return Error{Errc::not_found, words.text("sheet.none", {{"name", sheet}, {"names", names}})};
  const auto by_name = std::find_if(sheets_.begin(), sheets_.end(),
                                    [&](const BookSheet& one) { return one.name == sheet; });
  if (by_name != sheets_.end()) sheets_ = {BookSheet(*by_name)};
  return {};
}

std::string RegisterFile::name_of_table(std::size_t table) const {
  return book_ ? sheets_[table].name : std::string();
}

Result<std::unique_ptr<SheetReader>> RegisterFile::rows(std::size_t table) {
  if (book_) return book_->rows(sheets_[table]);
  return std::unique_ptr<SheetReader>(std::make_unique<CsvReader>(*file_, encoding_));
}

}  // namespace jiyao
