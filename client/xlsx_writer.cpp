// client/xlsx_writer.cpp - a sheet that prints as a register does: A4 across, the heading on every
// page, the level mark above and below. The only file that knows libxlsxwriter.
//
// Texts are written as texts, so none is a formula and no number loses its zeros; only columns of
// dates and counts become dates and numbers. Rows go to the file as they come (constant memory);
// the library's own temporary file lies unnamed in the folder of the target, never in /tmp.
#include <fcntl.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "client/sheet_writer.h"
#include "client/xlsx_reader.h"
#include "client/xlsx_whole.h"
#include "schema/dates.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr std::size_t kUnitsMax = 32'767;  ///< UTF-16 units of one cell, says the format
constexpr std::size_t kSheetNameMax = 31;
constexpr std::size_t kHeaderBytesMax = 240;
constexpr std::size_t kListUnitsMax = 255;
constexpr std::uint8_t kPaperA4 = 9;
constexpr double kMinutesPerDay = 24 * 60;
constexpr lxw_row_t kLastRow = 1'048'575;

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

/// At most `units` UTF-16 units from the start.
std::string first_units(std::string_view text, std::size_t units) {
  std::size_t at = 0, used = 0;
  while (at < text.size()) {
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
    used += next - at == 4 ? 2 : 1;
    if (used > units) break;
    at = next;
  }
  return std::string(text.substr(0, at));
}

/// What a sheet may be called: no []:*?/\ and not long.
std::string sheet_name(std::string_view title) {
  std::string name;
  for (const char c : title)
    if (std::string_view("[]:*?/\\'").find(c) == std::string_view::npos) name += c;
  name = first_units(name, kSheetNameMax);
  return name.empty() ? std::string("1") : name;
}

/// In a header & begins a command.
std::string header_text(const std::string& text) {
  std::string safe;
  for (const char c : cut_to_width(text, 60)) safe += c == '&' ? std::string("&&") : std::string{c};
  return safe.size() > kHeaderBytesMax ? std::string() : safe;
}

double serial_of(std::string_view text) {
  const std::int64_t days = day_number(text) - day_number("1900-03-01");
  const double serial = static_cast<double>(days) + (days < 0 ? 60 : 61);
  if (!is_stamp(text)) return serial;
  const int hour = (text[11] - '0') * 10 + (text[12] - '0');
  const int minute = (text[14] - '0') * 10 + (text[15] - '0');
  return serial + (hour * 60 + minute) / kMinutesPerDay;
}

bool is_count(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

constexpr auto kFull = StorageFailure::Kind::full;

StorageFailure::Kind kind_of(int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) return kFull;
  return error == EROFS ? StorageFailure::Kind::read_only : StorageFailure::Kind::io;
}

/// Of a write that failed the library tells standard error in words of its own; we tell it in
/// ours. Frees the book, whatever comes of it; errno is why.
lxw_error close_quietly(lxw_workbook* book) {
  const int ours = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (ours >= 0 && nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  errno = 0;
  const lxw_error failed = ::workbook_close(book);
  const int why = errno;
  if (ours >= 0) ::dup2(ours, STDERR_FILENO);
  for (const int descriptor : {ours, nowhere})
    if (descriptor >= 0) ::close(descriptor);
  errno = why;
  return failed;
}

class XlsxWriter final : public SheetWriter {
 public:
  XlsxWriter(std::unique_ptr<FileInTheMaking> file, const SheetPlan& plan)
      : file_(std::move(file)), plan_(plan), folder_(folder_of(file_->place())) {
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    options.tmpdir = folder_.data();
    book_ = ::workbook_new_opt(file_->place().c_str(), &options);
    if (book_ == nullptr) throw std::bad_alloc();
    sheet_ = ::workbook_add_worksheet(book_, sheet_name(plan_.title).c_str());
    if (sheet_ == nullptr) throw std::bad_alloc();
    make_formats();
    lay_out();
    put_heads();
  }
  ~XlsxWriter() override {
    if (book_ != nullptr) ::lxw_workbook_free(book_);
  }
  XlsxWriter(const XlsxWriter&) = delete;
  XlsxWriter& operator=(const XlsxWriter&) = delete;

  void put(const std::vector<std::string>& cells) override {
    for (std::size_t i = 0; i < cells.size(); ++i) put_cell(i, cells[i]);
    ++row_;
  }
  Digest end() override {
    write_book();
    return file_->content();
  }
  void close() override {
    write_book();
    file_->finish();
  }
  std::size_t cut_cells() const override { return cut_; }

 private:
  void write_book() {
    if (book_ == nullptr) return;
    const lxw_error failed = close_quietly(book_);
    book_ = nullptr;
    if (failed != LXW_NO_ERROR) throw StorageFailure(kind_of(errno), file_->path());
    if (!is_whole_workbook(file_->file(), row_)) throw StorageFailure(kFull, file_->path());
  }
  lxw_format* format(const char* number_format) {
    lxw_format* made = ::workbook_add_format(book_);
    ::format_set_border(made, LXW_BORDER_THIN);
    ::format_set_align(made, LXW_ALIGN_VERTICAL_CENTER);
    ::format_set_text_wrap(made);
    ::format_set_num_format(made, number_format);
    return made;
  }
  void make_formats() {
    text_ = format("@");
    number_ = format("0");
    date_ = format("yyyy-mm-dd");
    stamp_ = format("yyyy-mm-dd hh:mm");
    head_ = format("@");
    ::format_set_bold(head_);
    ::format_set_align(head_, LXW_ALIGN_CENTER);
  }
  lxw_format* format_of(const SheetColumn& column) const {
    switch (column.kind) {
      case SheetColumn::Kind::text:
        return text_;
      case SheetColumn::Kind::number:
        return number_;
      case SheetColumn::Kind::date:
        return date_;
      case SheetColumn::Kind::stamp:
        return stamp_;
    }
    return text_;
  }
  void lay_out() {
    ::worksheet_set_landscape(sheet_);
    ::worksheet_set_paper(sheet_, kPaperA4);
    ::worksheet_fit_to_pages(sheet_, 1, 0);
    ::worksheet_set_margins(sheet_, 0.5, 0.5, 0.8, 0.7);
    ::worksheet_repeat_rows(sheet_, 0, 0);
    ::worksheet_freeze_panes(sheet_, 1, 0);
    const std::string mark = header_text(plan_.mark);
    ::worksheet_set_header(sheet_, ("&C" + header_text(plan_.title) + "&R" + mark).c_str());
    ::worksheet_set_footer(sheet_, ("&L" + mark + "&C&P / &N").c_str());
    for (std::size_t i = 0; i < plan_.columns.size(); ++i) {
      const SheetColumn& column = plan_.columns[i];
      const auto at = static_cast<lxw_col_t>(i);
      // The format makes typed rows look like ours: a number somebody types into a text column of
      // the template keeps its zeros.
      ::worksheet_set_column(sheet_, at, at, column.width, column_format(column));
      add_choices(column, at);
      add_hint(column, at);
    }
  }
  lxw_format* column_format(const SheetColumn& column) {
    lxw_format* made = ::workbook_add_format(book_);
    ::format_set_num_format(made, column.kind == SheetColumn::Kind::text     ? "@"
                                  : column.kind == SheetColumn::Kind::number ? "0"
                                  : column.kind == SheetColumn::Kind::date   ? "yyyy-mm-dd"
                                                                             : "yyyy-mm-dd hh:mm");
    return made;
  }
  /// A list is one text of at most 255 characters; a longer one is left out, as the hint has it.
  void add_choices(const SheetColumn& column, lxw_col_t at) {
    std::string joined;
    for (const std::string& choice : column.choices) joined += choice + ",";
    if (column.choices.empty() || utf16_units(joined) > kListUnitsMax) return;
    std::vector<std::string> choices = column.choices;
    std::vector<char*> list;
    for (std::string& choice : choices) list.push_back(choice.data());
    list.push_back(nullptr);
    lxw_data_validation rule{};
    rule.validate = LXW_VALIDATION_TYPE_LIST;
    rule.value_list = list.data();
    rule.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
    ::worksheet_data_validation_range(sheet_, 1, at, kLastRow, at, &rule);
  }
  void add_hint(const SheetColumn& column, lxw_col_t at) {
    if (!column.hint.empty())
      ::worksheet_write_comment(sheet_, 0, at, first_units(column.hint, kUnitsMax).c_str());
  }
  void put_heads() {
    for (std::size_t i = 0; i < plan_.columns.size(); ++i)
      put_text(i, plan_.columns[i].heading, head_);
    ++row_;
  }
  void put_cell(std::size_t i, const std::string& cell) {
    const SheetColumn* column = i < plan_.columns.size() ? &plan_.columns[i] : nullptr;
    lxw_format* look = column == nullptr ? text_ : format_of(*column);
    std::string moment = cell;
    if (look == stamp_ && moment.size() > 10 && moment[10] == ' ') moment[10] = 'T';
    const bool is_serial = (look == date_ && is_date(cell)) || (look == stamp_ && is_stamp(moment));
    const auto at = static_cast<lxw_col_t>(i);
    if (is_serial)
      ::worksheet_write_number(sheet_, row_, at, serial_of(moment), look);
    else if (look == number_ && is_count(cell))
      ::worksheet_write_number(sheet_, row_, at, std::stod(cell), look);
    else if (cell.empty())
      ::worksheet_write_blank(sheet_, row_, at, look);
    else
      put_text(i, guarded(cell, Guarded::xlsx), text_);
  }
  void put_text(std::size_t i, const std::string& text, lxw_format* look) {
    std::string safe = escaped_controls(text);
    if (utf16_units(safe) > kUnitsMax) {
      safe = first_units(safe, kUnitsMax - 1) + "…";
      ++cut_;
    }
    ::worksheet_write_string(sheet_, row_, static_cast<lxw_col_t>(i), safe.c_str(), look);
  }

  std::unique_ptr<FileInTheMaking> file_;
  SheetPlan plan_;
  std::string folder_;
  lxw_workbook* book_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format *text_ = nullptr, *number_ = nullptr, *date_ = nullptr, *stamp_ = nullptr,
             *head_ = nullptr;
  lxw_row_t row_ = 0;
  std::size_t cut_ = 0;
};

}  // namespace

Result<std::unique_ptr<SheetWriter>> xlsx_writer(Files& files, const Path& path,
                                                 const SheetPlan& plan) {
  auto file = FileInTheMaking::create(files, path);
  if (!file) return file.error();
  return std::unique_ptr<SheetWriter>(std::make_unique<XlsxWriter>(*std::move(file), plan));
}

}  // namespace jiyao
