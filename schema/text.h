// schema/text.h - text as it is stored, and as it is shown.
//
// Stored text is UTF-8, in Unicode normal form C, without U+0000 (SQLite and C end at it); nothing
// else is forbidden in storage, because an old register holds what it holds. Shown text is made
// harmless for a terminal. Tables are those of utf8proc. All calls are pure and never fail.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jiyao {

/// Well-formed UTF-8: shortest forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);
/// What every archive accepts as text: is_utf8, in NFC, no U+0000.
bool is_canonical_text(std::string_view text);
/// The canonical form of what a person typed or a file held; nullopt if it is not UTF-8 or holds
/// U+0000.
std::optional<std::string> to_canonical_text(std::string_view text);
/// A ledger, group or field name: [a-z0-9_], 1..kNameBytesMax bytes.
bool is_name(std::string_view text);

/// Columns a terminal needs: 2 for East Asian wide and full width, 0 for combining marks, 1 for the
/// rest (ambiguous included). Of well-formed text that passed terminal_safe().
std::size_t display_width(std::string_view text);
/// Nothing in the result moves the cursor, colours, rings or reverses the reading order: controls,
/// bidirectional and invisible characters, line separators and code points no font can show are
/// spelt `\u{202E}` (newline `\n`, tab `\t`), a byte that is no UTF-8 as U+FFFD.
std::string terminal_safe(std::string_view text);
/// terminal_safe() of each line; the line ends stay.
std::string safe_lines(std::string_view text);
/// The longest start of terminal-safe `text` that needs at most `columns`, "…" marking a cut.
std::string cut_to_width(std::string_view text, std::size_t columns);

}  // namespace jiyao
