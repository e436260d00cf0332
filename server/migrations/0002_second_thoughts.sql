-- The level of the last proof alone: what is enrolled gets no more from a session that was raised.
ALTER TABLE session ADD COLUMN proof TEXT NOT NULL DEFAULT 'low';

-- Whose attempt it is, once that is known: a change of factors ends it.
ALTER TABLE attempt ADD COLUMN account_id TEXT;
CREATE INDEX attempt_account ON attempt (account_id);
CREATE INDEX login_code_account ON login_code (account_id);
