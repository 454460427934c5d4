-- The second factor: code app, recovery codes and passkeys; and log-ins that wait for it.
-- Times are seconds since 1970. What is sealed opens only with the server's key and in its own row.

-- Accounts that are asked for more than a password.
CREATE TABLE second_factors (
    account_id   TEXT   PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    code_salt    TEXT   NOT NULL, -- of the recovery codes' hashes
    turned_on_at BIGINT NOT NULL
);

-- Keys of code apps (RFC 6238).
CREATE TABLE app_keys (
    account_id  TEXT   PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    sealed_key  TEXT,                      -- the key that counts
    offered_key TEXT,                      -- sealed; shown to its owner and not confirmed yet
    offered_at  BIGINT NOT NULL,
    last_step   BIGINT NOT NULL DEFAULT 0  -- newest time step that was used up
);

CREATE TABLE recovery_codes (
    account_id TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    code_hash  TEXT   NOT NULL, -- Argon2id
    used_at    BIGINT,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE passkeys (
    id            TEXT   PRIMARY KEY,
    account_id    TEXT   NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    credential_id TEXT   NOT NULL UNIQUE, -- base64url
    credential    TEXT   NOT NULL,        -- sealed: public key and use counter
    name          TEXT   NOT NULL,
    added_at      BIGINT NOT NULL,
    last_used_at  BIGINT
);
CREATE INDEX passkeys_by_account ON passkeys (account_id);

-- Ceremonies of passkeys that are used up; one that nobody finished leaves no row.
CREATE TABLE used_ceremonies (
    id         TEXT   PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- The password was right, the second factor is awaited.
CREATE TABLE pending_sign_ins (
    token_hash  TEXT    PRIMARY KEY, -- SHA-256 of the cookie's token
    account_id  TEXT    NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    auto_login  BOOLEAN NOT NULL,
    browser_key TEXT    NOT NULL, -- public key that the browser offers to renew its session with
    n_tries     BIGINT  NOT NULL DEFAULT 0,
    expires_at  BIGINT  NOT NULL,
    used_at     BIGINT
);
CREATE INDEX pending_sign_ins_by_account ON pending_sign_ins (account_id);
