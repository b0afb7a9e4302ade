-- When snoozed items come back. The state says whether an item is snoozed; a row whose item is not
-- any more means nothing, and goes at its time.
CREATE TABLE snooze (
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX snooze_by_end ON snooze (until);
