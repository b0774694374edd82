-- A page of words fits one page of the file, of which sealing takes 40 bytes: FTS5's own size, 4050,
-- needs a second one.
INSERT INTO words(words, rank) VALUES ('pgsz', 4000);
