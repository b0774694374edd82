// client/lives.h - which machine lives, or lived, under an incarnation: its batches say so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/directory.h"
#include "client/number_blocks.h"

namespace jiyao {

class Lives {
 public:
  /// Reads the lines of the log once.
  explicit Lives(Replica& replica);

  /// "R 4f2a91c0": the machine's name, and the first digits of the incarnation.
  std::string name(const Directory& directory, const std::string& incarnation) const;
  /// What somebody means who gives a block: 32 digits as they are, the first of one that asks, or
  /// a machine's name. Of several lives of a machine the one that asks is meant, else the one whose
  /// batch came last: a disk that was restored lives on under the newest.
  std::optional<std::string> incarnation(const Directory& directory, const std::string& typed,
                                         const std::vector<NumberAsk>& asks) const;

 private:
  std::map<std::string, NodeId> nodes_;                    ///< by incarnation
  std::map<std::string, std::vector<std::string>> lives_;  ///< of a node, in order of arrival
};

}  // namespace jiyao
