-- Whether the key keeps the credential, so that it logs in without a name: known of a passkey, of a
-- browser that says so, and of who did it once. And which factor a new credential of the same key
-- takes the place of, once it has proven itself.
ALTER TABLE credential ADD COLUMN discoverable BIGINT;
ALTER TABLE credential ADD COLUMN replaces TEXT;
UPDATE credential SET discoverable = 1
    WHERE factor_id IN (SELECT id FROM factor WHERE kind = 'passkey');
