// schema/search.cpp - folding, pairs and queries (schema/search.h).
#include "schema/search.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>

#include "schema/pinyin.h"

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

std::string_view first_character(std::string_view text) {
  return text.substr(0, bytes_of_character(text.front()));
}

std::vector<std::string_view> characters(std::string_view run) {
  std::vector<std::string_view> found;
  for (; !run.empty(); run.remove_prefix(found.back().size()))
    found.push_back(first_character(run));
  return found;
}

// The code point of a three-byte character; 0: these are not three bytes of one.
std::uint32_t three_byte_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() < 3 || (byte(0) & 0xF0) != 0xE0) return 0;
  if ((byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return 0;
  return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
}

// The Chinese characters of Unicode 1.1: letters in every version, and unchanged by NFKC.
bool is_chinese(std::uint32_t point) {
  return point >= 0x4E00 && point <= 0x9FA5;
}

bool is_word_character(std::string_view character) {
  const char lead = character.front();
  if (static_cast<unsigned char>(lead) < 0x80)
    return (lead >= '0' && lead <= '9') || (lead >= 'a' && lead <= 'z') ||
           (lead >= 'A' && lead <= 'Z');
  if (is_chinese(three_byte_point(character))) return true;
  utf8proc_int32_t point = -1;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(character.data()),
                   static_cast<utf8proc_ssize_t>(character.size()), &point);
  return point >= 0 && is_letter_or_digit(point);
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

// A token as one number that sorts as its bytes do: two characters are at most eight bytes, and no
// letter or digit has a zero byte.
std::uint64_t packed_token(std::string_view token) {
  std::uint64_t packed = 0;
  for (std::size_t i = 0; i < 8; ++i)
    packed = packed << 8 | (i < token.size() ? static_cast<unsigned char>(token[i]) : 0U);
  return packed;
}

// Full-width letters, which folding leaves in no text: "ｇｗ".
std::string initial_token(const InitialPair& pair) {
  std::string token;
  for (const char letter : pair) {
    token += "\xEF\xBD";
    token += static_cast<char>(0x81 + (letter - 'a'));
  }
  return token;
}

// What the index is asked for texts that read this way.
std::string way_match(const PinyinWay& way) {
  std::string match;
  for (std::size_t i = 0; i + 1 < way.pieces.size(); ++i) {
    const InitialPair pair{way.pieces[i].front(), way.pieces[i + 1].front()};
    match += (i == 0 ? "\"" : " AND \"") + initial_token(pair) + '"';
  }
  return match;
}

// Quoted, so that a typed word is never read as an operator of FTS5.
std::string word_match(const std::vector<std::string_view>& run, std::string_view word) {
  if (run.size() == 1) return '"' + std::string(word) + "\"*";
  std::string match;
  for (std::size_t i = 0; i + 1 < run.size(); ++i)
    match.append(i == 0 ? "\"" : " AND \"").append(pair_at(run, i)).append("\"");
  return match;
}

void append_token(std::string& text, std::uint64_t packed) {
  for (; packed != 0; packed <<= 8) text.push_back(static_cast<char>(packed >> 56));
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

std::optional<std::string> fold_plain(std::string_view text) {
  constexpr std::array<std::uint32_t, 11> kMarks = {0x2014, 0x201C, 0x201D, 0x3001, 0x3002, 0x300A,
                                                    0x300B, 0x3010, 0x3011, 0x3014, 0x3015};
  std::string folded(text);
  for (std::size_t at = 0; at < text.size();) {
    const char lead = text[at];
    if (static_cast<unsigned char>(lead) < 0x80) {
      if (lead >= 'A' && lead <= 'Z') folded[at] = static_cast<char>(lead - 'A' + 'a');
      ++at;
      continue;
    }
    const std::uint32_t point = three_byte_point(text.substr(at));
    if (!is_chinese(point) && std::find(kMarks.begin(), kMarks.end(), point) == kMarks.end())
      return std::nullopt;
    at += 3;
  }
  return folded;
}

std::string fold_for_search(std::string_view text) {
  std::optional<std::string> plain = fold_plain(text);
  if (!plain) plain = normalised(text);
  std::string folded;
  folded.reserve(std::min(plain->size(), kSearchTextBytesMax));
  for (std::string_view rest = *plain; !rest.empty();) {
    const std::string_view character = first_character(rest);
    rest.remove_prefix(character.size());
    if (folded.size() + character.size() > kSearchTextBytesMax) break;
    if (is_word_character(character))
      folded.append(character);
    else if (!folded.empty() && folded.back() != ' ')
      folded.push_back(' ');
  }
  while (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

std::string search_tokens(std::string_view folded) {
  std::vector<std::uint64_t> tokens;
  tokens.reserve(folded.size());
  std::vector<InitialPair> initials;
  for (std::string_view run : runs_of(folded)) {
    append_initial_pairs(run, initials);
    std::string_view character = first_character(run);
    while (character.size() < run.size()) {
      const std::string_view next = first_character(run.substr(character.size()));
      tokens.push_back(packed_token(run.substr(0, character.size() + next.size())));
      run.remove_prefix(character.size());
      character = next;
    }
    tokens.push_back(packed_token(character));
  }
  for (const InitialPair& pair : initials) tokens.push_back(packed_token(initial_token(pair)));
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  std::string joined;
  joined.reserve(folded.size() * 2);
  for (const std::uint64_t token : tokens) {
    if (!joined.empty()) joined.push_back(' ');
    append_token(joined, token);
  }
  return joined;
}

SearchQuery search_query(std::string_view typed) {
  SearchQuery query;
  const std::string folded = fold_for_search(typed);
  for (const std::string_view run : runs_of(folded)) {
    if (query.words.size() == kSearchWordsMax) break;
    const std::vector<std::string_view> run_characters = characters(run);
    SearchWord word{std::string(run), pinyin_ways(run)};
    std::string match = word_match(run_characters, run);
    std::set<std::string> ways;  // two ways of reading may ask the index for the same
    for (const PinyinWay& way : word.ways)
      if (const auto [way_at, is_new] = ways.insert(way_match(way)); is_new)
        match += ") OR (" + *way_at;
    if (!word.ways.empty()) match = "((" + match + "))";
    query.match += (query.match.empty() ? "" : " AND ") + match;
    const bool has_syllables = std::any_of(word.ways.begin(), word.ways.end(),
                                           [](const PinyinWay& way) { return !way.are_initials; });
    query.needs_check = query.needs_check || run_characters.size() > 2 || has_syllables;
    query.words.push_back(std::move(word));
  }
  return query;
}

bool matches(const SearchQuery& query, std::string_view folded) {
  return std::all_of(query.words.begin(), query.words.end(), [folded](const SearchWord& word) {
    return folded.find(word.text) != std::string_view::npos || reads_like(word.ways, folded);
  });
}

}  // namespace jiyao
