// client/xlsx_rows.h - the rows of one sheet as they stream by.
//
// Rows and cells must come in their order, as every writer writes them; what names a place twice or
// goes back is malformed. A cell beyond kSheetColumnsMax that holds something is too_large.
#pragma once

#include <deque>

#include "client/sheet.h"
#include "client/xlsx_strings.h"
#include "client/xlsx_xml.h"

namespace jiyao {

class XlsxRows final : public SheetReader, private XmlHandler {
 public:
  /// All references outlive it.
  XlsxRows(const Catalogue& words, std::unique_ptr<ZipPart> part, PackedStrings& strings,
           const std::vector<bool>& is_date_style, DateSystem dates);

  Result<std::optional<SheetRow>> next() override;
  DateSystem date_system() const override { return dates_; }
  std::pair<std::uint64_t, std::uint64_t> progress() const override;

 private:
  struct Cell {
    std::size_t column = 0;
    std::size_t style = 0;
    std::string type, text;
    bool has_formula = false, has_value = false;
    std::size_t bytes = 0;  ///< of the text, before it was cut
  };
  Result<void> start(std::string_view name, const XmlAttributes& attributes) override;
  Result<void> end(std::string_view name) override;
  void text(std::string_view text) override;
  Result<void> start_row(const XmlAttributes& attributes);
  Result<void> start_cell(const XmlAttributes& attributes);
  Result<void> end_cell();
  Result<void> put(std::string text, CellKind kind, CellFault fault);
  Result<void> put_shared();
  std::string place() const;
  Error broken() const;

  const Catalogue& words_;
  PackedStrings& strings_;
  const std::vector<bool>& is_date_style_;
  DateSystem dates_;
  XmlPart xml_;
  std::deque<SheetRow> ready_;
  SheetRow row_;
  Cell cell_;
  std::size_t cells_ = 0;  ///< of the row, blank ones too
  std::size_t last_line_ = 0;
  std::size_t phonetic_ = 0;
  bool is_in_row_ = false, is_in_cell_ = false, is_in_inline_ = false, is_in_text_ = false;
  bool is_done_ = false;
};

}  // namespace jiyao
