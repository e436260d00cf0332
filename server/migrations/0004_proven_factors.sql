-- When a factor first proved itself: until then it counts for nothing. What was used has.
ALTER TABLE factor ADD COLUMN proven_at BIGINT;
UPDATE factor SET proven_at = used_at;
