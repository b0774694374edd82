// tests/support/mission_page.cpp - see mission_page.h.
#include "support/mission_page.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace jiyao {

namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const std::size_t first = cell.find_first_not_of(' ');
    const std::size_t last = cell.find_last_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

MissionState state_of(const std::string& word, const std::string& line) {
  if (word == "works") return MissionState::works;
  if (word == "in part") return MissionState::in_part;
  if (word == "not yet") return MissionState::not_yet;
  throw std::runtime_error("no state of a row: " + line);
}

MissionRow row_of(const std::string& line) {
  const std::vector<std::string> cells = cells_of(line);
  if (cells.size() < 5) throw std::runtime_error("a row has five cells: " + line);
  MissionRow row;
  row.id = cells[0];
  row.what = cells[1];
  row.state = state_of(cells[2], line);
  row.missing = cells[4];
  static const std::regex quoted("`([^`]+)`");
  for (std::sregex_iterator it(cells[3].begin(), cells[3].end(), quoted), end; it != end; ++it)
    row.tests.push_back((*it)[1].str());
  return row;
}

class Page {
 public:
  explicit Page(const std::string& text) : in_(text) {}

  std::vector<MissionRow> rows() {
    static const std::regex heading("## (M[0-9]{2})\\b.*");
    for (std::string line; std::getline(in_, line);) {
      std::smatch found;
      if (line.starts_with("| M")) {
        rows_.push_back(row_of(line));
      } else if (std::regex_match(line, found, heading)) {
        row_ = &row_named(found[1].str());
      } else if (line.starts_with("## ")) {
        row_ = nullptr;
      } else if (line.starts_with("```")) {
        is_in_block_ = !is_in_block_ && row_ != nullptr;
      } else if (is_in_block_ && !line.empty()) {
        take(line);
      }
    }
    return std::move(rows_);
  }

 private:
  MissionRow& row_named(const std::string& id) {
    const auto found = std::find_if(rows_.begin(), rows_.end(),
                                    [&](const MissionRow& row) { return row.id == id; });
    if (found == rows_.end()) throw std::runtime_error("commands of no row: " + id);
    return *found;
  }
  /// A command, or what the command before has to say.
  void take(const std::string& line) {
    static const std::regex prompt("([A-Z])( [^ $]+)?\\$ (.+)");
    std::smatch found;
    if (std::regex_match(line, found, prompt)) {
      MissionCommand command;
      command.machine = found[1].str();
      command.person = found[2].matched ? found[2].str().substr(1) : std::string();
      command.words = shell_words(found[3].str());
      command.line = line;
      row_->commands.push_back(std::move(command));
      return;
    }
    if (row_->commands.empty()) throw std::runtime_error("an answer to no command: " + line);
    MissionCommand& command = row_->commands.back();
    if (line.starts_with("exit "))
      command.exit_code = std::stoi(line.substr(5));
    else if (line.starts_with("! "))
      command.never_says.push_back(line.substr(2));
    else
      command.says.push_back(line);
  }

  std::istringstream in_;
  std::vector<MissionRow> rows_;
  MissionRow* row_ = nullptr;
  bool is_in_block_ = false;
};

}  // namespace

std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool is_quoted = false, has_word = false;
  for (const char c : line) {
    if (c == '\'') {
      is_quoted = !is_quoted;
      has_word = true;
    } else if (c == ' ' && !is_quoted) {
      if (has_word) words.push_back(word);
      word.clear();
      has_word = false;
    } else {
      word += c;
      has_word = true;
    }
  }
  if (is_quoted) throw std::runtime_error("a quote stays open: " + line);
  if (has_word) words.push_back(word);
  return words;
}

std::vector<MissionRow> read_mission_page(const std::string& text) {
  return Page(text).rows();
}

}  // namespace jiyao
