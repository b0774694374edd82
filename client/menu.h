// client/menu.h - the command tree: noun verb, Chinese aliases, help texts, and what was chosen.
//
// Each command is an options struct, a function that declares its options and a function that does
// the work. The menu parses first and works afterwards: by then the language, the output and the
// data folder are known, and CLI11's exceptions are behind us.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/output.h"
#include "client/prompt.h"
#include "schema/catalogue.h"
#include "schema/files.h"

namespace jiyao {

class Desk;

/// What stands before or after every command.
struct Choices {
  Path data_dir;   ///< --data-dir, else JIYAO_DATA, else $XDG_DATA_HOME/jiyao
  Path state_dir;  ///< $XDG_STATE_HOME/jiyao: never in the data folder, never in a backup
  OutputChoices output;
  PromptChoices prompt;
  std::int64_t busy_wait_ms = 10'000;  ///< how long to wait for another jiyao at the same ledger
};

/// What a command that comes from a definition is called and says; others say message "cmd.<path>".
struct CommandWords {
  std::string about;  ///< one line for the help
  std::vector<std::string>
      aliases;           ///< other words for its last word; one that is taken is dropped
  std::string examples;  ///< may be empty
};

struct Chosen {
  std::string command;  ///< "incoming/add": the schema's name
  std::function<Result<Answer>(Desk&)> work;
};

class Menu {
 public:
  explicit Menu(const Catalogue& words);

  const Catalogue& words() const { return words_; }
  std::string text(std::string_view id) const { return words_.text(id); }

  /// Adds `jiyao <path>`, for instance "incoming add". `declare` adds its options, `work` does it.
  /// The description is message "cmd.<path with dots>"; Chinese aliases come from one table.
  template <class Options>
  void add(const std::string& path, void (*declare)(CLI::App&, Options&, const Catalogue&),
           Result<Answer> (*work)(Desk&, const Options&)) {
    auto options = std::make_shared<Options>();
    add_leaf(
        path, {}, [this, options, declare](CLI::App& leaf) { declare(leaf, *options, words_); },
        [options, work](Desk& desk) { return work(desk, *options); });
  }
  /// The same for a command whose words come from elsewhere. Options are declared when the command
  /// is meant: there are hundreds.
  void add_leaf(const std::string& path, const std::optional<CommandWords>& words,
                std::function<void(CLI::App&)> declare, std::function<Result<Answer>(Desk&)> work);
  /// A noun with its own words, before its verbs are added; one that is there keeps its words.
  void add_noun(const std::string& noun, const CommandWords& words);
  bool has(const std::string& path) const { return apps_.contains(path); }

  /// Parses the words of the command line. done: `chosen()` holds the work; --help is work too.
  ///   errors: usage, with the nearest commands as hint
  Result<void> parse(int argc, const char* const* argv);
  const Choices& choices() const { return choices_; }
  const Chosen& chosen() const { return chosen_; }
  /// The words that were parsed, without the program's name.
  const std::vector<std::string>& typed() const { return typed_; }

  /// Every command as "noun verb", in the order they were added.
  const std::vector<std::string>& paths() const { return paths_; }
  /// A noun or verb by its words, English or Chinese; nullptr: there is none.
  const CLI::App* command(const std::vector<std::string>& names) const;
  /// The nearest commands to a word nobody knows, as an error.
  Error unknown_word(const std::string& word) const;

 private:
  CLI::App& place(const std::string& path, const std::optional<CommandWords>& words);
  CLI::App& child(CLI::App& parent, const std::string& path,
                  const std::optional<CommandWords>& words);
  void add_alias(CLI::App& made, const std::string& alias);
  void declare_options(const CLI::App& leaf) const;
  void choose(const std::string& path, std::function<Result<Answer>(Desk&)> work);
  void add_global_options();
  void settle_choices();
  const CLI::App& parsed_leaf() const;
  std::string in_words(const CLI::ParseError& error) const;
  std::string verbs_of(const CLI::App& noun) const;
  std::string nearest(const std::string& word) const;
  std::string nearest_option(const std::string& word) const;

  const Catalogue& words_;
  CLI::App app_;
  Choices choices_;
  Chosen chosen_;
  std::vector<std::string> typed_;
  std::string colour_ = "auto";
  std::string language_;
  bool no_input_ = false;
  std::vector<std::string> paths_;
  std::map<std::string, CLI::App*> apps_;  ///< by path; owned by app_
  /// Options that nobody asked for yet. Declaring them changes no command, only what it tells.
  mutable std::map<const CLI::App*, std::function<void()>> undeclared_;
};

/// For names: refuses what has nothing to be seen in it.
CLI::Validator not_blank();

/// How many characters must be put in, taken out, changed or swapped with a neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace jiyao
