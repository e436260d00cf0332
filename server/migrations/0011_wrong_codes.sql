-- Each code that was looked at and not found right, for as long as it counts. owner: the attempt or
-- session it was typed in.
CREATE TABLE code_try (
    id         TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id),
    owner      TEXT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX code_try_account ON code_try (account_id, at);
CREATE INDEX code_try_owner ON code_try (owner);
