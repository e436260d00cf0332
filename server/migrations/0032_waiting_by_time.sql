-- Events that have no place in the chain yet, by the time at which they get one: the oldest are found
-- without a look at the others. An event that is gone keeps its row, for that is told.
CREATE TABLE audit_waiting_by_time (
    at       BIGINT NOT NULL,
    event_id TEXT   NOT NULL,
    PRIMARY KEY (at, event_id)
);
INSERT INTO audit_waiting_by_time (at, event_id)
    SELECT COALESCE((SELECT a.at FROM audit a WHERE a.id = w.event_id), 0), w.event_id
    FROM audit_waiting w;
DROP TABLE audit_waiting;
ALTER TABLE audit_waiting_by_time RENAME TO audit_waiting;
