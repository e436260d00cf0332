-- When an activation PIN linked a card.
ALTER TABLE pin ADD COLUMN card_at BIGINT;
