// schema/hub_card.cpp - the card as JSON, by Poco.
#include "schema/hub_card.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

namespace jiyao {

namespace {

constexpr std::size_t kCardBytesMax = 4096;

template <class B>
std::optional<B> block_in(const Poco::JSON::Object& object, const char* name) {
  const std::optional<Bytes> bytes = from_hex(object.optValue<std::string>(name, ""));
  return bytes ? B::from(*bytes) : std::nullopt;
}

}  // namespace

std::string encode_hub_card(const HubCard& card) {
  Poco::JSON::Object object(Poco::JSON_PRESERVE_KEY_ORDER);
  object.set("schema", "jiyao/hub-card/1");
  object.set("hub", card.hub.hex());
  object.set("sign", card.sign.hex());
  object.set("certificate", card.certificate.hex());
  object.set("address", card.address);
  std::ostringstream out;
  object.stringify(out, 2);
  return out.str() + "\n";
}

Result<HubCard> decode_hub_card(std::string_view text) {
  if (text.size() > kCardBytesMax) return {Errc::malformed, "hub card"};
  try {
    Poco::JSON::Parser parser;
    parser.setDepth(4);
    const auto object = parser.parse(std::string(text)).extract<Poco::JSON::Object::Ptr>();
    const auto hub = block_in<HubId>(*object, "hub");
    const auto sign = block_in<VerifyKey>(*object, "sign");
    const auto certificate = block_in<Digest>(*object, "certificate");
    const auto address = object->optValue<std::string>("address", "");
    if (!hub || !sign || !certificate || address.rfind("https://", 0) != 0 || address.size() > 300)
      return {Errc::malformed, "hub card"};
    return HubCard{*hub, *sign, *certificate, address};
  } catch (const Poco::Exception&) {
    return {Errc::malformed, "hub card"};
  }
}

}  // namespace jiyao
