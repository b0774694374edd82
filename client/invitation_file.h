// client/invitation_file.h - the invitation as the file a new machine is given: the printed form,
// and the hub's id, which the machine needs for its first signed request.
#pragma once

#include "schema/enrolment.h"
#include "schema/files.h"

namespace jiyao {

struct InvitationFile {
  Invitation invitation;
  HubId hub;  ///< none without a network; not secret, and a wrong one only fails
};

/// {"invitation": "XXXX XXXX ...", "hub": "32 hex digits"}
Bytes encode_invitation_file(const InvitationFile& file);
/// errors: malformed, newer
Result<InvitationFile> decode_invitation_file(ByteView bytes);
/// errors: not_found, too_large, and those of decode_invitation_file()
Result<InvitationFile> read_invitation_file(Files& files, const Path& path);

inline constexpr const char* kInvitationNote = "enrol.invitation";  ///< in log.jdb of the new one
inline constexpr const char* kRequestNote = "enrol.request";        ///< exact bytes of the request

}  // namespace jiyao
