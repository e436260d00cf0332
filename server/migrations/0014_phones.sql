-- A phone number on which its owner gets codes, sealed. main: it is named first. starts_at: it counts
-- from then on.
CREATE TABLE phone (
    factor_id TEXT PRIMARY KEY REFERENCES factor (id),
    number    TEXT NOT NULL,
    main      BIGINT NOT NULL,
    starts_at BIGINT NOT NULL
);

-- A number that is being enrolled in this session, sealed: it opens nothing before a code was proven
-- there. zero: a leading 0 was left out.
CREATE TABLE phone_draft (
    session_id TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    number     TEXT NOT NULL,
    zero       BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- The one living code that was sent for an attempt, or for a session that enrols a number (without a
-- factor). code: sealed. keyed: it was keyed in during its call.
CREATE TABLE sent_code (
    owner      TEXT PRIMARY KEY,
    sending_id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id),
    factor_id  TEXT,
    kind       TEXT NOT NULL,
    code       TEXT NOT NULL,
    keyed      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sent_code_account ON sent_code (account_id);

-- Every sending of the last day, to hold each person, number and organisation to its share. number: a
-- keyed hash.
CREATE TABLE sent (
    id              TEXT PRIMARY KEY,
    account_id      TEXT NOT NULL REFERENCES account (id),
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    number          TEXT NOT NULL,
    at              BIGINT NOT NULL
);
CREATE INDEX sent_account ON sent (account_id, at);
CREATE INDEX sent_organisation ON sent (organisation_id, at);
CREATE INDEX sent_number ON sent (number, at);
CREATE INDEX sent_at ON sent (at);

-- One sending after the other to each number, whoever's it is.
CREATE TABLE sent_turn (
    number TEXT PRIMARY KEY,
    at     BIGINT NOT NULL
);
