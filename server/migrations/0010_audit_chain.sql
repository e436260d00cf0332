-- What is personal in an event beyond our own ids, with the salt of its commitment: the event holds
-- only the commitment, so this row can be removed and the chain still holds.
CREATE TABLE audit_personal (
    event_id TEXT PRIMARY KEY,
    salt     TEXT NOT NULL,
    content  TEXT NOT NULL
);

-- Events that have no place in the chain yet; written with the event, removed with its link.
CREATE TABLE audit_waiting (
    event_id TEXT PRIMARY KEY
);
INSERT INTO audit_waiting (event_id) SELECT id FROM audit;

-- Append-only: the place of each event, and the hash of the chain up to it.
CREATE TABLE audit_link (
    seq      BIGINT PRIMARY KEY,
    event_id TEXT NOT NULL,
    at       BIGINT NOT NULL,
    leaf     TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_link_event ON audit_link (event_id);

-- Append-only: what was signed.
CREATE TABLE audit_checkpoint (
    seq       BIGINT PRIMARY KEY,
    chain     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    hash      TEXT NOT NULL,
    key       TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- One row: where the chain ends, and which server goes on with it until when.
CREATE TABLE audit_head (
    name       TEXT PRIMARY KEY,
    chain      TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    holder     TEXT NOT NULL,
    held_until BIGINT NOT NULL
);
