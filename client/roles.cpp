// client/roles.cpp - one table, in the order of the bits.
#include "client/roles.h"

#include <algorithm>
#include <array>

#include "client/messages.h"

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

constexpr std::array<std::string_view, 3> kBetween = {",", "，", "、"};

/// What stands before the next comma of any kind, without blanks around it; takes both off `typed`.
std::string_view next_name(std::string_view& typed) {
  std::size_t end = typed.size(), next = typed.size();
  for (const std::string_view comma : kBetween)
    if (const std::size_t at = typed.find(comma); at < end) end = at, next = at + comma.size();
  std::string_view name = typed.substr(0, end);
  typed.remove_prefix(next);
  while (name.starts_with(' ')) name.remove_prefix(1);
  while (name.ends_with(' ')) name.remove_suffix(1);
  return name;
}

std::string word_of(const Catalogue& words, std::string_view role) {
  return words.text("role." + std::string(role));
}

std::string known_roles(const Catalogue& words) {
  std::string known;
  for (const std::string_view role : kRoleNames)
    known += (known.empty() ? "" : "、") + word_of(words, role) + " " + std::string(role);
  return known;
}

}  // namespace

Result<Roles> roles_from(const Catalogue& words, std::string_view typed) {
  const Catalogue chinese(Language::zh, kClientMessages), english(Language::en, kClientMessages);
  Roles roles = 0;
  while (!typed.empty()) {
    const std::string_view name = next_name(typed);
    const auto* found = std::ranges::find_if(kRoleNames, [&](std::string_view role) {
      return role == name || word_of(chinese, role) == name || word_of(english, role) == name;
    });
    if (found == kRoleNames.end())
      return {Errc::invalid, words.text("role.unknown", {{"role", std::string(name)},
                                                         {"known", known_roles(words)}})};
    roles |= Roles{1} << static_cast<unsigned>(found - kRoleNames.begin());
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
      text += (text.empty() ? "" : words.text("role.or")) + word_of(words, kRoleNames[i]);
  return text;
}

}  // namespace jiyao
