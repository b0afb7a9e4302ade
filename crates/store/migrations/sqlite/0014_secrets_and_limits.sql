-- The portal secret before the present one, and until when it is good beside it.
ALTER TABLE tenant ADD COLUMN former_portal_secret TEXT;
ALTER TABLE tenant ADD COLUMN former_portal_until INTEGER;

-- With what links in mails are signed. Until now that was the portal secret: links that are in
-- mailboxes stay good when it is replaced.
ALTER TABLE tenant ADD COLUMN mail_secret TEXT NOT NULL DEFAULT '';
UPDATE tenant SET mail_secret = portal_secret;

-- How many requests a second a key may make; absent means what the server's settings say.
ALTER TABLE api_key ADD COLUMN requests_per_second INTEGER;
