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

-- The one contact person whom nobody but the operator replaces: so far whoever came first.
ALTER TABLE organisation ADD COLUMN main_contact TEXT REFERENCES account (id);
UPDATE organisation SET main_contact =
    (SELECT a.id FROM account a WHERE a.organisation_id = organisation.id
     AND a.role = 'contact_person' AND a.ended_at IS NULL ORDER BY a.created_at, a.id LIMIT 1);

CREATE INDEX account_contacts ON account (organisation_id)
    WHERE role = 'contact_person' AND ended_at IS NULL;

-- Who left no longer keeps the address: an account that begins with it is another one.
DROP INDEX account_username;
CREATE UNIQUE INDEX account_username ON account (username) WHERE ended_at IS NULL;

-- Colleagues in the order of their names, and found by the beginning of a word of theirs; filled in
-- by the program, which knows what a letter without its accent is.
ALTER TABLE account ADD COLUMN sorted TEXT;
CREATE INDEX account_unsorted ON account (id) WHERE sorted IS NULL;
CREATE INDEX account_listed ON account (organisation_id, sorted, id) WHERE ended_at IS NULL;
CREATE TABLE account_word (
    organisation_id TEXT NOT NULL REFERENCES organisation (id),
    word            TEXT NOT NULL,
    account_id      TEXT NOT NULL REFERENCES account (id),
    PRIMARY KEY (organisation_id, word, account_id)
);
CREATE INDEX account_word_of ON account_word (account_id, word);
