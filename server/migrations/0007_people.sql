-- Who had an account before gets a number at the next start: a check digit is beyond SQL.
ALTER TABLE account ADD COLUMN number TEXT;
CREATE UNIQUE INDEX account_number ON account (number);

-- An account that is not activated lapses then; nothing for one that was, or that was made with a
-- password. And when its contact persons were told.
ALTER TABLE account ADD COLUMN request_ends_at BIGINT;
ALTER TABLE account ADD COLUMN request_lapsed_at BIGINT;

-- lies_until: unopened, it lapses then. password_at: when it set a password first.
CREATE TABLE pin (
    id          TEXT PRIMARY KEY,
    account_id  TEXT NOT NULL REFERENCES account (id),
    hash        TEXT NOT NULL,
    made_at     BIGINT NOT NULL,
    lies_until  BIGINT NOT NULL,
    opened_at   BIGINT,
    opened_by   TEXT,
    ended_at    BIGINT,
    password_at BIGINT
);
CREATE INDEX pin_account ON pin (account_id);
-- One at most works.
CREATE UNIQUE INDEX pin_opened ON pin (account_id) WHERE opened_at IS NOT NULL AND ended_at IS NULL;

CREATE TABLE message (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    content    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    read_at    BIGINT
);
CREATE INDEX message_account ON message (account_id, created_at);

-- What a message shows once, sealed; the row is gone when it is shown or lapses.
CREATE TABLE message_secret (
    message_id TEXT PRIMARY KEY REFERENCES message (id),
    sealed     TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
