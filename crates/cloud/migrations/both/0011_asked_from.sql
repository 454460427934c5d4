-- Browser and masked address of whoever caused a mail, as JSON; empty where nobody asked.
ALTER TABLE outbox ADD COLUMN asked_from TEXT NOT NULL DEFAULT '';
