-- Wrong short codes of an address are tries in a row like others: ten and then a wait, so all of them
-- are one count.
INSERT INTO counters (kind, key, n, started_at, blocked_until)
SELECT 'wrong codes per address', key, n_wrong + 10 * n_offs, last_at, off_until FROM address_tries;
DROP TABLE address_tries;
