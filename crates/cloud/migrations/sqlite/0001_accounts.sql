-- Accounts, sessions and what leads to them. Times are seconds since 1970; identifiers are random text.
-- Only what SQLite and PostgreSQL both understand.

CREATE TABLE accounts (
    id            TEXT   PRIMARY KEY,
    user_name     TEXT   NOT NULL,
    user_name_key TEXT   NOT NULL UNIQUE, -- lower case
    email         TEXT   NOT NULL,
    email_key     TEXT   NOT NULL UNIQUE, -- lower case, host in its ASCII form
    password_hash TEXT   NOT NULL,        -- PHC string, Argon2id
    created_at    BIGINT NOT NULL
);

CREATE TABLE sessions (
    id           TEXT    PRIMARY KEY,
    token_hash   TEXT    NOT NULL UNIQUE, -- SHA-256 of the cookie's token
    account_id   TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    persistent   INTEGER NOT NULL,        -- 1 with Auto-login
    user_agent   TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    last_seen_at BIGINT  NOT NULL,
    idle_until   BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- One walk through Register, or through Forgot password, by one browser.
CREATE TABLE registrations (
    id              TEXT    PRIMARY KEY,
    flow_hash       TEXT    NOT NULL UNIQUE, -- SHA-256 of the cookie's flow secret
    email           TEXT    NOT NULL,
    email_key       TEXT    NOT NULL,
    is_known        INTEGER NOT NULL,        -- 1: the address has an account, so no code is right
    code_nonce      TEXT    NOT NULL,        -- the code is derived from this and the server's secret
    code_expires_at BIGINT  NOT NULL,
    n_codes         INTEGER NOT NULL,
    n_tries         INTEGER NOT NULL,        -- wrong or right, of the newest code
    n_names         INTEGER NOT NULL,        -- user names asked for
    last_code_at    BIGINT  NOT NULL,
    proven_at       BIGINT,                  -- the right code came
    finished_at     BIGINT,
    created_at      BIGINT  NOT NULL
);

CREATE TABLE resets (
    token_hash TEXT   PRIMARY KEY, -- SHA-256 of the token in the mailed link
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

-- Captchas that somebody answered; an untouched picture leaves no row.
CREATE TABLE captchas (
    id         TEXT    PRIMARY KEY,
    n_tries    INTEGER NOT NULL,
    used_at    BIGINT,
    expires_at BIGINT  NOT NULL
);

-- Everything that is limited: how often `key` did `kind` since `started_at`.
CREATE TABLE counters (
    kind          TEXT   NOT NULL,
    key           TEXT   NOT NULL,
    n             BIGINT NOT NULL,
    started_at    BIGINT NOT NULL,
    blocked_until BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, key)
);

-- Mails to send, written in the transaction of what they tell about.
CREATE TABLE outbox (
    id           TEXT    PRIMARY KEY,
    message_id   TEXT    NOT NULL UNIQUE,
    recipient    TEXT    NOT NULL,
    letter       TEXT    NOT NULL, -- JSON: which mail and its fields; no secret in clear
    created_at   BIGINT  NOT NULL,
    run_at       BIGINT  NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    locked_until BIGINT  NOT NULL DEFAULT 0,
    expires_at   BIGINT  NOT NULL, -- not sent from here on
    sent_at      BIGINT,
    failed_at    BIGINT,           -- given up: refused for good, or expired
    last_error   TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX outbox_by_time ON outbox (run_at);

-- Where the demo's mails arrive.
CREATE TABLE mailbox (
    id         TEXT   PRIMARY KEY,
    position   BIGINT NOT NULL UNIQUE,
    recipient  TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    arrived_at BIGINT NOT NULL
);
