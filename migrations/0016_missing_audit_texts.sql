-- A filter that needs a text which is missing must fail, because nobody can say whether the entry matches: json('') does. So does a text that is not JSON.
DROP VIEW audit_log;
CREATE VIEW audit_log AS SELECT
    number AS rowid, number, id, created_date, user_name, user_name_folded, address, address_folded, request_id, request_id_folded,
    action, action_folded, outcome, outcome_folded, type, type_folded, object_id, object_id_folded, object_name,
    object_name_folded, detail, fold_text(detail) AS detail_folded, hash, hash_folded,
    before,
    CASE WHEN instr(before, '"$sha256":') = 0 THEN fold_text(before) ELSE (
        SELECT fold_text(json_group_object(part.key, json(
            CASE WHEN part.type = 'object' AND part.value ->> '$."$sha256"' IS NOT NULL
            THEN coalesce((SELECT text FROM audit_texts WHERE digest = part.value ->> '$."$sha256"'), '')
            ELSE before -> part.fullkey END)))
        FROM json_each(before) AS part
    ) END AS before_folded,
    after,
    CASE WHEN instr(after, '"$sha256":') = 0 THEN fold_text(after) ELSE (
        SELECT fold_text(json_group_object(part.key, json(
            CASE WHEN part.type = 'object' AND part.value ->> '$."$sha256"' IS NOT NULL
            THEN coalesce((SELECT text FROM audit_texts WHERE digest = part.value ->> '$."$sha256"'), '')
            ELSE after -> part.fullkey END)))
        FROM json_each(after) AS part
    ) END AS after_folded
FROM audit_entries;
