-- Who corrected a notification last, and who took it back: {"name", "kind"}.
ALTER TABLE notification ADD COLUMN corrected_by TEXT;
ALTER TABLE notification ADD COLUMN recalled_by TEXT;
