// tests/tidy/catalogue_test.cpp - every row of the catalogue of conflicts and every worked example
// stands once in docs/ledgers.md, with a test that exists or with the reason why there is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "support/source_folder.h"

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// Rows of each family, as the office's rules number them.
const std::map<std::string, int> kFamilies = {{"N", 14}, {"C", 14}, {"R", 17}, {"U", 13},
                                              {"S", 6},  {"A", 8},  {"D", 9},  {"P", 6},
                                              {"M", 14}, {"T", 5},  {"X", 6}};
constexpr int kExamples = 12;

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

Texts matches(const std::string& text, const std::regex& what) {
  Texts found;
  for (std::sregex_iterator it(text.begin(), text.end(), what), end; it != end; ++it)
    found.push_back(it->str());
  return found;
}

/// "Suite.Name" of every test there is.
const Texts& tests() {
  static const Texts all = [] {
    Texts found;
    const std::regex head(R"(\nTEST(?:_P|_F)?\((\w+),\s*(\w+)\))");
    const fs::path folder = fs::path(jiyao::test::source_folder()) / "tests";
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator it(text.begin(), text.end(), head), end; it != end; ++it)
        found.push_back((*it)[1].str() + "." + (*it)[2].str());
    }
    return found;
  }();
  return all;
}

/// A test of this suite with this word in its name, no digit behind it: N1 is not N10.
bool is_there(const std::string& suite_and_word) {
  const std::size_t dot = suite_and_word.find('.');
  const std::regex name("^" + suite_and_word.substr(0, dot) + "\\.(\\w*[^A-Z])?" +
                        suite_and_word.substr(dot + 1) + "(?![0-9])\\w*$");
  return std::any_of(tests().begin(), tests().end(),
                     [&](const std::string& test) { return std::regex_match(test, name); });
}

struct Catalogue {
  std::map<std::string, Texts> shown_by;  ///< by row; of a row that stands twice both
  std::multiset<std::string> rows;
  std::set<std::string> without_reason;
};

/// Tables of the last section: cells "N1" and "Suite.Word, Suite.Word", or one row and a reason.
Catalogue catalogue() {
  const std::string page = text_of(fs::path(jiyao::test::source_folder()) / "docs/ledgers.md");
  const std::string section = page.substr(page.find("\n## Catalogue of conflicts"));
  const std::regex row_name(R"(^([A-Z][0-9]{1,2}|Example[0-9]{2})$)");
  const std::regex test_name(R"(\b[A-Z]\w+\.\w+)");
  Catalogue read;
  for (const std::string& line : matches(section, std::regex(R"(\n\|[^\n]*)"))) {
    const Texts cells = matches(line, std::regex(R"([^|\n]+)"));
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
      const std::string cell = std::regex_replace(cells[i], std::regex(R"(^ +| +$)"), "");
      if (!std::regex_match(cell, row_name)) continue;
      read.rows.insert(cell);
      for (const std::string& test : matches(cells[i + 1], test_name))
        read.shown_by[cell].push_back(test);
      if (read.shown_by[cell].empty() && cells[i + 1].size() < 20) read.without_reason.insert(cell);
    }
  }
  return read;
}

TEST(CatalogueOfConflicts, HasEveryRowAndEveryExampleOnce) {
  const Catalogue read = catalogue();
  std::set<std::string> known;
  for (const auto& [family, count] : kFamilies)
    for (int i = 1; i <= count; ++i) known.insert(family + std::to_string(i));
  for (int i = 1; i <= kExamples; ++i)
    known.insert(std::string(i < 10 ? "Example0" : "Example") + std::to_string(i));
  for (const std::string& row : known) EXPECT_EQ(read.rows.count(row), 1U) << row;
  for (const std::string& row : read.rows) EXPECT_TRUE(known.contains(row)) << row;
}

TEST(CatalogueOfConflicts, NamesTestsThatExistOrAReason) {
  const Catalogue read = catalogue();
  for (const auto& [row, names] : read.shown_by)
    for (const std::string& name : names) EXPECT_TRUE(is_there(name)) << row << ": " << name;
  EXPECT_EQ(read.without_reason, std::set<std::string>{});
  EXPECT_GT(tests().size(), 500U);
}

}  // namespace
