// client/xlsx_reader.cpp - the workbook: relations, sheets, styles, shared texts.
#include "client/xlsx_reader.h"

#include <charconv>
#include <map>
#include <set>

#include "client/sheet_limits.h"
#include "client/xlsx_rows.h"
#include "client/xlsx_xml.h"

namespace jiyao {

namespace {

constexpr std::string_view kRelations = "_rels/.rels";

std::string folder_of_part(std::string_view part) {
  const std::size_t slash = part.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(part.substr(0, slash + 1));
}

/// "worksheets/sheet1.xml" or "/xl/worksheets/sheet1.xml" or "../x", seen from `base`.
std::string resolved(std::string base, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    base = folder_of_part(base.empty() ? "" : base.substr(0, base.size() - 1));
  }
  if (target.starts_with("./")) target.remove_prefix(2);
  return base + std::string(target);
}

struct Relations final : XmlHandler {
  explicit Relations(std::string base_folder) : base(std::move(base_folder)) {}
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name != "Relationship" || attributes.get("TargetMode") == "External") return {};
    const std::string target = resolved(base, attributes.get("Target"));
    const std::string_view type = attributes.get("Type");
    by_id[std::string(attributes.get("Id"))] = target;
    by_type.emplace(type.substr(type.rfind('/') + 1), target);
    if (type.ends_with("/worksheet")) tables.insert(target);
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }

  std::string base;
  std::map<std::string, std::string> by_id, by_type;
  std::set<std::string> tables;
};

struct Workbook final : XmlHandler {
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "workbookPr") {
      const std::string_view flag = attributes.get("date1904");
      is_1904 = flag == "1" || flag == "true" || flag == "on";
    } else if (name == "sheet" && sheets.size() < kSheetsMax) {
      const std::string_view state = attributes.get("state");
      sheets.push_back({std::string(attributes.get("name")), std::string(attributes.get("id")),
                        state == "hidden" || state == "veryHidden"});
    }
    return {};
  }
  Result<void> end(std::string_view) override { return {}; }

  std::vector<BookSheet> sheets;  ///< `part` is the relation's id yet
  bool is_1904 = false;
};

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Built-in formats 14-22, 27-36, 45-47 and 50-58 show dates in Chinese or any Excel; 18-21 and
/// 45-47 only a time of day or one elapsed.
bool is_built_in_date(std::size_t id) {
  return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
         (id >= 50 && id <= 54) || id == 57 || id == 58;
}

struct Styles final : XmlHandler {
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "cellXfs") is_in_formats = true;
    const auto id = number_of(attributes.get("numFmtId"));
    if (name == "numFmt" && id && is_date.size() < kSheetStylesMax)
      is_date[*id] = is_date_format(attributes.get("formatCode"));
    if (name == "xf" && is_in_formats && formats.size() < kSheetStylesMax) {
      const auto custom = is_date.find(id.value_or(0));
      formats.push_back(custom == is_date.end() ? is_built_in_date(id.value_or(0))
                                                : custom->second);
    }
    return {};
  }
  Result<void> end(std::string_view name) override {
    if (name == "cellXfs") is_in_formats = false;
    return {};
  }

  std::map<std::size_t, bool> is_date;
  std::vector<bool> formats;
  bool is_in_formats = false;
};

struct Strings final : XmlHandler {
  Strings(const Catalogue& catalogue, PackedStrings& all) : words(catalogue), strings(all) {}
  Result<void> start(std::string_view name, const XmlAttributes&) override {
    if (name == "si") text_so_far.clear();
    if (name == "rPh") ++phonetic;
    is_in_text = name == "t" && phonetic == 0;
    return {};
  }
  Result<void> end(std::string_view name) override {
    if (name == "rPh" && phonetic > 0) --phonetic;
    is_in_text = false;
    if (name == "si" && !strings.add(text_so_far))
      return Error{Errc::too_large, words.text("sheet.too_many_texts")};
    return {};
  }
  void text(std::string_view text) override {
    if (is_in_text && text_so_far.size() <= kCsvCellBytesMax) text_so_far += text;
  }

  const Catalogue& words;
  PackedStrings& strings;
  std::string text_so_far;  ///< cut soon after the limit: then the cell is too long
  int phonetic = 0;
  bool is_in_text = false;
};

}  // namespace

Result<std::unique_ptr<XlsxBook>> XlsxBook::open(const Catalogue& words, File& file) {
  auto zip = ZipFile::open(words, file);
  if (!zip) return zip.error();
  std::unique_ptr<XlsxBook> book(new XlsxBook(words, *std::move(zip)));
  if (const auto read = book->read_sheets(); !read) return read.error();
  return book;
}

Result<void> XlsxBook::read_sheets() {
  const auto read = [&](std::string_view part, XmlHandler& handler) -> Result<void> {
    auto opened = zip_.part(part, kSheetPartBytesMax);
    if (!opened) return opened.error();
    return XmlPart(words_, *std::move(opened), handler).feed_all();
  };
  Relations package("");
  if (const auto done = read(kRelations, package); !done) return done;
  const auto main = package.by_type.find("officeDocument");
  const std::string book = main == package.by_type.end() ? "xl/workbook.xml" : main->second;
  Workbook workbook;
  if (const auto done = read(book, workbook); !done) return done;
  const std::string folder = folder_of_part(book);
  Relations relations(folder);
  const std::string of_book = folder + "_rels/" + book.substr(folder.size()) + ".rels";
  if (const auto done = read(of_book, relations); !done) return done;
  dates_ = workbook.is_1904 ? DateSystem::from_1904 : DateSystem::from_1900;
  for (BookSheet& sheet : workbook.sheets) {
    const auto part = relations.by_id.find(sheet.part);
    const bool is_table = part != relations.by_id.end() && relations.tables.contains(part->second);
    sheet.part = is_table ? part->second : std::string();
    sheets_.push_back(std::move(sheet));
  }
  if (const auto styles = relations.by_type.find("styles"); styles != relations.by_type.end())
    if (const auto done = read_styles(styles->second); !done) return done;
  const auto strings = relations.by_type.find("sharedStrings");
  return strings == relations.by_type.end() ? Result<void>() : read_strings(strings->second);
}

Result<void> XlsxBook::read_styles(const std::string& part) {
  auto opened = zip_.part(part, kSheetPartBytesMax);
  if (!opened) return opened.error();
  Styles styles;
  if (const auto read = XmlPart(words_, *std::move(opened), styles).feed_all(); !read) return read;
  is_date_style_ = std::move(styles.formats);
  return {};
}

Result<void> XlsxBook::read_strings(const std::string& part) {
  auto opened = zip_.part(part, kSheetBytesMax);
  if (!opened) return opened.error();
  Strings strings(words_, strings_);
  return XmlPart(words_, *std::move(opened), strings).feed_all();
}

Result<std::unique_ptr<SheetReader>> XlsxBook::rows(const BookSheet& sheet) {
  auto opened = zip_.part(sheet.part, kSheetBytesMax);
  if (!opened) return opened.error();
  return std::unique_ptr<SheetReader>(
      std::make_unique<XlsxRows>(words_, *std::move(opened), strings_, is_date_style_, dates_));
}

}  // namespace jiyao
