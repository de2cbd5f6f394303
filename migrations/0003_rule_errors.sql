-- What is wrong with a rule that is kept though it can't be evaluated, as rules from another site may be. Such a rule is
-- disabled.

ALTER TABLE system_rules ADD COLUMN error TEXT NOT NULL DEFAULT '';
ALTER TABLE system_rules ADD COLUMN error_folded TEXT NOT NULL DEFAULT '';
