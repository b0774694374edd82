// client/menu.cpp - CLI11 behind one door (menu_nearest.cpp: what was probably meant).
#include "client/menu.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>
#include <utility>

#include "client/help_text.h"
#include "client/typed_value.h"
#include "schema/text.h"

namespace jiyao {

namespace {

/// The words of the command line in Chinese. A path wins over a single word.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"circulate approve", "批准"},
    {"circulate pass", "送出"},
    {"circulate return", "收回"},
    {"conflict", "冲突"},
    {"conflict resolve", "裁定"},
    {"conflict undo", "撤销"},
    {"conflict ask", "提请"},
    {"bundle", "数据包"},
    {"import", "导入"},
    {"export", "导出"},
    {"template", "模板"},
    {"archive", "档案移交"},
    {"list", "列表"},
    {"show", "查看"},
    {"edit", "修改"},
    {"correct", "更正"},
    {"void", "作废"},
    {"find", "查找"},
    {"where", "在哪"},
    {"sync", "同步"},
    {"status", "状态"},
    {"history", "经过"},
    {"timeline", "全程"},
    {"today", "今天"},
    {"due", "时限"},
    {"gaps", "缺号"},
    {"report", "报告"},
    {"access log", "知悉"},
    {"verify", "核验"},
    {"backup", "备份"},
    {"backup create", "制作"},
    {"backup restore", "恢复"},
    {"series", "号段"},
    {"grant", "分配"},
    {"holidays", "节假日"},
    {"print", "打印"},
    {"holidays check", "核对"},
    {"holidays day-end", "日终"},
    {"office", "单位"},
    {"access", "权限"},
    {"access give", "授予"},
    {"access sign", "签署"},
    {"user", "用户"},
    {"user change", "变更"},
    {"user keys", "钥匙"},
    {"add", "新增"},
    {"passphrase", "口令"},
    {"passphrase change", "更换"},
    {"unlock", "解锁"},
    {"enrol", "入网"},
    {"enrol invite", "邀请"},
    {"enrol request", "申请"},
    {"enrol approve", "批准"},
    {"enrol complete", "完成"},
    {"enrol revoke", "停用"},
    {"init", "初始化"},
    {"help", "帮助"},
    {"version", "版本"},
    {"bundle inspect", "检查"},
    {"bundle lost", "丢失"},
    {"node", "机器"},
};

std::string_view alias_of(std::string_view path, std::string_view word) {
  const auto of = [](std::string_view wanted) {
    const auto* found = std::find_if(std::begin(kAliases), std::end(kAliases),
                                     [&](const auto& one) { return one.first == wanted; });
    return found == std::end(kAliases) ? std::string_view() : found->second;
  };
  const std::string_view exact = of(path);
  return exact.empty() ? of(word) : exact;
}

std::string dotted(std::string path) {
  std::replace(path.begin(), path.end(), ' ', '.');
  return path;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// $NAME/jiyao, else $HOME/<fallback>/jiyao.
Path xdg_folder(const char* name, const char* fallback) {
  const std::string named = environment(name);
  if (named.starts_with('/')) return named + "/jiyao";
  return environment("HOME") + "/" + fallback + "/jiyao";
}

}  // namespace

CLI::Validator not_blank() {
  return {[](std::string& typed) {
            return without_blanks_around(typed).empty() ? std::string("blank") : std::string();
          },
          ""};
}

namespace {

/// CLI11's layout, measured in terminal cells: a Chinese character takes two.
class CellFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return row(make_option_name(option, is_positional) + make_option_opts(option),
               make_option_desc(option));
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return row(command->get_name(), command->get_description());
  }

 private:
  std::string row(const std::string& name, const std::string& description) const {
    std::string line = "  " + name;
    const std::size_t width = display_width(line);
    const std::size_t column = get_column_width();
    if (description.empty()) return line + "\n";
    line += width + 1 > column ? "\n" + std::string(column, ' ') : std::string(column - width, ' ');
    return line + description + "\n";
  }
};

/// "zh", "zh-CN", "en_US.UTF-8" ...: what choose_language() understands.
CLI::Validator is_language() {
  return {[](std::string& typed) {
            for (const std::string_view known : {"zh", "cn", "en"})
              if (typed.starts_with(known)) return std::string();
            return typed + " not in {zh,en}";
          },
          ""};
}

}  // namespace

Menu::Menu(const Catalogue& words) : words_(words), app_(words.text("cmd.jiyao"), "jiyao") {
  app_.formatter(std::make_shared<CellFormatter>());
  for (const char* label : {"Usage", "OPTIONS", "SUBCOMMAND", "Positionals", "REQUIRED", "TEXT",
                            "INT", "UINT", "Subcommands"})
    app_.get_formatter()->label(label, text("help.label." + std::string(label)));
  app_.option_defaults()->group(text("help.label.Options"));
  app_.group(text("help.label.Subcommands"));
  app_.require_subcommand(1);
  app_.set_help_flag("-h,--help", text("opt.help"));
  app_.footer(text("cmd.footer"));
  add_global_options();
}

void Menu::add_global_options() {
  const std::string group = text("opt.group");
  const auto grouped = [&](CLI::Option* option) { option->group(group); };
  grouped(app_.add_option("--data-dir", choices_.data_dir, text("opt.data_dir")));
  grouped(app_.add_option("--lang", language_, text("opt.lang"))->check(is_language()));
  grouped(app_.add_flag("--json", choices_.output.is_json, text("opt.json")));
  grouped(app_.add_flag("-q,--quiet", choices_.output.is_quiet, text("opt.quiet")));
  grouped(app_.add_option("--color", colour_, text("opt.color"))
              ->check(CLI::IsMember({"auto", "always", "never"})));
  grouped(app_.add_flag("--no-input", no_input_, text("opt.no_input")));
  grouped(app_.add_option("--passphrase-fd", choices_.prompt.passphrase_fd, text("opt.fd")));
}

void Menu::add_alias(CLI::App& made, const std::string& alias) {
  const auto siblings = made.get_parent()->get_subcommands([](const CLI::App*) { return true; });
  const bool is_free = std::none_of(siblings.begin(), siblings.end(),
                                    [&](const CLI::App* one) { return one->check_name(alias); });
  if (is_free && !alias.empty()) made.alias(alias);
}

CLI::App& Menu::child(CLI::App& parent, const std::string& path,
                      const std::optional<CommandWords>& words) {
  if (const auto known = apps_.find(path); known != apps_.end()) return *known->second;
  const std::string word = path.substr(path.rfind(' ') + 1);  // npos + 1 is the start
  CLI::App* made = parent.add_subcommand(word, words ? words->about : text("cmd." + dotted(path)));
  made->set_help_flag("-h,--help", text("opt.help"));
  made->fallthrough();
  made->group(text("help.label.Subcommands"));
  std::string examples = words ? words->examples : std::string();
  if (const std::string id = "example." + dotted(path); words_.has(id)) examples = text(id);
  if (!examples.empty()) made->footer(text("help.examples") + "\n" + examples);
  add_alias(*made, std::string(alias_of(path, word)));
  if (words)
    for (const std::string& alias : words->aliases) add_alias(*made, alias);
  apps_[path] = made;
  return *made;
}

CLI::App& Menu::place(const std::string& path, const std::optional<CommandWords>& words) {
  paths_.push_back(path);
  const std::size_t space = path.find(' ');
  if (space == std::string::npos) return child(app_, path, words);
  CLI::App& noun = child(app_, path.substr(0, space), std::nullopt);
  noun.require_subcommand(1);
  return child(noun, path, words);
}

void Menu::add_noun(const std::string& noun, const CommandWords& words) {
  CLI::App& made = child(app_, noun, words);
  for (const std::string& alias : words.aliases) add_alias(made, alias);
  made.group(text("help.label.Ledgers"));
}

void Menu::add_leaf(const std::string& path, const std::optional<CommandWords>& words,
                    std::function<void(CLI::App&)> declare,
                    std::function<Result<Answer>(Desk&)> work) {
  CLI::App& leaf = place(path, words);
  undeclared_[&leaf] = [&leaf, declare = std::move(declare)] { declare(leaf); };
  leaf.preparse_callback([this, &leaf](std::size_t) { declare_options(leaf); });
  leaf.callback([this, path, work = std::move(work)] { choose(path, work); });
}

void Menu::declare_options(const CLI::App& leaf) const {
  const auto waiting = undeclared_.find(&leaf);
  if (waiting == undeclared_.end()) return;
  const std::function<void()> declare = std::move(waiting->second);
  undeclared_.erase(waiting);  // before it runs: an example looks commands up
  declare();
}

void Menu::choose(const std::string& path, std::function<Result<Answer>(Desk&)> work) {
  chosen_.command = path;
  std::replace(chosen_.command.begin(), chosen_.command.end(), ' ', '/');
  chosen_.work = std::move(work);
}

void Menu::settle_choices() {
  if (choices_.data_dir.empty()) choices_.data_dir = environment("JIYAO_DATA");
  if (choices_.data_dir.empty()) choices_.data_dir = xdg_folder("XDG_DATA_HOME", ".local/share");
  while (choices_.data_dir.size() > 1 && choices_.data_dir.ends_with('/'))
    choices_.data_dir.pop_back();
  choices_.state_dir = xdg_folder("XDG_STATE_HOME", ".local/state");
  choices_.prompt.may_ask = !no_input_;
  if (colour_ != "auto")
    choices_.output.colour = colour_ == "always" ? ColourChoice::always : ColourChoice::never;
}

Result<void> Menu::parse(int argc, const char* const* argv) {
  if (argc > 1) typed_.assign(argv + 1, argv + argc);
  for (int i = 1; i < argc; ++i)  // so that even a usage error is a document when asked for one
    if (std::string_view(argv[i]) == "--json") choices_.output.is_json = true;
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::string text = help_of(parsed_leaf());
    choose("help", [text](Desk&) -> Result<Answer> { return Answer{.text = text}; });
  } catch (const CLI::ParseError& error) {
    const auto extra = app_.remaining(true);
    const bool is_about_words = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                                dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    if (is_about_words && !extra.empty()) return unknown_word(extra.front());
    return Error{Errc::usage, in_words(error)};
  }
  settle_choices();
  return {};
}

std::string help_of(const CLI::App& command) {
  std::string before;
  for (const CLI::App* above = command.get_parent(); above != nullptr; above = above->get_parent())
    before = above->get_name() + (before.empty() ? "" : " ") + before;
  std::string text = command.help(before);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

const CLI::App& Menu::parsed_leaf() const {
  const CLI::App* leaf = &app_;
  while (!leaf->get_subcommands().empty()) leaf = leaf->get_subcommands().front();
  return *leaf;
}

/// CLI11 says it in English only; the option's name and the allowed values are all it adds.
std::string Menu::in_words(const CLI::ParseError& error) const {
  const std::string said = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    const std::size_t end = said.rfind(" is required");
    if (end == std::string::npos || !parsed_leaf().get_subcommands({}).empty())
      return words_.text("usage.needs_verb", {{"words", verbs_of(parsed_leaf())}});
    return words_.text("usage.needs", {{"option", said.substr(0, end)}});
  }
  const bool is_conversion = dynamic_cast<const CLI::ConversionError*>(&error) != nullptr;
  const std::string_view lead = is_conversion ? "Could not convert: " : "";
  const std::string rest = said.starts_with(lead) ? said.substr(lead.size()) : said;
  const std::string option = rest.substr(0, rest.find_first_of(":= "));
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const bool is_too_often = said.find("At Most") != std::string::npos;
    return words_.text(is_too_often ? "usage.twice" : "usage.no_value", {{"option", option}});
  }
  const std::size_t open = rest.find_first_of("{[");
  const std::string known = open == std::string::npos
                                ? std::string()
                                : words_.text("usage.allowed", {{"known", rest.substr(open)}});
  return words_.text("usage.bad_value", {{"option", option}}) + known;
}

std::string Menu::verbs_of(const CLI::App& noun) const {
  std::string verbs;
  for (const CLI::App* one : noun.get_subcommands([](const CLI::App*) { return true; }))
    verbs += (verbs.empty() ? "" : " ") + one->get_name();
  return verbs;
}

const CLI::App* Menu::command(const std::vector<std::string>& names) const {
  const CLI::App* at = &app_;
  for (const std::string& name : names) {
    const auto all = at->get_subcommands([](const CLI::App*) { return true; });
    const auto found = std::find_if(all.begin(), all.end(), [&](const CLI::App* one) {
      return one->get_name() == name || one->check_name(name);
    });
    if (found == all.end()) return nullptr;
    at = *found;
  }
  declare_options(*at);
  return at == &app_ ? nullptr : at;
}

}  // namespace jiyao
