-- Since when an account may do without a second factor, moved back by as much as the clock ever was;
-- when that was last looked at; and when the first factor of it ever proved itself, which ends it for good.
ALTER TABLE account ADD COLUMN grace_from BIGINT;
ALTER TABLE account ADD COLUMN grace_seen_at BIGINT;
ALTER TABLE account ADD COLUMN grace_over_at BIGINT;
-- Who is here already was never given any.
UPDATE account SET grace_over_at = created_at WHERE request_ends_at IS NULL;
