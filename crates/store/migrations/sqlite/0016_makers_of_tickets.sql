-- What let the maker of a ticket in: the ticket, and what it opens, end with that.
ALTER TABLE pass ADD COLUMN maker_kind TEXT;
ALTER TABLE pass ADD COLUMN maker BLOB;
ALTER TABLE pass ADD COLUMN maker_until INTEGER;
