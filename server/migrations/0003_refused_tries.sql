-- Tries that a block kept from being looked at: counted, so that they need no event each.
ALTER TABLE lockout ADD COLUMN refused BIGINT NOT NULL DEFAULT 0;
