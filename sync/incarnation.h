// sync/incarnation.h - is this still the replica it was? The anchor outside the folder, the session
// inside every file, and a new incarnation on any doubt.
//
// A restored or cloned file would go on numbering changes that others already know by other
// content. So each open leaves a fresh session id in the files and in the anchor, which is no part
// of the replica folder and of no backup. Files store (session, previous): a crash between file and
// anchor is told apart from a restore. Any disagreement starts a new incarnation, which is harmless
// if it was a false alarm (design.md section 11). The anchor's bytes are MACed by the node's key.
#pragma once

#include "schema/files.h"
#include "sync/log_file.h"

namespace jiyao {

using SessionId = Block<struct SessionIdTag, 16>;

/// What every database file of a replica stores of its last opening.
struct SessionMark {
  SessionId session, previous;
  friend bool operator==(const SessionMark&, const SessionMark&) = default;
};

enum class Doubt : std::uint8_t {
  none = 0,
  first_life,     ///< no incarnation yet: nothing to doubt
  no_anchor,      ///< missing, or not one of this node
  other_machine,  ///< the anchor was written on another
  other_file,     ///< the file was copied or put back: another identity
  other_session,  ///< the file's session is not the anchor's: restored
  head_lost,      ///< the anchor saw a batch sealed that the log does not hold
  foreign_own,    ///< somebody showed a batch of our present life that we never made
  asked,          ///< the owner of the machine says it was restored
};
/// Stable: in incidents and for people.
std::string_view name_of(Doubt doubt);

/// One file as the anchor saw it last. `name` is "log" or a level's.
struct AnchoredFile {
  std::string name;
  SessionId session;
  std::uint64_t identity = 0;  ///< 0: the file system cannot say
};
struct Anchor {
  NodeId node;
  IncarnationId incarnation;
  std::string machine;              ///< empty: unknown
  std::vector<AnchoredFile> files;  ///< sorted by name
  std::vector<BatchId> heads;       ///< tips of our present streams, sorted
};
Bytes encode_anchor(const Anchor& anchor, const Secret<32>& mac_key);
/// errors: not_authentic (not MACed with this key), malformed, too_large, newer
Result<Anchor> decode_anchor(ByteView bytes, const Secret<32>& mac_key);

struct LifePaths {
  Path anchor;  ///< file in the state folder, one per replica; never in the replica folder
  Path log;
};

/// The present life of an open replica. `log` and `mac_key` outlive it. After a crash anywhere the
/// next begin() finds what it needs, or starts a new incarnation.
class Life {
 public:
  /// Compares anchor and log.jdb, decides, marks the log with a fresh session, writes the anchor.
  static Life begin(Env& env, LogFile& log, LifePaths paths, const Secret<32>& mac_key);

  const IncarnationId& incarnation() const { return incarnation_; }
  /// All of this machine's lives, oldest first, the present one last: it seals changes of any.
  std::vector<IncarnationId> incarnations() const;
  /// What begin() or a later call found; none: the life of before goes on.
  Doubt doubt() const { return doubt_; }

  /// A level file was opened: compares its mark (none in a new file). Starts a new incarnation on
  /// doubt. The caller stores the answer in the file, durably, then calls marked().
  SessionMark judge(const std::string& name, const Path& path,
                    const std::optional<SessionMark>& mark);
  void marked(const std::string& name);

  /// After every sealed batch is durable in the log, and before anything is said to anybody.
  void note_sealed();
  /// Somebody showed a batch of our present incarnation that we did not hold (Heard::own_unknown).
  /// The batch itself is ordinary data; we begin anew.
  void note_foreign_own_batch(const BatchId& batch);
  /// Begins anew if the log was shown such a batch since. True: it did.
  bool renew_if_shown_foreign();
  /// The owner's word: this machine was restored.
  void renew_as_asked();

 private:
  Life(Env& env, LogFile& log, LifePaths paths, const Secret<32>& mac_key);
  void renew(Doubt doubt);
  Doubt judge_log(const std::optional<Anchor>& anchor,
                  const std::optional<SessionMark>& mark) const;
  Doubt judge_file(const Anchor* anchor, const std::string& name, const Path& path,
                   const std::optional<SessionMark>& mark) const;
  SessionMark fresh_mark(const std::string& name) const;
  std::vector<BatchId> heads() const;
  void put_line(const std::string& name, const Path& path, const SessionId& session);
  void write_anchor();

  Env& env_;
  LogFile& log_;
  LifePaths paths_;
  const Secret<32>& mac_key_;
  SessionId session_;
  IncarnationId incarnation_;
  Doubt doubt_ = Doubt::none;
  Anchor anchor_;
  std::map<std::string, Path> judged_;  ///< files whose mark is being stored
};

}  // namespace jiyao
