// client/version.h - the version of the program, as CMake names it.
#pragma once

namespace jiyao {

inline constexpr const char* kVersion = JIYAO_VERSION;

}  // namespace jiyao
