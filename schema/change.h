// schema/change.h - one immutable step on one record, and its name.
//
// A change is never edited and never deleted; views are computed from changes (design.md 4 and 6).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/sign.h"
#include "schema/level.h"
#include "schema/limits.h"

namespace jiyao {

using LedgerName = std::string;  ///< "incoming"; [a-z0-9_], 1..kNameBytesMax
using GroupName = std::string;   ///< a field group of the ledger definition

enum class ChangeKind : std::uint8_t {
  create = 1,    ///< first change of a record: no parents
  amend = 2,     ///< writes groups of a known record
  resolve = 3,   ///< a person's ruling: `settles` names exactly the maximal writes it settles
  withdraw = 4,  ///< takes back entries of a `set` group: `settles` names them, the write is empty
  import = 5,    ///< a moved record arrives (all values, open conflicts)
  close = 6,     ///< a moved record leaves: no content, no target
  renumber = 7,  ///< the series authority gives a clashing record its next number
};

/// One group's new value. One field: its canonical text. Several: schema/value.h packs them.
struct Write {
  GroupName group;
  std::string value;
  friend bool operator==(const Write&, const Write&) = default;
};

struct Change {
  RealmId realm;
  CompartmentId compartment;
  Origin origin;
  ActId act;
  RecordId record;
  LedgerName ledger;
  ChangeKind kind = ChangeKind::create;
  std::uint32_t ruleset = 0;  ///< rule set under which it was made
  std::vector<ChangeId>
      parents;  ///< sorted, unique: maximal applied changes of the record at the author
  std::vector<Write> writes;      ///< sorted by group, one write a group
  std::vector<ChangeId> settles;  ///< sorted, unique; resolve and withdraw only
  UserId actor;
  std::string reason;               ///< may be empty; NFC
  Hlc hlc = 0;                      ///< shown only
  std::optional<Signature> person;  ///< decisive changes only; over digest_to_sign()
  friend bool operator==(const Change&, const Change&) = default;
};

/// Canonical bytes: what is hashed, and what counts against kChangeBytesMax. Every change that
/// decode accepts has exactly these bytes. docs/formats.md "Change".
Bytes canonical(const Change& change);
/// Their number, without making them: what acts and batches are packed by.
std::size_t canonical_bytes(const Change& change);
/// Undoes canonical(); the shape is checked too.   errors: malformed, too_large, newer
Result<Change> decode_change(ByteView bytes);
/// H("change" | canonical bytes), person signature included.
ChangeId id_of(const Change& change);
/// The same for many changes in a row: `scratch` keeps its memory between calls.
ChangeId id_of(const Change& change, Bytes& scratch);
/// What the acting person signs: canonical bytes without the signature, under Label::change_person.
Digest digest_to_sign(const Change& change);

/// Shape only (sorted, bounded, NFC, kind and fields agree); says nothing about authority or
/// meaning. create and import have no parents, all others have some; resolve and withdraw settle,
/// no other does; close writes nothing, all others something, withdraw only empty values.
///   errors: malformed, too_large
Result<void> check_shape(const Change& change);

}  // namespace jiyao
