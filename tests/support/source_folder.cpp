// tests/support/source_folder.cpp - the one object that a clone elsewhere must compile anew.
#include "support/source_folder.h"

namespace jiyao::test {

const std::string& source_folder() {
  static const std::string folder = JIYAO_SOURCE_DIR;
  return folder;
}

}  // namespace jiyao::test
