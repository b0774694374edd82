// client/forms/paper.cpp - strips of known height, put on sheets one after another.
#include "client/forms/paper.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "client/forms/paper_style.h"
#include "schema/text.h"

namespace jiyao {

namespace {

constexpr double kCharacterMm = 3.71;  // 10.5 pt, full width
constexpr double kLineMm = 5.4;
constexpr double kCellPaddingMm = 1.0;  // on each side
constexpr double kRowMinMm = 8.0;
constexpr double kTitleMm = 21.0;  // level mark, title, line under it
constexpr double kFootMm = 7.0;
constexpr double kMarginMm = 15.0;
constexpr double kSignMm = 14.0;

struct SheetSize {
  double wide, high;
};
SheetSize size_of(Sheet sheet) {
  return sheet == Sheet::landscape ? SheetSize{297, 210} : SheetSize{210, 297};
}

std::string mm_text(double mm) {
  const auto tenths = std::lround(mm * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "mm";
}

double row_height(std::size_t lines) {
  return std::max(kRowMinMm, static_cast<double>(lines) * kLineMm + 2 * kCellPaddingMm);
}

/// Sheets under way: what is on each, and how much room the last one has.
class Sheets {
 public:
  explicit Sheets(const Printout& paper) : paper_(paper) { next(); }

  double room() const { return room_; }
  /// `html` needs so many millimetres.
  void put(std::string_view html, double mm) {
    pages_.back() += html;
    room_ -= mm;
  }
  void next() {
    pages_.emplace_back();
    room_ = size_of(paper_.sheet).high - 2 * kMarginMm - kTitleMm - kFootMm;
  }
  const std::vector<std::string>& pages() const { return pages_; }

 private:
  const Printout& paper_;
  std::vector<std::string> pages_;
  double room_ = 0;
};

// --- tables --------------------------------------------------------------------------------------

/// One table over as many sheets as it takes.
class TablePrinter {
 public:
  TablePrinter(const PaperTable& table, Sheets& sheets, double keep_mm)
      : table_(table),
        sheets_(sheets),
        keep_mm_(keep_mm),
        page_sums_(table.columns.size()),
        sums_(table.columns.size()) {}

  void print() {
    open();
    for (const PaperRow& row : table_.rows) put(row);
    for (std::size_t i = table_.rows.size(); i < table_.rows_min; ++i) put(empty_row());
    if (table_.fills_page) fill(keep_mm_);
    close(true);
  }

 private:
  double totals_mm() const { return table_.totals.empty() ? 0 : row_height(1); }
  PaperRow empty_row() const { return {std::vector<std::string>(table_.columns.size()), false}; }

  void open() {
    std::size_t head_lines = 1;
    std::string html;
    double title_mm = 0;
    if (!table_.title.empty()) {
      html = "<div class=\"caption\">" + html_text(table_.title) + "</div>";
      title_mm = row_height(1);
    }
    html += "<table><colgroup>";
    for (const PaperColumn& column : table_.columns)
      html += "<col style=\"width:" + mm_text(column.mm) + "\">";
    html += "</colgroup><thead><tr>";
    for (const PaperColumn& column : table_.columns) {
      html += "<th>" + html_text(column.label) + "</th>";
      head_lines = std::max(head_lines, lines_in(column.label, column.mm));
    }
    html += "</tr></thead><tbody>";
    const double needed = title_mm + row_height(head_lines) + row_height(1) + totals_mm();
    if (sheets_.room() < needed) sheets_.next();
    sheets_.put(html, title_mm + row_height(head_lines));
    std::fill(page_sums_.begin(), page_sums_.end(), 0);
    page_rows_ = 0;
  }

  void put(const PaperRow& row) {
    std::size_t lines = 1;
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      lines = std::max(lines, lines_in(row.cells[i], table_.columns[i].mm));
    const double height = row_height(lines);
    if (sheets_.room() < height + totals_mm() && page_rows_ > 0) {
      fill(0);
      close(false);
      sheets_.next();
      open();
    }
    std::string html = row.is_void ? "<tr class=\"void\" style=\"height:" : "<tr style=\"height:";
    html += mm_text(height) + "\">";
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      html += "<td>" + html_text(row.cells[i]) + "</td>";
      if (!row.is_void) add(i, row.cells[i]);
    }
    sheets_.put(html + "</tr>", height);
    ++page_rows_;
  }

  void add(std::size_t column, const std::string& cell) {
    long long number = 0;
    const auto [end, fault] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (fault != std::errc() || end != cell.data() + cell.size()) return;
    page_sums_[column] += number;
    sums_[column] += number;
  }

  /// Empty rows as long as there is room beside what is kept.
  void fill(double keep_mm) {
    std::string html = "<tr style=\"height:" + mm_text(kRowMinMm) + "\">";
    for (std::size_t i = 0; i < table_.columns.size(); ++i) html += "<td></td>";
    while (sheets_.room() >= kRowMinMm + totals_mm() * (keep_mm > 0 ? 2 : 1) + keep_mm)
      sheets_.put(html + "</tr>", kRowMinMm);
  }

  void close(bool is_last) {
    if (!table_.sum_label.empty()) {
      if (is_last) put_totals(table_.sum_label, sums_);
    } else if (!table_.totals.empty()) {
      put_totals("本页合计", page_sums_);
      if (is_last) put_totals("累计", sums_);
    }
    sheets_.put("</tbody></table>", 0);
  }

  void put_totals(std::string_view label, const std::vector<long long>& sums) {
    std::string html = "<tr class=\"totals\" style=\"height:" + mm_text(row_height(1)) + "\">";
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      const bool is_summed =
          std::find(table_.totals.begin(), table_.totals.end(), i) != table_.totals.end();
      html += i == 0      ? "<td>" + std::string(label) + "</td>"
              : is_summed ? "<td>" + std::to_string(sums[i]) + "</td>"
                          : "<td></td>";
    }
    sheets_.put(html + "</tr>", row_height(1));
  }

  const PaperTable& table_;
  Sheets& sheets_;
  double keep_mm_;
  std::size_t page_rows_ = 0;
  std::vector<long long> page_sums_, sums_;
};

// --- boxes and signs -----------------------------------------------------------------------------

constexpr int kLabelMm = 24;

/// Widths that are not given share the rest of the line.
std::vector<int> widths_of(const PaperLine& line, int wide) {
  int given = 0, open = 0;
  for (const PaperBox& box : line) given += box.mm, open += box.mm == 0 ? 1 : 0;
  std::vector<int> widths;
  const int share = std::max(kLabelMm + 10, open == 0 ? 0 : (wide - given) / open);
  for (const PaperBox& box : line) widths.push_back(box.mm > 0 ? box.mm : share);
  return widths;
}

double height_of(const PaperLine& line, const std::vector<int>& widths) {
  std::size_t lines = 1;
  for (std::size_t i = 0; i < line.size(); ++i)
    lines = std::max({lines, static_cast<std::size_t>(line[i].lines),
                      lines_in(line[i].text, widths[i] - kLabelMm)});
  return row_height(lines);
}

/// Bytes of `text` that `lines` lines of a box hold.
std::size_t bytes_in(std::string_view text, int mm, std::size_t lines) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    std::size_t next = bytes + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    if (lines_in(text.substr(0, next), mm) > lines) break;
    bytes = next;
  }
  return bytes;
}

void put_line(PaperLine line, Sheets& sheets, int wide) {
  constexpr std::size_t kCutLinesMin = 3;  // less is not worth a cut
  const std::vector<int> widths = widths_of(line, wide);
  const double height = height_of(line, widths);
  if (sheets.room() >= height) {
    std::string html = "<table class=\"boxes\"><tr style=\"height:" + mm_text(height) + "\">";
    for (std::size_t i = 0; i < line.size(); ++i)
      html += "<th style=\"width:" + mm_text(kLabelMm) + "\">" + html_text(line[i].label) +
              (line[i].lines > 2 ? "</th><td class=\"tall\"" : "</th><td") +
              " style=\"width:" + mm_text(widths[i] - kLabelMm) + "\">" + html_text(line[i].text) +
              "</td>";
    sheets.put(html + "</tr></table>", height);
    return;
  }
  PaperBox& box = line.front();
  const auto free =
      static_cast<std::size_t>(std::max(0.0, (sheets.room() - 2 * kCellPaddingMm) / kLineMm));
  const bool is_long =
      line.size() == 1 && lines_in(box.text, wide - kLabelMm) > static_cast<std::size_t>(box.lines);
  if (is_long && free >= kCutLinesMin) {  // what was written goes on with the next sheet
    const std::size_t bytes = bytes_in(box.text, wide - kLabelMm, free);
    PaperBox rest{box.label.ends_with("（续）") ? box.label : box.label + "（续）",
                  box.text.substr(bytes), 0, 1};
    put_line({{box.label, box.text.substr(0, bytes), 0, static_cast<int>(free)}}, sheets, wide);
    line = {std::move(rest)};
  }
  sheets.next();
  put_line(std::move(line), sheets, wide);
}

void put_signs(const std::vector<std::string>& signs, Sheets& sheets) {
  if (sheets.room() < kSignMm) sheets.next();
  std::string html = "<div class=\"signs\">";
  for (const std::string& sign : signs) html += "<span>" + html_text(sign) + "：<i></i></span>";
  sheets.put(html + "</div>", kSignMm);
}

/// What has to stand on the same sheet below a table: the places to sign behind it.
double kept_below(const std::vector<PaperBlock>& blocks, std::size_t at) {
  double mm = 0;
  for (std::size_t i = at + 1; i < blocks.size(); ++i)
    if (!blocks[i].signs.empty()) mm += kSignMm;
  return mm;
}

std::string head_of(const Printout& paper) {
  std::string html = "<header><div class=\"mark\">" + html_text(paper.level_mark) + "</div><h1>" +
                     html_text(paper.title) + "</h1><div class=\"under\"><span>" +
                     html_text(paper.office) + "</span><span>" + html_text(paper.under_title) +
                     "</span></div></header>";
  return html;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string html;
  for (const char c : safe_lines(text)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      case '\n':
        html += "<br>";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::size_t lines_in(std::string_view text, int mm) {
  const double wide = static_cast<double>(mm) - 2 * kCellPaddingMm;
  const auto columns =
      std::max<std::size_t>(2, 2 * static_cast<std::size_t>(std::max(wide, 0.0) / kCharacterMm));
  std::size_t lines = 0;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::size_t width = display_width(text.substr(0, end));
    lines += std::max<std::size_t>(1, (width + columns - 1) / columns);
    if (end == text.size()) return lines;
    text.remove_prefix(end + 1);
  }
}

PrintedPages print_pages(const Printout& paper, std::string_view before, std::string_view between,
                         std::string_view after) {
  Sheets sheets(paper);
  const int wide = static_cast<int>(size_of(paper.sheet).wide - 2 * kMarginMm);
  for (std::size_t i = 0; i < paper.blocks.size(); ++i) {
    const PaperBlock& block = paper.blocks[i];
    for (const PaperLine& line : block.boxes) put_line(line, sheets, wide);
    for (const PaperTable& table : block.table)
      TablePrinter(table, sheets, kept_below(paper.blocks, i)).print();
    if (!block.signs.empty()) put_signs(block.signs, sheets);
  }
  const bool is_wide = paper.sheet == Sheet::landscape;
  PrintedPages printed{paper_head(html_text(paper.title), is_wide), sheets.pages().size()};
  for (std::size_t i = 0; i < sheets.pages().size(); ++i) {
    printed.html += "<section>" + head_of(paper) + sheets.pages()[i] + "<footer><span>" +
                    html_text(paper.printed) + "</span><span>" + std::string(before) + " " +
                    std::to_string(i + 1) + " " + std::string(between) + " " +
                    std::to_string(sheets.pages().size()) + " " + std::string(after) +
                    "</span></footer></section>\n";
  }
  printed.html += "</body></html>\n";
  return printed;
}

}  // namespace jiyao
