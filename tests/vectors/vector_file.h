// tests/vectors/vector_file.h - golden vectors: reading and writing tests/vectors/*.txt.
//
// A file: lines `good <name>` or `bad <outcome> <name>`, each followed by lines of hex; `#` starts
// a comment. The files are the promise; samples_*.cpp only say how the good ones come about.
#pragma once

#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/result.h"

namespace jiyao::vectors {

struct Vector {
  std::string name;
  std::string outcome;  ///< "good", or the name of an Errc
  Bytes bytes;
  friend bool operator==(const Vector&, const Vector&) = default;
};

std::string outcome_of(Errc code);
std::vector<Vector> read_file_of(const std::string& folder, std::string_view object);
std::string rendered(const std::vector<Vector>& vectors, std::string_view object);

/// The vectors of one object as today's code makes them.
std::vector<Vector> samples_of(std::string_view object);

}  // namespace jiyao::vectors
