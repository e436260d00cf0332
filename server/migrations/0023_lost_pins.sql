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
