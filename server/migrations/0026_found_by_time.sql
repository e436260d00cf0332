-- What lapses is found by its time, in tables that grow with the people there are and that no log-in writes.
CREATE INDEX account_requests ON account (request_ends_at)
    WHERE request_ends_at IS NOT NULL AND request_lapsed_at IS NULL AND ended_at IS NULL;
CREATE INDEX pin_unused ON pin (lies_until)
    WHERE ended_at IS NULL AND password_at IS NULL AND card_at IS NULL;
CREATE INDEX message_expires ON message (expires_at);
CREATE INDEX message_secret_expires ON message_secret (expires_at);
CREATE INDEX told_at ON told (at);
CREATE INDEX sent_turn_at ON sent_turn (at);
CREATE INDEX setting_named ON setting (name);
CREATE INDEX support_case_opened ON support_case (opened_at);

-- Of names that nobody has: what counts for an account stays.
CREATE INDEX lockout_names ON lockout (touched_at) WHERE subject LIKE 'name:%';
