-- The search index is merged in small steps of our own (SQLite FTS5 §6.9), not in large ones in the
-- middle of a commit that others wait for.
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('crisismerge', 1000);
