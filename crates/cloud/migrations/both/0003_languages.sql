-- The language that an account reads, and the one that a mail is written in: a tag like 'de', or
-- nothing for accounts that have not signed in since and for the mails that were waiting.

ALTER TABLE accounts ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN language TEXT NOT NULL DEFAULT '';
