-- When a key was last used, to a minute or so.
ALTER TABLE api_key ADD COLUMN last_used_at INTEGER;

-- Since when a person may not come in. They keep their inbox and relations, but are nobody's audience.
ALTER TABLE person ADD COLUMN disabled_at INTEGER;
CREATE INDEX person_in_use ON person (tenant, id, email) WHERE disabled_at IS NULL;

-- How many notifications were sent on a day (days since 1970 UTC): by component and severity, and by
-- sender. Counted behind the sending, in steps, up to a notification.row.
CREATE TABLE volume (
    day       INTEGER NOT NULL,
    tenant    INTEGER NOT NULL,
    component INTEGER NOT NULL, -- 0 when there is none, -1 for all beyond the most that are told apart
    severity  INTEGER NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, component, severity)
) STRICT, WITHOUT ROWID;
CREATE TABLE volume_sender (
    day    INTEGER NOT NULL,
    tenant INTEGER NOT NULL,
    sender TEXT    NOT NULL, -- empty for all beyond the most that are told apart
    count  INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, sender)
) STRICT, WITHOUT ROWID;
CREATE TABLE volume_state (
    counted_up_to INTEGER NOT NULL
) STRICT;
INSERT INTO volume_state (counted_up_to) VALUES (0);

-- What people wrote and did not send, kept for themselves.
CREATE TABLE draft (
    row      INTEGER PRIMARY KEY,
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    id       BLOB    NOT NULL,
    title    TEXT    NOT NULL,
    saved_at INTEGER NOT NULL,
    letter   TEXT    NOT NULL,
    UNIQUE (person, id)
) STRICT;

-- What became of a notification since it was sent.
ALTER TABLE notification ADD COLUMN corrected_at INTEGER;
ALTER TABLE notification ADD COLUMN recalled_at INTEGER;
