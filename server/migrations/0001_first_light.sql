-- The common dialect of SQLite and PostgreSQL: TEXT, BIGINT; times in unix milliseconds,
-- bytes as base64url, yes and no as 1 and 0.

CREATE TABLE organisation (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    agb        TEXT,
    kvk        TEXT,
    subscriber TEXT,
    created_at BIGINT NOT NULL
);
-- One card names one subscriber number, so it leads to one organisation.
CREATE UNIQUE INDEX organisation_subscriber ON organisation (subscriber);

CREATE TABLE account (
    id              TEXT PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    username        TEXT NOT NULL,
    name            TEXT NOT NULL,
    role            TEXT NOT NULL,
    vouched         TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    ended_at        BIGINT
);
CREATE UNIQUE INDEX account_username ON account (username);
CREATE INDEX account_organisation ON account (organisation_id);

CREATE TABLE password (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    hash       TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- subject: an account, or the keyed hash of a user name that nobody has.
CREATE TABLE lockout (
    subject       TEXT NOT NULL,
    secret        TEXT NOT NULL,
    streak        BIGINT NOT NULL,
    total         BIGINT NOT NULL,
    blocks        BIGINT NOT NULL,
    blocked_until BIGINT,
    touched_at    BIGINT NOT NULL,
    PRIMARY KEY (subject, secret)
);

CREATE TABLE factor (
    id            TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES account (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    bound_at      TEXT NOT NULL,
    evidence      TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    used_at       BIGINT
);
CREATE INDEX factor_account ON factor (account_id);

CREATE TABLE credential (
    factor_id     TEXT PRIMARY KEY REFERENCES factor (id),
    credential_id TEXT NOT NULL,
    version       BIGINT NOT NULL,
    content       TEXT NOT NULL,
    counter       BIGINT NOT NULL,
    cloned_at     BIGINT
);
CREATE UNIQUE INDEX credential_by_id ON credential (credential_id);

CREATE TABLE card (
    factor_id       TEXT PRIMARY KEY REFERENCES factor (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    uzi_number      TEXT NOT NULL,
    subscriber      TEXT NOT NULL
);
CREATE UNIQUE INDEX card_once_per_organisation ON card (organisation_id, uzi_number);
CREATE INDEX card_named ON card (uzi_number, subscriber);

CREATE TABLE attempt (
    id             TEXT PRIMARY KEY,
    token_hash     TEXT NOT NULL,
    code_challenge TEXT,
    client         TEXT NOT NULL,
    state          TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX attempt_token ON attempt (token_hash);

-- owner: the attempt or session that asked.
CREATE TABLE challenge (
    owner      TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    state      TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    spent_at   BIGINT,
    PRIMARY KEY (owner, purpose)
);

CREATE TABLE login_code (
    code_hash      TEXT PRIMARY KEY,
    code_challenge TEXT NOT NULL,
    account_id     TEXT NOT NULL REFERENCES account (id),
    login          TEXT NOT NULL,
    expires_at     BIGINT NOT NULL,
    spent_at       BIGINT
);

CREATE TABLE session (
    id         TEXT PRIMARY KEY,
    token_hash TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES account (id),
    scope      TEXT NOT NULL,
    level      TEXT NOT NULL,
    way        TEXT NOT NULL,
    proven_at  BIGINT NOT NULL,
    client     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE UNIQUE INDEX session_token ON session (token_hash);
CREATE INDEX session_account ON session (account_id);

-- Append-only: no statement changes or removes a row.
CREATE TABLE audit (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    account_id TEXT,
    event      TEXT NOT NULL
);
CREATE INDEX audit_account ON audit (account_id, at);
