// client/print_register.cpp - one row a page, a workbook or a package.
#include "client/print_register.h"

#include "client/custody.h"
#include "client/records.h"
#include "client/registration.h"

namespace jiyao {

namespace {

constexpr const char* kPrintLedger = "print_log";

/// `next` gives the rows one by one, as far as they fit.
template <class Next>
std::string first_of(std::size_t rows, const Catalogue& words, const Replica& replica, Next next) {
  constexpr std::size_t kBytesMax = 8 * 1024;
  const Directory directory(replica);
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& view = next(i);
    if (!view) continue;
    const LedgerDefinition& ledger = *replica.definitions().ledger(view->ledger);
    const std::string number = number_text(words, directory, ledger, *view);
    text += (text.empty() ? "" : "、") + (number.empty() ? name_of(ledger, *view) : number);
    if (text.size() > kBytesMax)
      return text + words.text("print.and_more", {{"count", std::to_string(rows)}});
  }
  return text;
}

}  // namespace

std::string rows_text(const Catalogue& words, const Replica& replica,
                      const std::vector<View>& rows) {
  return first_of(rows.size(), words, replica, [&](std::size_t i) { return &rows[i]; });
}

std::string rows_text(const Catalogue& words, const Replica& replica,
                      const std::vector<RecordId>& records) {
  return first_of(records.size(), words, replica,
                  [&](std::size_t i) { return replica.view(records[i]); });
}

Result<RecordId> register_print(Desk& desk, Replica& replica, const Printed& printed) {
  const auto office = own_office(replica);
  if (!office) return office.error();
  const RecordId id = replica.new_record_id();
  FieldValues values = {{"form", printed.form},
                        {"level", std::string(name_of(printed.highest))},
                        {"row_count", std::to_string(printed.rows)},
                        {"pages", std::to_string(printed.pages)},
                        {"printed_rows", printed.rows_text},
                        {"content_hash", printed.content.hex()},
                        {"printed_by", replica.person().user.hex()},
                        {"printed_at", desk.now()},
                        {"state", "printed"}};
  if (!printed.purpose.empty()) values["purpose"] = printed.purpose;
  auto step = create_step(replica.definitions(), kPrintLedger, id, values);
  if (!step) return step.error();
  const auto recorded = replica.record({{*office, printed.highest}, {*std::move(step)}});
  if (!recorded) return in_words(desk, replica, recorded.error());
  return id;
}

}  // namespace jiyao
