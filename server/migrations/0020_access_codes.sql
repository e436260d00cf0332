-- The one living access code of an account, which a contact person gave. id changes with every code, so that one
-- is spent by naming it. given_at is the level of the session in which it was given.
CREATE TABLE access_code (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    id         TEXT NOT NULL,
    hash       TEXT NOT NULL,
    given_at   TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
