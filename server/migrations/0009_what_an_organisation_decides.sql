-- What an organisation decided for itself, one row a setting; what it never decided has no row and
-- follows the default of the server's version.
CREATE TABLE setting (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    name            TEXT NOT NULL,
    value           TEXT NOT NULL,
    PRIMARY KEY (organisation_id, name)
);

-- Where an organisation is reached: recorded by the operator, against the trade register.
ALTER TABLE organisation ADD COLUMN email TEXT;
ALTER TABLE organisation ADD COLUMN street TEXT;
ALTER TABLE organisation ADD COLUMN postcode TEXT;
ALTER TABLE organisation ADD COLUMN town TEXT;

-- The part of a user name behind the @: a name that nobody has is blocked as one of the same domain.
CREATE INDEX account_domain ON account
    (substr(username, length(rtrim(username, replace(username, '@', ''))) + 1), id)
    WHERE ended_at IS NULL;
