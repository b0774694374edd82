"""The small language of conditions (docs/ledgers.md), as far as a row is asked about itself.

A clause on a cited record, or with working days, does not speak here.
"""

import datetime
import re

LEVELS = ["public", "internal", "secret", "highly_secret", "top_secret"]
TERM = re.compile(r"(values|ever|writers|signers|out|sum)\((\w+)\)")


def _days_later(value, days):
    day = datetime.date.fromisoformat(value[:10]) + datetime.timedelta(days=days)
    return day.isoformat() + value[10:]


def compare_values(a, b):
    """Numbers as numbers, levels by rank, days and moments by time (a day and a moment of it as
    days), equal texts as equal; None: not comparable."""
    if a == b:
        return 0
    if re.fullmatch(r"-?\d+", a) and re.fullmatch(r"-?\d+", b):
        return (int(a) > int(b)) - (int(a) < int(b))
    if a in LEVELS and b in LEVELS:
        return LEVELS.index(a) - LEVELS.index(b)
    if re.match(r"\d{4}-\d\d-\d\d", a) and re.match(r"\d{4}-\d\d-\d\d", b):
        size = min(len(a), len(b))
        return (a[:size] > b[:size]) - (a[:size] < b[:size])
    return None


class Clause:
    def __init__(self, text, names):
        words = text.split()
        self.subject, rest = words[0], words[1:]
        self.days, self.working_days = 0, False
        if len(rest) >= 2 and rest[-2] == "+":
            self.working_days = rest[-1].endswith("wd")
            self.days = int(rest[-1].rstrip("wd"))
            rest = rest[:-2]
        self.negated = "not" in rest
        rest = [word for word in rest if word != "not"]
        self.verb, self.words = rest[0], rest[1:]
        self.asks_cited = "." in self.subject or any(
            "." in word and word.split(".")[0] in names for word in self.words)
        self.right_is_field = len(self.words) == 1 and (
            self.words[0] in names or TERM.fullmatch(self.words[0]) is not None)

    def _right(self, look):
        value = look(self.words[0]) if self.right_is_field else [self.words[0]]
        if self.days and value and value[0]:
            value = [_days_later(value[0][:10], self.days)]
        return value

    def holds(self, look):
        """True, False, or None: does not speak."""
        if self.asks_cited or self.working_days:
            return None
        left = look(self.subject)
        if self.verb == "is" and self.words[0] == "set":
            return bool(left)
        if self.verb == "is" and self.words[0] == "empty":
            return not left
        if self.verb == "in":
            return all((one in self.words) != self.negated for one in left or [""])
        right = self._right(look)
        if self.verb == "within":
            return all(one in right for one in left)
        if self.verb == "exclude":
            return not any(one in right for one in left)
        if self.verb == "is":
            other = right[0] if right else ""
            return all((one == other) != self.negated for one in left or [""])
        return self._ordered(left, right)

    def _ordered(self, left, right):
        if TERM.fullmatch(self.subject) and not self.subject.startswith("sum"):
            left = [str(len(left))]
        if self.right_is_field and TERM.fullmatch(self.words[0]):
            right = [str(len(right))]
        other = right[0] if right else ""
        answers = [compare_values(one, other) for one in left or [""]]
        if any(answer is None for answer in answers):
            return False
        test = {"<": lambda c: c < 0, "<=": lambda c: c <= 0, ">": lambda c: c > 0,
                ">=": lambda c: c >= 0}[self.verb]
        return all(test(answer) for answer in answers)


class Condition:
    """Alternatives of clauses: `or` begins another way to hold."""

    def __init__(self, text, ledger):
        names = set(ledger.fields) | set(ledger.groups)
        self.ways = [[Clause(clause, names) for clause in way.split(" and ")]
                     for way in text.split(" or ")] if text else []

    def fails(self, look):
        """Is it certain that no alternative holds? Clauses that do not speak decide nothing."""
        if not self.ways:
            return False
        return all(any(clause.holds(look) is False for clause in way) for way in self.ways)
