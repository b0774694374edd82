// tests/support/mission_page.h - docs/mission.md read as what it promises: rows, and for each the
// commands a person types and what must be seen.
//
//   | M07 | Urging | in part | `Suite.Test` | what is missing |
//   ## M07
//   R 李四$ jiyao 文件批办单 修改 ...     at machine R, as 李四; without a name: whose machine it
//   is 部分文字                             must be said ! 部分文字                           must
//   not be said exit 7                               else 0
#pragma once

#include <string>
#include <vector>

namespace jiyao {

struct MissionCommand {
  std::string machine, person;     ///< person empty: the machine's own
  std::vector<std::string> words;  ///< "jiyao" first, or a program of the system
  int exit_code = 0;
  std::vector<std::string> says, never_says;
  std::string line;  ///< as it stands on the page
};

enum class MissionState { works, in_part, not_yet };

struct MissionRow {
  std::string id, what, missing;
  MissionState state = MissionState::not_yet;
  std::vector<std::string> tests;  ///< "Suite.Name"
  std::vector<MissionCommand> commands;
};

/// Every row of the table, in its order, with its commands.
///   throws std::runtime_error naming the line that is no row, no state or belongs to no row
std::vector<MissionRow> read_mission_page(const std::string& text);

/// A command line cut as a shell cuts it: blanks, and '...' around what holds some.
std::vector<std::string> shell_words(const std::string& line);

}  // namespace jiyao
