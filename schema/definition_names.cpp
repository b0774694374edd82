// schema/definition_names.cpp - one table a vocabulary.
#include "schema/definition_names.h"

#include <algorithm>
#include <array>

namespace jiyao {

namespace {

template <class T, std::size_t N>
using Names = std::array<std::pair<std::string_view, T>, N>;

constexpr Names<FieldType, 13> kTypes{{{"text", FieldType::text},
                                       {"int", FieldType::integer},
                                       {"date", FieldType::date},
                                       {"stamp", FieldType::stamp},
                                       {"enum", FieldType::choice},
                                       {"level", FieldType::level},
                                       {"term", FieldType::term},
                                       {"person", FieldType::person},
                                       {"org", FieldType::org},
                                       {"ref", FieldType::ref},
                                       {"signature", FieldType::signature},
                                       {"opinion", FieldType::opinion},
                                       {"number", FieldType::number}}};

constexpr Names<GroupKind, 11> kKinds{{{"value", GroupKind::value},
                                       {"note_only", GroupKind::note_only},
                                       {"fixed", GroupKind::fixed},
                                       {"severity", GroupKind::severity},
                                       {"latest", GroupKind::latest},
                                       {"earliest", GroupKind::earliest},
                                       {"set", GroupKind::set},
                                       {"state", GroupKind::state},
                                       {"custody", GroupKind::custody},
                                       {"number", GroupKind::number},
                                       {"computed", GroupKind::computed}}};

constexpr Names<Role, 23> kRoles{{{"intake_clerk", Role::intake_clerk},
                                  {"confidential_clerk", Role::confidential_clerk},
                                  {"records_keeper", Role::records_keeper},
                                  {"secretary", Role::secretary},
                                  {"office_director", Role::office_director},
                                  {"deputy_director", Role::deputy_director},
                                  {"leader", Role::leader},
                                  {"top_leader", Role::top_leader},
                                  {"classification_authority", Role::classification_authority},
                                  {"handler", Role::handler},
                                  {"archivist", Role::archivist},
                                  {"central_archivist", Role::central_archivist},
                                  {"secrecy_officer", Role::secrecy_officer},
                                  {"sys_admin", Role::sys_admin},
                                  {"sec_admin", Role::sec_admin},
                                  {"auditor", Role::auditor},
                                  {"registrar", Role::registrar},
                                  {"print_shop", Role::print_shop},
                                  {"seal_keeper", Role::seal_keeper},
                                  {"supervision_office", Role::supervision_office},
                                  {"duty_officer", Role::duty_officer},
                                  {"info_office", Role::info_office},
                                  {"cipher_bureau", Role::cipher_bureau}}};

template <class T, std::size_t N>
std::optional<T> value_of(const Names<T, N>& names, std::string_view word) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& entry) { return entry.first == word; });
  if (found == names.end()) return std::nullopt;
  return found->second;
}

template <class T, std::size_t N>
std::string_view word_of(const Names<T, N>& names, T value) {
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const auto& entry) { return entry.second == value; });
  JIYAO_ASSERT(found != names.end());
  return found->first;
}

}  // namespace

std::optional<FieldType> field_type_from(std::string_view word) {
  return value_of(kTypes, word);
}
std::optional<GroupKind> group_kind_from(std::string_view word) {
  return value_of(kKinds, word);
}
std::optional<Role> role_from(std::string_view word) {
  return value_of(kRoles, word);
}
std::string_view name_of(GroupKind kind) {
  return word_of(kKinds, kind);
}
std::string_view name_of(Role role) {
  return word_of(kRoles, role);
}

}  // namespace jiyao
