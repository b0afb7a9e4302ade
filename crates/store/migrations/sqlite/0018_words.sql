-- The index holds words that the adapter cuts (`words.rs`): the tokenizer divides them at spaces, and changes nothing. Everything is put
-- into it anew, in steps; until then what is not in it is looked at itself.
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    tenant, -- `t7`: a word like any other, so that tenants are told apart inside the index
    text,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'ascii'
);
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('crisismerge', 1000);
UPDATE search_state SET indexed_up_to = 0;
DELETE FROM search_leftover;
