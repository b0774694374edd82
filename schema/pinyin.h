// schema/pinyin.h - how Chinese text is read aloud: to find 国务院办公厅 by "gwybgt" or
// "guowuyuan", and to sort names.
//
// The tables are schema/pinyin/: readings.txt from Unihan, words.txt and surnames.txt by hand for
// characters of several readings (银行, 重庆, 单 as a surname). A character that no word settles
// keeps the readings that are common, three at most: searching takes any of them, the rest the
// first. Pure; safe from any thread; the tables are read at the first call (some milliseconds).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jiyao {

/// A person's name begins with the surname: 单 there is Shàn.
enum class Spoken : std::uint8_t { text, person };

inline constexpr std::size_t kReadingsMax = 3;

/// One character of a text and how it may be read.
struct SpokenCharacter {
  std::string_view character;  ///< into the text
  /// Numbers of toned syllables, best first; 0: no more. None: no Chinese character.
  std::array<std::uint16_t, kReadingsMax> readings{};
};
std::vector<SpokenCharacter> spoken(std::string_view text, Spoken as = Spoken::text);

/// Of the best reading, other characters as they are: toned "Zhōng guó 2026" without the capital,
/// without tones and blanks "zhongguo2026" (ü is u), and the first letters "zg2026".
std::string toned_pinyin(std::string_view text, Spoken as = Spoken::text);
std::string full_pinyin(std::string_view text, Spoken as = Spoken::text);
std::string initials(std::string_view text, Spoken as = Spoken::text);
/// Its bytes sort as a Chinese index does: by reading, then tone, then character.
std::string pinyin_order(std::string_view text, Spoken as = Spoken::text);

/// First letters of every two neighbouring Chinese characters of one run of folded text
/// (schema/search.h), in every reading they may have; unsorted, some twice. A run of two to four
/// characters may be a name: its first is a surname too.
using InitialPair = std::array<char, 2>;
void append_initial_pairs(std::string_view run, std::vector<InitialPair>& pairs);

/// A typed word as pinyin. Each way is for neighbouring characters: their initials, or syllables of
/// which the last may be cut short.
struct PinyinWay {
  std::vector<std::string> pieces;  ///< two or more
  bool are_initials = false;
};
/// At most kWaysMax; none: `folded` is not all letters a-z, or cannot be read.
std::vector<PinyinWay> pinyin_ways(std::string_view folded);
inline constexpr std::size_t kPinyinWaysMax = 8;
/// Do neighbours in a run of this folded text read like one of the ways?
bool reads_like(const std::vector<PinyinWay>& ways, std::string_view folded);

}  // namespace jiyao
