// schema/number_key.cpp - one pass over the folded text.
#include "schema/number_key.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#include "schema/search.h"

namespace jiyao {

namespace {

constexpr std::string_view kOrdinal = "第", kNumber = "号";

std::string compatible(std::string_view text) {
  if (auto plain = fold_plain(text)) return *std::move(plain);
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(made, &std::free);
  if (size < 0) return std::string(text);
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_ascii_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}

/// Bytes of the mark that `text` begins with; 0: it begins with a letter, a digit or an ideograph.
std::size_t mark_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return is_ascii_word(text.front()) ? 0 : 1;
  if ((first & 0xF0) != 0xE0 || text.size() < 3) return 0;
  const auto point = static_cast<std::uint32_t>((first & 0x0F) << 12 |
                                                (static_cast<unsigned char>(text[1]) & 0x3F) << 6 |
                                                (static_cast<unsigned char>(text[2]) & 0x3F));
  const bool is_general = point >= 0x2000 && point <= 0x206F;
  const bool is_chinese = point >= 0x3000 && point <= 0x303F && (point < 0x3005 || point > 0x3007);
  const bool is_drawn = point >= 0x2500 && point <= 0x257F;  // ─, typed for a dash
  return is_general || is_chinese || is_drawn || point == 0x2212 ? 3 : 0;
}

/// Takes the next character into the key, a mark before it as '|' where one is needed.
void append(std::string& key, std::string_view character, bool is_after_mark) {
  const char next = character.front();
  if (is_digit(next) && key.ends_with(kOrdinal)) {
    key.resize(key.size() - kOrdinal.size());
    is_after_mark = true;
  }
  if (is_after_mark && is_ascii_word(next) && !key.empty() && is_ascii_word(key.back()))
    key.push_back('|');
  const bool is_leading = key.empty() || !is_digit(key.back());
  const bool has_zero =
      !is_leading && key.back() == '0' && (key.size() == 1 || !is_digit(key[key.size() - 2]));
  if (has_zero && is_digit(next)) key.pop_back();
  key.append(character);
}

std::size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::string number_key(std::string_view text) {
  const std::string folded = compatible(text);
  std::string key;
  key.reserve(folded.size());
  bool is_after_mark = false;
  for (std::string_view rest = folded; !rest.empty();) {
    if (const std::size_t mark = mark_size(rest); mark > 0) {
      is_after_mark = true;
      rest.remove_prefix(mark);
      continue;
    }
    const std::string_view character = rest.substr(0, character_size(rest.front()));
    append(key, character, is_after_mark);
    is_after_mark = false;
    rest.remove_prefix(character.size());
  }
  const std::size_t end = key.size() - std::min(key.size(), kNumber.size());
  if (end > 0 && is_digit(key[end - 1]) && key.ends_with(kNumber)) key.resize(end);
  return key;
}

}  // namespace jiyao
