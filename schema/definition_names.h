// schema/definition_names.h - the words definitions use for types, kinds and roles.
#pragma once

#include <optional>
#include <string_view>

#include "schema/definition.h"

namespace jiyao {

/// "int", "enum", "ref" ... of a field's type word; nullopt: no such type.
std::optional<FieldType> field_type_from(std::string_view word);
std::optional<GroupKind> group_kind_from(std::string_view word);
std::optional<Role> role_from(std::string_view word);  ///< "records_keeper"
std::string_view name_of(GroupKind kind);
std::string_view name_of(Role role);

}  // namespace jiyao
