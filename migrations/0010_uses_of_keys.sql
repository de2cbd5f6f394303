-- How often each data key has sealed a value, so that another takes its place long before it has done so too often. Of the time before this
-- step is known only what it seals still.
ALTER TABLE data_keys ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
UPDATE data_keys SET uses = (SELECT count(*) FROM data_connections WHERE password <> '')
WHERE term = (SELECT max(term) FROM data_keys);
