-- When the name of an account that was activated was last changed: a card that the new name fits is not linked by it at once.
ALTER TABLE account ADD COLUMN name_changed_at BIGINT;
