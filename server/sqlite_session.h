// server/sqlite_session.h - the hub's Poco::Data session: bytes in and out, transactions by scope.
#pragma once

#include <Poco/Data/LOB.h>
#include <Poco/Data/Session.h>

#include <optional>
#include <string>

#include "schema/sealed_vfs.h"

namespace jiyao {

/// One connection to one announced, encrypted file. Poco's exceptions end here as StorageFailure.
class SqliteSession {
 public:
  /// errors: busy, not_authentic, malformed
  static Result<std::unique_ptr<SqliteSession>> open(Announcement announced);
  ~SqliteSession();

  using Blob = Poco::Data::BLOB;
  static Blob blob(ByteView bytes) { return Blob(bytes.data(), bytes.size()); }
  static ByteView view(const Blob& blob) { return {blob.rawContent(), blob.size()}; }

  /// Runs `act(session)`; a Poco exception becomes a StorageFailure of the right kind.
  template <class Act>
  auto run(Act act) -> decltype(act(std::declval<Poco::Data::Session&>())) {
    try {
      return act(session_);
    } catch (const Poco::Exception& failure) {
      throw_failure(failure);
    }
  }
  /// All that `act` does, or nothing; within another one, a part of that.
  template <class Act>
  void in_transaction(Act act) {
    if (is_in_transaction_) return act();
    end_left_open();
    run([](Poco::Data::Session& s) { s << "BEGIN IMMEDIATE", Poco::Data::Keywords::now; });
    is_in_transaction_ = true;
    try {
      act();
      run([](Poco::Data::Session& s) { s << "COMMIT", Poco::Data::Keywords::now; });
      is_in_transaction_ = false;
    } catch (const std::exception&) {
      is_in_transaction_ = false;
      roll_back();
      throw;
    }
  }

  /// What a transaction left behind that found no memory to be rolled back is gone on return; until
  /// then it is read as if it were there. Throws bad_alloc when even that finds no memory.
  void end_left_open();
  /// The log in front of the file, which is on the disk twice, is cut to nothing. Failing leaves it
  /// as it is: nothing is lost.
  void shorten_log() noexcept;

 private:
  SqliteSession(Announcement announced, Poco::Data::Session session);
  [[noreturn]] static void throw_failure(const Poco::Exception& failure);
  void roll_back() noexcept;
  Announcement announced_;
  Poco::Data::Session session_;
  bool is_in_transaction_ = false;
  bool is_left_open_ = false;  ///< there was no memory to roll back
};

}  // namespace jiyao
