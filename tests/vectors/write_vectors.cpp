// tests/vectors/write_vectors.cpp - writes vector files, or seed corpora for the fuzzers.
//
//   write_vectors text FOLDER     FOLDER/<object>.txt from samples_*.cpp: only when a format
//   changes write_vectors corpus FROM TO  TO/<object>/<name> as bytes, from the files in FROM
#include <filesystem>
#include <fstream>
#include <iostream>

#include "fuzz/targets.h"
#include "vectors/vector_file.h"

using namespace jiyao;

int main(int count, char** words) {
  const std::string mode = count > 2 ? words[1] : "";
  if (mode != "text" && (mode != "corpus" || count != 4)) {
    std::cerr << "write_vectors text FOLDER | write_vectors corpus FROM TO\n";
    return 2;
  }
  for (const fuzz::Target& target : fuzz::targets()) {
    const std::string object(target.object);
    if (mode == "text") {
      std::ofstream(std::string(words[2]) + "/" + object + ".txt")
          << vectors::rendered(vectors::samples_of(object), object);
      continue;
    }
    const std::filesystem::path folder = std::filesystem::path(words[3]) / object;
    std::filesystem::create_directories(folder);
    for (const vectors::Vector& vector : vectors::read_file_of(words[2], object))
      std::ofstream(folder / vector.name, std::ios::binary) << as_text(vector.bytes);
  }
  return 0;
}
