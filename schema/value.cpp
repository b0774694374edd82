// schema/value.cpp - packing the fields of a group.
#include "schema/value.h"

#include <charconv>

#include "schema/limits.h"
#include "schema/text.h"

namespace jiyao {

namespace {

// The text up to `mark`, which is dropped; moves `rest` past it. False without a mark.
bool take_until(std::string_view& rest, char mark, std::string_view& taken) {
  const std::size_t end = rest.find(mark);
  if (end == std::string_view::npos) return false;
  taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

// A decimal without sign or leading zero.
bool take_length(std::string_view digits, std::size_t& length) {
  if (digits.empty() || (digits.size() > 1 && digits[0] == '0')) return false;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
}

}  // namespace

std::string pack_fields(const std::map<std::string, std::string>& fields) {
  std::string packed;
  for (const auto& [name, text] : fields) {
    JIYAO_ASSERT(is_name(name));
    packed += name + ":" + std::to_string(text.size()) + ":" + text + ";";
  }
  return packed;
}

Result<std::map<std::string, std::string>> unpack_fields(std::string_view packed) {
  const Error broken{Errc::malformed, "not the fields of a group"};
  if (packed.size() > kTextBytesMax) return broken;
  std::map<std::string, std::string> fields;
  while (!packed.empty()) {
    std::string_view name, digits;
    std::size_t length = 0;
    if (!take_until(packed, ':', name) || !is_name(name)) return broken;
    if (!take_until(packed, ':', digits) || !take_length(digits, length)) return broken;
    if (length >= packed.size() || packed[length] != ';') return broken;
    const std::string_view text = packed.substr(0, length);
    if (!is_canonical_text(text)) return broken;
    if (!fields.empty() && name <= fields.rbegin()->first) return broken;
    fields.emplace(name, text);
    packed.remove_prefix(length + 1);
  }
  return fields;
}

}  // namespace jiyao
