-- When more days than before were given to do without a second factor, while those of this account were
-- over: they stay over.
ALTER TABLE account ADD COLUMN grace_spent_at BIGINT;
