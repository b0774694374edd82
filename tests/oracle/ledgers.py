"""Ledger definitions (schema/ledgers/*.json) as docs/ledgers.md says they read."""

import json
import pathlib
import re

from conditions import Condition
from encoding import Malformed, unpack_fields

LEVELS = ["public", "internal", "secret", "highly_secret", "top_secret"]
ROLES = ["intake_clerk", "confidential_clerk", "records_keeper", "secretary", "office_director",
         "deputy_director", "leader", "top_leader", "classification_authority", "handler",
         "archivist", "central_archivist", "secrecy_officer", "sys_admin", "sec_admin", "auditor",
         "registrar", "print_shop", "seal_keeper", "supervision_office", "duty_officer",
         "info_office", "cipher_bureau"]


def roles(names):
    return sum(1 << ROLES.index(name) for name in names.split())


class State:
    def __init__(self, name, text):
        rank, label = text.split(" ", 1)
        words = label.split(" ")
        self.name, self.rank = name, int(rank)
        self.is_void, self.sends_back = "void" in words[1:], "back" in words[1:]
        self.is_end = words[0].endswith("*")


class Field:
    def __init__(self, name, made):
        self.name = name
        self.type, _, rest = made["type"].partition(" ")
        words = rest.split(" ") if self.type == "enum" else []
        self.choices = [word.rstrip("*") for word in words]
        self.home = made.get("home", "")
        self.ends = {word.rstrip("*") for word in words if word.endswith("*")}


class Group:
    def __init__(self, name, kind):
        self.name, self.kind, self.fields = name, kind, []
        self.writers = self.lowered_by = 0
        self.locked_from = self.by_signer = self.late = self.apart = self.moves = None
        self.by_owner = self.by_authority = self.removal_wins = False
        self.binds = []

    def take(self, field, made):
        self.fields.append(field)
        self.writers |= roles(made.get("writer", ""))
        self.lowered_by |= roles(made.get("lowered_by", ""))
        self.locked_from = made.get("locked_from", self.locked_from)
        self.by_signer = made.get("by_signer", self.by_signer)
        self.late = made.get("late", self.late)
        self.apart = made.get("apart", self.apart)
        self.moves = made.get("moves", self.moves)
        self.by_owner |= made.get("by_owner", False)
        self.by_authority |= made.get("by_authority", False)
        self.removal_wins |= made.get("removal") == "wins"
        self.binds = made.get("binds", self.binds)

    def field_value(self, field, value):
        if len(self.fields) == 1 or not value:
            return value
        try:
            return unpack_fields(value).get(field.name, "")
        except Malformed:
            return ""


class Rule:
    """One key, bar, rule, number or ruling of a ledger: the column it is about, and when."""

    KINDS = {"incident": 1, "clash": 2, "task": 3, "hold": 4}

    def __init__(self, ledger, made, column="", when=""):
        self.column, self.when = made.get(column), Condition(made.get(when, ""), ledger)
        self.fields, self.distinct = made.get("fields", []), made.get("distinct")
        self.apart, self.apart_finding = made.get("apart", []), made.get("apart_finding")
        self.finding, self.words = made.get("finding", ""), made.get("with", {})
        self.name, self.year_of = made.get("as"), made.get("year_of")
        self.series = made.get("series", "").split()
        self.printed = Condition(made["printed"], ledger) if "printed" in made else None
        self.must = Condition(made.get("must", ""), ledger)
        self.code, self.kind = made.get("code"), self.KINDS.get(made.get("then"))


class Ledger:
    def __init__(self, made):
        self.name = made["ledger"]
        self.states = {name: State(name, text) for name, text in made["states"].items()}
        self.groups, self.fields = {}, {}
        for name, field in made["fields"].items():
            self.fields[name] = Field(name, field)
            group = self.groups.setdefault(field.get("group", name),
                                           Group(field.get("group", name), field["kind"]))
            group.take(self.fields[name], field)
        if self.states:
            self.groups["state"] = Group("state", "state")
        self.group_of = {f.name: g for g in self.groups.values() for f in g.fields}
        self.steps = made["steps"]
        self.guards = {}
        for step in self.steps:
            self.guards.setdefault(step["to"], []).append(Condition(step.get("when", ""), self))
        senior = made.get("seniority", {"states": [], "by": ""})
        self.decisions, self._juniors_first = senior["states"], senior["by"].split()
        self._reach = {name: self._reachable(name) for name in self.states}
        self.findings = made.get("findings", {})
        self._take_rules(made)

    def _take_rules(self, made):
        def each(what, column, when):
            return [Rule(self, one, column, when) for one in made.get(what, [])]
        self.unique = each("unique", "", "when")
        self.exclusive = each("exclusive", "key", "while")
        self.bars = each("bars", "key", "while")
        self.numbers = each("numbers", "field", "")
        for number in self.numbers:
            number.finding = number.finding or "N1"
        self.rules = each("rules", "", "if")
        self.open = Condition(made["open"], self) if "open" in made else None
        self.settles = None
        if "settles" in made:
            self.settles = Rule(self, made["settles"], "finding", "while")

    def leading(self, step):
        """The states a step leads from; `*` is any that is no end."""
        return [s for s in self.states.values() if s.name in step["from"]
                or ("*" in step["from"] and not s.is_end and s.name != step["to"])]

    def _next(self, name):
        for step in self.steps:
            # `*` is any that is no end.
            if name in step["from"] or ("*" in step["from"] and not self.states[name].is_end):
                yield step["to"]

    def _reachable(self, name):
        found, unvisited = set(), [name]
        while unvisited:
            for after in self._next(unvisited.pop()):
                if after not in found:
                    found.add(after)
                    unvisited.append(after)
        return found

    def seniority(self, bits):
        """Place of somebody with these roles among those who decide; 0: none."""
        return max((i + 1 for i, name in enumerate(self._juniors_first) if bits & roles(name)),
                   default=0)

    def reaches(self, before, after):
        return after in self._reach[before]


def once_each(values):
    return sorted(set(values), key=str.encode)


def read_all(folder):
    ledgers = [Ledger(json.loads(path.read_text(encoding="utf-8")))
               for path in sorted(pathlib.Path(folder).glob("*.json"))]
    return {ledger.name: ledger for ledger in ledgers}


def is_canonical(field, value):
    """Can a severity, latest or earliest group compare such a value at all?"""
    shapes = {"int": r"0|-?[1-9][0-9]*", "date": r"\d{4}-\d\d-\d\d",
              "stamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d",
              "term": r"[1-9][0-9]*[ym]|\d{4}-\d\d-\d\d|until:.+"}
    if field.type == "level":
        return value in LEVELS
    if field.type == "enum":
        return value in field.choices
    return field.type in shapes and re.fullmatch(shapes[field.type], value) is not None


def term_key(text):
    if re.fullmatch(r"[1-9][0-9]*[ym]", text):
        return "length", int(text[:-1]) * (12 if text[-1] == "y" else 1)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return "day", text
    return "until " + text, 0


def compare(field, a, b):
    """-1, 0, 1 by the definition's order; None: nobody can compare these."""
    if a == b:
        return 0
    if field.type == "term":
        (kind_a, key_a), (kind_b, key_b) = term_key(a), term_key(b)
        if kind_a != kind_b:
            return None
    elif not a or not b:
        return None
    elif field.type == "level":
        key_a, key_b = LEVELS.index(a), LEVELS.index(b)
    elif field.type == "enum":
        key_a, key_b = field.choices.index(a), field.choices.index(b)
    elif field.type == "int":
        key_a, key_b = int(a), int(b)
    else:
        key_a, key_b = a, b
    return (key_a > key_b) - (key_a < key_b)
