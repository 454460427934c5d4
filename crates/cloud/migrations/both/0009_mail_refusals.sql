-- Addresses that a mail server refused for good. No address in clear: only its first letter and host.

CREATE TABLE mail_refusals (
    address_hash     TEXT   PRIMARY KEY,
    address_shown    TEXT   NOT NULL,
    n                BIGINT NOT NULL, -- in a row
    refused_at       BIGINT NOT NULL,
    suppressed_until BIGINT NOT NULL, -- no mail leaves to it before
    reason           TEXT   NOT NULL
);
