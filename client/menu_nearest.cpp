// client/menu_nearest.cpp - a word nobody knows, and the commands and options it is close to.
#include <algorithm>

#include "client/menu.h"

namespace jiyao {

namespace {

/// The characters of valid UTF-8; of anything else its bytes.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    found.push_back(text.substr(at, end - at));
    at = end;
  }
  return found;
}

}  // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
  const std::vector<std::string_view> a = characters(one), b = characters(other);
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

Error Menu::unknown_word(const std::string& word) const {
  const std::string near = word.starts_with("-") ? nearest_option(word) : nearest(word);
  std::string detail = words_.text("usage.unknown", {{"word", word}});
  if (!near.empty()) detail += "\n" + words_.text("usage.nearest", {{"words", near}});
  return Error{Errc::usage, detail};
}

namespace {

/// Names that are close enough to what was typed, best first, at most four.
class Near {
 public:
  explicit Near(std::string_view typed) : typed_(typed) {}
  /// `name` is compared, `shown` is suggested.
  void look(std::string_view name, const std::string& shown) {
    const std::size_t distance = edit_distance(typed_, name);
    if (distance > std::max<std::size_t>(1, characters(typed_).size() / 3)) return;
    const auto known = std::find_if(close_.begin(), close_.end(),
                                    [&](const auto& one) { return one.second == shown; });
    if (known == close_.end())
      close_.emplace_back(distance, shown);
    else
      known->first = std::min(known->first, distance);
  }
  std::string text(const std::string& before) {
    std::stable_sort(close_.begin(), close_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string words;
    for (std::size_t i = 0; i < close_.size() && i < 4; ++i)
      words += (i == 0 ? "" : " | ") + before + close_[i].second;
    return words;
  }

 private:
  std::string_view typed_;
  std::vector<std::pair<std::size_t, std::string>> close_;
};

}  // namespace

std::string Menu::nearest(const std::string& word) const {
  Near near(word);
  const CLI::App& leaf = parsed_leaf();
  const bool is_noun = !leaf.get_subcommands([](const CLI::App*) { return true; }).empty();
  const CLI::App& within = is_noun ? leaf : app_;
  for (const std::string& path : paths_) {
    const std::size_t space = path.find(' ');
    const CLI::App& noun = *apps_.at(path.substr(0, space));
    if (&within != &app_ && &within != &noun) continue;
    near.look(path, path);
    const auto look_at = [&](const CLI::App& app) {
      near.look(app.get_name(), path);
      for (const std::string& alias : app.get_aliases()) near.look(alias, path);
    };
    if (&within == &app_) look_at(noun);
    if (space != std::string::npos) look_at(*apps_.at(path));
  }
  return near.text("jiyao ");
}

std::string Menu::nearest_option(const std::string& word) const {
  Near near(word);
  for (const CLI::App* app : {&parsed_leaf(), &app_})
    for (const CLI::Option* option : app->get_options())
      for (const std::string& name : option->get_lnames()) near.look("--" + name, "--" + name);
  return near.text("");
}

}  // namespace jiyao
