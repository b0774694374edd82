// schema/exit_code.h - what the shell is told: one table from Errc to exit code.
//
// The codes are stable; `jiyao help exit-codes` prints them and tests hold them. They follow the
// convention that 0 is "done, or nothing to do" and that a person's decision, a waiting part and an
// unreachable hub are three different things.
#pragma once

#include "crypto/result.h"

namespace jiyao {

enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  partly = 3,       ///< some rows rejected, or a bundle waits for a missing part
  not_found = 4,    ///< a file or a record
  decide = 5,       ///< a person has to decide first
  unreachable = 6,  ///< the hub is away, or something else answered; work is kept
  not_allowed = 7,
  integrity = 8,
  busy = 9,
  newer = 10,
  wrong_key = 11,
  storage = 12,
  interrupted = 130,
};

constexpr ExitCode exit_code_of(Errc code) {
  switch (code) {
    case Errc::usage:
      return ExitCode::usage;
    case Errc::invalid:
    case Errc::exists:
    case Errc::too_large:
      return ExitCode::failed;
    case Errc::not_found:
      return ExitCode::not_found;
    case Errc::not_allowed:
    case Errc::not_cleared:
    case Errc::above_ceiling:
    case Errc::not_for_us:
    case Errc::revoked:
      return ExitCode::not_allowed;
    case Errc::conflict:
      return ExitCode::decide;
    case Errc::unavailable:
    case Errc::not_a_hub:
      return ExitCode::unreachable;
    case Errc::busy:
      return ExitCode::busy;
    case Errc::not_authentic:
    case Errc::malformed:
    case Errc::bad_certificate:
      return ExitCode::integrity;
    case Errc::newer:
      return ExitCode::newer;
    case Errc::wrong_key:
      return ExitCode::wrong_key;
    case Errc::need_roster:
    case Errc::missing_part:
      return ExitCode::partly;
    case Errc::storage:
      return ExitCode::storage;
    case Errc::interrupted:
      return ExitCode::interrupted;
  }
  return ExitCode::failed;
}

/// The name of an error in JSON output and in message ids: "not_found". Stable.
constexpr const char* name_of(Errc code) {
  switch (code) {
    case Errc::usage:
      return "usage";
    case Errc::invalid:
      return "invalid";
    case Errc::not_found:
      return "not_found";
    case Errc::exists:
      return "exists";
    case Errc::not_allowed:
      return "not_allowed";
    case Errc::not_cleared:
      return "not_cleared";
    case Errc::above_ceiling:
      return "above_ceiling";
    case Errc::conflict:
      return "conflict";
    case Errc::unavailable:
      return "unavailable";
    case Errc::busy:
      return "busy";
    case Errc::not_authentic:
      return "not_authentic";
    case Errc::malformed:
      return "malformed";
    case Errc::too_large:
      return "too_large";
    case Errc::not_for_us:
      return "not_for_us";
    case Errc::newer:
      return "newer";
    case Errc::wrong_key:
      return "wrong_key";
    case Errc::need_roster:
      return "need_roster";
    case Errc::missing_part:
      return "missing_part";
    case Errc::bad_certificate:
      return "bad_certificate";
    case Errc::not_a_hub:
      return "not_a_hub";
    case Errc::revoked:
      return "revoked";
    case Errc::storage:
      return "storage";
    case Errc::interrupted:
      return "interrupted";
  }
  return "unknown";
}

}  // namespace jiyao
