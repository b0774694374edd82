// client/invitation_file.cpp - two members of JSON.
#include "client/invitation_file.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

namespace jiyao {

Bytes encode_invitation_file(const InvitationFile& file) {
  Poco::JSON::Object object(Poco::JSON_PRESERVE_KEY_ORDER);
  object.set("invitation", print_invitation(file.invitation));
  object.set("hub", file.hub.hex());
  std::ostringstream out;
  object.stringify(out, 2);
  return to_bytes(out.str() + "\n");
}

Result<InvitationFile> decode_invitation_file(ByteView bytes) {
  try {
    Poco::JSON::Parser parser;
    const auto object =
        parser.parse(std::string(as_text(bytes))).extract<Poco::JSON::Object::Ptr>();
    const auto invitation = read_invitation(object->getValue<std::string>("invitation"));
    if (!invitation) return invitation.error();
    const auto hub = from_hex(object->getValue<std::string>("hub"));
    if (!hub || hub->size() != HubId::kBytes) return {Errc::malformed, "invitation: hub"};
    return InvitationFile{*invitation, *HubId::from(*hub)};
  } catch (const Poco::Exception&) {
    return {Errc::malformed, "invitation"};
  }
}

Result<InvitationFile> read_invitation_file(Files& files, const Path& path) {
  const auto bytes = read_file(files, path, 64 * 1024);
  if (!bytes) return bytes.error();
  return decode_invitation_file(*bytes);
}

}  // namespace jiyao
