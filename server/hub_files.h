// server/hub_files.h - a hub's files: the key and the certificate beside the data folder, the store
// in it.
//
//   DATA/hub.jdb    the store (sealed)          DATA/hub.card   what the archive needs to know
//   DATA.key        the hub's seed, 0600        DATA.pem        TLS key and certificate, 0600
//   DATA.anchor     the last head shown, beside the key: a store older than it was restored
#pragma once

#include "schema/hub_card.h"
#include "server/sqlite_store.h"

namespace jiyao {

struct HubPaths {
  Path data, key, certificate, anchor;
  static HubPaths of(const Path& data);
  Path card() const { return data + "/hub.card"; }
  Path store() const { return data + "/hub.jdb"; }
};

/// A hub that is at home: identity and store, anchored.
class HubHome {
 public:
  /// New key, certificate, empty store and card, in this order; what is there already is kept, so
  /// that a call that was cut off is repeated, and a hub that has lost its store stays the one its
  /// offices know. `address`: "https://host:port".
  ///   errors: exists (a store with its card, or of a realm), usage (address), not_found (the
  ///   folder above; the key of a store; the certificate that offices know), malformed (the key,
  ///   the certificate), busy
  static Result<HubCard> make(Files& files, const HubPaths& paths, const std::string& address);
  /// Takes the realm's roster, which must name this hub with this key. The first one of a store
  /// made in the place of a lost one begins the incarnation after the one last shown. All of it is
  /// taken or, refused, nothing.
  ///   errors: malformed, not_for_us, not_authentic
  Result<void> join(ByteView roster_frames);
  /// errors: not_found, busy, not_authentic, malformed, newer
  static Result<std::unique_ptr<HubHome>> open(Files& files, const HubPaths& paths);

  /// Looks at every page of the closed store, free ones too, before anything believes it.
  ///   returns    one line a fault; empty: every byte is as we wrote it
  ///   errors     as open()
  static Result<std::vector<std::string>> damaged_pages(Files& files, const HubPaths& paths);

  /// Puts a backup in the store's place, after every page and batch of it was read beside the
  /// store. A copy that is damaged, or another hub's, changes nothing.
  ///   returns    one line a fault of the copy; empty: it is in place
  ///   errors     not_found, busy (a hub serves), not_authentic, malformed, newer
  static Result<std::vector<std::string>> restore(Files& files, const HubPaths& paths,
                                                  const Path& copy);

  SqliteStore& store() { return *store_; }
  HubIdentity identity() const { return {hub_, *key_}; }
  bool has_joined() const;  ///< a realm that names this hub
  /// The store was behind its anchor: opening or joining it began a new incarnation.
  bool has_begun_anew() const { return has_begun_anew_; }
  /// Rewrites the anchor; called after storing and at the end.
  void anchor();

 private:
  HubHome(Files& files, HubPaths paths) : files_(files), paths_(std::move(paths)) {}
  Result<HubHead> anchored() const;  ///< the head last shown
  void begin_anew(const HubHead& last);
  void compare_anchor();
  Files& files_;
  HubPaths paths_;
  HubId hub_;
  bool has_begun_anew_ = false;
  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace jiyao
