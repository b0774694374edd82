// schema/level.cpp - names of levels in both languages.
#include "schema/level.h"

#include "crypto/result.h"

namespace jiyao {

namespace {
constexpr std::string_view kNames[kLevels] = {"public", "internal", "secret", "highly_secret",
                                              "top_secret"};
constexpr std::string_view kChinese[kLevels] = {"公开", "内部", "秘密", "机密", "绝密"};
}  // namespace

std::string_view name_of(Level level) {
  JIYAO_ASSERT(static_cast<std::uint8_t>(level) < kLevels);
  return kNames[static_cast<std::uint8_t>(level)];
}

std::string_view chinese_of(Level level) {
  JIYAO_ASSERT(static_cast<std::uint8_t>(level) < kLevels);
  return kChinese[static_cast<std::uint8_t>(level)];
}

std::optional<Level> level_from(std::string_view text) {
  for (std::uint8_t rank = 0; rank < kLevels; ++rank) {
    const bool is_digit = text.size() == 1 && text[0] == static_cast<char>('0' + rank);
    if (is_digit || text == kNames[rank] || text == kChinese[rank]) return static_cast<Level>(rank);
  }
  return std::nullopt;
}

std::string CompartmentId::text() const {
  return office.hex() + "/" + std::string(name_of(level));
}

}  // namespace jiyao
