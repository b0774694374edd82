// client/sent_volumes.h - the volumes that went out on media, kept beside the ledger until the
// other side says it has them, so that a lost one can be made again byte for byte.
//
// A folder `sent` of the ledger's folder; files are named by set and volume and hold ciphertext.
// What is kept is compared with the digest in the hand-over fact before it is given out again.
#pragma once

#include <string>
#include <vector>

#include "client/desk.h"
#include "schema/hand_over.h"

namespace jiyao {

class SentVolumes {
 public:
  SentVolumes(Desk& desk, Replica& replica);

  /// Copies a written volume from the medium.
  void keep(const HandOver& fact, const Path& volume);
  /// Puts one kept volume onto a medium, whole and durable, and reads it back.
  ///   errors: not_found (not kept, or what is kept is no longer what went out), storage
  Result<Path> put_back(const HandOver& fact, const Path& folder);
  /// Lets go of what the other side has, of what was declared lost, and of all but the newest three
  /// one-way sets of a lane. Returns how many files went.
  std::size_t prune();

 private:
  Path kept(const HandOver& fact) const;

  Desk& desk_;
  Replica& replica_;
  Path folder_;
};

}  // namespace jiyao
