// sync/log_file_state.h - what LogFile keeps inside; only its own sources include this.
#pragma once

#include "sync/log_file.h"

namespace jiyao {

struct LogFile::State {
  State(Env& world, Database file, const NodeId& node)
      : env(world), database(std::move(file)), self(node) {
    // A batch is read once or twice; pages of many would only fill the memory of a small machine.
    Statement(database, "PRAGMA cache_size=-2048").run();
  }

  Env& env;
  Database database;
  NodeId self;
  BatchIndex index;
  PaperShelf shelf;
  WaitingRoom room;
  Roster roster;
  std::optional<Transaction> group;
  bool is_broken = false;  ///< memory may be ahead of the file

  void require_sound() const;
  void load();
  void load_batches();
  void load_waiting();
  void load_roster();
  void load_papers();
  void store(const SealedBatch& batch);
  void set_aside(const SealedBatch& batch, const Route& route, const NodeId& peer);
  void retry_waiting();
  void note_if_own(const SealedBatch& batch, const NodeId& from_peer);
  void add_incident(const std::string& code, ByteView subject, const std::string& detail);
  void remember(const std::string& name, ByteView value);
  std::optional<Bytes> recall(const std::string& name);
};

/// One write: a transaction of its own, or a part of the open group. Left without commit(), memory
/// may have run ahead of the file, so the log is of no use any more.
class LogUnit {
 public:
  explicit LogUnit(LogFile::State& state);
  ~LogUnit();
  LogUnit(const LogUnit&) = delete;
  LogUnit& operator=(const LogUnit&) = delete;
  void commit();

 private:
  LogFile::State& state_;
  std::optional<Transaction> own_;
  bool is_committed_ = false;
};

/// A level as stored; anything else is damage.
Level stored_level(std::int64_t number);
Bytes copy_of(ByteView bytes);

}  // namespace jiyao
