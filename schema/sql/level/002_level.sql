-- Changes by their number, with an index: rows of this size fill the inner pages of a table without
-- row numbers, five levels deep at ten thousand records.
CREATE TABLE numbered_change(
  no INTEGER PRIMARY KEY,
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
  ground INTEGER NOT NULL
) STRICT;
INSERT INTO numbered_change(record, id, author, n, act, kind, ruleset, hlc, actor, parents, settles,
                            writes, reason, person, batch, holding, verdict, ground)
  SELECT record, id, author, n, act, kind, ruleset, hlc, actor, parents, settles, writes, reason,
         person, batch, holding, verdict, ground FROM change ORDER BY author, n;
DROP TABLE change;
ALTER TABLE numbered_change RENAME TO change;
CREATE INDEX change_record ON change(record);
CREATE INDEX change_unsealed ON change(author, n) WHERE batch IS NULL;

-- Records that `key` and `words` do not know as they are shown now; a few hundred at most, so that
-- one act need not write into every index. keys, text: what the two hold of the record still.
CREATE TABLE late(
  record INTEGER PRIMARY KEY,
  keys BLOB NOT NULL,
  text TEXT NOT NULL
) STRICT;

-- Keys that nobody looks up are no longer kept, and findings have no sentence any more: every record
-- is shown and checked anew.
DELETE FROM finding_record;
DELETE FROM finding;
UPDATE own SET value = x'' WHERE name = 'definitions';
