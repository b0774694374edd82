-- Words by place instead of by record number: numbers are far apart, places lie side by side, so the
-- index is a third of its size (schema/word_index.h). The rows of `words` are written again when the
-- file is opened next.
DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5(
  text, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
);
-- A block of FTS5 with its row's head fits in one page: 4096 bytes less the 40 of the seal.
INSERT INTO words(words, rank) VALUES ('pgsz', 4000);

-- What a list is filtered by, once for all records that have it in common. flags: shown 1, void 4,
-- closed 8. records: how many stand so, with or without words.
CREATE TABLE shelf(
  no INTEGER PRIMARY KEY,
  compartment INTEGER NOT NULL,
  ledger INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  level INTEGER NOT NULL,
  records INTEGER NOT NULL,
  UNIQUE(compartment, ledger, flags, level)
) STRICT;
INSERT INTO shelf(compartment, ledger, flags, level, records)
  SELECT compartment, ledger, flags & 13, level, count(*) FROM record GROUP BY 1, 2, 3, 4;

-- Places that were given together: `size` from `place` on, the numbers of their records ascending
-- from `oldest` to `newest`. nos: the differences, 7 bits a byte, the lowest first. The shelf is
-- `place` >> 28.
CREATE TABLE run(
  place INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  oldest INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  nos BLOB NOT NULL
) STRICT;

-- keys, text, flags, level: what the indexes hold of the record still. Of its words nothing, now.
ALTER TABLE late RENAME TO late_before;
CREATE TABLE late(
  record INTEGER PRIMARY KEY,
  keys BLOB NOT NULL,
  text TEXT NOT NULL,
  flags INTEGER NOT NULL,
  level INTEGER NOT NULL
) STRICT;
INSERT INTO late(record, keys, text, flags, level)
  SELECT l.record, l.keys, '', r.flags, r.level FROM late_before l JOIN record r ON r.no = l.record;
DROP TABLE late_before;
