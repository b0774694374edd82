// client/roles.h - roles as they are typed and as they are read.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.h"
#include "schema/catalogue.h"
#include "schema/roster_record.h"

namespace jiyao {

/// "intake_clerk,archivist" or "收文员、档案管理员" -> bits: ids, and the words of either language.
///   errors: invalid (which it does not know, and all there are)
Result<Roles> roles_from(const Catalogue& words, std::string_view typed);
/// The ids: "intake_clerk,archivist".
std::string role_names(Roles roles);
/// In the person's language: "收文员或档案管理员".
std::string role_words(const Catalogue& words, Roles roles);

/// Nothing is left to somebody who has left: no role, no clearance.
inline bool has_left(const UserRecord& user) {
  return user.roles == 0 && user.clearance == Level::public_;
}

}  // namespace jiyao
