-- The registry: every recorder that ever proved its key, and whose it is.

CREATE TABLE recorders (
    serial        TEXT   PRIMARY KEY,
    public_key    TEXT   NOT NULL, -- base64url; the first key seen for the serial
    account_id    TEXT   REFERENCES accounts (id) ON DELETE SET NULL,
    name          TEXT   NOT NULL DEFAULT '',
    cameras       TEXT   NOT NULL DEFAULT '[]', -- JSON as the agent last told
    first_seen_at BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL,
    claimed_at    BIGINT
);
CREATE INDEX recorders_by_account ON recorders (account_id);
