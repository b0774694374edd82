// client/commands/about.cpp - help with topics, and what program this is.
#include "client/commands/commands.h"
#include "client/desk.h"
#include "client/help_text.h"
#include "client/version.h"

namespace jiyao {

namespace {

struct HelpTopic {
  std::vector<std::string> words;  ///< a topic, or a command
};

/// Topics by their English and Chinese names.
constexpr std::pair<std::string_view, std::string_view> kTopics[] = {
    {"start", "首次使用"}, {"daily", "日常"},  {"bundle", "数据包"},     {"conflict", "冲突"},
    {"backup", "备份"},    {"import", "导入"}, {"exit-codes", "退出码"},
};

void declare_help(CLI::App& app, HelpTopic& options, const Catalogue& words) {
  app.add_option("topic", options.words, words.text("opt.topic"));
}

Result<Answer> help(Desk& desk, const HelpTopic& options) {
  if (options.words.empty()) return Answer{.text = desk.text("help.overview")};
  const std::string& topic = options.words.front();
  std::string text;
  for (const auto& [english, chinese] : kTopics)
    if (options.words.size() == 1 && (topic == english || topic == chinese))
      text = desk.text("help." + std::string(english));
  const CLI::App* command = desk.menu().command(options.words);
  // A topic may bear the name of a command: both are told. Of a noun the topic says enough.
  const bool is_leaf = command != nullptr && command->get_subcommands({}).empty();
  if (command != nullptr && (text.empty() || is_leaf))
    text += (text.empty() ? "" : "\n\n") + help_of(*command);
  if (!text.empty()) return Answer{.text = text};
  std::string known;
  for (const auto& [english, chinese] : kTopics)
    known += (known.empty() ? "" : " ") +
             std::string(desk.words().language() == Language::zh ? chinese : english);
  std::string near = desk.menu().unknown_word(options.words.back()).detail;
  near.erase(0, std::min(near.find('\n'), near.size()));
  return Error{Errc::not_found, desk.text("help.unknown", {{"topic", topic}}) + near + "\n" +
                                    desk.text("help.topics", {{"topics", known}})};
}

struct NoOptions {};
void declare_nothing(CLI::App&, NoOptions&, const Catalogue&) {}

Result<Answer> version(Desk& desk, const NoOptions&) {
  Answer answer{.text = desk.text("version.line", {{"version", kVersion}}), .json = json_object()};
  answer.json->set("version", kVersion);
  answer.json->set("suite", 1);
  return answer;
}

}  // namespace

void add_about(Menu& menu) {
  menu.add<HelpTopic>("help", declare_help, help);
  menu.add<NoOptions>("version", declare_nothing, version);
}

}  // namespace jiyao
