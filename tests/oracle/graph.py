"""Who knew whom among the changes of one record, and which of them count."""

EFFECTS = ["counts", "proposal_only", "quarantined", "transparent", "wait_program"]


class Judged:
    """A change, and what the roster says about it."""

    def __init__(self, change_id, change, effect, roles, is_owner, is_authority):
        self.id, self.change, self.effect = change_id, change, effect
        self.roles, self.is_owner, self.is_authority = roles, is_owner, is_authority


class Graph:
    """Nodes sorted by change id, repeats collapsed: one copy that counts is enough."""

    def __init__(self, changes, can_take):
        best = {}
        for one in changes:
            held = best.get(one.id)
            if held is None or EFFECTS.index(one.effect) < EFFECTS.index(held.effect):
                best[one.id] = one
        self.nodes = [best[i] for i in sorted(best)]
        self.index = {node.id: i for i, node in enumerate(self.nodes)}
        self.effect = [node.effect for node in self.nodes]
        for i, node in enumerate(self.nodes):
            if self.effect[i] in ("counts", "proposal_only") and not can_take(node.change):
                self.effect[i] = "quarantined"
        self._walk()
        self.applied = [i for i in self.order if self.effect[i] in ("counts", "proposal_only")]

    def _parents(self, i):
        change = self.nodes[i].change
        return change.parents if change is not None else []

    def missing(self, i):
        return [p for p in self._parents(i) if p not in self.index]

    def _walk(self):
        """Parents first; what lacks an ancestor, or waits for a program, blocks what follows it."""
        self.before, self.order = {}, []
        waiting = set(range(len(self.nodes)))
        moved = True
        while moved:
            moved = False
            for i in sorted(waiting):
                parents = [self.index.get(p) for p in self._parents(i)]
                if self.effect[i] == "wait_program" or any(
                        p is None or p not in self.before for p in parents):
                    continue
                mask = 0
                for p in parents:
                    mask |= self.before[p] | 1 << p
                self.before[i] = mask
                self.order.append(i)
                waiting.remove(i)
                moved = True

    def is_before(self, a, b):
        return self.before[b] >> a & 1 == 1

    def is_apart(self, a, b):
        return a != b and not self.is_before(a, b) and not self.is_before(b, a)

    def heads(self):
        return [self.nodes[i].id for i in sorted(self.applied)
                if not any(self.is_before(i, other) for other in self.applied)]

    def quarantined(self):
        return [n.id for i, n in enumerate(self.nodes) if self.effect[i] == "quarantined"]

    def transparent(self):
        return [n.id for i, n in enumerate(self.nodes) if self.effect[i] == "transparent"]

    def pending(self):
        """(id, reason, parents not held) of what counts but is not applied."""
        held = []
        for i, node in enumerate(self.nodes):
            if i in self.before or self.effect[i] in ("quarantined", "transparent"):
                continue
            reason = "program" if self.effect[i] == "wait_program" else "parent"
            held.append((node.id, reason, self.missing(i)))
        return held
