// client/roles.h - roles as they are typed and as they are read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/catalogue.h"
#include "schema/roster_record.h"

namespace jiyao {

/// "intake_clerk,archivist" -> bits; nullopt: an unknown name.
std::optional<Roles> roles_from(std::string_view names);
/// The reverse: "intake_clerk,archivist".
std::string role_names(Roles roles);
/// In the person's language: "收文员或档案管理员".
std::string role_words(const Catalogue& words, Roles roles);

/// Nothing is left to somebody who has left: no role, no clearance.
inline bool has_left(const UserRecord& user) {
  return user.roles == 0 && user.clearance == Level::public_;
}

}  // namespace jiyao
