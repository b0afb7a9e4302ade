-- When a person read single items, the first time, and when they last put them away. What was done
-- to all at once is in no row.
CREATE TABLE moment (
    person       INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence     INTEGER NOT NULL,
    read_at      INTEGER,
    dismissed_at INTEGER,
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;
