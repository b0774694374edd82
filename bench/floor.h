// bench/floor.h - the least that could carry a register from A through a hub to B: an anchor for
// the first sync, not a product.
//
// rows -> columns -> zstd -> AEAD -> one signature per 1,000 rows -> HTTPS -> opaque log on disk ->
// HTTPS -> verify -> open -> upsert into plain SQLite. Same TLS listener and client as the engine,
// same indexes and search at the end; no changes, no merge, no checks, whole rows only.
#pragma once

#include "bench/measure.h"
#include "client/http_transport.h"
#include "schema/files.h"

namespace jiyao {

class Floor {
 public:
  /// Starts its hub, a process of its own. `folder` exists.
  explicit Floor(const Path& folder);

  /// In a process of its own: the rows of A's register with a number from `from` on, sent; or
  /// received and put into B's. figures: s, bytes, requests.
  Done push(const Path& from_register, std::uint64_t from_row) const;
  Done pull(const Path& to_register) const;
  /// Median seconds of `count` requests of `bytes` on one connection, echoed.
  double echo_s(std::size_t bytes, int count) const;
  const Server& hub() const { return *hub_; }
  /// From now on its hub is called through this port.
  void go_through(int port) const { port_ = port; }
  HubAddress address() const;
  /// A request that appends `bytes` to the log.
  static Bytes push_of(ByteView bytes);

 private:
  HttpTransport connect() const;
  std::unique_ptr<Server> hub_;
  mutable int port_ = 0;
  Digest certificate_;
};

}  // namespace jiyao
