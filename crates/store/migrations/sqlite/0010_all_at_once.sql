-- When a person marked everything up to a sequence at once, for items that no `moment` is about. Of
-- marks that reach equally far the first counts.
CREATE TABLE sweep (
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    bit    INTEGER NOT NULL, -- 1 read, 2 dismissed
    up_to  INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (person, bit, up_to)
) STRICT, WITHOUT ROWID;
