"""Findings of one compartment, from the merged states of its records (docs/checking.md)."""

import re
import struct
from collections import defaultdict

from conditions import LEVELS, is_date
from encoding import digest
from folding import folded
from groups import CONFLICT, FLAGGED, INCIDENT
from ledgers import once_each
from terms import Terms

CLASH, TASK, HOLD = 2, 3, 4
MARKED = {FLAGGED: TASK, CONFLICT: 5, INCIDENT: 1}
CLASSES = {code: letter for letter, codes in {
    "n": "A5 C2 N1 N5 N9 N13 R2 S1", "q": "C1 C6 N2 N10 N11 P6 R7 R16 S2 S4 U2",
    "f": "C9 N7 S3 U1"}.items() for code in codes.split()}


class Row:
    def __init__(self, record, ledger, state):
        self.record, self.id, self.ledger, self.state = record, record.hex(), ledger, state
        self.terms = Terms(ledger, state)

    def own(self, ref, word):
        return None if ref else self.terms.words(word)

    def says(self, condition):
        return condition.holds(self.own, own_only=True) is True

    def shown(self, column):
        return self.terms.shown(column)

    def held(self, column):
        return self.terms.held(column)

    def cited(self, column):
        return self.terms.values(column)

    def all_cited(self):
        return once_each(i for f in self.ledger.fields.values() if f.type == "ref"
                         for i in self.cited(f.name))

    # --- claims --------------------------------------------------------------------------------

    def unique_claim(self, key):
        values = [self.shown(name) for name in key.fields]
        if any(not v and n != "series_name" for n, v in zip(key.fields, values)):
            return None
        if key.when.holds(self.own, own_only=True) is False:
            return None
        return ":".join(["u", self.ledger.name] + [folded(v) for v in values])

    def copies(self, key):
        return ["x:" + i for i in self.cited(key.column)] if self.says(key.when) else []

    def barred(self, bar):
        if not self.says(bar.when):
            return []
        return [f"b:{bar.name}:{folded(v)}" for v in self.cited(bar.column)]

    def is_open(self):
        if self.ledger.open is not None:
            return self.says(self.ledger.open)
        return any(self.copies(key) for key in self.ledger.exclusive)

    def number(self, rule):
        """(series, n, year), or None."""
        found = re.fullmatch(r"([0-9]{4})-([0-9]{1,9})", self.shown(rule.column))
        if not found:
            return None
        series = "/".join(self.shown(name) for name in rule.series)
        return (f"s:{self.ledger.name}:{series}:{found[1]}", int(found[2]), found[1])

    def states_before(self):
        states = self.ledger.states
        now = states.get(self.state.state)
        before = [states[name] for name in self.state.passed] if now else []
        return sorted((s for s in before if not s.is_end and s.rank < now.rank),
                      key=lambda s: -s.rank)


class Finding:
    def __init__(self, code, kind, subject, rows, changes, letter):
        self.code, self.kind, self.subject, self.letter = code, kind, subject, letter
        self.records = sorted({row.record for row in rows})
        self.changes = sorted(set(changes))
        self.shown, self.keeps = "", ""
        self.id = digest("finding", code.encode(), struct.pack("<Q", kind), subject.encode(),
                         *self.changes)

    def told(self):
        return [self.id.hex(), self.code, self.kind, self.letter, self.subject,
                [r.hex() for r in self.records], [c.hex() for c in self.changes], self.shown,
                self.keeps]


class Check:
    def __init__(self, ledgers, rows, level, clearances):
        self.level, self.clearances = level, clearances
        self.rows = sorted(rows, key=lambda row: row.record)
        self.by_id = {row.id: row for row in self.rows}
        self.classes = {code: made["class"] for ledger in ledgers.values()
                        for code, made in ledger.findings.items()} | CLASSES
        self.found = {}
        self.copies, self.bars = defaultdict(list), defaultdict(list)
        self.unique, self.numbers = defaultdict(list), defaultdict(list)
        self.citing, self.series, self.rulings = defaultdict(list), {}, defaultdict(list)
        for row in self.rows:
            self._enter(row)

    def _enter(self, row):
        ledger = row.ledger
        for key in ledger.exclusive:
            for claim in row.copies(key):
                self.copies[claim].append((row, key))
        for n, rule in enumerate(ledger.numbers):
            number = row.number(rule)
            if number:
                self.numbers[ledger.name, n, number[:2]].append(row)
        if row.is_open():
            for cited in row.all_cited():
                self.citing[cited].append(row)
        if ledger.name == "series":
            words = [row.shown(c) for c in ("of_ledger", "series_name", "year")]
            self.series.setdefault(":".join(["s"] + words), row)
        if row.state.is_closed:
            return
        for n, key in enumerate(ledger.unique):
            claim = row.unique_claim(key)
            if claim:
                self.unique[n, claim].append(row)
        for bar in ledger.bars:
            for claim in row.barred(bar):
                self.bars[claim].append((row, bar))
        if ledger.settles and row.says(ledger.settles.when):
            self.rulings[row.shown(ledger.settles.column)].append(set(row.all_cited()))

    def run(self):
        for row in self.rows:
            if row.state.is_closed:
                continue
            for judge in (self._inside, self._late_and_apart, self._duplicates, self._exclusive,
                          self._numbers, self._waits, self._rules, self._bars, self._recall):
                judge(row)
        return [f for _, f in sorted(self.found.items()) if f.kind == HOLD or not self._is_ruled(f)]

    def _is_ruled(self, finding):
        named = {record.hex() for record in finding.records}
        return any(named <= cited for cited in self.rulings.get(finding.id.hex(), []))

    def _add(self, code, kind, subject, rows, changes):
        letter = self.classes.get(code, "f" if kind == 1 else "q")
        finding = Finding(code, kind, subject, rows, changes, letter)
        return self.found.setdefault(finding.id, finding)

    # --- one record ----------------------------------------------------------------------------

    @staticmethod
    def _overrules(ledger, state):
        """A decision is shown and another one, that it excludes, is listed beside it."""
        return state.value in ledger.decisions and any(
            value != state.value and value in ledger.decisions for _, value in state.held)

    def _inside(self, row):
        for name, held in row.state.groups.items():
            group = row.ledger.groups[name]
            is_state = group.kind == "state" and held.mark == FLAGGED
            goes_back = is_state and row.ledger.states[held.value].sends_back
            overrules = is_state and self._overrules(row.ledger, held)
            is_told = name == "level" or goes_back or overrules
            if not held.mark or (held.mark == FLAGGED and not is_told):
                continue
            flagged = "A5" if overrules else "R16"
            by_kind = {"state": {INCIDENT: "S3", CONFLICT: "S2", FLAGGED: flagged}.get(held.mark),
                       "custody": "U1"}
            code = (by_kind.get(group.kind) or {"level": "C1", "term": "C6"}.get(name)
                    or ("fixed" if held.mark == INCIDENT else "value"))
            self._add(code, MARKED[held.mark], f"{row.id}:{name}", [row], [i for i, _ in held.held])
        level = row.state.level
        if level and LEVELS.index(level) > LEVELS.index(self.level):
            self._add("C9", HOLD, row.id, [row], row.held("level"))

    def _late_and_apart(self, row):
        for late in row.state.late:
            for name, held in row.state.groups.items():
                code = row.ledger.groups[name].late
                if code and late in [i for i, _ in held.held]:
                    self._add(code, TASK, row.id, [row], [late])
        for name, a, b, is_same in row.state.apart:
            code = row.ledger.groups[name].apart.get("same" if is_same else "differs")
            if code:
                self._add(code, TASK, f"{row.id}:{name}", [row], [a, b])

    # --- two records ---------------------------------------------------------------------------

    def _duplicates(self, row):
        for n, key in enumerate(row.ledger.unique):
            claim = row.unique_claim(key)
            for other in self.unique.get((n, claim), []) if claim else []:
                if other is not row and not self._are_distinct(row, other, key):
                    code = self._code_of_duplicates(row, other, key)
                    self._add(code, CLASH, claim, [row, other],
                              [i for one in (row, other) for c in key.fields for i in one.held(c)])

    @staticmethod
    def _are_distinct(a, b, key):
        if key.distinct is None:
            return False
        group = a.ledger.group_of[key.distinct].name
        said = [{v for _, v in one.state.groups[group].held} if group in one.state.groups else set()
                for one in (a, b)]
        return bool(said[0] and said[1] and not said[0] & said[1])

    @staticmethod
    def _code_of_duplicates(a, b, key):
        if any(a.shown(c) != b.shown(c) for c in key.apart):
            return key.apart_finding
        differ = any(a.shown(c) != b.shown(c) for c in key.fields)
        return "N10" if key.finding == "N2" and differ else key.finding

    def _exclusive(self, row):
        for key in row.ledger.exclusive:
            for claim in row.copies(key):
                for other, theirs in self.copies[claim]:
                    if other is row:
                        continue
                    code = max(key.words.get(other.ledger.name, ""),
                               theirs.words.get(row.ledger.name, ""))
                    code = code or max(key.finding, theirs.finding)
                    is_fact = (self.classes.get(code) == "f" or row.state.is_end
                               or other.state.is_end)
                    finding = self._add(code, 1 if is_fact else TASK, claim, [row, other],
                                        row.held("state") + other.held("state"))
                    if is_fact:
                        finding.letter = "f"

    def _bars(self, row):
        for bar in row.ledger.bars:
            for claim in row.barred(bar):
                for other, theirs in self.bars[claim]:
                    if other is row or bool(bar.finding) == bool(theirs.finding):
                        continue
                    self._add(bar.finding or theirs.finding, TASK, claim, [row, other],
                              row.held(bar.column) + other.held(theirs.column))

    # --- numbers -------------------------------------------------------------------------------

    def _numbers(self, row):
        for n, rule in enumerate(row.ledger.numbers):
            number = row.number(rule)
            if not number:
                continue
            series, value, year = number
            for other in self.numbers[row.ledger.name, n, (series, value)]:
                if other is not row:
                    self._clash(row, other, rule, series, value)
            if not self._owns(row, rule, series, value):
                self._add("N5", TASK, series, [row], row.held(rule.column))
            day = row.shown(rule.year_of) if rule.year_of else ""
            if (is_date(day) or len(day.encode()) == 4) and day[:4] != year:
                self._add("N9", TASK, row.id, [row], row.held(rule.column))

    def _clash(self, row, other, rule, series, value):
        printed = [rule.printed is not None and one.says(rule.printed) for one in (row, other)]
        finding = self._add(rule.finding, CLASH, f"{series}:{value}", [row, other],
                            row.held(rule.column) + other.held(rule.column))
        if any(printed) or row.state.is_end or other.state.is_end:
            finding.letter = "q"
        if all(printed):
            finding.letter = "f"
        owners = [one for one in (row, other) if self._owns(one, rule, series, value)]
        finding.keeps = owners[0].id if len(owners) == 1 else ""

    def _owns(self, row, rule, series, value):
        granting = self.series.get(series)
        blocks = granting.state.groups.get("blocks") if granting else None
        if blocks is None:
            return False
        columns = granting.ledger.fields
        group = granting.ledger.groups["blocks"]
        written = {row.state.authors[i].incarnation.hex() for i in row.held(rule.column)}
        for _, entry in blocks.held:
            owner, first, last = (group.field_value(columns["block_" + c], entry)
                                  for c in ("incarnation", "first", "last"))
            if owner in written and first.isdigit() and last.isdigit() \
                    and int(first) <= value <= int(last):
                return True
        return False

    # --- what waits ----------------------------------------------------------------------------

    def _waits(self, row):
        if row.state.is_held_back:
            self._add("S1", TASK, row.id, [row], [])
        to = row.ledger.states.get(row.state.state)
        steps = [s for s in row.ledger.steps if to and s["to"] == to.name and s.get("clear_of")]
        meeting = self.citing.get(row.id, []) + [
            other for key in row.ledger.exclusive for claim in row.copies(key)
            for other, _ in self.copies[claim]]
        names = {name for step in steps for name in step["clear_of"]}
        kept_by = [other for other in meeting if other is not row and other.ledger.name in names]
        if not kept_by:
            return
        hold = self._add("S1", HOLD, row.id + ":state", [row] + kept_by, row.held("state"))
        before = row.states_before()
        lower = [s for step in steps for s in row.ledger.leading(step) if s.rank < to.rank]
        best = before[0] if before else max(lower, key=lambda s: s.rank, default=None)
        hold.shown = best.name if best else ""

    def _look(self, row, state):
        def look(ref, word):
            if not ref:
                if word == "state":
                    return [state] if state else []
                return row.terms.words(word)
            said = []
            for cited in row.cited(ref):
                if cited not in self.by_id:
                    return None
                said += self.by_id[cited].terms.words(word)
            return said
        return look

    @staticmethod
    def _is_broken(rule, look):
        return rule.when.holds(look) is True and rule.must.holds(look) is False

    def _rules(self, row):
        for rule in [] if row.state.is_void else row.ledger.rules:
            if not self._is_broken(rule, self._look(row, row.state.state)):
                continue
            refs = {ref for c in rule.when.clauses() + rule.must.clauses()
                    for ref in (c.ref, c.right_ref) if ref}
            cited = [self.by_id[i] for ref in refs for i in row.cited(ref) if i in self.by_id]
            changes = [i for c in rule.must.clauses() if not c.ref
                       for i in row.held(re.sub(r"\w+\((\w+)\)", r"\1", c.field))]
            subject = f"{row.id}:{'state' if rule.kind == HOLD else rule.code}"
            finding = self._add(rule.code, rule.kind, subject, [row] + cited, changes)
            if rule.kind == HOLD:
                before = row.states_before()
                kept = [s for s in before if not self._is_broken(rule, self._look(row, s.name))]
                finding.shown = (kept[:1] or before[-1:])[0].name if before else ""

    def _recall(self, row):
        if not row.is_open():
            return
        papers = [self.by_id[row.shown(f.name)] for f in row.ledger.fields.values()
                  if f.type == "ref" and row.shown(f.name) in self.by_id]
        papers = [paper for paper in papers if paper.state.level]
        if not papers:
            return
        highest = max(LEVELS.index(paper.state.level) for paper in papers)
        cleared = self.clearances.get(row.shown("borrower"))
        is_beyond = cleared is not None and LEVELS.index(cleared) < highest
        if not is_beyond and highest <= LEVELS.index(self.level):
            return
        finding = self._add("C2", 1 if is_beyond else TASK, row.id, [row] + papers,
                            [i for paper in papers for i in paper.held("level")])
        if is_beyond:
            finding.letter = "f"


def check(ledgers, rows, level, clearances):
    return Check(ledgers, rows, level, clearances).run()
