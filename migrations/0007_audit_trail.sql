-- The audit trail: one row for each change, sign-in and refusal. Rows are numbered without gaps, and the hash of each covers the one before it, so that
-- a row that is changed or taken away is found. Texts that only the server writes are folded by SQLite itself, which folds ASCII.
CREATE TABLE audit_entries (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    created_date INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    user_name_folded TEXT NOT NULL,
    address TEXT NOT NULL,
    address_folded TEXT GENERATED ALWAYS AS (lower(address)) VIRTUAL,
    request_id TEXT NOT NULL,
    request_id_folded TEXT GENERATED ALWAYS AS (lower(request_id)) VIRTUAL,
    action TEXT NOT NULL,
    action_folded TEXT GENERATED ALWAYS AS (lower(action)) VIRTUAL,
    outcome TEXT NOT NULL,
    outcome_folded TEXT GENERATED ALWAYS AS (lower(outcome)) VIRTUAL,
    type TEXT NOT NULL,
    type_folded TEXT GENERATED ALWAYS AS (lower(type)) VIRTUAL,
    object_id TEXT NOT NULL,
    object_id_folded TEXT GENERATED ALWAYS AS (lower(object_id)) VIRTUAL,
    object_name TEXT NOT NULL,
    object_name_folded TEXT NOT NULL,
    detail TEXT NOT NULL,
    detail_folded TEXT GENERATED ALWAYS AS (lower(detail)) VIRTUAL,
    before TEXT NOT NULL,
    before_folded TEXT GENERATED ALWAYS AS (lower(before)) VIRTUAL,
    after TEXT NOT NULL,
    after_folded TEXT GENERATED ALWAYS AS (lower(after)) VIRTUAL,
    hash TEXT NOT NULL,
    hash_folded TEXT GENERATED ALWAYS AS (lower(hash)) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX audit_entries_id ON audit_entries (id);
CREATE INDEX audit_entries_created ON audit_entries (created_date, id);
CREATE INDEX audit_entries_object ON audit_entries (object_id_folded);
CREATE INDEX audit_entries_user ON audit_entries (user_name_folded);

-- Where the trail starts and ends: the last entry that was let go by its age, and the last one that was written. Without them nobody could tell whether
-- entries are missing at either end.
CREATE TABLE audit_bounds (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    before_number INTEGER NOT NULL,
    before_hash TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    last_hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_bounds (singleton, before_number, before_hash, last_number, last_hash) VALUES (1, 0, '', 0, '');
