-- Signed in: keys of browsers, fresh proofs, known browsers, changes of address, and what a person
-- objects to. Times are seconds since 1970; identifiers are random text.

ALTER TABLE sessions ADD COLUMN token_until BIGINT NOT NULL DEFAULT 9223372036854775807; -- the token is good for so long
ALTER TABLE sessions ADD COLUMN previous_hash TEXT NOT NULL DEFAULT '';  -- the token before, for requests that were on their way
ALTER TABLE sessions ADD COLUMN previous_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN browser_hash TEXT NOT NULL DEFAULT '';   -- SHA-256 of the cookie that knows the browser
ALTER TABLE sessions ADD COLUMN browser_key TEXT NOT NULL DEFAULT '';    -- public P-256 key that renews it, base64url
ALTER TABLE sessions ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;     -- last time the password was given
ALTER TABLE sessions ADD COLUMN place TEXT NOT NULL DEFAULT '';          -- masked address of the last use
CREATE INDEX sessions_by_browser ON sessions (browser_hash);
CREATE INDEX sessions_by_previous ON sessions (previous_hash);

-- Browsers that an account has signed in from.
CREATE TABLE browsers (
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    browser_hash  TEXT   NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, browser_hash)
);

-- Nonces that a browser has signed: each renews once.
CREATE TABLE renewals (
    nonce      TEXT   PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- A new address, asked for and, once its mailbox said so, in use.
CREATE TABLE email_changes (
    id            TEXT   PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash    TEXT   NOT NULL UNIQUE, -- SHA-256 of the token in the mail to the new address
    old_email     TEXT   NOT NULL,
    old_email_key TEXT   NOT NULL,
    new_email     TEXT   NOT NULL,
    new_email_key TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    confirmed_at  BIGINT
);
CREATE INDEX email_changes_by_account ON email_changes (account_id);

-- Links "that was not me" in mails to the owner: one locks the account and undoes the change of address.
CREATE TABLE objections (
    token_hash      TEXT   PRIMARY KEY,
    account_id      TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    email_change_id TEXT   REFERENCES email_changes (id) ON DELETE CASCADE,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    used_at         BIGINT
);
CREATE INDEX objections_by_account ON objections (account_id);

-- Notices that somebody does not want by mail.
CREATE TABLE muted_notices (
    account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL,
    PRIMARY KEY (account_id, kind)
);
