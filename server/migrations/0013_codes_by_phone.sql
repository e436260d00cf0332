-- What was sent by SMS or is asked in a phone call, until long after its code is dead. ticket_hash: of
-- what the provider names in its reports. stage: how far state is, so that it only goes forward. step:
-- which keys are awaited next; replied: what was answered to those before.
CREATE TABLE sending (
    id           TEXT PRIMARY KEY,
    ticket_hash  TEXT NOT NULL,
    channel      TEXT NOT NULL,
    organisation TEXT NOT NULL,
    language     TEXT NOT NULL,
    state        TEXT NOT NULL,
    stage        BIGINT NOT NULL,
    step         BIGINT NOT NULL,
    replied      TEXT,
    created_at   BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX sending_ticket ON sending (ticket_hash);
CREATE INDEX sending_ends ON sending (ends_at);
