// schema/value.h - the value of a field group as one text.
//
// A group with one field: the value is that field's canonical text. A group of several: its fields
// packed, so that they are written, merged and hashed together or not at all.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace jiyao {

/// Fields by name, an absent field left out: for each, in order of names, `name:bytes:text;` with
/// `bytes` the decimal length of the text. No fields: the empty text. Names pass is_name() and
/// texts is_canonical_text(); then the result is canonical text too. One spelling per map.
std::string pack_fields(const std::map<std::string, std::string>& fields);

/// Undoes pack_fields() and accepts nothing else.   errors: malformed
Result<std::map<std::string, std::string>> unpack_fields(std::string_view packed);

}  // namespace jiyao
