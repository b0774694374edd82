// schema/crockford.h - bytes as Crockford base32: text a person can read out and type.
#pragma once

#include <optional>
#include <string>

#include "crypto/bytes.h"

namespace jiyao {

/// Digits and capitals without I, L, O, U; five bits a character, the last padded with zeros.
std::string to_crockford(ByteView bytes);
/// Back: small letters too, O as 0, I and L as 1; spaces, line ends and hyphens are skipped.
/// nullopt for any other character, a length no bytes have, or padding that is not zero.
std::optional<Bytes> from_crockford(std::string_view text);
/// The same text in groups, e.g. grouped("ABCDEFGH", 4, 2) = "ABCD EFGH\n".
std::string grouped(std::string_view text, std::size_t characters, std::size_t groups_per_line);

}  // namespace jiyao
