// client/output.cpp - tables, JSON documents, errors and the progress bar.
#include "client/output.h"

#include <Poco/JSON/Stringifier.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <sstream>

#include "schema/text.h"
#include "schema/told_failure.h"

namespace jiyao {

namespace {

constexpr std::size_t kColumnMin = 6;
constexpr std::size_t kGap = 2;

bool wants_colour(ColourChoice choice, bool is_terminal) {
  if (choice == ColourChoice::always) return true;
  if (choice == ColourChoice::never) return false;
  const char* no_colour = std::getenv("NO_COLOR");
  return is_terminal && (no_colour == nullptr || *no_colour == '\0');
}

std::string padded(const std::string& cell, std::size_t width) {
  const std::size_t taken = display_width(cell);
  return taken >= width ? cell : cell + std::string(width - taken, ' ');
}

/// The last door before a terminal: whatever a command forgot is made harmless here. Colours are
/// our own, and there only where paint() puts them.
std::string shown(std::string_view text, bool is_coloured) {
  constexpr std::string_view kEnd = "\x1b[0m";
  if (!is_coloured) return safe_lines(text);
  std::string safe;
  while (!text.empty()) {
    const std::size_t escape = std::min(text.find('\x1b'), text.size());
    safe += safe_lines(text.substr(0, escape));
    text.remove_prefix(escape);
    if (text.empty()) break;
    std::size_t size = text.find_first_not_of("0123456789", 2);
    const bool is_paint = text.starts_with("\x1b[") && size != std::string_view::npos &&
                          text[size] == 'm' && size <= kEnd.size();
    size = is_paint ? size + 1 : 1;
    safe += is_paint ? std::string(text.substr(0, size)) : terminal_safe(text.substr(0, size));
    text.remove_prefix(size);
  }
  return safe;
}

void print_document(const Poco::JSON::Object& document) {
  std::ostringstream out;
  Poco::JSON::Stringifier::stringify(document, out);
  std::cout << out.str() << std::endl;
}

}  // namespace

Poco::JSON::Object::Ptr json_object() {
  return new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

Poco::JSON::Array::Ptr json_array() {
  return new Poco::JSON::Array;
}

void Table::add(std::vector<std::string> cells) {
  JIYAO_ASSERT(cells.size() == heads_.size());
  for (std::string& cell : cells) cell = terminal_safe(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t columns_max) const {
  std::vector<std::size_t> widths;
  for (const std::string& head : heads_) widths.push_back(display_width(head));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  if (columns_max == 0 || widths.empty()) return widths;
  const std::size_t gaps = kGap * (widths.size() - 1);
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), gaps); };
  while (total() > columns_max) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kColumnMin) break;
    *widest -= std::min(*widest - kColumnMin, total() - columns_max);
  }
  return widths;
}

std::string Table::text(std::size_t columns_max) const {
  const std::vector<std::size_t> width = widths(columns_max);
  std::string text;
  const auto put = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += std::string(kGap, ' ');
      line += padded(cut_to_width(cells[i], width[i]), width[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += text.empty() ? line : "\n" + line;
  };
  put(heads_);
  for (const auto& row : rows_) put(row);
  return text;
}

Console::Console(OutputChoices choices, const Catalogue& catalogue)
    : choices_(choices),
      catalogue_(catalogue),
      stdout_is_terminal_(::isatty(STDOUT_FILENO) == 1),
      stderr_is_terminal_(::isatty(STDERR_FILENO) == 1),
      is_coloured_(wants_colour(choices.colour, stdout_is_terminal_)) {}

std::size_t Console::columns() const {
  winsize size{};
  if (!stdout_is_terminal_ || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

std::string Console::paint(std::string_view text, int code) const {
  if (!is_coloured_ || choices_.is_json) return std::string(text);
  return "\x1b[" + std::to_string(code) + "m" + std::string(text) + "\x1b[0m";
}

void Console::show(std::string_view command, const Answer& answer) const {
  if (!choices_.is_json) {
    if (!answer.text.empty()) std::cout << shown(answer.text, is_coloured_) << std::endl;
    if (answer.stopped_by) show(*answer.stopped_by);
    return;
  }
  Poco::JSON::Object document(Poco::JSON_PRESERVE_KEY_ORDER);
  document.set("schema", "jiyao/" + std::string(command) + "/1");
  if (answer.json)
    for (const std::string& key : answer.json->getNames()) document.set(key, answer.json->get(key));
  if (!answer.json && !answer.text.empty()) document.set("text", answer.text);
  if (answer.stopped_by) document.set("error", told(catalogue_, *answer.stopped_by).object());
  print_document(document);
}

int Console::show(const Error& error) const {
  const ToldFailure failure = told(catalogue_, error);
  if (choices_.is_json) {
    std::cout << failure.json() << std::endl;
  } else {
    std::cerr << "jiyao: " << failure.message << '\n';
    if (!failure.hint.empty()) std::cerr << failure.hint << '\n';
    std::cerr.flush();
  }
  return static_cast<int>(failure.exit_code);
}

void Console::talk(std::string_view line) const {
  if (!choices_.is_quiet && !choices_.is_json) std::cerr << safe_lines(line) << std::endl;
}

void Console::warn(std::string_view line) const {
  std::cerr << safe_lines(line) << std::endl;
}

bool Console::shows_progress() const {
  return stderr_is_terminal_ && !choices_.is_quiet && !choices_.is_json;
}

ProgressBar::ProgressBar(const Console& console, std::string label)
    : is_shown_(console.shows_progress()), label_(std::move(label)) {}

ProgressBar::~ProgressBar() {
  if (has_drawn_) std::cerr << "\r\x1b[K" << std::flush;
}

void ProgressBar::step(std::uint64_t done, std::uint64_t total) {
  if (!is_shown_) return;
  using namespace std::chrono;
  const std::int64_t now =
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  if (has_drawn_ && now - drawn_ms_ < 100) return;
  has_drawn_ = true;
  drawn_ms_ = now;
  std::cerr << '\r' << label_ << ' ';
  if (total > 0) {
    constexpr std::uint64_t kCells = 20;
    const std::uint64_t full = std::min(kCells, done * kCells / total);
    for (std::uint64_t i = 0; i < kCells; ++i) std::cerr << (i < full ? "█" : "░");
    std::cerr << ' ' << done * 100 / total << '%';
  } else {
    std::cerr << done;
  }
  std::cerr << "\x1b[K" << std::flush;
}

}  // namespace jiyao
