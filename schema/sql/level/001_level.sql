-- One level file: the changes of every compartment of one level, and what is shown of them.
-- Only `change`, `batch` and `own` are facts; everything else can be computed from them again.

-- Values of this file: realm, session and the one before, applied roster point, counters.
CREATE TABLE own(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Numbers for ids that come again in every row.
CREATE TABLE compartment(
  no INTEGER PRIMARY KEY,
  office BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE author(
  no INTEGER PRIMARY KEY,
  node BLOB NOT NULL,
  incarnation BLOB NOT NULL,
  UNIQUE(node, incarnation)
) STRICT;
CREATE TABLE ledger(
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Batches of the log this file has looked into. content: 0 waits for a key, 1 opened,
-- 2 undecodable. repeats: its changes that another batch had brought already.
CREATE TABLE batch(
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  compartment INTEGER NOT NULL,
  author INTEGER NOT NULL,
  roster_seq INTEGER NOT NULL,
  roster_hash BLOB NOT NULL,
  changes INTEGER NOT NULL,
  repeats INTEGER NOT NULL,
  content INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  ground INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_waiting ON batch(no) WHERE content = 0;

-- no: 48 bits of the record id's time, then 15 of chance, so that newest first is one walk.
-- An id that somebody used in two compartments or ledgers is two records, whichever came first.
-- keys: what `key` holds for this record, NUL-separated, so that it can be taken out again.
CREATE TABLE record(
  no INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  compartment INTEGER NOT NULL,
  ledger INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  level INTEGER NOT NULL,
  state BLOB NOT NULL,
  text TEXT NOT NULL,
  keys BLOB NOT NULL,
  UNIQUE(id, compartment, ledger)
) STRICT;
CREATE INDEX record_ledger ON record(ledger);
CREATE INDEX record_conflict ON record(no) WHERE flags & 2;

-- One row per change, the changes of a record side by side. batch is null until it is sealed.
-- holding: 0 applied, 1 pending for a parent, 2 pending for a newer program, 3 quarantined,
-- 4 purged.
CREATE TABLE change(
  record INTEGER NOT NULL,
  id BLOB NOT NULL,
  author INTEGER NOT NULL,
  n INTEGER NOT NULL,
  act BLOB NOT NULL,
  kind INTEGER NOT NULL,
  ruleset INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  actor BLOB NOT NULL,
  parents BLOB NOT NULL,
  settles BLOB NOT NULL,
  writes BLOB NOT NULL,
  reason TEXT NOT NULL,
  person BLOB,
  batch INTEGER,
  holding INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  ground INTEGER NOT NULL,
  PRIMARY KEY(record, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_unsealed ON change(author, n) WHERE batch IS NULL;

-- Further batches that hold a change: it counts if any of them counts.
CREATE TABLE repeat(
  record INTEGER NOT NULL,
  id BLOB NOT NULL,
  batch INTEGER NOT NULL,
  PRIMARY KEY(record, id, batch)
) STRICT, WITHOUT ROWID;

-- Claimed keys ('c'), citations ('r') and indexed fields ('f') of shown records.
CREATE TABLE key(
  key BLOB NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY(key, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding(
  id BLOB PRIMARY KEY,
  key TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_key ON finding(key);
CREATE TABLE finding_record(
  record INTEGER NOT NULL,
  finding BLOB NOT NULL,
  PRIMARY KEY(record, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_record_finding ON finding_record(finding);

-- How many changes of a compartment are held how; kept in step with `change` by the same
-- transaction, and counted anew by verify.
CREATE TABLE tally(
  compartment INTEGER NOT NULL,
  holding INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  PRIMARY KEY(compartment, holding)
) STRICT, WITHOUT ROWID;

-- Pairs of characters (schema/search.h). The ascii tokenizer cuts at spaces only, since tokens
-- hold nothing but letters and digits.
CREATE VIRTUAL TABLE words USING fts5(
  text, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
