"""The writes of one field group: which are proposals, which superseded which, what their kind
makes of those that remain (docs/merging.md)."""

from ledgers import compare

NONE, FLAGGED, CONFLICT, INCIDENT = range(4)
ASKS = ("value", "fixed", "state", "custody", "number")


class Write:
    def __init__(self, node, value, judged):
        self.node, self.value, self.judged = node, value, judged
        self.id, self.change = judged.id, judged.change
        self.is_proposal = self.is_ruling = False
        self.supersedes = set()


class GroupState:
    def __init__(self):
        self.value, self.mark, self.ancestor = "", NONE, None
        self.held, self.proposals, self.withdrawn, self.to_settle = [], [], [], []


class GroupMerge:
    def __init__(self, ledger, group, graph):
        self.ledger, self.group, self.graph = ledger, group, graph
        self.writes = []       # ancestors before descendants
        self.apart = []        # custody: pairs of facts that did not know one another
        for node in graph.applied:
            for name, value in graph.nodes[node].change.writes:
                if name == group.name:
                    self.writes.append(Write(node, value, graph.nodes[node]))

    # --- supersession --------------------------------------------------------------------------

    def effective_before(self, node):
        return [w for w in self.writes if not w.is_proposal and self.graph.is_before(w.node, node)]

    def maximal(self, among):
        gone = set().union(*[w.supersedes for w in among]) if among else set()
        return [w for w in among if w.node not in gone]

    def maximal_before(self, node):
        return self.maximal(self.effective_before(node))

    def settle(self, is_locked_out):
        for write in self.writes:
            write.is_proposal = True  # until judged: nobody after it has been looked at
            known = self.maximal_before(write.node)
            write.is_ruling = self._is_ruling(write, known)
            write.is_proposal = (self._is_proposal(write, known) or is_locked_out(write, known))
            if write.is_proposal:
                continue
            if self.group.kind == "set":
                continue
            if self.group.kind == "custody":
                self._note_apart(write)
            if self._may_supersede(write, known):
                write.supersedes = {w.node for w in self.effective_before(write.node)}

    def _is_ruling(self, write, known):
        if write.change.kind == "renumber" and self.group.kind == "number":
            return write.judged.is_authority
        if write.change.kind != "resolve":
            return False
        seen = {w.id for w in self.effective_before(write.node)}
        return seen & set(write.change.settles) == {w.id for w in known}

    def _is_proposal(self, write, known):
        if write.judged.effect == "proposal_only":
            return True
        if self.group.kind == "severity":
            return self._lowers_without_right(write, known)
        if self.group.kind == "state" and not write.is_ruling:
            values = {w.value for w in known}
            return len(values) == 1 and write.value not in values and any(
                self.ledger.states[value].is_end for value in values)
        return False

    def _lowers_without_right(self, write, known):
        field = self.group.fields[0]
        lowers = any((compare(field, write.value, w.value) or 0) < 0 for w in known)
        if not lowers or not self.group.lowered_by:
            return False
        return not (write.judged.roles & self.group.lowered_by and write.change.signed)

    def _may_supersede(self, write, known):
        if self.group.kind not in ASKS or write.is_ruling:
            return True
        if not self._agree(known):
            return False
        if self.group.kind == "fixed":
            return all(w.value == write.value for w in known)
        if self.group.kind == "custody":
            if self._is_frozen_before(write):
                return False
            return not any(self._is_end(w.value) and w.value != write.value for w in known)
        return True

    # --- custody -------------------------------------------------------------------------------

    def _agree(self, writes):
        """One value, or all say that the copy is at home."""
        return len({w.value for w in writes}) < 2 or all(self._is_home(w.value) for w in writes)

    def _is_home(self, value):
        return any(f.home and self.group.field_value(f, value) == f.home
                   for f in self.group.fields)

    def _is_end(self, value):
        return any(self.group.field_value(f, value) in f.ends for f in self.group.fields)

    def _note_apart(self, write):
        for other in self.writes:
            if other is write:
                return
            if (not other.is_proposal and self.graph.is_apart(other.node, write.node)
                    and not self._agree((other, write))):
                self.apart.append((other, write))

    def _is_ruled(self, pair, before=None):
        return any(w.is_ruling and not w.is_proposal
                   and all(self.graph.is_before(one.node, w.node) for one in pair)
                   and (before is None or self.graph.is_before(w.node, before))
                   for w in self.writes)

    def _is_frozen_before(self, write):
        return any(all(self.graph.is_before(one.node, write.node) for one in pair)
                   and not self._is_ruled(pair, write.node) for pair in self.apart)

    # --- what is shown -------------------------------------------------------------------------

    def finish(self):
        state = GroupState()
        effective = [w for w in self.writes if not w.is_proposal]
        state.proposals = self._pairs(w for w in self.writes if w.is_proposal
                                      and not self._is_answered(w, effective))
        top = self.maximal(effective)
        if self.group.kind == "set":
            self._finish_set(state, effective)
            return state
        state.held = self._pairs(top)
        if not top:
            return state
        newest = max(top, key=lambda w: w.id)
        state.value = newest.value
        differ = len({w.value for w in top}) > 1
        kind = self.group.kind
        if kind == "custody":
            self._finish_custody(state, top)
        elif kind in ("value", "number") and differ:
            self.hold_up(state, top, CONFLICT)
        elif kind == "fixed" and differ:
            self.hold_up(state, top, INCIDENT)
        elif kind == "note_only" and differ:
            state.mark = FLAGGED
        elif kind in ("severity", "latest", "earliest"):
            self._finish_ordered(state, top)
        return state

    def _is_answered(self, proposal, effective):
        """By a write that names it; but for entries, by any that knew it."""
        return any(proposal.id in w.change.settles
                   or (self.group.kind != "set" and self.graph.is_before(proposal.node, w.node))
                   for w in effective)

    def _pairs(self, writes):
        return sorted({(w.id, w.value) for w in writes})

    def hold_up(self, state, top, mark):
        state.mark = mark
        state.to_settle = sorted(w.id for w in top)
        state.ancestor = self.common_ancestor(top)
        state.value = state.ancestor.value if state.ancestor else ""

    def common_ancestor(self, top):
        shared = [w for w in self.writes if not w.is_proposal
                  and all(self.graph.is_before(w.node, t.node) for t in top)]
        last = [w for w in shared
                if not any(self.graph.is_before(w.node, other.node) for other in shared)]
        last.sort(key=lambda w: w.id)
        best = last[0] if last else None
        for write in last[1:]:
            order = 0
            if self.group.kind in ("severity", "latest", "earliest"):
                order = compare(self.group.fields[0], write.value, best.value) or 0
            if (-order if self.group.kind == "earliest" else order) >= 0:
                best = write
        return best

    def _finish_custody(self, state, top):
        open_pairs = [pair for pair in self.apart if not self._is_ruled(pair)]
        if not open_pairs and self._agree(top):
            if len({w.value for w in top}) > 1:
                state.mark = FLAGGED
            return
        facts = {one for pair in open_pairs for one in pair}
        facts |= set(top)
        self.hold_up(state, top, INCIDENT)
        state.ancestor = self.common_ancestor(facts)
        state.value = state.ancestor.value if state.ancestor else ""
        state.held = self._pairs(facts)

    def _finish_ordered(self, state, top):
        field = self.group.fields[0]
        best = top[0]
        for write in top:
            for other in top:
                if compare(field, write.value, other.value) is None:
                    self.hold_up(state, top, CONFLICT)
                    return
        sign = -1 if self.group.kind == "earliest" else 1
        for write in top[1:]:
            order = sign * compare(field, write.value, best.value)
            if order > 0 or (order == 0 and write.id < best.id):
                best = write
        state.value = best.value
        if len({w.value for w in top}) > 1:
            state.mark = FLAGGED

    def _what(self, entry):
        """An entry is known by its first field."""
        return self.group.field_value(self.group.fields[0], entry.value)

    def _took_back(self, withdrawal, what):
        return any(w.id in withdrawal.change.settles and self._what(w) == what
                   for w in self.writes)

    def _finish_set(self, state, effective):
        withdrawals = [w for w in effective if w.change.kind == "withdraw"]
        for entry in effective:
            if entry.change.kind == "withdraw":
                continue
            named = any(entry.id in w.change.settles for w in withdrawals)
            if not named and self.group.removal_wins:
                named = any(self.graph.is_apart(w.node, entry.node)
                            and self._took_back(w, self._what(entry)) for w in withdrawals)
            (state.withdrawn if named else state.held).append((entry.id, entry.value))
        state.held.sort()
        state.withdrawn.sort()
