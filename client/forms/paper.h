// client/forms/paper.h - what stands on paper: pages of A4 as self-contained HTML.
//
// A browser breaks pages where it likes and knows no "page x of y", so pages are cut here: every
// page is a section of exactly one sheet, with its own table heads, its rows, empty rows to the
// bottom, and its foot. Text is measured in full-width characters; a row that would be measured too
// short pushes the sheet over, but nothing is ever cut off. Fonts are named, never shipped. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jiyao {

/// & < > " ' as entities; characters that hide or turn text are spelt out (terminal_safe); line
/// ends stay.
std::string html_text(std::string_view text);

enum class Sheet { portrait, landscape };

struct PaperColumn {
  std::string label;
  int mm = 0;
};
struct PaperRow {
  std::vector<std::string> cells;  ///< as many as columns
  bool is_void = false;            ///< struck through
};
/// A table with a head on every page.
struct PaperTable {
  std::string title;  ///< empty: none
  std::vector<PaperColumn> columns;
  std::vector<PaperRow> rows;
  std::vector<std::size_t> totals;  ///< columns of whole numbers, summed per page and over all
  std::string sum_label;     ///< a table of counts: one sum over all, under this name; else both
  std::size_t rows_min = 0;  ///< empty rows make up for what is missing
  bool fills_page = false;   ///< empty rows to the bottom of its last page
};
/// One box of a form: a label, and what is written in it.
struct PaperBox {
  std::string label, text;
  int mm = 0;     ///< width; the boxes of a line share what their neighbours leave
  int lines = 1;  ///< height, at least
};
using PaperLine = std::vector<PaperBox>;

struct PaperBlock {  ///< one of the three
  std::vector<PaperLine> boxes;
  std::vector<PaperTable> table;   ///< none or one
  std::vector<std::string> signs;  ///< places to sign, in one line, at the foot of the last page
};
struct Printout {
  Sheet sheet = Sheet::portrait;
  std::string title, office;
  std::string level_mark;  ///< "机密★20年"; empty: none. In the upper left corner of every page
  std::string under_title;  ///< "2026年1月1日至12月31日"
  std::string printed;      ///< "2026-11-27 10:20 周敏 打印"
  std::vector<PaperBlock> blocks;
};

struct PrintedPages {
  std::string html;
  std::size_t pages = 0;
};
PrintedPages print_pages(const Printout& paper, std::string_view page_words_before = "第",
                         std::string_view between = "页 共", std::string_view after = "页");

/// Lines that `text` needs in a column of so many millimetres.
std::size_t lines_in(std::string_view text, int mm);

}  // namespace jiyao
