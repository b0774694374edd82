// schema/pinyin.cpp - text as spoken, and typed letters as what may have been meant.
#include "schema/pinyin.h"

#include <algorithm>

#include "schema/pinyin_table.h"

namespace jiyao {

namespace {

constexpr std::size_t kNameCharactersMax = 4;
constexpr std::string_view kInitialLetters = "abcdefghjklmnopqrstwxyz";  // no syllable: i, u, v

const PinyinTable& table() {
  return PinyinTable::built_in();
}

/// Adds a reading to those there are, unless it is one or there is no room.
void add_reading(Readings& readings, std::uint16_t reading) {
  for (std::uint16_t& one : readings) {
    if (one == reading) return;
    if (one == 0) {
      one = reading;
      return;
    }
  }
}

bool is_chinese(const SpokenCharacter& character) {
  return character.readings[0] != 0;
}

/// Adds a letter to those there are, unless it is one or there is no room.
void add_letter(FirstLetters& first, char letter) {
  for (char& one : first.letters) {
    if (one == letter) return;
    if (one == 0) {
      one = letter;
      return;
    }
  }
}

/// The longest word from `at` on, then the next; what no word settles keeps its readings.
void read_words(std::u32string_view points, std::vector<SpokenCharacter>& characters) {
  for (std::size_t at = 0; at < points.size();) {
    const SpokenWord* word = table().word_at(points.substr(at));
    if (word == nullptr) {
      if (const Readings* readings = table().readings(points[at]))
        characters[at].readings = *readings;
      ++at;
      continue;
    }
    for (const std::uint16_t reading : word->readings) characters[at++].readings = {reading};
  }
}

void read_surname(std::u32string_view points, std::vector<SpokenCharacter>& characters) {
  const SpokenWord* surname = table().surname_at(points);
  if (surname == nullptr || points.size() > kNameCharactersMax + 2) return;
  for (std::size_t i = 0; i < surname->readings.size(); ++i)
    characters[i].readings = {surname->readings[i]};
}

/// A short run may be a name: its first character may be a surname.
void allow_surname(std::u32string_view points, std::vector<SpokenCharacter>& characters) {
  if (points.size() < 2 || points.size() > kNameCharactersMax) return;
  if (const SpokenWord* surname = table().surname_at(points))
    for (std::size_t i = 0; i < surname->readings.size(); ++i)
      add_reading(characters[i].readings, surname->readings[i]);
}

std::vector<SpokenCharacter> cut(std::string_view text, const std::u32string& points) {
  std::vector<SpokenCharacter> characters;
  characters.reserve(points.size());
  std::size_t at = 0;
  for (const char32_t point : points) {
    const std::size_t size = point == 0xFFFD && !text.substr(at).starts_with("\xEF\xBF\xBD") ? 1
                             : point < 0x80                                                  ? 1
                             : point < 0x800                                                 ? 2
                             : point < 0x10000                                               ? 3
                                                                                             : 4;
    characters.push_back({text.substr(at, size), {}});
    at += size;
  }
  return characters;
}

/// A run of folded text, with the surname it may begin with.
std::vector<SpokenCharacter> spoken_run(std::string_view run) {
  const std::u32string points = points_of(run);
  std::vector<SpokenCharacter> characters = cut(run, points);
  read_words(points, characters);
  allow_surname(points, characters);
  return characters;
}

char initial_of(std::uint16_t reading) {
  return table().syllable(reading).plain.front();
}

template <class Say>
std::string said(std::string_view text, Spoken as, Say say) {
  std::string all;
  for (const SpokenCharacter& one : spoken(text, as)) {
    if (is_chinese(one))
      say(all, one);
    else
      all += one.character;
  }
  return all;
}

/// Complete syllables; the last may be cut short. Longest pieces first. `dead`: lengths of rests
/// that cannot be read, so that each is tried once.
void add_syllable_ways(const std::string& rest, std::vector<std::string>& pieces,
                       std::vector<bool>& dead, std::vector<PinyinWay>& ways) {
  constexpr std::size_t kSyllableLettersMax = 6;
  const std::size_t ways_before = ways.size();
  if (ways.size() == kPinyinWaysMax || dead[rest.size()]) return;
  if (rest.empty() || (!table().is_syllable(rest) && table().begins_syllable(rest))) {
    PinyinWay way{pieces, false};
    if (!rest.empty()) way.pieces.push_back(rest);
    if (way.pieces.size() > 1) ways.push_back(std::move(way));
    if (rest.empty()) return;
  }
  for (std::size_t size = std::min(rest.size(), kSyllableLettersMax); size > 0; --size) {
    if (!table().is_syllable(rest.substr(0, size))) continue;
    pieces.push_back(rest.substr(0, size));
    add_syllable_ways(rest.substr(size), pieces, dead, ways);
    pieces.pop_back();
  }
  dead[rest.size()] = ways.size() == ways_before;
}

bool does_read(const PinyinWay& way, std::size_t i, const SpokenCharacter& character) {
  const std::string& piece = way.pieces[i];
  const bool may_go_on = way.are_initials || i + 1 == way.pieces.size();
  return std::any_of(character.readings.begin(), character.readings.end(),
                     [&](std::uint16_t reading) {
                       if (reading == 0) return false;
                       const std::string& plain = table().syllable(reading).plain;
                       return may_go_on ? plain.starts_with(piece) : plain == piece;
                     });
}

bool run_reads_like(const PinyinWay& way, const std::vector<SpokenCharacter>& run) {
  for (std::size_t from = 0; from + way.pieces.size() <= run.size(); ++from) {
    std::size_t i = 0;
    while (i < way.pieces.size() && does_read(way, i, run[from + i])) ++i;
    if (i == way.pieces.size()) return true;
  }
  return false;
}

}  // namespace

std::vector<SpokenCharacter> spoken(std::string_view text, Spoken as) {
  const std::u32string points = points_of(text);
  std::vector<SpokenCharacter> characters = cut(text, points);
  read_words(points, characters);
  if (as == Spoken::person) read_surname(points, characters);
  return characters;
}

std::string toned_pinyin(std::string_view text, Spoken as) {
  return said(text, as, [](std::string& all, const SpokenCharacter& one) {
    if (!all.empty() && all.back() != ' ') all += ' ';
    all += table().syllable(one.readings[0]).toned;
  });
}

std::string full_pinyin(std::string_view text, Spoken as) {
  return said(text, as, [](std::string& all, const SpokenCharacter& one) {
    all += table().syllable(one.readings[0]).plain;
  });
}

std::string initials(std::string_view text, Spoken as) {
  return said(text, as, [](std::string& all, const SpokenCharacter& one) {
    all += initial_of(one.readings[0]);
  });
}

// A syllable ends before any letter, so that 西安 (xi an) comes before 先 (xian).
std::string pinyin_order(std::string_view text, Spoken as) {
  return said(text, as, [](std::string& all, const SpokenCharacter& one) {
    const Syllable& syllable = table().syllable(one.readings[0]);
    all += '~' + syllable.plain + ' ' + static_cast<char>('0' + syllable.tone);
    all += one.character;
  });
}

void append_initial_pairs(std::string_view run, std::vector<InitialPair>& pairs) {
  const std::u32string points = points_of(run);
  std::vector<FirstLetters> letters(points.size());
  for (std::size_t at = 0; at < points.size();) {
    letters[at] = table().first_letters(points[at]);
    const SpokenWord* word =
        letters[at].begins_word ? table().word_at(std::u32string_view(points).substr(at)) : nullptr;
    if (word == nullptr)
      ++at;
    else
      for (const std::uint16_t reading : word->readings)
        letters[at++].letters = {initial_of(reading)};
  }
  if (points.size() <= kNameCharactersMax)
    if (const SpokenWord* surname = table().surname_at(points))
      for (std::size_t i = 0; i < surname->readings.size() && i < points.size(); ++i)
        add_letter(letters[i], initial_of(surname->readings[i]));
  for (std::size_t i = 0; i + 1 < letters.size(); ++i)
    for (const char first : letters[i].letters)
      for (const char second : letters[i + 1].letters)
        if (first != 0 && second != 0) pairs.push_back({first, second});
}

std::vector<PinyinWay> pinyin_ways(std::string_view folded) {
  std::vector<PinyinWay> ways;
  constexpr std::size_t kTypedLettersMax = 64;
  const bool is_typed =
      folded.size() > 1 && folded.size() <= kTypedLettersMax &&
      std::all_of(folded.begin(), folded.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_typed) return ways;
  if (folded.find_first_not_of(kInitialLetters) == std::string_view::npos) {
    PinyinWay way{{}, true};
    for (const char letter : folded) way.pieces.emplace_back(1, letter);
    ways.push_back(std::move(way));
  }
  std::string typed(folded);
  std::replace(typed.begin(), typed.end(), 'v', 'u');  // 绿 is typed lv
  std::vector<std::string> pieces;
  std::vector<bool> dead(typed.size() + 1, false);
  add_syllable_ways(typed, pieces, dead, ways);
  return ways;
}

bool reads_like(const std::vector<PinyinWay>& ways, std::string_view folded) {
  while (!ways.empty() && !folded.empty()) {
    const std::size_t end = std::min(folded.find(' '), folded.size());
    const std::vector<SpokenCharacter> run = spoken_run(folded.substr(0, end));
    for (const PinyinWay& way : ways)
      if (run_reads_like(way, run)) return true;
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return false;
}

}  // namespace jiyao
