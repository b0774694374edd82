// client/menu.cpp - CLI11 behind one door.
#include "client/menu.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace jiyao {

namespace {

/// The words of the command line in Chinese. A path wins over a single word.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"incoming", "收文"},
    {"incoming add", "登记"},
    {"loan", "借阅"},
    {"loan add", "借出"},
    {"loan return", "归还"},
    {"loan approve", "批准"},
    {"circulate", "传阅"},
    {"circulate pass", "送出"},
    {"circulate return", "收回"},
    {"conflict", "冲突"},
    {"conflict resolve", "裁定"},
    {"conflict undo", "撤销"},
    {"bundle", "数据包"},
    {"import", "导入"},
    {"export", "导出"},
    {"import incoming", "收文"},
    {"list", "列表"},
    {"show", "查看"},
    {"edit", "修改"},
    {"void", "作废"},
    {"find", "查找"},
    {"where", "在哪"},
    {"sync", "同步"},
    {"status", "状态"},
    {"history", "经过"},
    {"verify", "核验"},
    {"backup", "备份"},
    {"backup create", "制作"},
    {"backup restore", "恢复"},
    {"series", "号段"},
    {"grant", "分配"},
    {"office", "单位"},
    {"access", "权限"},
    {"access give", "授予"},
    {"user", "用户"},
    {"add", "新增"},
    {"passphrase", "口令"},
    {"passphrase change", "更换"},
    {"unlock", "解锁"},
    {"enrol", "入网"},
    {"enrol invite", "邀请"},
    {"enrol request", "申请"},
    {"enrol approve", "批准"},
    {"enrol complete", "完成"},
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

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1,
                             cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  return cost[a.size()][b.size()];
}

std::string language_flag(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--lang=")) return std::string(word.substr(7));
    if (word == "--lang" && i + 1 < argc) return argv[i + 1];
  }
  return {};
}

Menu::Menu(const Catalogue& words) : words_(words), app_(words.text("cmd.jiyao"), "jiyao") {
  app_.require_subcommand(1);
  app_.set_help_flag("-h,--help", text("opt.help"));
  app_.footer(text("cmd.footer"));
  add_global_options();
}

void Menu::add_global_options() {
  const std::string group = text("opt.group");
  const auto grouped = [&](CLI::Option* option) { option->group(group); };
  grouped(app_.add_option("--data-dir", choices_.data_dir, text("opt.data_dir")));
  grouped(app_.add_option("--lang", language_, text("opt.lang")));
  grouped(app_.add_flag("--json", choices_.output.is_json, text("opt.json")));
  grouped(app_.add_flag("-q,--quiet", choices_.output.is_quiet, text("opt.quiet")));
  grouped(app_.add_option("--color", colour_, text("opt.color"))
              ->check(CLI::IsMember({"auto", "always", "never"})));
  grouped(app_.add_flag("--no-input", no_input_, text("opt.no_input")));
  grouped(app_.add_option("--passphrase-fd", choices_.prompt.passphrase_fd, text("opt.fd")));
}

CLI::App& Menu::child(CLI::App& parent, const std::string& path) {
  if (const auto known = apps_.find(path); known != apps_.end()) return *known->second;
  const std::string word = path.substr(path.rfind(' ') + 1);  // npos + 1 is the start
  CLI::App* made = parent.add_subcommand(word, text("cmd." + dotted(path)));
  made->set_help_flag("-h,--help", text("opt.help"));
  made->fallthrough();
  const std::string_view alias = alias_of(path, word);
  if (!alias.empty()) made->alias(std::string(alias));
  apps_[path] = made;
  return *made;
}

CLI::App& Menu::place(const std::string& path) {
  paths_.push_back(path);
  const std::size_t space = path.find(' ');
  if (space == std::string::npos) return child(app_, path);
  CLI::App& noun = child(app_, path.substr(0, space));
  noun.require_subcommand(1);
  return child(noun, path);
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
  for (int i = 1; i < argc; ++i)  // so that even a usage error is a document when asked for one
    if (std::string_view(argv[i]) == "--json") choices_.output.is_json = true;
  try {
    app_.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* told = &app_;
    while (!told->get_subcommands().empty()) told = told->get_subcommands().front();
    chosen_.work = nullptr;
    std::cout << told->help() << std::flush;
    return {};
  } catch (const CLI::ExtrasError&) {
    const auto extra = app_.remaining(true);
    return usage_error(extra.empty() ? std::string() : extra.front());
  } catch (const CLI::RequiredError& error) {
    const auto extra = app_.remaining(true);
    if (!extra.empty()) return usage_error(extra.front());
    return Error{Errc::usage, error.what()};
  } catch (const CLI::ParseError& error) {
    return Error{Errc::usage, error.what()};
  }
  settle_choices();
  return {};
}

Error Menu::usage_error(const std::string& what) const {
  const std::string near = nearest(what);
  std::string detail = words_.text("usage.unknown", {{"word", what}});
  if (!near.empty()) detail += "\n" + words_.text("usage.nearest", {{"words", near}});
  return Error{Errc::usage, detail};
}

std::string Menu::nearest(const std::string& word) const {
  std::vector<std::pair<std::size_t, std::string>> close;
  for (const std::string& path : paths_) {
    std::size_t best = edit_distance(word, path);
    for (std::size_t at = 0; at < path.size(); at = path.find(' ', at) + 1) {
      const std::size_t end = std::min(path.find(' ', at), path.size());
      best = std::min(best, edit_distance(word, std::string_view(path).substr(at, end - at)));
      if (end == path.size()) break;
    }
    if (best <= std::max<std::size_t>(1, word.size() / 3)) close.emplace_back(best, path);
  }
  std::stable_sort(close.begin(), close.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string words;
  for (std::size_t i = 0; i < close.size() && i < 4; ++i)
    words += (i == 0 ? "jiyao " : "；jiyao ") + close[i].second;
  return words;
}

}  // namespace jiyao
