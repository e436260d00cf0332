-- Messages that are to be delivered. due_at: when it is tried next, or until when a worker has it;
-- empty where it was given up. content: what it says and to whom, sealed.
CREATE TABLE outbox (
    id         TEXT PRIMARY KEY,
    account_id TEXT REFERENCES account (id),
    kind       TEXT NOT NULL,
    content    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at     BIGINT,
    ends_at    BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    failure    TEXT
);
CREATE INDEX outbox_due ON outbox (due_at);

-- When somebody was last told something that is told once a day. subject: as in lockout.
CREATE TABLE told (
    subject TEXT NOT NULL,
    kind    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (subject, kind)
);
