-- Codes and links that are good for one thing, once: of registrations, forgotten passwords, new addresses,
-- "that was not me" and the set-up. One table instead of six; what was mailed before stays good.

CREATE TABLE mailed_secrets (
    id          TEXT    PRIMARY KEY,
    purpose     TEXT    NOT NULL,            -- 'register', 'reset', 'new email', 'not me' or 'setup'
    subject     TEXT    NOT NULL,            -- whose it is: account, canonical address, or a name that nobody has
    account_id  TEXT    REFERENCES accounts (id) ON DELETE CASCADE,
    address     TEXT    NOT NULL DEFAULT '', -- as it was typed; a user name too where it is for a reset
    address_key TEXT    NOT NULL DEFAULT '', -- its canonical form
    nonce       TEXT    NOT NULL DEFAULT '', -- code and link are derived from this and the server's secret
    token_hash  TEXT    UNIQUE,              -- SHA-256 of the token behind # in the link
    flow_hash   TEXT,                        -- SHA-256 of the secret in the cookie of the browser that goes on with it
    form_id     TEXT    NOT NULL DEFAULT '', -- the form it came from, for a second click
    is_decoy    BOOLEAN NOT NULL DEFAULT FALSE, -- TRUE: neither was mailed, and none is right
    short_code  BOOLEAN NOT NULL DEFAULT FALSE, -- TRUE: its mail holds a code besides the link
    n_mails     BIGINT  NOT NULL DEFAULT 1,  -- mails of this browser so far
    n_tries     BIGINT  NOT NULL DEFAULT 0,  -- of the code, wrong or right
    n_names     BIGINT  NOT NULL DEFAULT 0,  -- user names asked for
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    link_until  BIGINT  NOT NULL,            -- the link is good for longer where no further mail leaves
    proven_at   BIGINT,                      -- the right code came, or a link led here
    finished_at BIGINT,                      -- what a proven one is for was done
    ended_at    BIGINT                       -- its link was used, or another took its place
);

CREATE UNIQUE INDEX mailed_secrets_by_flow ON mailed_secrets (purpose, flow_hash);
CREATE INDEX mailed_secrets_by_subject ON mailed_secrets (subject);
CREATE INDEX mailed_secrets_by_account ON mailed_secrets (account_id);
CREATE INDEX mailed_secrets_by_time ON mailed_secrets (purpose, created_at);

INSERT INTO mailed_secrets (id, purpose, subject, address, address_key, nonce, flow_hash, form_id, is_decoy, short_code,
                            n_mails, n_tries, n_names, created_at, expires_at, link_until, proven_at, finished_at, ended_at)
SELECT id, 'register', email_key, email, email_key, code_nonce, flow_hash, form_id, is_known, short_code,
       n_codes, n_tries, n_names, last_code_at, code_expires_at, code_expires_at, proven_at, finished_at, ended_at
FROM registrations;

INSERT INTO mailed_secrets (id, purpose, subject, account_id, address, address_key, nonce, flow_hash, form_id, is_decoy,
                            short_code, n_tries, created_at, expires_at, link_until, proven_at, finished_at, ended_at)
SELECT id, 'reset',
       COALESCE(account_id, (SELECT MAX(b.subject) FROM buttons b WHERE b.flow_id = recoveries.id), lower(login)),
       account_id, login, lower(login), code_nonce, flow_hash, form_id, account_id IS NULL,
       short_code, n_tries, created_at, expires_at, expires_at, proven_at, finished_at, ended_at
FROM recoveries;

-- The links of these, each by itself: only the server's secret tells which of a browser's mails one was in.
INSERT INTO mailed_secrets (id, purpose, subject, address, address_key, token_hash, is_decoy, created_at, expires_at,
                            link_until, ended_at)
SELECT b.token_hash, 'register', b.subject, r.email, r.email_key, b.token_hash, r.is_known, b.created_at, b.expires_at,
       b.expires_at, b.used_at
FROM buttons b JOIN registrations r ON r.id = b.flow_id WHERE b.purpose = 'register';

INSERT INTO mailed_secrets (id, purpose, subject, account_id, address, address_key, token_hash, is_decoy, created_at,
                            expires_at, link_until, ended_at)
SELECT b.token_hash, 'reset', b.subject, r.account_id, r.login, lower(r.login), b.token_hash, r.account_id IS NULL,
       b.created_at, b.expires_at, b.expires_at, b.used_at
FROM buttons b JOIN recoveries r ON r.id = b.flow_id WHERE b.purpose = 'reset';

INSERT INTO mailed_secrets (id, purpose, subject, account_id, address, address_key, token_hash, created_at, expires_at,
                            link_until, ended_at)
SELECT id, 'new email', account_id, account_id, new_email, new_email_key, token_hash, created_at, expires_at,
       expires_at, confirmed_at
FROM email_changes;

-- The address that a link gives back stands in its own row.
INSERT INTO mailed_secrets (id, purpose, subject, account_id, address, address_key, token_hash, created_at, expires_at,
                            link_until, ended_at)
SELECT o.token_hash, 'not me', o.account_id, o.account_id, COALESCE(e.old_email, ''), COALESCE(e.old_email_key, ''),
       o.token_hash, o.created_at, o.expires_at, o.expires_at, o.used_at
FROM objections o LEFT JOIN email_changes e ON e.id = o.email_change_id;

INSERT INTO mailed_secrets (id, purpose, subject, token_hash, created_at, expires_at, link_until, ended_at)
SELECT token_hash, 'setup', '', token_hash, created_at, expires_at, expires_at, used_at FROM setups;

DROP TABLE objections;
DROP TABLE email_changes;
DROP TABLE buttons;
DROP TABLE recoveries;
DROP TABLE registrations;
DROP TABLE setups;
