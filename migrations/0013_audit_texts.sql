-- Long texts of the audit log are stored once, however many entries name them. What entries hold in their place is the SHA-256, which their own hash covers.
-- The originals of texts in which secrets are masked.
CREATE TABLE audit_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
) STRICT;
CREATE TABLE audit_texts (
    id INTEGER NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX audit_texts_digest ON audit_texts (digest, secret_id);
CREATE INDEX audit_texts_secret ON audit_texts (secret_id) WHERE secret_id <> '';

-- Which entries name which texts, so that a text goes with the last of them.
CREATE TABLE audit_entry_texts (
    number INTEGER NOT NULL REFERENCES audit_entries (number) ON DELETE CASCADE,
    text_id INTEGER NOT NULL REFERENCES audit_texts (id),
    PRIMARY KEY (number, text_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_entry_texts_text ON audit_entry_texts (text_id);

-- Entries whose secrets were masked after they were written: the hash of what is in them now. A later entry, the record, covers these hashes.
CREATE TABLE audit_masks (
    record INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_masks_number ON audit_masks (number, record);

CREATE INDEX audit_entries_request ON audit_entries (request_id_folded);
ALTER TABLE audit_entries DROP COLUMN before_folded;
ALTER TABLE audit_entries DROP COLUMN after_folded;

-- What filters and orders see: the entries with their texts in place. Entries are shown by the program, which puts the texts in place itself, one entry at a time.
-- These texts are the users' own, so they are folded as every other text is, and not by SQLite, which folds ASCII alone.
CREATE VIEW audit_log AS SELECT
    number AS rowid, number, id, created_date, user_name, user_name_folded, address, address_folded, request_id, request_id_folded,
    action, action_folded, outcome, outcome_folded, type, type_folded, object_id, object_id_folded, object_name,
    object_name_folded, detail, fold_text(detail) AS detail_folded, hash, hash_folded,
    before,
    CASE WHEN instr(before, '"$sha256":') = 0 THEN fold_text(before) ELSE (
        SELECT fold_text(json_group_object(part.key, json(coalesce(
            (SELECT text FROM audit_texts WHERE part.type = 'object' AND digest = part.value ->> '$."$sha256"'),
            before -> part.fullkey))))
        FROM json_each(before) AS part
    ) END AS before_folded,
    after,
    CASE WHEN instr(after, '"$sha256":') = 0 THEN fold_text(after) ELSE (
        SELECT fold_text(json_group_object(part.key, json(coalesce(
            (SELECT text FROM audit_texts WHERE part.type = 'object' AND digest = part.value ->> '$."$sha256"'),
            after -> part.fullkey))))
        FROM json_each(after) AS part
    ) END AS after_folded
FROM audit_entries;
