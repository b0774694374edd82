// schema/search.cpp - folding, pairs and queries (schema/search.h).
#include "schema/search.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace jiyao {
namespace {

bool is_letter_or_digit(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return true;
    default:
      return false;
  }
}

std::size_t bytes_of_character(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::vector<std::string_view> characters(std::string_view run) {
  std::vector<std::string_view> found;
  while (!run.empty()) {
    const std::size_t size = std::min(bytes_of_character(run.front()), run.size());
    found.push_back(run.substr(0, size));
    run.remove_prefix(size);
  }
  return found;
}

std::vector<std::string_view> runs_of(std::string_view folded) {
  std::vector<std::string_view> runs;
  while (!folded.empty()) {
    const std::size_t end = std::min(folded.find(' '), folded.size());
    if (end > 0) runs.push_back(folded.substr(0, end));
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return runs;
}

// Neighbours lie next to each other in the run, so a pair is one view over both.
std::string_view pair_at(const std::vector<std::string_view>& run, std::size_t i) {
  return {run[i].data(), run[i].size() + run[i + 1].size()};
}

std::string normalised(std::string_view text) {
  utf8proc_uint8_t* out = nullptr;
  const auto* in = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t size = utf8proc_map(
      in, static_cast<utf8proc_ssize_t>(text.size()), &out,
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
                                     UTF8PROC_CASEFOLD | UTF8PROC_IGNORE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(out, &std::free);
  if (size < 0) return {};
  return std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size));
}

}  // namespace

std::string fold_for_search(std::string_view text) {
  const std::string plain = normalised(text);
  std::string folded;
  folded.reserve(std::min(plain.size(), kSearchTextBytesMax));
  for (const std::string_view character : characters(plain)) {
    utf8proc_int32_t point = -1;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(character.data()),
                     static_cast<utf8proc_ssize_t>(character.size()), &point);
    const bool is_word = point >= 0 && is_letter_or_digit(point);
    if (folded.size() + character.size() > kSearchTextBytesMax) break;
    if (is_word) folded.append(character);
    if (!is_word && !folded.empty() && folded.back() != ' ') folded.push_back(' ');
  }
  while (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

std::string search_tokens(std::string_view folded) {
  std::vector<std::string_view> tokens;
  for (const std::string_view run : runs_of(folded)) {
    const std::vector<std::string_view> run_characters = characters(run);
    for (std::size_t i = 0; i + 1 < run_characters.size(); ++i)
      tokens.push_back(pair_at(run_characters, i));
    tokens.push_back(run_characters.back());
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::string joined;
  joined.reserve(folded.size() * 2);
  for (const std::string_view token : tokens) {
    if (!joined.empty()) joined.push_back(' ');
    joined.append(token);
  }
  return joined;
}

SearchQuery search_query(std::string_view typed) {
  SearchQuery query;
  const std::string folded = fold_for_search(typed);
  for (const std::string_view run : runs_of(folded)) {
    if (query.words.size() == kSearchWordsMax) break;
    query.words.emplace_back(run);
    const std::vector<std::string_view> run_characters = characters(run);
    const auto add = [&query](std::string_view token, std::string_view suffix) {
      if (!query.match.empty()) query.match += " AND ";
      // Quoted, so that a typed word is never read as an operator of FTS5.
      query.match.append("\"").append(token).append("\"").append(suffix);
    };
    if (run_characters.size() == 1) add(run, "*");
    for (std::size_t i = 0; i + 1 < run_characters.size(); ++i) add(pair_at(run_characters, i), "");
    query.needs_check = query.needs_check || run_characters.size() > 2;
  }
  return query;
}

bool matches(const SearchQuery& query, std::string_view folded) {
  return std::all_of(query.words.begin(), query.words.end(), [folded](const std::string& word) {
    return folded.find(word) != std::string_view::npos;
  });
}

}  // namespace jiyao
