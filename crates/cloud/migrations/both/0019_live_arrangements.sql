-- Order, favourites and saved views of Live view, as the account's browsers write them.

CREATE TABLE live_arrangements (
    account_id  TEXT   PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    arrangement TEXT   NOT NULL, -- JSON
    version     BIGINT NOT NULL  -- counts the changes
);
