// client/roles.cpp - one table, in the order of the bits.
#include "client/roles.h"

#include <algorithm>
#include <array>

namespace jiyao {

namespace {

constexpr std::array<std::string_view, 23> kRoleNames = {
    "intake_clerk",    "confidential_clerk", "records_keeper",
    "secretary",       "office_director",    "deputy_director",
    "leader",          "top_leader",         "classification_authority",
    "handler",         "archivist",          "central_archivist",
    "secrecy_officer", "sys_admin",          "sec_admin",
    "auditor",         "registrar",          "print_shop",
    "seal_keeper",     "supervision_office", "duty_officer",
    "info_office",     "cipher_bureau"};

}  // namespace

std::optional<Roles> roles_from(std::string_view names) {
  Roles roles = 0;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const auto* found = std::find(kRoleNames.begin(), kRoleNames.end(), names.substr(0, comma));
    if (found == kRoleNames.end()) return std::nullopt;
    roles |= Roles{1} << static_cast<unsigned>(found - kRoleNames.begin());
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return roles;
}

std::string role_names(Roles roles) {
  std::string names;
  for (std::size_t i = 0; i < kRoleNames.size(); ++i)
    if ((roles & (Roles{1} << i)) != 0)
      names += (names.empty() ? "" : ",") + std::string(kRoleNames[i]);
  return names;
}

std::string role_words(const Catalogue& words, Roles roles) {
  std::string text;
  for (std::size_t i = 0; i < kRoleNames.size(); ++i)
    if ((roles & (Roles{1} << i)) != 0)
      text += (text.empty() ? "" : words.text("role.or")) +
              words.text("role." + std::string(kRoleNames[i]));
  return text;
}

}  // namespace jiyao
