// client/xlsx_styles.cpp - what a number format means, and characters that XML cannot hold.
#include <array>
#include <optional>

#include "client/xlsx_reader.h"

namespace jiyao {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The code unit that "_xHHHH_" at the start of `text` spells.
std::optional<unsigned> spelt(std::string_view text) {
  if (text.size() < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_') return std::nullopt;
  unsigned unit = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    unit = unit * 16 + static_cast<unsigned>(digit);
  }
  return unit;
}

std::string utf8_of(unsigned unit) {
  if (unit < 0x80) return {static_cast<char>(unit)};
  if (unit < 0x800)
    return {static_cast<char>(0xC0 | unit >> 6U), static_cast<char>(0x80 | (unit & 0x3FU))};
  return {static_cast<char>(0xE0 | unit >> 12U), static_cast<char>(0x80 | (unit >> 6U & 0x3FU)),
          static_cast<char>(0x80 | (unit & 0x3FU))};
}

std::string spell(unsigned unit) {
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string text = "_x";
  for (unsigned shift = 16; shift > 0; shift -= 4) text += kHex[unit >> (shift - 4) & 0xFU];
  return text + "_";
}

}  // namespace

bool is_date_format(std::string_view code) {
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = code[i];
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', i), code.size());
      const std::string_view inside = code.substr(i + 1, end - i - 1);
      if (inside == "h" || inside == "hh" || inside == "m" || inside == "mm" || inside == "s" ||
          inside == "ss")
        return false;  // elapsed time: no day
      i = end;
    } else if (c == '\\' || c == '_' || c == '*') {
      ++i;
    } else if (code.substr(i, 7) == "General") {
      i += 6;
    } else if (std::string_view("yYdD").find(c) != std::string_view::npos ||
               code.substr(i).starts_with("mmm") || code.substr(i, 4) == "aaaa") {
      return true;
    }
  }
  return false;
}

std::string unescaped_controls(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto unit = spelt(text.substr(i));
    const bool is_half = unit && *unit >= 0xD800 && *unit < 0xE000;
    if (!unit || is_half || *unit == 0) {
      plain += text[i];
      continue;
    }
    plain += utf8_of(*unit);
    i += 6;
  }
  return plain;
}

std::string escaped_controls(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n') {
      escaped += spell(c);
    } else if (c == '_' && spelt(text.substr(i))) {
      escaped += spell('_');
    } else if (text.substr(i).starts_with("\xEF\xBF\xBE") ||
               text.substr(i).starts_with("\xEF\xBF\xBF")) {
      escaped += spell(0xFF00U | static_cast<unsigned char>(text[i + 2]) | 0x40U);
      i += 2;
    } else {
      escaped += text[i];
    }
  }
  return escaped;
}

}  // namespace jiyao
