// crypto/result.h - what a call that may fail gives back, and the three ways to fail.
//
// Expected failure (a clerk, a peer or a medium can cause it) is a value: Result<T>.
// A broken machine (disk full, file damaged) is an exception: StorageFailure, caught at three
// doors: the sync tick, the HTTP handler, main. Our own bug stops the program: JIYAO_ASSERT,
// release too.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace jiyao {

/// Why a call had no value to give. Callers branch on the code; the detail is for people.
/// Exit code and HTTP status are tables over this list (schema/exit_code.h, server/http_status.h).
/// The numbers are stable: they appear in JSON output and in tests. Add at the end of a block only.
enum class Errc : std::uint8_t {
  usage = 1,        ///< the command's words are off
  invalid,          ///< a value breaks a rule of the ledger definition
  not_found,        ///< this replica does not hold it
  exists,           ///< something with this name or number is already there
  not_allowed,      ///< role, clearance, access or ceiling forbids it
  not_cleared,      ///< the level dominates the reader's clearance
  above_ceiling,    ///< the route may not carry this level
  conflict,         ///< a person has to decide first
  unavailable,      ///< peer, medium or lock is away: try again later
  busy,             ///< another process holds the replica
  not_authentic,    ///< MAC, signature or chain failed; one code on purpose, it never says which
  malformed,        ///< bytes from outside do not parse, or pass a limit in schema/limits.h
  too_large,        ///< a stated limit is passed
  not_for_us,       ///< sealed to somebody else, or of another realm
  newer,            ///< made by a newer program: upgrade first
  wrong_key,        ///< wrong passphrase or recovery code
  need_roster,      ///< names a roster point this side does not hold yet
  missing_part,     ///< a volume, a batch or a parent has not arrived yet
  bad_certificate,  ///< the peer's certificate is not the pinned one
  not_a_hub,        ///< something answered, but not our hub (captive portal, proxy)
  revoked,          ///< the node or user is shut out by the roster
  storage,          ///< a StorageFailure, as seen at a door
  interrupted,      ///< stopped by the user
};

struct Error {
  Errc code;
  std::string detail;  ///< for logs; never holds a key, a plaintext or a title
};

/// A value, or why there is none. Must be looked at. Errors convert in, values convert in.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  Result(Errc code, std::string detail = {}) : Result(Error{code, std::move(detail)}) {}

  explicit operator bool() const { return state_.index() == 0; }
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  const Error& error() const { return std::get<1>(state_); }
  Errc code() const { return error().code; }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}
  Result(Errc code, std::string detail = {}) : Result(Error{code, std::move(detail)}) {}

  explicit operator bool() const { return !failed_; }
  const Error& error() const { return error_; }
  Errc code() const { return error_.code; }

 private:
  Error error_{};
  bool failed_ = false;
};

/// The machine below us is broken: disk full, read-only, or a file fails its seal. Never expected
/// in ordinary work; unwinds to one of the three doors. The transaction under way rolls back.
class StorageFailure : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t { full, read_only, damaged, io };
  StorageFailure(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// Prints where and stops the process without writing anything more. Files stay as they are.
[[noreturn]] void stop_on_bug(const char* condition, const char* file, int line);

}  // namespace jiyao

#define JIYAO_ASSERT(condition) \
  ((condition) ? void(0) : ::jiyao::stop_on_bug(#condition, __FILE__, __LINE__))
