-- What this file is. One row.
CREATE TABLE meta (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    -- Names the content, at random. Absent in a backup: the first to open the file draws one.
    generation INTEGER,
    -- The file as it was last served, and a number that is drawn anew whenever a server starts or ends
    -- and also stands beside the file. What differs from them is another content.
    device     INTEGER,
    inode      INTEGER,
    served     INTEGER
) STRICT;
INSERT INTO meta (one) VALUES (1);
