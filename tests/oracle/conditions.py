"""The small language of conditions (docs/ledgers.md).

`look(ref, word)` gives what a word stands for, a list of texts; with a ref, what the records cited
there say; None: one of them is not held. An answer is True, False, or None: it does not speak.
"""

import datetime
import re

LEVELS = ["public", "internal", "secret", "highly_secret", "top_secret"]
YEARS_MAX = {"secret": 10, "highly_secret": 20, "top_secret": 30}
TERM = re.compile(r"(values|ever|writers|signers|out|sum|ends)\((\w+)\)")
LIST_MARK = "\x1f"


def is_date(text):
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(
            datetime.date.fromisoformat(text))
    except ValueError:
        return False


def months_of(term):
    """Of "10y" or "6m"; None: no length."""
    if not re.fullmatch(r"[1-9]\d{0,2}[ym]", term):
        return None
    return int(term[:-1]) * (12 if term[-1] == "y" else 1)


def is_term(text):
    return months_of(text) is not None or is_date(text) or re.fullmatch("until:.+", text)


def term_end(term, dated_on):
    """The last day of a term, as far as it can be told; a day that month lacks: the one before."""
    if is_date(term):
        return term
    if months_of(term) is None or not is_date(dated_on):
        return ""
    year, month, day = (int(part) for part in dated_on.split("-"))
    month += months_of(term) - 1
    year, month = year + month // 12, month % 12 + 1
    while day > 0 and not is_date(f"{year:04}-{month:02}-{day:02}"):
        day -= 1
    return f"{year:04}-{month:02}-{day:02}"


def _days_later(value, days):
    if not days or not is_date(value[:10]):
        return value
    return (datetime.date.fromisoformat(value[:10]) + datetime.timedelta(days=days)).isoformat()


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


def _split(word):
    ref, dot, name = word.partition(".")
    return (ref, name) if dot else ("", word)


class Clause:
    def __init__(self, text, names):
        words = text.split()
        self.ref, self.field = _split(words[0])
        rest = words[1:]
        self.days, self.working_days = 0, False
        if len(rest) >= 2 and rest[-2] == "+":
            self.working_days = rest[-1].endswith("wd")
            self.days = int(rest[-1].rstrip("wd"))
            rest = rest[:-2]
        self.negated = "not" in rest
        rest = [word for word in rest if word != "not"]
        self.verb, self.words = rest[0], rest[1:]
        self.right_ref, self.right = "", None
        ref, name = _split(self.words[0])
        if len(self.words) == 1 and (TERM.fullmatch(name) or (ref or name) in names):
            self.right_ref, self.right = ref, name
        self.asks_cited = bool(self.ref or self.right_ref)

    def _right(self, look):
        """What stands on the right, one text; None: not held."""
        if self.right is None:
            return self.words[0]
        values = look(self.right_ref, self.right)
        return None if values is None else LIST_MARK.join(values)

    def holds(self, look):
        left = look(self.ref, self.field)
        if left is None:
            return None
        if self.verb == "is" and self.words[0] in ("set", "empty") and not self.negated:
            return bool(left) == (self.words[0] == "set")
        right = self._right(look) if self.verb != "in" else ""
        if right is None:
            return None
        if self.verb in ("within", "exclude"):
            return self._compare_lists(left, right)
        if self.working_days:
            return None
        if TERM.fullmatch(self.field) and not self.field.startswith(("sum", "ends")):
            left = [str(len(left))]
        right = _days_later(right, self.days)
        return all(self._holds_of(one, right) for one in left or [""])

    def _compare_lists(self, left, right):
        if self.verb == "within" and right in LEVELS and len(left) == 1 and is_term(left[0]):
            months = months_of(left[0])
            return months is None or right not in YEARS_MAX or months <= YEARS_MAX[right] * 12
        others = right.split(LIST_MARK) if right else []
        return all((one in others) == (self.verb == "within") for one in left)

    def _holds_of(self, value, right):
        if self.verb == "in":
            return (value in self.words) != self.negated
        if self.verb == "is":
            return (value == right) != self.negated
        order = compare_values(value, right)
        return order is not None and {"<": order < 0, "<=": order <= 0, ">": order > 0,
                                      ">=": order >= 0}[self.verb]


class Condition:
    """Alternatives of clauses: `or` begins another way to hold."""

    def __init__(self, text, ledger):
        names = set(ledger.fields) | set(ledger.groups)
        self.ways = [[Clause(clause, names) for clause in way.split(" and ")]
                     for way in text.split(" or ")] if text else [[]]

    def clauses(self):
        return [clause for way in self.ways for clause in way]

    def holds(self, look, own_only=False):
        """`own_only`: as if clauses that ask a cited record were not there."""
        answers = []
        for way in self.ways:
            said = [clause.holds(look) for clause in way if not own_only or not clause.asks_cited]
            answers.append(False if False in said else None if None in said else True)
        return True if True in answers else None if None in answers else False

    def fails(self, look):
        """Is it certain that no alternative holds, asked of the row itself?"""
        return self.holds(look, own_only=True) is False
