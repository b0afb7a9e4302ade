-- By what time things were last deleted, and by which clock that was put on by a day because a server started.
-- At most one row.
CREATE TABLE deletion_time (
    at        INTEGER NOT NULL,
    put_on_at INTEGER NOT NULL
) STRICT;
