// schema/text.cpp - UTF-8, NFC and display width over utf8proc.
#include "schema/text.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "crypto/result.h"
#include "schema/limits.h"

namespace jiyao {
namespace {

constexpr char32_t kInvalid = 0xFFFFFFFF;

bool is_tail(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

char32_t tail_bits(char byte) {
  return static_cast<unsigned char>(byte) & 0x3F;
}

// The code point at `at`, and moves past it; kInvalid moves past one byte.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t left = text.size() - at;
  std::size_t length = 0;
  char32_t point = first;
  if (first < 0x80) {
    length = 1;
  } else if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    point = first & 0x1F;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    point = first & 0x0F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    point = first & 0x07;
  }
  bool is_whole = length != 0 && length <= left;
  for (std::size_t i = 1; is_whole && i < length; ++i) {
    is_whole = is_tail(text[at + i]);
    point = point << 6 | tail_bits(text[at + i]);
  }
  static constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_point = is_whole && point >= kLeast[length] && point <= 0x10FFFF &&
                        (point < 0xD800 || point > 0xDFFF);
  at += is_point ? length : 1;
  return is_point ? point : kInvalid;
}

// Blocks that hold only starters which stand for themselves in NFC. A text of nothing else needs no
// normalising, and nearly all Chinese office text is that.
bool is_plainly_nfc(char32_t point) {
  return point < 0x300 || (point >= 0x4E00 && point <= 0x9FFF) ||
         (point >= 0x3000 && point <= 0x3029) || (point >= 0x2010 && point <= 0x20CF) ||
         (point >= 0xFF00 && point <= 0xFFEF) || (point >= 0x3400 && point <= 0x4DBF);
}

struct Freed {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

// Of well-formed text.
std::string nfc_of(std::string_view text) {
  utf8proc_uint8_t* made = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  const std::unique_ptr<utf8proc_uint8_t, Freed> owner(made);
  JIYAO_ASSERT(length >= 0);  // only memory can run out: the text is well-formed
  return {reinterpret_cast<const char*>(made), static_cast<std::size_t>(length)};
}

// How many bytes of an everyday character stand at `at`: ASCII but U+0000, or an ideograph of
// U+5000..U+8FFF. 0: look closer. Every text of every change passes here.
std::size_t plain_length(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return first != 0 ? 1 : 0;
  if (first < 0xE5 || first > 0xE8 || text.size() - at < 3) return 0;
  return is_tail(text[at + 1]) && is_tail(text[at + 2]) ? 3 : 0;
}

struct Looked {
  bool is_well_formed = true;
  bool has_nul = false;
  bool is_plain = true;
};

Looked look_at(std::string_view text) {
  Looked looked;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t plain = plain_length(text, at); plain > 0) {
      at += plain;
      continue;
    }
    const char32_t point = next_code_point(text, at);
    if (point == kInvalid) return {.is_well_formed = false};
    looked.has_nul = looked.has_nul || point == 0;
    looked.is_plain = looked.is_plain && is_plainly_nfc(point);
  }
  return looked;
}

// Characters that a terminal obeys, that hide, or that no font can show. The two joiners stay
// visible too: they have no use in Chinese and can make two different names look alike.
bool is_harmless(char32_t point) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(point))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    case UTF8PROC_CATEGORY_CN:
      // Ideographs newer than our tables are letters a font may have.
      return point >= 0x20000 && point <= 0x3FFFD;
    default:
      return true;
  }
}

std::string spelt(char32_t point) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string hex;
  for (int shift = 20; shift >= 0; shift -= 4)
    if (const auto digit = point >> shift & 15; digit != 0 || !hex.empty() || shift < 16)
      hex.push_back(kDigits[digit]);
  return "\\u{" + hex + "}";
}

}  // namespace

bool is_utf8(std::string_view text) {
  return look_at(text).is_well_formed;
}

bool is_canonical_text(std::string_view text) {
  const Looked looked = look_at(text);
  if (!looked.is_well_formed || looked.has_nul) return false;
  return looked.is_plain || nfc_of(text) == text;
}

std::optional<std::string> to_canonical_text(std::string_view text) {
  const Looked looked = look_at(text);
  if (!looked.is_well_formed || looked.has_nul) return std::nullopt;
  return looked.is_plain ? std::string(text) : nfc_of(text);
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > kNameBytesMax) return false;
  for (const char c : text)
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
  return true;
}

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t point = next_code_point(text, at);
    const bool is_new_ideograph = point >= 0x20000 && point <= 0x3FFFD;
    if (point == kInvalid)
      columns += 1;
    else if (is_new_ideograph)
      columns += 2;
    else
      columns += static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(point)));
  }
  return columns;
}

std::string terminal_safe(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t point = next_code_point(text, at);
    if (point == kInvalid)
      safe += "\xEF\xBF\xBD";
    else if (point == U'\n')
      safe += "\\n";
    else if (point == U'\t')
      safe += "\\t";
    else if (is_harmless(point))
      safe += text.substr(start, at - start);
    else
      safe += spelt(point);
  }
  return safe;
}

std::string safe_lines(std::string_view text) {
  std::string safe;
  while (true) {
    const std::size_t end = text.find('\n');
    safe += terminal_safe(text.substr(0, end));
    if (end == std::string_view::npos) return safe;
    safe += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string cut_to_width(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t used = 0;
  std::size_t end = 0;
  for (std::size_t at = 0; at < text.size(); end = at) {
    const std::size_t start = at;
    next_code_point(text, at);
    used += display_width(text.substr(start, at - start));
    if (used > columns - 1) break;  // one column is kept for the mark
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace jiyao
