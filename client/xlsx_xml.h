// client/xlsx_xml.h - one XML part of an .xlsx package, fed to its handler piece by piece.
//
// expat itself, not Poco's SAX over it: only the parser underneath can be fed a piece at a time and
// stopped, so a sheet of a million rows is read row by row. Refused: any document type (so no
// entity of anybody's making), nesting deeper than kSheetXmlDepthMax, a tag or comment longer than
// a few pieces (the parser would have to hold it whole). This is the only file that knows expat.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/xlsx_zip.h"

struct XML_ParserStruct;

namespace jiyao {

/// The attributes of one start tag; valid during the call only. Prefixes are passed over.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char* const* raw) : raw_(raw) {}
  std::string_view get(std::string_view name) const;  ///< empty: not there

 private:
  const char* const* raw_;
};

class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  /// An error stops the reading and is what feed() gives back.
  virtual Result<void> start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual Result<void> end(std::string_view name) = 0;
  virtual void text(std::string_view) {}  ///< in pieces, UTF-8
};

class XmlPart {
 public:
  /// `words` and `handler` outlive it.
  XmlPart(const Catalogue& words, std::unique_ptr<ZipPart> part, XmlHandler& handler);
  ~XmlPart();
  XmlPart(const XmlPart&) = delete;
  XmlPart& operator=(const XmlPart&) = delete;

  /// Hands one piece to the handler; false: the part is done, whole and well-formed.
  ///   errors: malformed (names the part and the line), too_large, and the handler's own
  Result<bool> feed();
  Result<void> feed_all();
  const ZipPart& part() const { return *part_; }

 private:
  struct Doors;
  Error broken(std::string_view id) const;

  const Catalogue& words_;
  std::unique_ptr<ZipPart> part_;
  XmlHandler& handler_;
  XML_ParserStruct* parser_;
  std::vector<std::uint8_t> piece_;
  std::optional<Error> stopped_;
  std::size_t depth_ = 0;
  std::uint64_t events_ = 0;
  std::size_t still_pieces_ = 0;  ///< since the last event
};

}  // namespace jiyao
