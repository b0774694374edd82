// client/register_headings.cpp - one row or two.
#include "client/register_headings.h"

#include <algorithm>

namespace jiyao {

namespace {

constexpr std::size_t kKnownMin = 2;

std::string cell_of(const SheetRow& row, std::size_t column) {
  return column < row.cells.size() ? row.cells[column] : std::string();
}

Headings one_row(const SheetRow& row, const HeadingMeaning& meaning) {
  Headings headings;
  headings.texts = row.cells;
  for (const std::string& cell : row.cells) headings.fields.push_back(meaning(cell));
  return headings;
}

/// A cell merged over several columns stands in the first of them: the label of those without one.
std::vector<std::string> spread(const SheetRow& top, std::size_t columns) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::string own = cell_of(top, i);
    labels.push_back(own.empty() && i > 0 ? labels.back() : own);
  }
  return labels;
}

/// nullopt: the row below has something under a heading that is known, so it is a row of the
/// register.
std::optional<Headings> two_rows(const SheetRow& top, const SheetRow& below,
                                 const HeadingMeaning& meaning) {
  const std::size_t columns = std::max(top.cells.size(), below.cells.size());
  const std::vector<std::string> labels = spread(top, columns);
  Headings headings;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::string own = cell_of(top, i), under = cell_of(below, i);
    if (under.empty()) {
      headings.texts.push_back(own);
      headings.fields.push_back(own.empty() ? nullptr : meaning(own));
      continue;
    }
    if (!own.empty() && meaning(own) != nullptr) return std::nullopt;
    std::string text = labels[i] + under;
    const Field* field = meaning(text);
    if (field == nullptr && (field = meaning(under)) != nullptr) text = under;
    headings.texts.push_back(text);
    headings.fields.push_back(field);
  }
  return headings;
}

}  // namespace

std::size_t Headings::known() const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [](const Field* one) { return one != nullptr; }));
}

std::string bare_heading(std::string_view text) {
  std::string bare;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\xE3\x80\x80"))
      i += 2;
    else if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos)
      bare += text[i];
  }
  for (const std::string_view end : {"*", "＊", "：", ":"})
    if (bare.size() > end.size() && bare.ends_with(end)) bare.erase(bare.size() - end.size());
  return bare;
}

std::optional<Headings> find_headings(std::span<const SheetRow> rows,
                                      const HeadingMeaning& meaning) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Headings single = one_row(rows[i], meaning);
    single.rows = i + 1;
    std::optional<Headings> both;
    if (i + 1 < rows.size()) both = two_rows(rows[i], rows[i + 1], meaning);
    if (both) both->rows = i + 2;
    if (both && both->known() <= single.known()) both.reset();
    if (single.known() >= kKnownMin) return both ? both : std::optional(std::move(single));
    if (!both || both->known() < kKnownMin) continue;
    if (both->known() > one_row(rows[i + 1], meaning).known()) return both;
  }
  return std::nullopt;
}

}  // namespace jiyao
