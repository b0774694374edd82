// schema/crockford.cpp - Crockford base32.
#include "schema/crockford.h"

namespace jiyao {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::size_t digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  return kAlphabet.find(c);
}

bool is_skipped(char c) {
  return c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

std::string to_crockford(ByteView bytes) {
  std::string text;
  unsigned held = 0;
  unsigned bits = 0;
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[held >> (bits - 5) & 31]);
    held &= (1U << bits) - 1;
  }
  if (bits > 0) text.push_back(kAlphabet[held << (5 - bits) & 31]);
  return text;
}

std::optional<Bytes> from_crockford(std::string_view text) {
  Bytes bytes;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    if (is_skipped(c)) continue;
    const std::size_t digit = digit_of(c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = held << 5 | static_cast<unsigned>(digit);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    held &= (1U << bits) - 1;
  }
  if (bits >= 5 || held != 0) return std::nullopt;
  return bytes;
}

std::string grouped(std::string_view text, std::size_t characters, std::size_t groups_per_line) {
  std::string out;
  std::size_t groups = 0;
  for (std::size_t at = 0; at < text.size(); at += characters) {
    if (groups > 0) out += groups % groups_per_line == 0 ? "\n" : " ";
    out += text.substr(at, characters);
    ++groups;
  }
  return out + "\n";
}

}  // namespace jiyao
