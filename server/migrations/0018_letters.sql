-- How a PIN goes to whom it is for: in a Berichtenbox, or by post. One that went by post and was not used
-- lapses at lies_until as one that nobody opened.
ALTER TABLE pin ADD COLUMN road TEXT NOT NULL DEFAULT 'box';

-- A letter with a PIN. started_by: the name of the operator who had it written; nothing where a contact
-- person or its reader did. exported_by: that of the operator who took it to the print service.
CREATE TABLE letter (
    id          TEXT PRIMARY KEY,
    pin_id      TEXT NOT NULL REFERENCES pin (id),
    account_id  TEXT NOT NULL REFERENCES account (id),
    started_by  TEXT,
    written_at  BIGINT NOT NULL,
    lies_until  BIGINT NOT NULL,
    exported_at BIGINT,
    exported_by TEXT
);
CREATE INDEX letter_pin ON letter (pin_id);
CREATE INDEX letter_account ON letter (account_id);

-- What is printed, which only the print service can read; the row is gone when it is exported or lapses.
CREATE TABLE letter_sheet (
    letter_id TEXT PRIMARY KEY REFERENCES letter (id),
    content   TEXT NOT NULL
);
