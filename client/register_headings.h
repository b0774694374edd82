// client/register_headings.h - which row of a register names its columns, and what they mean.
//
// Registers begin with titles ("收文登记簿 2026年"), and their heading may take two rows: a cell
// merged over a group of columns with the columns' own names below it. Pure.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/sheet.h"
#include "schema/definition.h"

namespace jiyao {

struct Headings {
  std::size_t rows = 0;              ///< how many rows of the file lie above the first data row
  std::vector<std::string> texts;    ///< by column
  std::vector<const Field*> fields;  ///< by column; nullptr: unknown or to be passed over
  std::size_t known() const;
};

/// What a heading means; nullptr: nothing we know.
using HeadingMeaning = std::function<const Field*(const std::string& heading)>;

/// The first of `rows` that names two columns we know, together with the row below where both rows
/// together say more.   nullopt: none does
std::optional<Headings> find_headings(std::span<const SheetRow> rows,
                                      const HeadingMeaning& meaning);

/// A heading as it is compared: without blanks, line breaks, an asterisk or a colon behind it.
std::string bare_heading(std::string_view text);

}  // namespace jiyao
