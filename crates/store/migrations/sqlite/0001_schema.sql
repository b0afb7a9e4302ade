-- The schema of the SQLite store.
--
-- Times are microseconds since 1970 UTC, in columns named `..._at`, `since` and `until`.
-- A sequence numbers the notifications of one tenant: 1, 2, 3, ... without gaps.
-- A row number (`row`) never means anything outside the file.
-- Texts named `folded_...` are folded by the adapter, because SQLite folds ASCII only.

-- ---------------------------------------------------------------------------------------------
-- The file

-- What this file is. Exactly one row.
CREATE TABLE meta (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    generation  INTEGER, -- random name of the content, 1 to 2^53 - 1; absent in a backup: the first to open the file sets it
    device      INTEGER, -- device number of the file when it was last served
    inode       INTEGER, -- inode number of the file when it was last served
    served_mark INTEGER  -- random number, new with each start and end of a server; the lock file beside the database has it too
) STRICT;
INSERT INTO meta (id) VALUES (1);

-- ---------------------------------------------------------------------------------------------
-- Tenants, people and the directory

CREATE TABLE tenant (
    id                   INTEGER PRIMARY KEY,
    name                 TEXT    NOT NULL, -- as written
    folded_name          TEXT    NOT NULL UNIQUE, -- for comparison
    settings             TEXT    NOT NULL, -- JSON
    portal_secret        TEXT    NOT NULL, -- signs the tokens of portals
    former_portal_secret TEXT,             -- the portal secret before it, while that is valid too
    former_portal_until  INTEGER,          -- when the former portal secret ends
    mail_secret          TEXT    NOT NULL, -- signs links in mails
    last_sequence        INTEGER NOT NULL DEFAULT 0, -- of the newest notification
    purged_up_to         INTEGER NOT NULL DEFAULT 0, -- notifications up to this sequence are deleted
    person_count         INTEGER NOT NULL DEFAULT 0  -- people who are not disabled
) STRICT;

-- AUTOINCREMENT: the id is part of an audience key and must never be used for another person.
CREATE TABLE person (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant          INTEGER NOT NULL REFERENCES tenant,
    login           TEXT    NOT NULL, -- Unicode NFC
    name            TEXT    NOT NULL, -- display name, Unicode NFC
    folded_name     TEXT    NOT NULL, -- display name for sorting
    email           TEXT,             -- Unicode NFC
    languages       TEXT    NOT NULL, -- JSON array of language tags, the preferred first, as the directory has them
    password_hash   TEXT,             -- PHC string
    preferences     TEXT    NOT NULL DEFAULT '{}', -- JSON; what the person chose
    mail_severities INTEGER NOT NULL DEFAULT 0, -- bit set of severities the person wants mail for: 1 information to 8 error
    unsubscribed    INTEGER NOT NULL DEFAULT 0, -- 1: used the link that ends all mail, and gets none until they choose mail again
    created_at      INTEGER NOT NULL,
    since_sequence  INTEGER NOT NULL, -- notifications after this sequence reach the person
    disabled_at     INTEGER           -- since then the person cannot sign in and counts in no audience; the inbox and relations stay
) STRICT;
CREATE INDEX person_by_name ON person (tenant, folded_name);
CREATE INDEX person_of_tenant ON person (tenant, id, email);
CREATE INDEX person_enabled ON person (tenant, id, email) WHERE disabled_at IS NULL;
CREATE INDEX person_with_mail ON person (tenant, id) WHERE mail_severities != 0;

-- Logins and external ids in one namespace, so that no new login can equal another person's external id.
CREATE TABLE login_name (
    tenant INTEGER NOT NULL,
    name   TEXT    NOT NULL, -- in the form in which names are compared
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX login_name_of_person ON login_name (person);

-- Texts by whose prefixes a person is found: the login, and the display name from each of its words on.
CREATE TABLE name_prefix (
    tenant INTEGER NOT NULL,
    text   TEXT    NOT NULL, -- folded as in the search index
    person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    PRIMARY KEY (tenant, text, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_prefix_of_person ON name_prefix (person);

-- The keys that notifications are filed under and that people hold. Object and relation are columns and not one text:
-- an object may contain any character, and two roles must never share a key.
CREATE TABLE audience_key (
    id           INTEGER PRIMARY KEY,
    tenant       INTEGER NOT NULL REFERENCES tenant,
    kind         INTEGER NOT NULL, -- 0 everyone, 1 person, 2 role
    object       TEXT    NOT NULL, -- of a person: their id; of a role: the object; of everyone: empty
    relation     TEXT    NOT NULL, -- of a role: the relation; else empty
    holder_count INTEGER NOT NULL DEFAULT 0, -- of a role: enabled people who hold it now
    revision     INTEGER NOT NULL DEFAULT 0, -- how often notifications under this key were withdrawn or corrected
    UNIQUE (tenant, kind, object, relation)
) STRICT;
CREATE INDEX audience_key_by_object ON audience_key (tenant, object, relation) WHERE kind = 2;

-- The relations of the directory: a subject holds a role key for the sequences since_sequence < sequence <= until_sequence.
CREATE TABLE relation (
    id             INTEGER PRIMARY KEY,
    tenant         INTEGER NOT NULL REFERENCES tenant,
    key            INTEGER NOT NULL REFERENCES audience_key,
    subject        TEXT    NOT NULL, -- `person:7`, or any other subject
    person         INTEGER,          -- id of the subject when it is a person
    since          INTEGER NOT NULL,
    until          INTEGER,          -- absent while the relation holds
    since_sequence INTEGER NOT NULL,
    until_sequence INTEGER           -- absent while the relation holds
) STRICT;
CREATE INDEX relation_of_subject ON relation (tenant, subject);
CREATE INDEX relation_of_key ON relation (key, person) WHERE person IS NOT NULL;
CREATE INDEX relation_of_tenant ON relation (tenant) WHERE until IS NULL; -- in the order of `id`: a directory is read page by page
CREATE UNIQUE INDEX relation_current ON relation (key, subject) WHERE until IS NULL;

-- Display names of objects.
CREATE TABLE object (
    tenant INTEGER NOT NULL,
    object TEXT    NOT NULL,
    name   TEXT    NOT NULL,
    PRIMARY KEY (tenant, object)
) STRICT, WITHOUT ROWID;

-- ---------------------------------------------------------------------------------------------
-- Credentials: hashes only

CREATE TABLE api_key (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant              INTEGER NOT NULL REFERENCES tenant,
    name                TEXT    NOT NULL,
    scopes              TEXT    NOT NULL, -- JSON array
    hash                BLOB    NOT NULL UNIQUE, -- SHA-256
    requests_per_second INTEGER,          -- rate limit; absent: the server's setting
    created_at          INTEGER NOT NULL,
    last_used_at        INTEGER,          -- exact to about a minute
    revoked_at          INTEGER
) STRICT;
CREATE INDEX api_key_of_tenant ON api_key (tenant, name);
-- The name of a revoked key may be used again.
CREATE UNIQUE INDEX api_key_active ON api_key (tenant, name) WHERE revoked_at IS NULL;

-- Sessions, sign-in links, tickets of live streams, access tokens of API keys, personal tokens and known browsers.
CREATE TABLE token (
    hash         BLOB    PRIMARY KEY, -- SHA-256
    kind         TEXT    NOT NULL,
    tenant       INTEGER NOT NULL REFERENCES tenant,
    person       INTEGER REFERENCES person ON DELETE CASCADE,  -- whom it belongs to: a person or
    api_key      INTEGER REFERENCES api_key ON DELETE CASCADE, -- an API key
    expires_at   INTEGER NOT NULL,
    parent_kind  TEXT,    -- of a ticket: kind of the credential it was issued for; the ticket ends with that
    parent_hash  BLOB,    -- its SHA-256
    parent_until INTEGER  -- when it ends
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_end ON token (expires_at);
CREATE INDEX token_of_person ON token (person) WHERE person IS NOT NULL;
CREATE INDEX token_of_api_key ON token (api_key) WHERE api_key IS NOT NULL;

-- ---------------------------------------------------------------------------------------------
-- Notifications

CREATE TABLE component (
    id     INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    UNIQUE (tenant, name)
) STRICT;

-- Small columns come first: reading them does not load the pages of a long message.
-- No foreign keys here and in `audience`: each notification would pay for a check that cannot fail.
CREATE TABLE notification (
    row          INTEGER PRIMARY KEY AUTOINCREMENT, -- rises with the sequence within a tenant; never used again
    tenant       INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    id           BLOB    NOT NULL, -- UUID
    accepted_at  INTEGER NOT NULL,
    expires_at   INTEGER,
    withdrawn    INTEGER NOT NULL DEFAULT 0, -- 1: in no inbox, because it expired, was recalled or was never meant for one
    severity     INTEGER NOT NULL, -- 0 information to 3 error
    component    INTEGER NOT NULL, -- 0: none
    keys         TEXT    NOT NULL, -- JSON array of audience_key ids
    fingerprint  BLOB,             -- SHA-256; an equal one is not stored twice
    corrected_at INTEGER,          -- last time the content was replaced
    corrected_by TEXT,             -- JSON: {"name", "kind"}
    recalled_at  INTEGER,
    recalled_by  TEXT,             -- JSON: {"name", "kind"}
    audience     TEXT    NOT NULL, -- JSON; the recipients as the sender named them
    message      TEXT    NOT NULL  -- JSON
) STRICT;
CREATE UNIQUE INDEX notification_by_sequence ON notification (tenant, sequence);
CREATE UNIQUE INDEX notification_by_id ON notification (tenant, id);
CREATE UNIQUE INDEX notification_by_fingerprint ON notification (tenant, fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX notification_to_expire ON notification (expires_at) WHERE expires_at IS NOT NULL AND withdrawn = 0;

-- One row for each key that a notification is filed under. Inboxes are read from this table.
CREATE TABLE audience (
    key       INTEGER NOT NULL, -- audience_key.id
    sequence  INTEGER NOT NULL, -- notification.sequence
    severity  INTEGER NOT NULL, -- copy of notification.severity
    component INTEGER NOT NULL, -- copy of notification.component
    PRIMARY KEY (key, sequence)
) STRICT, WITHOUT ROWID;

-- Responses to requests with an idempotency key.
CREATE TABLE idempotency_key (
    tenant      INTEGER NOT NULL,
    scope       TEXT    NOT NULL, -- who sent the request
    key         TEXT    NOT NULL, -- the key the sender chose
    body_hash   BLOB    NOT NULL, -- SHA-256 of the request's body
    created_at  INTEGER NOT NULL,
    id          BLOB    NOT NULL, -- UUID of what was created
    sequence    INTEGER NOT NULL, -- of the notification; 0 for anything else
    accepted_at INTEGER NOT NULL,
    response    TEXT,             -- JSON; absent when the response follows from the notification alone
    PRIMARY KEY (tenant, scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);

-- Notifications to send later, and unscheduled ones, which have no time.
CREATE TABLE scheduled (
    id     BLOB    NOT NULL, -- UUID
    tenant INTEGER NOT NULL REFERENCES tenant,
    due_at INTEGER,          -- absent: not scheduled
    body   TEXT    NOT NULL, -- JSON
    PRIMARY KEY (tenant, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX scheduled_by_time ON scheduled (due_at) WHERE due_at IS NOT NULL;

-- Drafts that people saved for themselves.
CREATE TABLE saved_draft (
    row      INTEGER PRIMARY KEY,
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    id       BLOB    NOT NULL, -- UUID
    title    TEXT    NOT NULL, -- shown in the list of drafts
    saved_at INTEGER NOT NULL,
    content  TEXT    NOT NULL, -- the form's fields, in the client's own format
    UNIQUE (person, id)
) STRICT;

-- ---------------------------------------------------------------------------------------------
-- Search

-- The tokens of title, description and component in every language; rowid is notification.row.
-- The adapter cuts texts into tokens; the tokenizer of SQLite only splits at spaces.
CREATE VIRTUAL TABLE search_index USING fts5 (
    tenant, -- `t7`: a token like any other, so that the index itself separates tenants
    text,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = 'ascii'
);
-- The adapter merges the index in small steps (SQLite FTS5, 6.9), not in a large one during a commit that others wait for.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0);
INSERT INTO search_index (search_index, rank) VALUES ('crisismerge', 1000);

-- How far the index goes. It lags behind: many notifications at once cost a fraction of what they cost one by one. One row.
CREATE TABLE search_state (
    indexed_up_to INTEGER NOT NULL -- notification.row
) STRICT;
INSERT INTO search_state (indexed_up_to) VALUES (0);

-- Deleted notifications that are still in the index: removing them needs space, which the deletion makes first.
CREATE TABLE search_pending_delete (
    row INTEGER PRIMARY KEY -- notification.row
) STRICT;

-- ---------------------------------------------------------------------------------------------
-- Inboxes

-- The state of a person's whole inbox. Absent until the person changes something.
CREATE TABLE inbox (
    person                INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
    tenant                INTEGER NOT NULL,
    revision              INTEGER NOT NULL DEFAULT 0, -- how often the person changed it
    keys_revision         INTEGER NOT NULL DEFAULT 0, -- sum of the revisions of the person's keys at the last change
    unlisted_up_to        INTEGER NOT NULL DEFAULT 0, -- changes up to this revision cannot be listed item by item
    seen_up_to            INTEGER NOT NULL DEFAULT 0, -- sequence
    watermarks            TEXT    NOT NULL DEFAULT '', -- states of items without a row: `120:3 400:1`, each a sequence and the state up to it
    rows_since_compaction INTEGER NOT NULL DEFAULT 0, -- new rows in item_state since the last compaction
    compacted_revision    INTEGER NOT NULL DEFAULT 0, -- revision at the last compaction
    cleaned_up_to         INTEGER NOT NULL DEFAULT 0  -- no row about an item up to this sequence is left
) STRICT;
CREATE INDEX inbox_to_clean ON inbox (tenant, cleaned_up_to);

-- The state of a single item that a person changed. It takes precedence over the watermarks.
CREATE TABLE item_state (
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    state    INTEGER NOT NULL, -- bit set: 1 read, 2 dismissed, 4 snoozed, 8 pinned, 16 back from a snooze
    revision INTEGER NOT NULL, -- the inbox's revision at this change
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_state_by_state ON item_state (person, state, sequence);
CREATE INDEX item_state_by_revision ON item_state (person, revision);

-- When a person first read and last dismissed a single item. Changes of all items at once are in `bulk_mark`.
CREATE TABLE read_time (
    person       INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence     INTEGER NOT NULL,
    read_at      INTEGER,
    dismissed_at INTEGER,
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;

-- When a person marked all items up to a sequence at once, for items that have no row in `read_time`.
-- Of two marks up to the same sequence the first counts.
CREATE TABLE bulk_mark (
    person    INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    bit       INTEGER NOT NULL, -- 1 read, 2 dismissed
    up_to     INTEGER NOT NULL, -- sequence
    marked_at INTEGER NOT NULL,
    PRIMARY KEY (person, bit, up_to)
) STRICT, WITHOUT ROWID;

-- When snoozed items come back. The state says whether an item is snoozed; a row of an item that is not is ignored
-- and deleted when its time comes.
CREATE TABLE snooze (
    person   INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (person, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX snooze_by_end ON snooze (until);

-- What undoes a change, in parts of bounded size.
CREATE TABLE undo (
    id         BLOB    NOT NULL, -- UUID
    part       INTEGER NOT NULL, -- 0, 1, 2, ...
    person     INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used       INTEGER NOT NULL DEFAULT 0, -- 1: the change is being undone
    inverse    TEXT    NOT NULL, -- JSON
    PRIMARY KEY (id, part)
) STRICT;
CREATE INDEX undo_by_age ON undo (created_at);
CREATE INDEX undo_of_person ON undo (person);

-- Who clicked which button of a notification, and when first. Label and data are kept as they were at that time.
CREATE TABLE button_click (
    row        INTEGER PRIMARY KEY AUTOINCREMENT, -- rises in the order of clicks
    tenant     INTEGER NOT NULL,
    sequence   INTEGER NOT NULL, -- of the notification
    button     INTEGER NOT NULL, -- index among the notification's buttons, from 0
    person     INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
    clicked_at INTEGER NOT NULL,
    label      TEXT    NOT NULL,
    data       TEXT,             -- JSON, for the sender
    UNIQUE (tenant, sequence, person, button)
) STRICT;
CREATE INDEX button_click_of_person ON button_click (person);

-- ---------------------------------------------------------------------------------------------
-- Deliveries

-- Endpoints that receive every notification of a tenant.
CREATE TABLE webhook (
    row             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              BLOB    NOT NULL UNIQUE, -- UUID
    tenant          INTEGER NOT NULL REFERENCES tenant,
    format          TEXT    NOT NULL, -- name of the payload's format
    url             TEXT    NOT NULL,
    queue           TEXT    NOT NULL, -- name of the host's queue
    headers         TEXT    NOT NULL, -- JSON
    secret          TEXT,             -- signs requests
    extra           TEXT    NOT NULL, -- JSON; what the format needs besides
    on_created      INTEGER NOT NULL DEFAULT 1, -- 1: called when a notification is created
    created_at      INTEGER NOT NULL,
    disabled_reason TEXT              -- the response that disabled it
) STRICT;
CREATE INDEX webhook_of_tenant ON webhook (tenant) WHERE disabled_reason IS NULL;

-- Mailings whose addresses are not all planned yet: one row for a notification, however many people it reaches.
CREATE TABLE mailing (
    row            INTEGER PRIMARY KEY, -- notification.row
    tenant         INTEGER NOT NULL,
    sequence       INTEGER NOT NULL,
    everyone       INTEGER NOT NULL, -- 1: all with an address; 0: those who want mail of this severity
    expanded_up_to INTEGER NOT NULL DEFAULT 0 -- people up to this person.id have their delivery
) STRICT;

-- One row for each channel and address. Leases are in memory: a delivery in progress stays due in the file.
CREATE TABLE delivery (
    row           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            BLOB    NOT NULL UNIQUE, -- UUID
    tenant        INTEGER NOT NULL,
    sequence      INTEGER NOT NULL, -- of the notification
    person        INTEGER,          -- the reader of a mail
    webhook       INTEGER,          -- webhook.row
    channel       INTEGER NOT NULL, -- 1 mail, 2 HTTP
    target        TEXT    NOT NULL, -- address or URL
    queue         TEXT    NOT NULL, -- name of the queue: the host, or the mail server
    request       TEXT,             -- JSON; the HTTP request a sender asked for; removed once it was delivered
    state         INTEGER NOT NULL DEFAULT 0, -- 0 pending, 1 delivered, 2 rejected, 3 given up
    due_at        INTEGER NOT NULL,
    attempt_count INTEGER NOT NULL DEFAULT 0, -- of the current schedule
    attempt_log   TEXT    NOT NULL DEFAULT '[]' -- JSON array of all attempts
) STRICT;
CREATE INDEX delivery_due ON delivery (queue, due_at) WHERE state = 0;
CREATE INDEX delivery_of_notification ON delivery (tenant, sequence);

-- URLs that responded 410 Gone and belong to no webhook. Deliveries to them are rejected until someone asks for another attempt.
CREATE TABLE disabled_url (
    tenant      INTEGER NOT NULL REFERENCES tenant,
    url         TEXT    NOT NULL,
    response    TEXT    NOT NULL,
    disabled_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, url)
) STRICT, WITHOUT ROWID;
CREATE INDEX disabled_url_by_age ON disabled_url (disabled_at);

-- ---------------------------------------------------------------------------------------------
-- Volume and housekeeping

-- Notifications sent on a day, by component and severity. Counted after the sending, in steps.
CREATE TABLE volume (
    day       INTEGER NOT NULL, -- days since 1970 UTC
    tenant    INTEGER NOT NULL,
    component INTEGER NOT NULL, -- 0: none; -1: all beyond the number that a day counts separately
    severity  INTEGER NOT NULL, -- 0 information to 3 error
    count     INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, component, severity)
) STRICT, WITHOUT ROWID;

-- The same by sender.
CREATE TABLE volume_sender (
    day    INTEGER NOT NULL, -- days since 1970 UTC
    tenant INTEGER NOT NULL,
    sender TEXT    NOT NULL, -- empty: all beyond the number that a day counts separately
    count  INTEGER NOT NULL,
    PRIMARY KEY (day, tenant, sender)
) STRICT, WITHOUT ROWID;

-- How far the counting is. One row.
CREATE TABLE volume_state (
    counted_up_to INTEGER NOT NULL -- notification.row
) STRICT;
INSERT INTO volume_state (counted_up_to) VALUES (0);

-- The time by which old data was last deleted. It may differ from the clock: after a jump it advances by one day per start.
-- At most one row.
CREATE TABLE deletion_time (
    at          INTEGER NOT NULL,
    advanced_at INTEGER NOT NULL -- clock time of the last advance by a day
) STRICT;
