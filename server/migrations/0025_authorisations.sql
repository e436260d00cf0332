-- What people may do in the services behind this server: an id of the configuration, which may name it no more.
CREATE TABLE authorisation (
    account_id TEXT NOT NULL REFERENCES account (id),
    id         TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);
