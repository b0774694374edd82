-- A hub's store. Everything here is sealed by its author or signed; rows are never changed but for
-- the meta values, the newest papers and the request counters.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE batch (
  position INTEGER PRIMARY KEY,  -- 1.. without gaps; head(p) = H(head(p-1) | id)
  id BLOB NOT NULL UNIQUE,
  head BLOB NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE roster (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE paper (kind INTEGER NOT NULL, slot BLOB NOT NULL, bytes BLOB NOT NULL,
                    PRIMARY KEY (kind, slot)) STRICT, WITHOUT ROWID;
CREATE TABLE waiting (id BLOB PRIMARY KEY, peer BLOB NOT NULL, route INTEGER NOT NULL, ceiling INTEGER NOT NULL,
                      bytes BLOB NOT NULL) STRICT;
CREATE TABLE counter (author BLOB PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE mail (id BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
