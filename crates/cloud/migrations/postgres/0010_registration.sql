-- Buttons in mails, resets by code, short codes that are switched off, and work that was done.

ALTER TABLE registrations ADD COLUMN form_id TEXT NOT NULL DEFAULT '';       -- the form it came from, for a second click
ALTER TABLE registrations ADD COLUMN short_code BOOLEAN NOT NULL DEFAULT TRUE;  -- FALSE: its mails hold a button only
ALTER TABLE registrations ADD COLUMN ended_at BIGINT;                        -- a button was pressed elsewhere
CREATE INDEX registrations_by_address ON registrations (email_key);
CREATE INDEX registrations_by_last_code ON registrations (last_code_at);

-- Links of before end with this: they live half an hour, and Forgot password mails another.
DROP TABLE resets;

-- One walk through Forgot password by one browser.
CREATE TABLE recoveries (
    id          TEXT    PRIMARY KEY,
    flow_hash   TEXT    NOT NULL UNIQUE, -- SHA-256 of the cookie's flow secret
    form_id     TEXT    NOT NULL,
    login       TEXT    NOT NULL,        -- as it was typed
    account_id  TEXT    REFERENCES accounts (id) ON DELETE CASCADE, -- none: no code is right
    code_nonce  TEXT    NOT NULL,        -- code and button are derived from this and the server's secret
    short_code  BOOLEAN NOT NULL,
    n_tries     BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    proven_at   BIGINT,
    finished_at BIGINT,
    ended_at    BIGINT,
    created_at  BIGINT  NOT NULL
);
CREATE INDEX recoveries_by_account ON recoveries (account_id);

-- The buttons of mails: 130 bits each, good for one press.
CREATE TABLE buttons (
    token_hash TEXT   PRIMARY KEY, -- SHA-256 of the token behind # in the mailed link
    purpose    TEXT   NOT NULL,    -- 'register' or 'reset'
    subject    TEXT   NOT NULL,    -- whose mailbox: canonical address, or account
    flow_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX buttons_by_subject ON buttons (subject);

-- Wrong short codes of one address, and since when they are not taken any more.
CREATE TABLE address_tries (
    key      TEXT   PRIMARY KEY,
    n_wrong  BIGINT NOT NULL,
    n_offs   BIGINT NOT NULL, -- how often the short code was switched off
    last_at  BIGINT NOT NULL,
    off_until BIGINT NOT NULL
);

-- Pieces of work that were handed in.
CREATE TABLE works (
    id         TEXT   PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
