-- What a mail tells of whom, as a hash; empty where each is told by itself. A waiting one takes in the next.
ALTER TABLE outbox ADD COLUMN topic TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_by_topic ON outbox (topic, created_at);
