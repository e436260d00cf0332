-- Since when a factor opens nothing, because its owner sets the second factor up anew.
ALTER TABLE factor ADD COLUMN suspended_at BIGINT;

-- Setting up anew: open in one browser and for a while; then only a human helps. What is enrolled in it
-- gets bound_at at most. The row goes when a factor has proven itself.
CREATE TABLE factor_reset (
    account_id TEXT PRIMARY KEY REFERENCES account (id),
    browser    TEXT NOT NULL,
    bound_at   TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
