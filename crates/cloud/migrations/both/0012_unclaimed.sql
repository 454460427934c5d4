-- Recorders that nobody owns: no list of cameras, and forgotten when they have been unseen for long.

UPDATE recorders SET cameras = '[]' WHERE account_id IS NULL;
CREATE INDEX recorders_unclaimed ON recorders (last_seen_at) WHERE account_id IS NULL;
