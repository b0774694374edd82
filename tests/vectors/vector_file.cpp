// tests/vectors/vector_file.cpp - the text form of golden vectors.
#include "vectors/vector_file.h"

#include <fstream>
#include <sstream>

#include "vectors/sample_parts.h"

namespace jiyao::vectors {

std::string outcome_of(Errc code) {
  switch (code) {
    case Errc::malformed:
      return "malformed";
    case Errc::too_large:
      return "too_large";
    case Errc::newer:
      return "newer";
    case Errc::not_authentic:
      return "not_authentic";
    default:
      return "errc_" + std::to_string(static_cast<int>(code));
  }
}

std::vector<Vector> read_file_of(const std::string& folder, std::string_view object) {
  std::ifstream file(folder + "/" + std::string(object) + ".txt");
  std::vector<Vector> vectors;
  for (std::string line; std::getline(file, line);) {
    line = line.substr(0, line.find('#'));
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (first == "good") {
      vectors.push_back({second, "good", {}});
    } else if (first == "bad") {
      vectors.push_back({third, second, {}});
    } else if (!first.empty()) {
      const std::optional<Bytes> bytes = from_hex(first);
      JIYAO_ASSERT(bytes && !vectors.empty() && second.empty());
      vectors.back().bytes.insert(vectors.back().bytes.end(), bytes->begin(), bytes->end());
    }
  }
  return vectors;
}

std::string rendered(const std::vector<Vector>& vectors, std::string_view object) {
  std::string text = "# Golden vectors of \"" + std::string(object) +
                     "\": see docs/formats.md. good NAME | bad OUTCOME NAME, then hex.\n";
  for (const Vector& vector : vectors) {
    text += "\n" + (vector.outcome == "good" ? "good " : "bad " + vector.outcome + " ") +
            vector.name + "\n";
    const std::string hex = to_hex(vector.bytes);
    for (std::size_t at = 0; at < hex.size(); at += 64) text += hex.substr(at, 64) + "\n";
  }
  return text;
}

std::vector<Vector> samples_of(std::string_view object) {
  for (const Samples& samples : {change_samples(), paper_samples(), carrier_samples()})
    if (const auto found = samples.find(object); found != samples.end()) return found->second();
  return {};
}

}  // namespace jiyao::vectors
