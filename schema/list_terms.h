// schema/list_terms.h - what lists are filtered by beside words: terms and days of a record.
//
// They are keys of the record like others, but the word index holds them (schema/word_index.h):
// there a row costs a byte where `key` takes a row of its own, and a list by words and by filters
// is one walk. A *term* is there or not ("tstate=registered"). A *day* stands in the index by its
// beginnings, decade, year, month and day ("202", "2026", "2026-06", "2026-06-03"), so that a range
// of any length is a few of them. No token of a text looks like either. Pure; safe from any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jiyao {

/// First character of such a key.
inline constexpr char kTermMark = 't', kDayMark = 'd';

/// Is this key one that the word index holds?
bool is_list_term(std::string_view key);

/// What a list wants: of each of `terms` one, and a day from `from` to `to`.
struct ListFilter {
  std::vector<std::vector<std::string>> terms;  ///< keys; one that is empty lets nothing through
  std::string from, to;                         ///< canonical dates; empty: open
  bool is_empty() const { return terms.empty() && from.empty() && to.empty(); }
};

/// Does a record with these keys (sorted) get through?
bool passes(const ListFilter& filter, std::span<const std::string> keys);

/// The FTS5 expression for it; empty: lets everything through.
std::string filter_match(const ListFilter& filter);

/// The tokens of those keys that are list terms, each once, joined by spaces.
std::string filter_tokens(std::span<const std::string> keys);

/// The fewest beginnings that cover the days from `from` to `to`, both included; empty: none.
std::vector<std::string> beginnings_between(std::string_view from, std::string_view to);

}  // namespace jiyao
