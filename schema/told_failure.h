// schema/told_failure.h - a failure in a person's words, the same for both programs.
//
// The code's own sentence comes from message "error.<name>", what to do from "hint.<name>". The
// first line of the detail says what and where; further lines replace the hint.
#pragma once

#include <Poco/JSON/Object.h>

#include <string>

#include "crypto/result.h"
#include "schema/catalogue.h"
#include "schema/exit_code.h"

namespace jiyao {

struct ToldFailure {
  std::string code;  ///< "NOT_FOUND"; stable
  ExitCode exit_code = ExitCode::failed;
  std::string message;  ///< one line, safe for a terminal
  std::string hint;     ///< may be empty

  /// {"code","exit","message","hint"}
  Poco::JSON::Object::Ptr object() const;
  /// {"error":{"code","exit","message","hint"}}
  std::string json() const;
};

/// "storage.full" ...: each program has its own sentence for it.
const char* message_id_of(StorageFailure::Kind kind);

ToldFailure told(const Catalogue& words, const Error& error);

}  // namespace jiyao
