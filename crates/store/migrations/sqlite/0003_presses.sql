-- Who pressed which button of a notification, and when first. What the button said and what its
-- sender is told is kept as it was then.
CREATE TABLE press (
    row        INTEGER PRIMARY KEY AUTOINCREMENT, -- rises in the order of presses
    tenant     INTEGER NOT NULL,
    sequence   INTEGER NOT NULL, -- of the notification
    button     INTEGER NOT NULL, -- its place among the notification's, from 0
    person     INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    pressed_at INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    data       TEXT,             -- JSON
    UNIQUE (tenant, sequence, person, button)
) STRICT;
CREATE INDEX press_of_person ON press (person);
