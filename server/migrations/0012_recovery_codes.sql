-- The one living recovery code of an account. id changes with every code, so that one is spent by
-- naming it.
CREATE TABLE recovery_code (
    account_id   TEXT PRIMARY KEY REFERENCES account (id),
    id           TEXT NOT NULL,
    hash         TEXT NOT NULL,
    bound_at     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT
);
