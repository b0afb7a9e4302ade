-- Instants are microseconds since 1970 UTC. Texts called `folded` are lower-cased by the adapter,
-- because SQLite folds ASCII only.

CREATE TABLE tenant (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL,
    folded        TEXT    NOT NULL UNIQUE,
    settings      TEXT    NOT NULL, -- JSON
    portal_secret TEXT    NOT NULL,
    sequence      INTEGER NOT NULL DEFAULT 0, -- of the newest notification
    purged_up_to  INTEGER NOT NULL DEFAULT 0, -- no notification up to this sequence is left
    people        INTEGER NOT NULL DEFAULT 0  -- how many there are
) STRICT;

-- People. AUTOINCREMENT: the id is part of an audience key and must never mean somebody else.
CREATE TABLE person (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant         INTEGER NOT NULL REFERENCES tenant,
    login          TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    folded_name    TEXT    NOT NULL,
    email          TEXT,
    languages      TEXT    NOT NULL, -- JSON
    password       TEXT,             -- PHC string
    preferences    TEXT    NOT NULL DEFAULT '{}', -- JSON
    since          INTEGER NOT NULL,
    since_sequence INTEGER NOT NULL  -- later notifications reach the person
) STRICT;
CREATE INDEX person_by_name ON person (tenant, folded_name);

-- What a person answers to: login and external ids, folded, in one namespace, so that no new
-- login can pass for somebody's external id.
CREATE TABLE handle (
    tenant INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX handle_of_person ON handle (person);

-- By what beginnings a person is found: the login, and the folded name from each of its words on.
CREATE TABLE beginning (
    tenant INTEGER NOT NULL,
    text   TEXT    NOT NULL,
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (tenant, text, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX beginning_of_person ON beginning (person);

-- What notifications are filed under and people hold. Columns, not one text: an object may hold
-- any character, and two roles must never share a key.
CREATE TABLE audience_key (
    id        INTEGER PRIMARY KEY,
    tenant    INTEGER NOT NULL REFERENCES tenant,
    kind      INTEGER NOT NULL, -- 0 everyone, 1 person, 2 role
    object    TEXT    NOT NULL, -- the person's id; the role's object
    relation  TEXT    NOT NULL,
    holders   INTEGER NOT NULL DEFAULT 0, -- of a role: how many hold it now
    withdrawn INTEGER NOT NULL DEFAULT 0, -- how often notifications under this key went away
    UNIQUE (tenant, kind, object, relation)
) STRICT;

-- The directory's tuples: a subject holds a role key for the sequences in (since, until].
CREATE TABLE relation (
    id             INTEGER PRIMARY KEY,
    tenant         INTEGER NOT NULL REFERENCES tenant,
    key            INTEGER NOT NULL REFERENCES audience_key,
    subject        TEXT    NOT NULL, -- `person:7`
    since          INTEGER NOT NULL,
    until          INTEGER,          -- absent while it holds
    since_sequence INTEGER NOT NULL,
    until_sequence INTEGER
) STRICT;
CREATE INDEX relation_of_subject ON relation (tenant, subject);
CREATE UNIQUE INDEX relation_that_holds ON relation (key, subject) WHERE until IS NULL;

CREATE TABLE component (
    id     INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

-- Small columns first: reading them never touches the pages of a long message. No foreign keys
-- here and in `audience`: every notification would pay for checking what cannot be wrong.
CREATE TABLE notification (
    row         INTEGER PRIMARY KEY AUTOINCREMENT, -- rises with the sequence within a tenant, is never used again
    tenant      INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    id          BLOB    NOT NULL,
    accepted_at INTEGER NOT NULL,
    expires_at  INTEGER,
    withdrawn   INTEGER NOT NULL DEFAULT 0, -- 1 when it left the inboxes before it was purged
    severity    INTEGER NOT NULL, -- 0 information to 3 error
    component   INTEGER NOT NULL, -- 0 when there is none
    keys        TEXT    NOT NULL, -- JSON array of audience key ids
    fingerprint BLOB,
    audience    TEXT    NOT NULL, -- JSON, as it was said
    message     TEXT    NOT NULL  -- JSON
) STRICT;
CREATE UNIQUE INDEX notification_by_sequence ON notification (tenant, sequence);
CREATE UNIQUE INDEX notification_by_id ON notification (tenant, id);
CREATE UNIQUE INDEX notification_by_fingerprint ON notification (tenant, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX notification_to_expire ON notification (expires_at) WHERE expires_at IS NOT NULL AND withdrawn = 0;

-- One row for each key a notification is filed under; what inboxes are read from.
CREATE TABLE audience (
    key       INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,
    severity  INTEGER NOT NULL,
    component INTEGER NOT NULL,
    PRIMARY KEY (key, sequence)
) STRICT, WITHOUT ROWID;

-- The words of title, description and component in every language; the rowid is notification.row.
CREATE VIRTUAL TABLE search USING fts5 (
    tenant, -- `t7`: a word like any other, so that tenants are told apart inside the index
    text,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- Up to which notification.row the index goes. It lags behind: many notifications at once cost it
-- a fraction of what they cost one by one.
CREATE TABLE search_state (
    indexed_up_to INTEGER NOT NULL
) STRICT;
INSERT INTO search_state (indexed_up_to) VALUES (0);

-- Rows of deleted notifications whose words are in the index still: taking them out needs space,
-- which the deletion makes first.
CREATE TABLE search_leftover (
    row INTEGER PRIMARY KEY
) STRICT;

-- What a person did to their inbox as a whole. Absent until they do something.
CREATE TABLE inbox (
    person       INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    tenant       INTEGER NOT NULL,
    revision     INTEGER NOT NULL DEFAULT 0, -- how often the person changed it
    noted        INTEGER NOT NULL DEFAULT 0, -- the keys' `withdrawn`, added up, when it last changed
    untold       INTEGER NOT NULL DEFAULT 0, -- changes up to this revision cannot be told item by item
    seen_up_to   INTEGER NOT NULL DEFAULT 0,
    spans        TEXT    NOT NULL DEFAULT '', -- watermarks: states of items no row is about
    fresh        INTEGER NOT NULL DEFAULT 0, -- rows since the last compaction
    compacted    INTEGER NOT NULL DEFAULT 0, -- the revision of the last compaction
    purged_up_to INTEGER NOT NULL DEFAULT 0  -- no row about an item up to this sequence is left
) STRICT;

CREATE INDEX inbox_to_tidy ON inbox (tenant, purged_up_to);

-- The state of an item a person touched; it wins over the spans.
CREATE TABLE touched (
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    state    INTEGER NOT NULL, -- 1 read + 2 dismissed
    revision INTEGER NOT NULL, -- the inbox's when this was written
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX touched_by_state ON touched (person, state, sequence);
CREATE INDEX touched_by_revision ON touched (person, revision);

-- What takes changes back, in parts of bounded size.
CREATE TABLE undo (
    id      BLOB    NOT NULL,
    part    INTEGER NOT NULL,
    person  INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    made_at INTEGER NOT NULL,
    used    INTEGER NOT NULL DEFAULT 0,
    inverse TEXT    NOT NULL, -- JSON
    PRIMARY KEY (id, part)
) STRICT;
CREATE INDEX undo_by_age ON undo (made_at);
CREATE INDEX undo_of_person ON undo (person);

-- First answers to requests with an idempotency key.
CREATE TABLE idempotency (
    tenant      INTEGER NOT NULL,
    scope       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    body        BLOB    NOT NULL, -- SHA-256
    claimed_at  INTEGER NOT NULL,
    id          BLOB    NOT NULL,
    sequence    INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (claimed_at);

CREATE TABLE api_key (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant     INTEGER NOT NULL REFERENCES tenant,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL, -- JSON
    hash       BLOB    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX api_key_of_tenant ON api_key (tenant, name);
-- The name of a revoked key may be used again.
CREATE UNIQUE INDEX api_key_in_use ON api_key (tenant, name) WHERE revoked_at IS NULL;

CREATE TABLE pass (
    hash       BLOB    PRIMARY KEY,
    kind       TEXT    NOT NULL,
    tenant     INTEGER NOT NULL REFERENCES tenant,
    person     INTEGER REFERENCES person ON DELETE CASCADE,
    api_key    INTEGER REFERENCES api_key ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_by_end ON pass (expires_at);
CREATE INDEX pass_of_person ON pass (person) WHERE person IS NOT NULL;
CREATE INDEX pass_of_api_key ON pass (api_key) WHERE api_key IS NOT NULL;
