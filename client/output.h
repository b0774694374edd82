// client/output.h - what the person or the calling program sees.
//
// stdout is the answer, stderr is talk. With --json every command writes exactly one document,
// {"schema":"jiyao/<command>/1", ...}, and a failure is {"error":{"code","exit","message","hint"}}.
// What ended midway says both: its answer so far, and the error in it.
// Everything from a record or a file passes terminal_safe() before a terminal sees it.
#pragma once

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <optional>
#include <string>
#include <vector>

#include "schema/catalogue.h"
#include "schema/exit_code.h"

namespace jiyao {

/// One command's answer, both for people and for programs; the console shows one of the two.
struct Answer {
  std::string text = {};                ///< lines without a last newline; may be empty
  Poco::JSON::Object::Ptr json = {};    ///< keys beside "schema"; English names, RFC 3339 times
  ExitCode exit_code = ExitCode::done;  ///< done, partly, or decide; with `stopped_by` its code
  /// What ended it midway: shown after what was done before.
  std::optional<Error> stopped_by = {};
};

/// An empty object that keeps the order in which keys are set.
Poco::JSON::Object::Ptr json_object();
Poco::JSON::Array::Ptr json_array();

/// Rows under heads, measured in terminal cells: a Chinese character takes two.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  void add(std::vector<std::string> cells);  ///< as many as heads
  bool is_empty() const { return rows_.empty(); }
  /// Two spaces between columns; the widest columns are cut with "…" until a line needs at most
  /// `columns_max`; 0: nothing is cut.
  std::string text(std::size_t columns_max) const;

 private:
  std::vector<std::size_t> widths(std::size_t columns_max) const;

  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

enum class ColourChoice { automatic, always, never };

struct OutputChoices {
  bool is_json = false;
  bool is_quiet = false;
  ColourChoice colour = ColourChoice::automatic;
};

class Console {
 public:
  Console(OutputChoices choices, const Catalogue& catalogue);

  bool is_json() const { return choices_.is_json; }
  bool is_terminal() const { return stdout_is_terminal_; }
  /// Columns of the terminal on stdout; 0 when it is none, so that nothing is cut.
  std::size_t columns() const;
  /// Bold or coloured when colour is on, else the text as it is. `code` is an SGR number.
  std::string paint(std::string_view text, int code) const;

  void show(std::string_view command, const Answer& answer) const;
  /// A failure: the code's sentence, the detail, and a hint. Returns the exit code.
  /// The first line of the detail is shown; further lines replace the code's own hint.
  int show(const Error& error) const;
  /// One line of talk on stderr; nothing with --quiet or --json.
  void talk(std::string_view line) const;
  /// Talk that even --quiet keeps: what a person must know.
  void warn(std::string_view line) const;
  bool shows_progress() const;

 private:
  OutputChoices choices_;
  const Catalogue& catalogue_;
  bool stdout_is_terminal_;
  bool stderr_is_terminal_;
  bool is_coloured_;
};

/// A bar on stderr while it lives; only if the console shows progress. Redraws at most 10 times a
/// second of `now_ms` and leaves no line behind.
class ProgressBar {
 public:
  ProgressBar(const Console& console, std::string label);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void step(std::uint64_t done, std::uint64_t total);  ///< total 0: unknown

 private:
  bool is_shown_;
  bool has_drawn_ = false;
  std::string label_;
  std::int64_t drawn_ms_ = 0;
};

}  // namespace jiyao
