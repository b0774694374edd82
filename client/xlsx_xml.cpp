// client/xlsx_xml.cpp - expat's callbacks, and what stops it.
#include "client/xlsx_xml.h"

#include <expat.h>

#include <new>

#include "client/sheet_limits.h"

namespace jiyao {

namespace {

constexpr std::size_t kPieceBytes = 32 * 1024;
constexpr std::size_t kStillPiecesMax = 8;  ///< one tag, comment or instruction: 256 KiB

std::string_view local(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

}  // namespace

std::string_view XmlAttributes::get(std::string_view name) const {
  for (const char* const* at = raw_; *at != nullptr; at += 2)
    if (local(at[0]) == name) return at[1];
  return {};
}

struct XmlPart::Doors {
  static XmlPart& self(void* user) { return *static_cast<XmlPart*>(user); }
  static void stop(XmlPart& part, Error error) {
    if (!part.stopped_) part.stopped_ = std::move(error);
    ::XML_StopParser(part.parser_, XML_FALSE);
  }
  static void start(void* user, const char* name, const char** attributes) {
    XmlPart& part = self(user);
    ++part.events_;
    if (part.stopped_) return;
    if (++part.depth_ > kSheetXmlDepthMax) return stop(part, part.broken("sheet.xml_deep"));
    const auto taken = part.handler_.start(local(name), XmlAttributes(attributes));
    if (!taken) stop(part, taken.error());
  }
  static void end(void* user, const char* name) {
    XmlPart& part = self(user);
    ++part.events_;
    if (part.stopped_) return;
    --part.depth_;
    const auto taken = part.handler_.end(local(name));
    if (!taken) stop(part, taken.error());
  }
  static void text(void* user, const char* text, int size) {
    XmlPart& part = self(user);
    ++part.events_;
    if (!part.stopped_) part.handler_.text({text, static_cast<std::size_t>(size)});
  }
  static void other(void* user, const char*, int) { ++self(user).events_; }
  static void doctype(void* user, const char*, const char*, const char*, int) {
    stop(self(user), self(user).broken("sheet.xml_doctype"));
  }
};

XmlPart::XmlPart(const Catalogue& words, std::unique_ptr<ZipPart> part, XmlHandler& handler)
    : words_(words),
      part_(std::move(part)),
      handler_(handler),
      parser_(::XML_ParserCreate(nullptr)) {
  if (parser_ == nullptr) throw std::bad_alloc();
  ::XML_SetUserData(parser_, this);
  ::XML_SetElementHandler(parser_, &Doors::start, &Doors::end);
  ::XML_SetCharacterDataHandler(parser_, &Doors::text);
  ::XML_SetDefaultHandler(parser_, &Doors::other);
  ::XML_SetStartDoctypeDeclHandler(parser_, &Doors::doctype);
}

XmlPart::~XmlPart() {
  ::XML_ParserFree(parser_);
}

Error XmlPart::broken(std::string_view id) const {
  return Error{Errc::malformed,
               words_.text(id, {{"where", part_->name()},
                                {"line", std::to_string(::XML_GetCurrentLineNumber(parser_))}})};
}

Result<bool> XmlPart::feed() {
  piece_.resize(kPieceBytes);
  const auto got = part_->read(piece_);
  if (!got) return got.error();
  const std::uint64_t before = events_;
  const auto status = ::XML_Parse(parser_, reinterpret_cast<const char*>(piece_.data()),
                                  static_cast<int>(*got), *got == 0 ? 1 : 0);
  if (stopped_) return *stopped_;
  if (status != XML_STATUS_OK) {
    if (::XML_GetErrorCode(parser_) == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
    return broken("sheet.xml_broken");
  }
  still_pieces_ = events_ == before ? still_pieces_ + 1 : 0;
  if (still_pieces_ > kStillPiecesMax) return broken("sheet.xml_broken");
  return *got != 0;
}

Result<void> XmlPart::feed_all() {
  while (true) {
    const auto more = feed();
    if (!more) return more.error();
    if (!*more) return {};
  }
}

}  // namespace jiyao
