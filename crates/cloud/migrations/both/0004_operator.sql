-- What whoever runs the cloud needs: locked accounts, operators, the first set-up, and what the
-- processes of one cloud tell each other.

ALTER TABLE accounts ADD COLUMN locked_at   BIGINT;                    -- nobody signs in from here on
ALTER TABLE accounts ADD COLUMN locked_by   TEXT;                      -- 'operator', or 'person': their own panic button
ALTER TABLE accounts ADD COLUMN is_operator BIGINT NOT NULL DEFAULT 0; -- 1: gets the cloud's alarms

-- Links that make the first account, each good once.
CREATE TABLE setups (
    token_hash TEXT   PRIMARY KEY, -- SHA-256 of the token in the printed link
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

-- What every process of the cloud has to do at once; each reads the last minutes again and again.
CREATE TABLE orders (
    id         TEXT   PRIMARY KEY,
    what       TEXT   NOT NULL, -- JSON
    created_at BIGINT NOT NULL
);
CREATE INDEX orders_by_time ON orders (created_at);
