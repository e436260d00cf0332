-- What of an organisation's own anchors is to change, and when: until then the old one holds.
CREATE TABLE organisation_change (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    anchor          TEXT NOT NULL,
    value           TEXT NOT NULL,
    starts_at       BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, anchor)
);
CREATE INDEX organisation_change_starts ON organisation_change (starts_at);
