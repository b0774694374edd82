"""The changes of one record -> what it shows. Written from docs/ledgers.md, docs/merging.md and
docs/formats.md; the engine's sync/merge.cpp was not translated and must agree all the same."""

from graph import Graph
from groups import CONFLICT, FLAGGED, INCIDENT, GroupMerge
from ledgers import LEVELS, is_canonical
from terms import Terms


class RecordState:
    def __init__(self):
        self.groups, self.state = {}, ""
        self.is_closed = self.is_frozen = self.is_held_back = False
        self.is_void = self.is_end = self.has_conflict = False
        self.late, self.apart, self.level, self.authors = [], [], None, {}
        self.passed = set()  # states it was ever put into
        self.heads, self.applied, self.quarantined = [], [], []
        self.transparent, self.pending = [], []


def can_take(ledger, change):
    """Does this ledger know every group, and can it do something with every value?"""
    for name, value in change.writes:
        group = ledger.groups.get(name)
        if group is None or group.kind == "computed":
            return False
        takes_back = group.kind == "set" and not value
        if (change.kind == "withdraw") != takes_back:
            return False
        if group.kind == "state" and value not in ledger.states:
            return False
        if (group.kind in ("severity", "latest", "earliest")
                and not is_canonical(group.fields[0], value)):
            return False
    return True


class Merge:
    def __init__(self, ledger, changes):
        self.ledger = ledger
        self.graph = Graph(changes, lambda change: can_take(ledger, change))
        self.merges = {}
        self.closes = [i for i in self.graph.applied if self.graph.effect[i] == "counts"
                       and self.graph.nodes[i].change.kind == "close"]
        self.locks = []

    def run(self):
        state = RecordState()
        graph = self.graph
        order = sorted(self.ledger.groups, key=lambda name: (name != "state", name))
        signed = [n for n in order if any(g.by_signer == n for g in self.ledger.groups.values())]
        for name in ["state"] + signed + order:
            if name in self.merges or name not in self.ledger.groups:
                continue
            merge = GroupMerge(self.ledger, self.ledger.groups[name], graph)
            merge.settle(lambda write, known, m=merge: self._is_locked_out(m, write))
            self.merges[name] = merge
            if merge.writes:
                state.groups[name] = merge.finish()
        state.heads, state.quarantined = graph.heads(), graph.quarantined()
        state.applied = sorted(graph.nodes[i].id for i in graph.applied)
        state.transparent, state.pending = graph.transparent(), graph.pending()
        state.is_closed = bool(self.closes)
        state.authors = {graph.nodes[i].id: graph.nodes[i].change for i in graph.applied}
        self._show(state)
        return state

    def _show(self, state):
        if "state" in state.groups:
            StateChoice(self, state).choose()
        custody = [g for n, g in state.groups.items()
                   if self.ledger.groups[n].kind == "custody" and g.mark == INCIDENT]
        state.is_frozen = bool(custody) or any(p[1] == "program" for p in state.pending)
        state.has_conflict = any(g.mark >= CONFLICT for g in state.groups.values())
        state.passed = {w.value for w in self._effective("state")}
        shown = self.ledger.states.get(state.state)
        if shown is not None and state.groups["state"].mark != INCIDENT:
            state.is_void, state.is_end = shown.is_void, shown.is_end

        self._note_level(state)
        self._note_late(state)
        self._note_apart(state)

    def _note_level(self, state):
        for name, group in state.groups.items():
            fields = self.ledger.groups[name].fields
            if fields and fields[0].type == "level" and fields[0].name == "level":
                state.level = group.value if group.value in LEVELS else None

    def _effective(self, name):
        merge = self.merges.get(name)
        return [w for w in merge.writes if not w.is_proposal] if merge else []

    def _note_late(self, state):
        """Entries that whoever ended the record did not know of."""
        if "state" not in self.merges:
            return
        states = self._effective("state")
        enders = [w for w in self.merges["state"].maximal(states)
                  if self.ledger.states[w.value].is_end
                  and not self.ledger.states[w.value].is_void]
        for name in state.groups:
            if self.ledger.groups[name].late is None:
                continue
            state.late += [w.id for w in self._effective(name) if w.change.kind != "withdraw"
                           and any(self.graph.is_apart(w.node, e.node) for e in enders)]
        state.late = sorted(set(state.late))

    def _note_apart(self, state):
        """Entries about one person that did not know of each other, until somebody who knew both
        made another one about that person."""
        for name in sorted(state.groups):
            group = self.ledger.groups[name]
            if group.apart is None:
                continue
            by = self.ledger.fields[group.apart["by"]]
            shown = {i for i, _ in state.groups[name].held}
            entries = sorted((w for w in self._effective(name) if w.id in shown),
                             key=lambda w: w.id)
            for k, a in enumerate(entries):
                for b in entries[k + 1:]:
                    who = group.field_value(by, a.value)
                    if not who or who != group.field_value(by, b.value):
                        continue
                    if not self.graph.is_apart(a.node, b.node):
                        continue
                    if any(group.field_value(by, c.value) == who
                           and self.graph.is_before(a.node, c.node)
                           and self.graph.is_before(b.node, c.node) for c in entries):
                        continue
                    state.apart.append((name, a.id, b.id, a.value == b.value))

    # --- rights --------------------------------------------------------------------------------

    def _is_locked_out(self, merge, write):
        if any(not self.graph.is_before(write.node, close) and close != write.node
               for close in self.closes):
            return True
        group, judged = merge.group, write.judged
        renumbers = write.change.kind == "renumber"
        if (group.by_authority or renumbers) and not judged.is_authority:
            return True
        if group.locked_from is None:
            return self._lacks_right(group, write)
        if renumbers:
            return False
        states = self.merges["state"]
        if any(self._locks(group, w) and not w.is_proposal
               and self.graph.is_apart(w.node, write.node) for w in states.writes):
            return True
        if not any(self._locks(group, w) for w in states.maximal_before(write.node)):
            return False
        return self._lacks_right(group, write)

    def _locks(self, group, state_write):
        state = self.ledger.states[state_write.value]
        return not state.is_void and state.rank >= self.ledger.states[group.locked_from].rank

    def _lacks_right(self, group, write):
        judged = write.judged
        if group.by_owner and not judged.is_owner:
            return True
        if group.by_signer is not None:
            signers = {w.change.actor
                       for w in self.merges[group.by_signer].effective_before(write.node)
                       if w.change.kind != "withdraw"}
            return write.change.actor not in signers
        if group.writers:
            return not judged.roles & group.writers
        return group.locked_from is not None and not group.by_owner


class StateChoice:
    """Which life-cycle state is shown when several were set."""

    def __init__(self, merge, state):
        self.merge, self.state, self.ledger = merge, state, merge.ledger
        self.states, self.graph = merge.merges["state"], merge.graph
        self.group = state.groups["state"]

    def choose(self):
        top = self.states.maximal([w for w in self.states.writes if not w.is_proposal])
        if not top:
            return
        self.overruled = [w for w in top if self._is_overruled(w, top)]
        values = sorted({w.value for w in top if w not in self.overruled})
        if len(values) > 1:
            self._among(top, values)
        elif self.overruled:
            self.group.value, self.group.mark = values[0], FLAGGED
        elif self.ledger.states[values[0]].is_void and self._has_weight_against(top):
            self.states.hold_up(self.group, top, CONFLICT)
        else:
            self.group.value = values[0]
        if self.group.mark < CONFLICT:
            self._guard(top)
        self.state.state = self.group.value

    def _among(self, top, values):
        known = [self.ledger.states[v] for v in values]
        ends = [s for s in known if s.is_end]
        if any(s.is_void for s in known):
            self.states.hold_up(self.group, top, CONFLICT)
            return
        if len(ends) > 1:
            self.states.hold_up(self.group, top, INCIDENT)
            return
        backs = [s for s in known if s.sends_back]
        if backs and not ends:
            self.group.value, self.group.mark = max(backs, key=lambda s: s.rank).name, FLAGGED
            return
        if not self._is_one_path(values):
            self.states.hold_up(self.group, top, CONFLICT)
            return
        self.group.value = max(known, key=lambda s: s.rank).name
        self.group.mark = FLAGGED

    def _is_one_path(self, values):
        return all((self.ledger.reaches(a, b) or self.ledger.reaches(b, a))
                   and not self._exclude(a, b)
                   for a in values for b in values if a != b)

    def _exclude(self, a, b):
        """Two different decisions of a ledger that has `seniority`."""
        return a != b and {a, b} <= set(self.ledger.decisions)

    def _is_overruled(self, write, top):
        """Somebody senior decided otherwise. Who has no place in the order is left out."""
        mine = self.ledger.seniority(write.judged.roles)
        return mine > 0 and any(self._exclude(write.value, other.value)
                                and self.ledger.seniority(other.judged.roles) > mine
                                for other in top)

    def _has_weight_against(self, top):
        """Facts, opinions, approvals that whoever voided did not know."""
        for name, merge in self.merge.merges.items():
            group = merge.group
            if group.kind != "custody" and not any(f.type in ("opinion", "signature")
                                                   for f in group.fields):
                continue
            for write in merge.writes:
                if not write.is_proposal and any(self.graph.is_apart(write.node, t.node)
                                                 for t in top):
                    return True
        return False

    def _guard(self, top):
        """The shown state falls back to the last one whose conditions hold on the merged row: the
        other newest ones, then those that were set before, of lower rank; at worst the lowest."""
        def rank(name):
            return self.ledger.states[name].rank
        chosen = self.group.value
        newest = sorted({w.value for w in top if w not in self.overruled} - {chosen},
                        key=rank, reverse=True)
        before = sorted({w.value for w in self.states.writes if not w.is_proposal
                         and w not in self.overruled
                         and rank(w.value) < rank(chosen)}, key=rank, reverse=True)
        ways = [chosen] + newest + before
        self.group.value = next((s for s in ways if not self._fails(s)), ways[-1])
        self.state.is_held_back = self.group.value != chosen

    def _fails(self, name):
        guards = self.ledger.guards.get(name, [])
        return bool(guards) and all(guard.fails(self.look) for guard in guards)

    def look(self, ref, word):
        """What a word of a condition stands for on this row; whoever it cites is not held."""
        return None if ref else Terms(self.ledger, self.state).words(word)


def merge(ledger, changes):
    run = Merge(ledger, changes)
    return run.run()
