-- Who ended all mail by the link in one gets none, not even what is sent to everyone, until they ask
-- for mail again.
ALTER TABLE person ADD COLUMN no_mail INTEGER NOT NULL DEFAULT 0;
