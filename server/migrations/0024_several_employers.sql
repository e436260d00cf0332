-- One person, several employers: an address is one person's within an organisation, and may be that of
-- accounts in others.
DROP INDEX account_username;
CREATE UNIQUE INDEX account_username ON account (username, organisation_id) WHERE ended_at IS NULL;

-- Several organisations of one subscriber have one subscriber number (URA).
DROP INDEX organisation_subscriber;
CREATE INDEX organisation_subscriber ON organisation (subscriber);

-- When a right use of this password last counted as a try at the other accounts of its address.
ALTER TABLE password ADD COLUMN compared_at BIGINT;
