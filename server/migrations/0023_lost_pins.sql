-- Who asked for a new PIN and has proven nothing: contact persons answer it. subject: the account, or a name
-- or number that nobody has, as a keyed hash, so that as much is written for those.
CREATE TABLE pin_request (
    subject         TEXT PRIMARY KEY,
    account_id      TEXT REFERENCES account (id),
    organisation_id TEXT REFERENCES organisation (id),
    asked_at        BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX pin_request_organisation ON pin_request (organisation_id, asked_at);
CREATE INDEX pin_request_expires ON pin_request (expires_at);

-- Where an operator calls an organisation back. What brings people back in counts from a week on after it was
-- first recorded: telephone_from, email_from.
ALTER TABLE organisation ADD COLUMN telephone TEXT;
ALTER TABLE organisation ADD COLUMN telephone_from BIGINT;
ALTER TABLE organisation ADD COLUMN email_from BIGINT;
UPDATE organisation SET email_from = created_at WHERE email IS NOT NULL;

-- What an operator does for somebody who called, once that was confirmed: by a call back, or by a link that was
-- mailed to the registered address, of which only the hash is here.
CREATE TABLE support_case (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    purpose    TEXT NOT NULL,
    state      TEXT NOT NULL,
    link_hash  TEXT UNIQUE,
    opened_by  TEXT NOT NULL,
    opened_at  BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX support_case_ends ON support_case (ends_at);
CREATE INDEX support_case_account ON support_case (account_id);
