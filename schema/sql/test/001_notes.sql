-- Only tests open files of this family: a table with every column type, an index, and a search
-- table in the shape that records use.
CREATE TABLE note(
  id BLOB PRIMARY KEY,
  n INTEGER NOT NULL,
  title TEXT NOT NULL,
  body BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX note_by_title ON note(title);
CREATE VIRTUAL TABLE note_search USING fts5(grams, content='', detail=none);
