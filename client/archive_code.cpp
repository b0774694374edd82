// client/archive_code.cpp - parts in the order the standard has them.
#include "client/archive_code.h"

#include <algorithm>
#include <array>

namespace jiyao {

namespace {

constexpr std::array<std::string_view, 6> kParts = {"fonds_no",  "category",  "archive_year",
                                                    "retention", "unit_code", "item_no"};
constexpr const char* kDocuments = "WS";  // 文书: what a fonds of an office holds unless it says so

/// "2026-0005" -> "0005".
std::string item_digits(const std::string& number) {
  const std::size_t dash = number.find_last_of('-');
  std::string digits = dash == std::string::npos ? number : number.substr(dash + 1);
  const bool is_number = !digits.empty() && std::all_of(digits.begin(), digits.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!is_number || number.starts_with("临")) return {};
  return digits.size() >= 4 ? digits : std::string(4 - digits.size(), '0') + digits;
}

}  // namespace

std::string retention_code(const std::string& retention) {
  if (retention == "永久") return "Y";
  if (retention == "30年") return "D30";
  return retention == "10年" ? "D10" : std::string();
}

bool has_archive_code(const LedgerDefinition& ledger) {
  return std::all_of(kParts.begin(), kParts.end(),
                     [&](std::string_view name) { return ledger.field(name) != nullptr; });
}

std::string archive_code(const LedgerDefinition& ledger, const View& item) {
  if (!has_archive_code(ledger)) return {};
  const auto part = [&](const char* name) { return item.state.field(ledger, name); };
  const std::string fonds = part("fonds_no"), year = part("archive_year"),
                    retention = retention_code(part("retention")), unit = part("unit_code"),
                    number = item_digits(part("item_no"));
  if (fonds.empty() || year.empty() || retention.empty() || number.empty()) return {};
  const std::string category = part("category").empty() ? kDocuments : part("category");
  return fonds + "-" + category + "·" + year + "-" + retention + "-" +
         (unit.empty() ? std::string() : unit + "-") + number;
}

}  // namespace jiyao
