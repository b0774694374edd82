// tests/tidy/tidy_test.cpp - the house rules, as tests over the sources themselves.
//
// A rule worth having is a test: floors, who may include what, sizes, first lines, links of the
// docs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "support/source_folder.h"

namespace {

namespace fs = std::filesystem;

struct Source {
  std::string name;  ///< "sync/merge.cpp"
  std::vector<std::string> lines;
};

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Source> sources_in(const std::vector<std::string>& folders) {
  const fs::path root = jiyao::test::source_folder();
  std::vector<Source> sources;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cpp") continue;
      sources.push_back({fs::relative(entry.path(), root).string(), lines_of(entry.path())});
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.name < b.name; });
  return sources;
}

const std::vector<std::string> kFloors = {"crypto", "schema", "sync", "client", "server"};

const std::vector<Source>& floors() {
  static const std::vector<Source> sources = sources_in(kFloors);
  return sources;
}

const std::vector<Source>& everything() {
  static const std::vector<Source> sources =
      sources_in({"crypto", "schema", "sync", "client", "server", "tests", "bench"});
  return sources;
}

std::string floor_of(const std::string& name) {
  return name.substr(0, name.find('/'));
}

/// The included name, with its quotes or brackets; empty if the line is no include.
std::string included(const std::string& line) {
  static const std::regex include(R"(^\s*#\s*include\s+([<"][^>"]+[>"]))");
  std::smatch match;
  return std::regex_search(line, match, include) ? match[1].str() : std::string();
}

std::string where(const Source& source, std::size_t line) {
  return source.name + ":" + std::to_string(line + 1);
}

/// Includes whose bracketed start is `what`, outside the files that `allowed` matches.
std::vector<std::string> includes_outside(const std::string& what, const std::regex& allowed) {
  std::vector<std::string> found;
  for (const Source& source : floors()) {
    if (std::regex_search(source.name, allowed)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      if (included(source.lines[i]).rfind(what, 0) == 0) found.push_back(where(source, i));
  }
  return found;
}

std::vector<std::string> lines_matching(const std::vector<Source>& sources, const std::regex& what,
                                        const std::regex& allowed) {
  std::vector<std::string> found;
  for (const Source& source : sources) {
    if (std::regex_search(source.name, allowed)) continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i)
      if (std::regex_search(source.lines[i], what)) found.push_back(where(source, i));
  }
  return found;
}

const std::regex kNowhere("^$");
using Found = std::vector<std::string>;

TEST(House, SourcesAreThere) {
  EXPECT_GT(floors().size(), 20U);
}

TEST(House, IncludesGoDownOrSidewaysNeverUp) {
  const std::map<std::string, std::vector<std::string>> may = {
      {"crypto", {"crypto"}},
      {"schema", {"schema", "crypto"}},
      {"sync", {"sync", "schema", "crypto"}},
      {"client", {"client", "sync", "schema", "crypto"}},
      {"server", {"server", "sync", "schema", "crypto"}},
  };
  Found found;
  for (const Source& source : floors()) {
    const auto& allowed = may.at(floor_of(source.name));
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string name = included(source.lines[i]);
      if (name.empty() || name[0] != '"') continue;
      const std::string floor = name.substr(1, name.find('/') - 1);
      if (std::find(allowed.begin(), allowed.end(), floor) == allowed.end())
        found.push_back(where(source, i));
    }
  }
  EXPECT_EQ(found, Found{});
}

TEST(House, OnlyTheCryptoFloorKnowsSodium) {
  EXPECT_EQ(includes_outside("<sodium", std::regex("^crypto/")), Found{});
}

TEST(House, OnlyTheDatabaseAndTheSealedFilesKnowSqlite) {
  EXPECT_EQ(includes_outside("<sqlite3", std::regex("^schema/(database|sealed_)")), Found{});
}

TEST(House, OnlyTheWorkbookReaderAndWriterKnowTheirLibraries) {
  EXPECT_EQ(includes_outside("<zlib", std::regex("^client/xlsx_(zip|strings)\\.cpp")), Found{});
  EXPECT_EQ(includes_outside("<expat", std::regex("^client/xlsx_xml\\.cpp")), Found{});
  EXPECT_EQ(includes_outside("<xlsxwriter", std::regex("^client/xlsx_writer\\.cpp")), Found{});
}

TEST(House, CerealIsIncludedOnlyBehindOurOwnArchives) {
  EXPECT_EQ(includes_outside("<cereal/", std::regex("^schema/archive")), Found{});
  EXPECT_EQ(lines_matching(everything(),
                           std::regex(R"(#include <cereal/(archives|types/(memory|polymorphic)))"),
                           kNowhere),
            Found{});
}

TEST(House, SocketsStandOnTheFourthFloorOnly) {
  EXPECT_EQ(includes_outside("<Poco/Net", std::regex("^(client|server)/")), Found{});
  EXPECT_EQ(includes_outside("<Poco/Data", std::regex("^server/")), Found{});
  EXPECT_EQ(includes_outside("<sys/socket", kNowhere), Found{});
}

TEST(House, TheEngineHasNoClockThreadOrChanceOfItsOwn) {
  const std::regex own(
      R"((std::chrono::[a-z_]+_clock|std::thread|std::jthread|std::async|std::random_device|std::mt19937|gettimeofday|clock_gettime|[^_a-z]time\(nullptr|[^_a-z]s?rand\(|getenv\())");
  std::vector<Source> engine = sources_in({"crypto", "schema", "sync"});
  EXPECT_EQ(lines_matching(engine, own, std::regex("^schema/real_files")), Found{});
}

TEST(House, RandomnessIsMadeRepeatableByTestsOnly) {
  EXPECT_EQ(lines_matching(floors(), std::regex("set_random_source_for_tests"),
                           std::regex("^crypto/random\\.")),
            Found{});
}

TEST(House, NoFailureIsSwallowed) {
  EXPECT_EQ(lines_matching(everything(), std::regex(R"(catch\s*\(\s*\.\.\.\s*\))"),
                           std::regex("^tests/tidy/")),
            Found{});
}

TEST(House, NothingIsLeftForLater) {
  const std::regex later(R"(\b(TO)(DO)\b|\bFIX(ME)\b|\bXX(X)\b)");
  EXPECT_EQ(lines_matching(everything(), later, kNowhere), Found{});
}

TEST(House, EveryFileSaysInItsFirstLineWhatItIsFor) {
  Found found;
  for (const Source& source : everything()) {
    const std::string first = source.lines.empty() ? "" : source.lines.front();
    if (first.rfind("// " + source.name + " - ", 0) != 0)
      found.push_back(source.name + ": " + first);
  }
  EXPECT_EQ(found, Found{});
}

TEST(House, EveryHeaderIsIncludedOnce) {
  Found found;
  for (const Source& source : everything()) {
    if (source.name.size() < 2 || source.name.substr(source.name.size() - 2) != ".h") continue;
    if (std::find(source.lines.begin(), source.lines.end(), "#pragma once") == source.lines.end())
      found.push_back(source.name);
  }
  EXPECT_EQ(found, Found{});
}

TEST(House, FilesStayReadable) {
  Found found;
  for (const Source& source : everything()) {
    const std::size_t most = floor_of(source.name) == "tests" ? 600 : 400;
    if (source.lines.size() > most)
      found.push_back(source.name + ": " + std::to_string(source.lines.size()) + " lines");
  }
  EXPECT_EQ(found, Found{});
}

/// Definitions at column 0 that end with a lone brace: functions, as clang-format lays them out.
TEST(House, NoFunctionIsLongerThanSeventyLines) {
  const std::regex no_function(
      R"(^(#|//|\}|\{|namespace|struct|class|enum|union|constexpr|const |extern|template <>$|static const|using|INSTANTIATE|/\*))");
  Found found;
  for (const Source& source : everything()) {
    std::size_t start = 0;
    bool inside = false;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      if (!inside && !line.empty() && line[0] != ' ' && !std::regex_search(line, no_function)) {
        inside = line.find(';') == std::string::npos || line.back() == '{';
        start = i;
      } else if (inside && (line == "}" || line == "};")) {
        if (i - start + 1 > 70) found.push_back(where(source, start) + " " + source.lines[start]);
        inside = false;
      } else if (inside && !line.empty() && line[0] != ' ' && line.back() == ';') {
        inside = false;
      }
    }
  }
  EXPECT_EQ(found, Found{});
}

TEST(House, NoRoomIsNamedForNothing) {
  const std::regex empty_words(R"((^|/|_)(utils?|misc|helpers?|common|manager|stuff)(_|\.|/))");
  Found found;
  for (const Source& source : everything())
    if (std::regex_search(source.name, empty_words)) found.push_back(source.name);
  EXPECT_EQ(found, Found{});
}

TEST(House, TheTopLevelIsTheOneThatWasAgreed) {
  const std::vector<std::string> agreed = {
      ".ci",        ".clang-format", ".clang-tidy",     ".git",
      ".gitignore", "CHANGELOG.md",  "CMakeLists.txt",  "CMakePresets.json",
      "LICENSE",    "README.md",     "README.zh-CN.md", "bench",
      "build",      "client",        "crypto",          "docs",
      "schema",     "scripts",       "server",          "sync",
      "tests"};
  Found found;
  for (const auto& entry : fs::directory_iterator(jiyao::test::source_folder())) {
    const std::string name = entry.path().filename().string();
    if (std::find(agreed.begin(), agreed.end(), name) == agreed.end()) found.push_back(name);
  }
  EXPECT_EQ(found, Found{});
}

TEST(House, LinksBetweenThePagesLeadSomewhere) {
  const fs::path root = jiyao::test::source_folder();
  std::vector<fs::path> pages = {root / "README.md", root / "README.zh-CN.md",
                                 root / "CHANGELOG.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  const std::regex link(R"(\]\(([^)#]+)(#[^)]*)?\))");
  Found found;
  std::size_t links = 0;
  for (const fs::path& page : pages) {
    for (const std::string& line : lines_of(page)) {
      for (std::sregex_iterator it(line.begin(), line.end(), link), end; it != end; ++it) {
        const std::string target = (*it)[1].str();
        if (target.rfind("http", 0) == 0) continue;
        ++links;
        if (!fs::exists(page.parent_path() / target))
          found.push_back(page.string() + " -> " + target);
      }
    }
  }
  EXPECT_EQ(found, Found{});
  EXPECT_GT(links, 5U);
}

TEST(House, ScriptsCanBeRun) {
  const fs::path root = jiyao::test::source_folder();
  for (const char* name :
       {"scripts/setup", "scripts/build", "scripts/test", "scripts/demo", ".ci/run"}) {
    ASSERT_TRUE(fs::exists(root / name)) << name;
    EXPECT_NE(fs::status(root / name).permissions() & fs::perms::owner_exec, fs::perms::none)
        << name;
  }
}

}  // namespace
