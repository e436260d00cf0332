-- When it was told that a waiver is over; what was given before this is not told of any more.
ALTER TABLE waiver ADD COLUMN told_at BIGINT;
UPDATE waiver SET told_at = ends_at;
CREATE INDEX waiver_untold ON waiver (ends_at) WHERE told_at IS NULL;
