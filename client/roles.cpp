// client/roles.cpp - one table, in the order of the bits.
#include "client/roles.h"

#include <algorithm>
#include <array>
#include <vector>

#include "client/messages.h"
#include "client/typed_value.h"

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

/// Names of roles have Latin capitals in no language: `Handler` is meant as `handler`.
std::string in_small_letters(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

/// What stands between commas of any kind, without blanks around it; nothing is no name.
std::vector<std::string> names_in(std::string_view typed) {
  std::vector<std::string> names;
  while (!typed.empty()) {
    std::size_t end = typed.size(), next = typed.size();
    for (const std::string_view comma : kBetween)
      if (const std::size_t at = typed.find(comma); at < end) end = at, next = at + comma.size();
    const std::string name = without_blanks_around(typed.substr(0, end));
    if (!name.empty()) names.push_back(name);
    typed.remove_prefix(next);
  }
  return names;
}

std::string word_of(const Catalogue& words, std::string_view role) {
  return words.text("role." + std::string(role));
}

std::string known_roles(const Catalogue& words) {
  std::string known;
  for (const std::string_view role : kRoleNames)
    known += (known.empty() ? "" : words.text("list.and")) + word_of(words, role) + " " +
             std::string(role);
  return known;
}

/// In the person's language, `between` two the message of that name.
std::string words_of(const Catalogue& words, Roles roles, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < kRoleNames.size(); ++i)
    if ((roles & (Roles{1} << i)) != 0)
      text += (text.empty() ? "" : words.text(between)) + word_of(words, kRoleNames[i]);
  return text;
}

}  // namespace

Result<Roles> roles_from(const Catalogue& words, std::string_view typed) {
  const Catalogue chinese(Language::zh, kClientMessages), english(Language::en, kClientMessages);
  const std::vector<std::string> names = names_in(typed);
  if (names.empty())
    return {Errc::invalid, words.text("role.none_named", {{"known", known_roles(words)}})};
  Roles roles = 0;
  for (const std::string& name : names) {
    const std::string small = in_small_letters(name);
    const auto* found = std::ranges::find_if(kRoleNames, [&](std::string_view role) {
      return role == small || word_of(chinese, role) == small || word_of(english, role) == small;
    });
    if (found == kRoleNames.end())
      return {Errc::invalid,
              words.text("role.unknown", {{"role", name}, {"known", known_roles(words)}})};
    roles |= Roles{1} << static_cast<unsigned>(found - kRoleNames.begin());
  }
  return roles;
}

bool is_no_role(std::string_view typed) {
  const std::vector<std::string> names = names_in(typed);
  return names.size() == 1 && (in_small_letters(names.front()) == "none" || names.front() == "无");
}

std::string role_names(Roles roles) {
  std::string names;
  for (std::size_t i = 0; i < kRoleNames.size(); ++i)
    if ((roles & (Roles{1} << i)) != 0)
      names += (names.empty() ? "" : ",") + std::string(kRoleNames[i]);
  return names;
}

std::string role_words(const Catalogue& words, Roles roles) {
  return words_of(words, roles, "role.or");
}

std::string role_list(const Catalogue& words, Roles roles) {
  return roles == 0 ? words.text("user.no_roles") : words_of(words, roles, "list.and");
}

}  // namespace jiyao
