// schema/search.h - how text is cut into tokens, so that two Chinese characters are found.
//
// FTS5's own tokenizers silently find nothing for two Chinese characters. Here text is folded
// (NFKC, case), cut into runs of letters and digits, and every two neighbours of a run are one
// token; the last character of a run is a token of its own, so that a single character is a prefix
// query. A longer word is the AND of its pairs, and since the index keeps no positions
// (detail=none), each hit is checked against the folded text. Beside its pairs the index holds the
// pinyin initials of neighbours (schema/pinyin.h), so that letters find Chinese; the text itself
// stays as it is. Pure; safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/pinyin.h"

namespace jiyao {

/// Longest text that is indexed, in bytes after folding; the rest of a longer one is not found.
inline constexpr std::size_t kSearchTextBytesMax = 32 * 1024;
/// A query has at most so many words; the rest are dropped.
inline constexpr std::size_t kSearchWordsMax = 16;

/// NFKC and case folding of text that hardly needs any: ASCII, common Chinese characters and the
/// marks between them, which is what ledgers are full of. nullopt: it holds something else.
std::optional<std::string> fold_plain(std::string_view text);

/// NFKC, case-folded, everything but letters and digits one space; runs stay in order. Text that
/// is not UTF-8 folds to nothing.
std::string fold_for_search(std::string_view text);

/// The tokens of folded text, sorted, unique, joined by spaces: what the index is fed, and what it
/// must be fed again to take the text out.
std::string search_tokens(std::string_view folded);

struct SearchWord {
  std::string text;             ///< a folded run
  std::vector<PinyinWay> ways;  ///< what its letters may mean as pinyin
};
/// What a clerk typed, ready to be asked.
struct SearchQuery {
  std::vector<SearchWord> words;  ///< each must be in the text, or the text read like it
  std::string match;              ///< the FTS5 expression; empty: nothing to search for
  /// True unless every word is decided by the index alone (one or two characters).
  bool needs_check = false;
};
SearchQuery search_query(std::string_view typed);

/// Is every word a part of this folded text, or read so?
bool matches(const SearchQuery& query, std::string_view folded);

}  // namespace jiyao
