-- What the first request with an idempotency key was answered, where its repeat cannot be answered
-- from the notification alone: counts and warnings depend on who was in the directory then.
ALTER TABLE idempotency ADD COLUMN answer TEXT;
