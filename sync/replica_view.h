// sync/replica_view.h - rows as people see them. For replica*.cpp only.
#pragma once

#include <map>

#include "sync/replica_state.h"

namespace jiyao {

/// Shows rows of one operation: what holds for all of them is asked once. Between two writes.
class Viewer {
 public:
  explicit Viewer(const Replica::State& replica);

  /// A row above its reader says nothing but that it is there.
  View view(const Store& store, const ShownRecord& row);

 private:
  /// What one level file says beside its rows.
  struct File {
    RosterPoint point;
    bool has_findings = false;
    std::map<std::int64_t, std::uint64_t> roster_seqs;  ///< of batches, by their number
    std::map<std::int64_t, Stage> stages;               ///< of what came with them
  };
  File& file_of(const Store& store);
  std::uint64_t roster_seq_of(const Store& store, const StoredChange& change);
  RecordState merged(const Store& store, const ShownRecord& row,
                     const std::vector<StoredChange>& changes);
  Stage stage(const Store& store, const ShownRecord& row, const std::vector<StoredChange>& changes);

  const Replica::State& replica_;
  Judge judge_;
  Level clearance_;
  std::map<const Store*, File> files_;
};

}  // namespace jiyao
