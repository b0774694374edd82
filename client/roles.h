// client/roles.h - roles as they are typed and as they are read.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.h"
#include "schema/catalogue.h"
#include "schema/roster_record.h"

namespace jiyao {

/// "intake_clerk,archivist" or "收文员、档案管理员" -> bits: ids, and the words of either language.
/// Blanks, Latin capitals and commas with nothing between them do not matter.
///   errors: invalid (none is named, or which it does not know; and all there are)
Result<Roles> roles_from(const Catalogue& words, std::string_view typed);
/// "none" or "无": somebody who is to have no role any more.
bool is_no_role(std::string_view typed);
/// The ids: "intake_clerk,archivist".
std::string role_names(Roles roles);
/// In the person's language, who may: "收文员或档案管理员".
std::string role_words(const Catalogue& words, Roles roles);
/// In the person's language, what somebody has: "收文员、档案管理员", "无". roles_from() reads it.
std::string role_list(const Catalogue& words, Roles roles);

/// Nothing is left to somebody who has left: no role, no clearance.
inline bool has_left(const UserRecord& user) {
  return user.roles == 0 && user.clearance == Level::public_;
}

}  // namespace jiyao
