-- What a password is long enough for: 'account' where it may let in alone, 'nothing' where something else is always
-- asked. Those that were chosen before were judged by what they opened then.
ALTER TABLE password ADD COLUMN opens TEXT NOT NULL DEFAULT 'account';
