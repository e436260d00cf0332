-- The back-up e-mail address of an account, proven, sealed. starts_at: it brings its owner back in from
-- then on.
CREATE TABLE backup_email (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    address    TEXT NOT NULL,
    starts_at  BIGINT NOT NULL
);

-- An address that was an account's until lately, sealed: what happens is told there too, until ends_at.
CREATE TABLE former_email (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    address    TEXT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX former_email_account ON former_email (account_id);

-- The one address of an account that is being proven, sealed with the code that was mailed there: it is
-- nobody's before that code was typed in this session.
CREATE TABLE email_change (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    session_id TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    content    TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- When an e-mail address of the account last changed.
ALTER TABLE account ADD COLUMN email_changed_at BIGINT;

-- The one link to the back-up address that lives for an attempt. owner: the attempt that asked.
CREATE TABLE email_link (
    owner      TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    link_hash  TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX email_link_account ON email_link (account_id);
