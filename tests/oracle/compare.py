"""Reads what the engine told (oracle_histories, world_lines) and merges all of it once more.

    python3 compare.py LEDGERS_FOLDER oracle_histories 1 100000

Exit code 1 and a few lines for each difference; else one line with what was compared.
"""

import json
import subprocess
import sys

from encoding import Change, canonical_state, digest
from graph import Judged
from ledgers import read_all
from merge import merge


class Comparison:
    SHOWN_MAX = 5

    def __init__(self, folder):
        self.ledgers, self.digests = read_all(folder), {}
        self.records = self.changes = self.compartments = self.different = 0

    def differ(self, name, what, mine, engine):
        self.different += 1
        if self.different <= self.SHOWN_MAX:
            print(f"{name}: {what}\n  oracle {mine}\n  engine {engine}")

    def judged(self, told):
        change_id, data, effect, roles, is_owner, is_authority = told
        change = Change(bytes.fromhex(data)) if data else None
        name = bytes.fromhex(change_id)
        if change is not None and change.id != name:
            self.differ("change", "id", change.id.hex(), change_id)
        return Judged(name, change, effect, roles, is_owner, is_authority)

    def merged(self, told):
        ledger = self.ledgers[told["ledger"]]
        return ledger, merge(ledger, [self.judged(one) for one in told["changes"]])

    def record(self, told):
        self.records += 1
        self.changes += len(told["changes"])
        ledger, state = self.merged(told)
        data = canonical_state(ledger, state)
        pairs = [("canonical", describe(data), describe(bytes.fromhex(told["canonical"]))),
                 ("digest", digest("state", data).hex(), told["digest"])]
        pairs += [(what, hexes(getattr(state, what)), told[what])
                  for what in ("applied", "transparent", "late")]
        marks = {name: [hexes(group.to_settle), group.ancestor.id.hex() if group.ancestor else ""]
                 for name, group in state.groups.items() if group.mark >= 2}
        pairs.append(("to settle and ancestor", marks, told["marks"]))
        pending = [[i.hex(), reason, hexes(missing)] for i, reason, missing in state.pending]
        pairs.append(("pending", pending, told["pending"]))
        pairs.append(("flags", [state.is_void, state.is_end, state.has_conflict], told["flags"]))
        pairs.append(("apart", sorted([g, a.hex(), b.hex(), same]
                                      for g, a, b, same in state.apart), sorted(told["apart"])))
        pairs.append(("level", state.level or "", told["level"]))
        for what, mine, engine in pairs:
            if mine != engine:
                self.differ(told["name"] + " " + ledger.name, what, mine, engine)
                break

    def digest_of(self, told):
        """Many machines hold the same record: it is merged once. None: it shows nothing."""
        key = digest("state", json.dumps(sorted(told["changes"])).encode())
        if key not in self.digests:
            ledger, state = self.merged(told)
            self.digests[key] = (digest("state", canonical_state(ledger, state))
                                 if state.applied else None)
        return self.digests[key]

    def compartment(self, told):
        """Every record of one compartment on one machine, and the digest it shows."""
        self.compartments += 1
        parts = []
        for one in sorted(told["records"], key=lambda one: one["record"]):
            self.records += 1
            self.changes += len(one["changes"])
            state = self.digest_of(one)
            if state is None:
                continue
            parts += [bytes.fromhex(one["record"]), state]
            if one["digest"] and one["digest"] != state.hex():
                self.differ(told["name"], "record " + one["record"] + " of " + one["ledger"],
                            state.hex(), one["digest"])
        mine = digest("compart", *parts).hex()
        if mine != told["digest"]:
            self.differ(told["name"], "state of the compartment", mine, told["digest"])


def hexes(ids):
    return [one.hex() for one in ids]


def describe(data):
    """Canonical bytes as their texts: ids short."""
    texts, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        text = data[at + 4:at + 4 + size]
        texts.append(text.hex() if size == 32 else text.decode("utf-8", "replace"))
        at += 4 + size
    return " ".join(t[:8] if len(t) == 64 else t or "-" for t in texts)


def main():
    comparison = Comparison(sys.argv[1])
    engine = subprocess.Popen(sys.argv[2:], stdout=subprocess.PIPE, text=True, encoding="utf-8")
    for line in engine.stdout:
        told = json.loads(line)
        if "compartment" in told:
            comparison.compartment(told)
        else:
            comparison.record(told)
    print(f"{comparison.records} records of {comparison.changes} changes, "
          f"{comparison.compartments} compartments compared: {comparison.different} differ")
    if engine.wait() != 0 or comparison.records == 0:
        print("the engine did not tell everything: that proves nothing")
        sys.exit(1)
    sys.exit(1 if comparison.different else 0)


if __name__ == "__main__":
    main()
