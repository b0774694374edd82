"""What a condition may ask a merged row for: fields, groups and lists (docs/ledgers.md)."""

from conditions import TERM, term_end
from encoding import digest


class Terms:
    def __init__(self, ledger, state):
        self.ledger, self.state = ledger, state

    def words(self, word):
        """A list of texts, none empty."""
        term = TERM.fullmatch(word)
        if term:
            return self._list(term.group(1), term.group(2))
        value = self.shown(word)
        return [value] if value else []

    def shown(self, word):
        """What one column shows; of a set how many entries it has; empty: nothing."""
        if word == "state":
            return self.state.state
        group = self.ledger.group_of.get(word) or self.ledger.groups.get(word)
        held = self.state.groups.get(group.name) if group else None
        if held is None:
            return ""
        if group.kind == "set":
            return str(len(held.held)) if held.held else ""
        field = self.ledger.fields.get(word)
        return group.field_value(field, held.value) if field else ""

    def values(self, name):
        """Of a set, what every entry says; each once, sorted by bytes."""
        group = self.ledger.group_of[name]
        if group.kind != "set":
            return self.words(name)
        held = self.state.groups.get(group.name)
        field = self.ledger.fields[name]
        return once(group.field_value(field, v) for _, v in held.held) if held else []

    def held(self, name):
        """Ids of the newest writes of the group of this column, or of this group."""
        group = self.ledger.group_of.get(name) or self.ledger.groups.get(name)
        held = self.state.groups.get(group.name) if group else None
        return [i for i, _ in held.held] if held else []

    def _list(self, what, name):
        group = self.ledger.group_of.get(name) or self.ledger.groups.get(name)
        held = self.state.groups.get(group.name) if group else None
        if held is None:
            return []
        if what in ("writers", "signers"):
            return self._people(group, held, what == "signers")
        if what == "out":
            return self._out(group, held)
        field = self.ledger.fields.get(name)
        if field is None:
            return []
        if what == "ends":
            day = term_end(self.shown(name), self.shown("dated_on"))
            return [day] if day else []
        if what == "sum":
            return [str(sum(int(v) for v in (group.field_value(field, v) for _, v in held.held)
                            if v.lstrip("-").isdigit()))]
        taken_back = held.withdrawn if what == "ever" else []
        return once(self.values(name) + [group.field_value(field, v) for _, v in taken_back])

    def _people(self, group, held, must_sign):
        writes = held.held
        if group.kind != "set":
            writes = [w for w in writes if w[1] and w[1] == held.value]
        signed = [f for f in group.fields if f.type == "signature"]
        if must_sign and signed:
            now = content_hash(self.ledger, self.state, group).hex()
            writes = [w for w in writes if group.field_value(signed[0], w[1]) == now]
        return once(self.state.authors[i].actor.hex() for i, _ in writes)

    def _out(self, group, held):
        """Who went out more often than they came back."""
        if group.moves is None:
            return []
        who = self.ledger.fields[group.moves["who"]]
        event = self.ledger.fields[group.moves["event"]]
        away = {}
        for _, value in held.held:
            name = group.field_value(who, value)
            is_out = group.field_value(event, value) == event.choices[0]
            away[name] = away.get(name, 0) + (1 if is_out else -1)
        return once(name for name, count in away.items() if count > 0)


def once(values):
    return sorted({v for v in values if v}, key=str.encode)


def content_hash(ledger, state, group):
    """What an approval binds to (docs/formats.md, "Digests")."""
    parts = [ledger.name.encode()]
    if not group.binds:
        for name in sorted(state.groups, key=str.encode):
            other, held = ledger.groups[name], state.groups[name]
            if other.kind in ("set", "state", "custody") or not held.value:
                continue
            if other.fields[0].type in ("signature", "opinion"):
                continue
            parts += [name.encode(), held.value.encode()]
        return digest("act", *parts)
    for name in group.binds:
        held = state.groups.get(name)
        if held is None:
            continue
        is_set = ledger.groups[name].kind == "set"
        values = {v for _, v in held.held} if is_set else {held.value} - {""}
        for value in sorted(values, key=str.encode):
            parts += [name.encode(), value.encode()]
    return digest("act", *parts)
