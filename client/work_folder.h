// client/work_folder.h - where something is made before it takes its name.
#pragma once

#include "client/held_interrupts.h"
#include "schema/files.h"

namespace jiyao {

/// A folder of its own beside `target`, which only this person can look into: never one that was
/// there. Gone with all that is in it at the end, unless it was given away; an interrupt waits for
/// that. What a program that was killed left of the same target goes when the next one begins.
class WorkFolder {
 public:
  explicit WorkFolder(const Path& target);
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const Path& path() const { return path_; }  ///< empty: it could not be made
  void give_away() { path_.clear(); }         ///< it has another name now

 private:
  const HeldInterrupts held_;  // goes last
  Path path_;
  int lock_ = -1;  // on the folder itself: its owner lives
};

}  // namespace jiyao
