// tests/support/source_folder.h - where the sources lie: fixtures, vectors, the tree itself.
#pragma once

#include <string>

namespace jiyao::test {

/// The project's folder, absolute, without a slash at the end.
const std::string& source_folder();

}  // namespace jiyao::test
