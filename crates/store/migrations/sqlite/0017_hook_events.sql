-- Whether an endpoint is called when a notification is created; one that asked for other events is not.
ALTER TABLE hook ADD COLUMN hears_creates INTEGER NOT NULL DEFAULT 1;
