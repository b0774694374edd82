"""Numbers and names as a clerk reads them (docs/checking.md, "Folded")."""

import unicodedata


def _is_digit(text):
    return len(text) == 1 and "0" <= text <= "9"


def _is_ascii_word(text):
    return _is_digit(text) or (len(text) == 1 and "a" <= text <= "z")


def _is_mark(letter):
    point = ord(letter)
    if point < 0x80:
        return not _is_ascii_word(letter)
    return (0x2000 <= point <= 0x206F or 0x2500 <= point <= 0x257F or point == 0x2212
            or (0x3000 <= point <= 0x303F and not 0x3005 <= point <= 0x3007))


def folded(text):
    key, is_after_mark = "", False
    for letter in unicodedata.normalize("NFKC", text.casefold()):
        if _is_mark(letter):
            is_after_mark = True
            continue
        if _is_digit(letter) and key.endswith("第"):
            key, is_after_mark = key[:-1], True
        if is_after_mark and _is_ascii_word(letter) and _is_ascii_word(key[-1:]):
            key += "|"
        if _is_digit(letter) and key.endswith("0") and not _is_digit(key[-2:-1]):
            key = key[:-1]
        key, is_after_mark = key + letter, False
    return key[:-1] if key.endswith("号") and _is_digit(key[-2:-1]) else key
