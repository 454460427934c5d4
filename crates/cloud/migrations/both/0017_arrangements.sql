-- How an account shows a recorder: its place among the devices, and names, order and hidden ones of its cameras.

CREATE TABLE arrangements (
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    serial     TEXT   NOT NULL REFERENCES recorders (serial) ON DELETE CASCADE,
    position   BIGINT, -- NULL: behind those with a place
    cameras    TEXT   NOT NULL DEFAULT '[]', -- JSON in the order of the account
    PRIMARY KEY (account_id, serial)
);
CREATE INDEX arrangements_by_serial ON arrangements (serial);
