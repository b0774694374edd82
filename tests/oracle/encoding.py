"""Bytes of docs/formats.md, read and written by a program that never saw the engine's sources.

Everything is little-endian; BLAKE2b-256 is personalised with "jiyao " and the label.
"""

import hashlib
import struct


class Malformed(Exception):
    """Bytes that no writer of this format makes."""


def digest(label, *parts):
    """H(label | parts): each part after its length as u64."""
    person = (b"jiyao " + label.encode()).ljust(16, b"\0")
    hasher = hashlib.blake2b(digest_size=32, person=person)
    for part in parts:
        hasher.update(struct.pack("<Q", len(part)))
        hasher.update(part)
    return hasher.digest()


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Malformed("ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def blob(self):
        return self.take(self.number(4))

    def text(self):
        return self.blob().decode()


class Change:
    """One canonical change; `id` is its name."""

    KINDS = {1: "create", 2: "amend", 3: "resolve", 4: "withdraw", 5: "import", 6: "close",
             7: "renumber"}

    def __init__(self, data):
        self.id = digest("change", data)
        read = Reader(data)
        if read.number(2) != 1:
            raise Malformed("version")
        self.realm = read.take(16)
        self.compartment = read.take(17)
        self.node, self.incarnation, self.n = read.take(16), read.take(16), read.number(8)
        self.act, self.record = read.take(16), read.take(16)
        self.ledger = read.text()
        self.kind = self.KINDS[read.number(1)]
        self.ruleset = read.number(4)
        self.parents = [read.take(32) for _ in range(read.number(4))]
        self.writes = [(read.text(), read.text()) for _ in range(read.number(4))]
        self.settles = [read.take(32) for _ in range(read.number(4))]
        self.actor, self.reason, self.hlc = read.take(16), read.text(), read.number(8)
        self.signed = read.number(1) == 1
        if self.signed:
            read.take(64)
        if read.at != len(data):
            raise Malformed("bytes left over")


def pack_fields(fields):
    """Values of one group's fields as one text: name:bytes:text; in order of names."""
    return "".join(f"{name}:{len(text.encode())}:{text};" for name, text in sorted(fields.items()))


def unpack_fields(packed):
    fields, rest = {}, packed.encode()
    while rest:
        name, _, rest = rest.partition(b":")
        size, _, rest = rest.partition(b":")
        if not size.isdigit() or rest[int(size):int(size) + 1] != b";":
            raise Malformed("fields")
        fields[name.decode()] = rest[:int(size)].decode()
        rest = rest[int(size) + 1:]
    if pack_fields(fields) != packed:
        raise Malformed("fields: another spelling")
    return fields


def _text(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<I", len(data)) + data


def _writes(writes):
    return _text(str(len(writes))) + b"".join(_text(i) + _text(v) for i, v in writes)


def _ids(ids):
    return _text(str(len(ids))) + b"".join(_text(i) for i in ids)


def canonical_state(ledger, state):
    """What the state digest of a record is taken over (docs/formats.md, "Digests")."""
    flags = state.is_closed | state.is_frozen << 1 | state.is_held_back << 2
    out = _text(ledger.name) + _text(state.state) + _text(str(flags))
    out += _text(str(len(state.groups)))
    for name in sorted(state.groups, key=str.encode):
        group = state.groups[name]
        out += _text(name) + _text(group.value) + _text(str(group.mark))
        out += _writes(group.held) + _writes(group.proposals) + _writes(group.withdrawn)
    return out + _ids(state.heads) + _ids(state.quarantined)
