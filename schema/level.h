// schema/level.h - the classification level and the compartment, the unit of keys and of
// replication.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/ids.h"

namespace jiyao {

/// 公开 < 内部 < 秘密 < 机密 < 绝密. (机密 is above 秘密; "confidential" is never used for it.)
enum class Level : std::uint8_t {
  public_ = 0,
  internal = 1,
  secret = 2,
  highly_secret = 3,
  top_secret = 4
};
inline constexpr std::uint8_t kLevels = 5;

/// "public", "internal", "secret", "highly_secret", "top_secret".
std::string_view name_of(Level level);
/// "公开", "内部", "秘密", "机密", "绝密".
std::string_view chinese_of(Level level);
/// Either name, or its rank as a digit; nullopt for anything else.
std::optional<Level> level_from(std::string_view text);

/// (owner office, level): the unit of keys, of partial replication and of streams.
struct CompartmentId {
  OfficeId office;
  Level level = Level::public_;
  friend auto operator<=>(const CompartmentId&, const CompartmentId&) = default;
  /// "<office hex>/<level name>", for logs and file names.
  std::string text() const;
};

}  // namespace jiyao
