-- The subject of a relation when it is a person, so that an audience can be read in their order.
ALTER TABLE relation ADD COLUMN person INTEGER;
UPDATE relation SET person = CAST(substr(subject, 8) AS INTEGER) WHERE subject GLOB 'person:[0-9]*';
CREATE INDEX relation_of_key ON relation (key, person) WHERE person IS NOT NULL;
CREATE INDEX audience_key_by_object ON audience_key (tenant, object, relation) WHERE kind = 2;

-- Names of objects, for people.
CREATE TABLE object (
    tenant INTEGER NOT NULL,
    object TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    PRIMARY KEY (tenant, object)
) STRICT, WITHOUT ROWID;

-- Of which severities a person gets mail: one bit each, from information on.
ALTER TABLE person ADD COLUMN mail INTEGER NOT NULL DEFAULT 0;
CREATE INDEX person_with_mail ON person (tenant, id) WHERE mail != 0;
CREATE INDEX person_of_tenant ON person (tenant, id, email);

-- What is to be sent later. A draft has no time.
CREATE TABLE scheduled (
    id        BLOB    NOT NULL,
    tenant    INTEGER NOT NULL REFERENCES tenant,
    due_at    INTEGER,
    scheduled TEXT    NOT NULL, -- JSON
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_by_time ON scheduled (due_at) WHERE due_at IS NOT NULL;

-- Endpoints that hear of every notification.
CREATE TABLE hook (
    row        INTEGER PRIMARY KEY AUTOINCREMENT,
    id         BLOB    NOT NULL UNIQUE,
    tenant     INTEGER NOT NULL REFERENCES tenant,
    format     TEXT    NOT NULL,
    url        TEXT    NOT NULL,
    lane       TEXT    NOT NULL,
    headers    TEXT    NOT NULL, -- JSON
    secret     TEXT,
    extra      TEXT    NOT NULL, -- JSON
    created_at INTEGER NOT NULL,
    disabled   TEXT
) STRICT;
CREATE INDEX hook_of_tenant ON hook (tenant) WHERE disabled IS NULL;

-- Mailings whose addresses are not all planned yet: one row, whoever it is for.
CREATE TABLE mailing (
    row      INTEGER PRIMARY KEY, -- of the notification
    tenant   INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    everyone INTEGER NOT NULL,           -- 1 for all with an address, 0 for those who asked for mail
    after    INTEGER NOT NULL DEFAULT 0  -- people up to this one are planned
) STRICT;

-- One row for each channel and address. A claim moves `due_at` to the end of its lease.
CREATE TABLE delivery (
    row      INTEGER PRIMARY KEY AUTOINCREMENT,
    id       BLOB    NOT NULL UNIQUE,
    tenant   INTEGER NOT NULL,
    sequence INTEGER NOT NULL, -- of the notification
    person   INTEGER,
    hook     INTEGER,          -- row of the endpoint
    channel  INTEGER NOT NULL, -- 1 mail, 2 HTTP
    target   TEXT    NOT NULL,
    lane     TEXT    NOT NULL,
    post     TEXT,             -- JSON; gone once it was taken
    state    INTEGER NOT NULL DEFAULT 0, -- 0 pending, 1 delivered, 2 rejected, 3 given up
    due_at   INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, -- of the current schedule
    log      TEXT    NOT NULL DEFAULT '[]' -- JSON: every attempt
) STRICT;
CREATE INDEX delivery_due ON delivery (lane, due_at) WHERE state = 0;
CREATE INDEX delivery_of_notification ON delivery (tenant, sequence);
