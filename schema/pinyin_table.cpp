// schema/pinyin_table.cpp - lines of schema/pinyin/ into tables that are asked by character.
#include "schema/pinyin_table.h"

#include <algorithm>

#include "crypto/result.h"

namespace jiyao {

namespace {

struct Vowel {
  std::string_view toned;
  char plain;
  int tone;
};
constexpr Vowel kVowels[] = {
    {"ā", 'a', 1}, {"á", 'a', 2}, {"ǎ", 'a', 3}, {"à", 'a', 4}, {"ē", 'e', 1},
    {"é", 'e', 2}, {"ě", 'e', 3}, {"è", 'e', 4}, {"ī", 'i', 1}, {"í", 'i', 2},
    {"ǐ", 'i', 3}, {"ì", 'i', 4}, {"ō", 'o', 1}, {"ó", 'o', 2}, {"ǒ", 'o', 3},
    {"ò", 'o', 4}, {"ū", 'u', 1}, {"ú", 'u', 2}, {"ǔ", 'u', 3}, {"ù", 'u', 4},
    {"ǖ", 'u', 1}, {"ǘ", 'u', 2}, {"ǚ", 'u', 3}, {"ǜ", 'u', 4}, {"ü", 'u', 0}};

Syllable syllable_of(std::string_view toned) {
  Syllable syllable{std::string(toned), {}, 0};
  while (!toned.empty()) {
    const auto* vowel = std::find_if(std::begin(kVowels), std::end(kVowels), [&](const Vowel& one) {
      return toned.starts_with(one.toned);
    });
    if (vowel == std::end(kVowels)) {
      JIYAO_ASSERT(toned.front() >= 'a' && toned.front() <= 'z');
      syllable.plain += toned.front();
      toned.remove_prefix(1);
      continue;
    }
    syllable.plain += vowel->plain;
    if (vowel->tone != 0) syllable.tone = vowel->tone;
    toned.remove_prefix(vowel->toned.size());
  }
  return syllable;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    if (end > 0) words.push_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

bool is_comment(std::string_view line) {
  return line.empty() || line.front() == '#';
}

}  // namespace

std::u32string points_of(std::string_view text) {
  std::u32string points;
  points.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (at + size > text.size() || (lead >= 0x80 && lead < 0xC2)) {
      points.push_back(0xFFFD);
      ++at;
      continue;
    }
    char32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i)
      point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    points.push_back(point);
    at += size;
  }
  return points;
}

const PinyinTable& PinyinTable::built_in() {
  static const PinyinTable table;
  return table;
}

PinyinTable::PinyinTable() {
  readings_.reserve(24000);
  for (const bool is_first : {true, false}) {
    for (const std::string_view line : kReadingLines) {
      if (is_comment(line)) continue;
      const auto words = words_of(line);
      JIYAO_ASSERT(words.size() == 2);
      const std::size_t bar = std::min(words[1].find('|'), words[1].size());
      const std::string_view others = words[1].substr(std::min(bar + 1, words[1].size()));
      add(is_first ? words[1].substr(0, bar) : others, number_of(words[0]), is_first);
    }
  }
  load_words(kWordLines, words_);
  load_words(kSurnameLines, surnames_);
  for (char32_t i = 0; i < kCommon; ++i) common_.push_back(worked_out(kFirstCommon + i));
}

FirstLetters PinyinTable::worked_out(char32_t character) const {
  FirstLetters first;
  first.begins_word = words_.contains(character);
  const Readings* all = readings(character);
  if (all == nullptr) return first;
  auto* next = first.letters.begin();
  for (const std::uint16_t reading : *all) {
    const char letter = reading == 0 ? '\0' : syllable(reading).plain.front();
    if (letter != '\0' && std::find(first.letters.begin(), next, letter) == next) *next++ = letter;
  }
  return first;
}

std::uint16_t PinyinTable::number_of(std::string_view toned) {
  const auto [found, is_new] = numbers_.try_emplace(std::string(toned), 0);
  if (!is_new) return found->second;
  found->second = static_cast<std::uint16_t>(syllables_.size());
  syllables_.push_back(syllable_of(toned));
  const std::string& plain = syllables_.back().plain;
  for (std::size_t size = 1; size < plain.size(); ++size)
    plain_.try_emplace(plain.substr(0, size), false);
  plain_[plain] = true;
  return found->second;
}

void PinyinTable::add(std::string_view characters, std::uint16_t reading, bool is_first) {
  for (const char32_t point : points_of(characters)) {
    Readings& readings = readings_[point];
    auto* free = std::find(readings.begin(), readings.end(), std::uint16_t{0});
    JIYAO_ASSERT(!is_first || free == readings.begin());
    if (free != readings.end()) *free = reading;
  }
}

// A word of one character says what its usual reading is.
void PinyinTable::load_words(std::span<const std::string_view> lines, Words& words) {
  const bool is_surnames = &words == &surnames_;
  for (const std::string_view line : lines) {
    if (is_comment(line)) continue;
    const auto parts = words_of(line);
    SpokenWord word{points_of(parts[0]), {}};
    JIYAO_ASSERT(parts.size() == word.characters.size() + 1);
    for (std::size_t i = 0; i < word.characters.size(); ++i)
      word.readings.push_back(parts[i + 1] == "-" ? readings_.at(word.characters[i])[0]
                                                  : number_of(parts[i + 1]));
    if (word.characters.size() > 1 || is_surnames) {
      words[word.characters[0]].push_back(std::move(word));
      continue;
    }
    Readings& readings = readings_.at(word.characters[0]);
    auto* at = std::find(readings.begin(), readings.end(), word.readings[0]);
    if (at == readings.end()) at = readings.end() - 1;
    *at = word.readings[0];
    std::rotate(readings.begin(), at, at + 1);
  }
}

const SpokenWord* PinyinTable::at(const Words& words, std::u32string_view rest) {
  const auto found = rest.empty() ? words.end() : words.find(rest.front());
  if (found == words.end()) return nullptr;
  const SpokenWord* longest = nullptr;
  for (const SpokenWord& word : found->second)
    if (rest.starts_with(word.characters) &&
        (longest == nullptr || word.characters.size() > longest->characters.size()))
      longest = &word;
  return longest;
}

const Readings* PinyinTable::readings(char32_t character) const {
  const auto found = readings_.find(character);
  return found == readings_.end() ? nullptr : &found->second;
}

bool PinyinTable::is_syllable(const std::string& plain) const {
  const auto found = plain_.find(plain);
  return found != plain_.end() && found->second;
}

bool PinyinTable::begins_syllable(const std::string& plain) const {
  return plain_.contains(plain);
}

}  // namespace jiyao
