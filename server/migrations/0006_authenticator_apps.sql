-- The seed of an authenticator app, sealed; and the last step of which a code was accepted.
CREATE TABLE totp (
    factor_id TEXT PRIMARY KEY REFERENCES factor (id),
    seed      TEXT NOT NULL,
    step      BIGINT NOT NULL
);

-- A seed that is shown to the person in this session, sealed: it opens nothing before a code of it
-- was typed there.
CREATE TABLE totp_draft (
    session_id TEXT PRIMARY KEY,
    seed       TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
