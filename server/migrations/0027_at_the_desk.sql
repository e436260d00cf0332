-- Who called the registered number back for a support case: another operator takes away what somebody logs in with.
ALTER TABLE support_case ADD COLUMN called_by TEXT;

-- A new registered e-mail address is proven there before it holds, by a link of which only the hash is here.
ALTER TABLE organisation_change ADD COLUMN link_hash TEXT;
ALTER TABLE organisation_change ADD COLUMN proven_at BIGINT;
UPDATE organisation_change SET proven_at = starts_at;
CREATE UNIQUE INDEX organisation_change_link ON organisation_change (link_hash);
