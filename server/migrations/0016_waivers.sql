-- That an account needs no second factor for a while: the last one it was given, which ends at ends_at.
CREATE TABLE waiver (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    given_at   BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
