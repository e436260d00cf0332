-- For whom something was sent, and who asked: # in a call ends that, also when its code lives no more.
-- fraud_at: when # was believed, once. gateway: whose reports of it are believed.
ALTER TABLE sending ADD COLUMN account_id TEXT REFERENCES account (id);
ALTER TABLE sending ADD COLUMN attempt_id TEXT;
ALTER TABLE sending ADD COLUMN session_id TEXT;
ALTER TABLE sending ADD COLUMN client TEXT;
ALTER TABLE sending ADD COLUMN fraud_at BIGINT;
ALTER TABLE sending ADD COLUMN gateway TEXT;
