-- log.jdb: what this machine holds exactly as received, and what it knows of itself.
-- Header columns stand before the bytes, so that the index is rebuilt without reading bodies.
CREATE TABLE batch(
  position INTEGER PRIMARY KEY,           -- by arrival
  id BLOB NOT NULL UNIQUE,
  office BLOB NOT NULL, level INTEGER NOT NULL,
  node BLOB NOT NULL, incarnation BLOB NOT NULL,
  seq INTEGER NOT NULL, prev BLOB NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

-- Their author is not in our roster yet.
CREATE TABLE waiting(
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  peer BLOB NOT NULL,
  route INTEGER NOT NULL, ceiling INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE roster(seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

-- Only the newest of each.
CREATE TABLE receipt(
  office BLOB NOT NULL, level INTEGER NOT NULL,
  grade INTEGER NOT NULL, issuer BLOB NOT NULL, incarnation BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(office, level, grade, issuer, incarnation)
) STRICT, WITHOUT ROWID;
CREATE TABLE key_grant(
  office BLOB NOT NULL, level INTEGER NOT NULL, node BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(office, level, node)
) STRICT, WITHOUT ROWID;
CREATE TABLE epoch_request(keeper BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE hub_head(
  hub BLOB NOT NULL, incarnation BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY(hub, incarnation)
) STRICT, WITHOUT ROWID;

-- Local facts, in the order they were told. Kept for good.
CREATE TABLE hand_over(position INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE incident(
  position INTEGER PRIMARY KEY,
  code TEXT NOT NULL, subject BLOB NOT NULL, detail TEXT NOT NULL,
  seen_ms INTEGER NOT NULL,
  UNIQUE(code, subject)
) STRICT;

-- Secrets of epochs this node drafted as keeper, sealed to its own box key.
CREATE TABLE epoch_draft(public_key BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Small things by name: our incarnation and session, hints about peers.
CREATE TABLE named(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
