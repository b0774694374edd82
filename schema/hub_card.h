// schema/hub_card.h - what a hub tells the archive about itself before there is a realm, as JSON
// text.
//
// Carried by hand from `jiyao-server init` to `jiyao init`; nothing in it is secret. What the
// archive then signs into the roster (HubRecord) is what counts.
#pragma once

#include "schema/roster_record.h"

namespace jiyao {

struct HubCard {
  HubId hub;
  VerifyKey sign;
  Digest certificate;   ///< SHA-256 of the DER certificate clients pin
  std::string address;  ///< "https://host:port"
};

std::string encode_hub_card(const HubCard& card);
/// errors: malformed (at most 4 KiB, every member there and of its size)
Result<HubCard> decode_hub_card(std::string_view text);

}  // namespace jiyao
