// client/forms/form_views.h - what stands on reports and is no ledger: what is overdue, findings,
// packages handed over, numbers that are missing or were changed, who has seen a paper.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/forms/row_text.h"

namespace jiyao {

/// First and last day; empty: open.
struct Period {
  std::string from, to;
  bool holds(std::string_view day) const {
    return (from.empty() || day >= from) && (to.empty() || day <= to);
  }
};
/// The running month, quarter, half_year or year; another word: open.
Period running_period(const std::string& kind, std::string_view today);
/// The one behind it, as long.
Period next_period(const std::string& kind, const Period& period);

struct ViewLine {
  std::map<std::string, std::string, std::less<>> cells;  ///< by word
  Level level = Level::public_;
};

struct ViewAsk {
  Desk& desk;
  Replica& replica;
  const RowText& text;
  Period period;
  const View* about;  ///< of a sheet
};

struct FormView {
  std::string_view name;
  std::vector<std::string_view> words;
  bool needs_record = false;
  std::vector<ViewLine> (*lines)(const ViewAsk& ask) = nullptr;
};

/// nullptr: there is none of this name.
const FormView* form_view(std::string_view name);

}  // namespace jiyao
