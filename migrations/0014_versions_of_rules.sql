-- A change of the rules makes another version of them only if it may change what is in force: a rule that is disabled before and after counts for nothing,
-- nor does a property that nobody judges by. What stands in `disabled` of a damaged row is anything; such a row counts.

DROP TRIGGER system_rules_inserted;
DROP TRIGGER system_rules_updated;
DROP TRIGGER system_rules_deleted;

CREATE TRIGGER system_rules_inserted AFTER INSERT ON system_rules WHEN NEW.disabled IS NOT 1
BEGIN UPDATE versions SET rules = rules + 1; END;

-- The columns that are read for judging (store/rules.rs), and those of their order.
CREATE TRIGGER system_rules_updated AFTER UPDATE ON system_rules
WHEN (OLD.disabled IS NOT 1 OR NEW.disabled IS NOT 1) AND (
    NEW.id IS NOT OLD.id
    OR NEW.created_date IS NOT OLD.created_date
    OR NEW.name IS NOT OLD.name
    OR NEW.category IS NOT OLD.category
    OR NEW.rule IS NOT OLD.rule
    OR NEW.resource_filter IS NOT OLD.resource_filter
    OR NEW.actions IS NOT OLD.actions
    OR NEW.disabled IS NOT OLD.disabled
    OR NEW.rule_context IS NOT OLD.rule_context
)
BEGIN UPDATE versions SET rules = rules + 1; END;

CREATE TRIGGER system_rules_deleted AFTER DELETE ON system_rules WHEN OLD.disabled IS NOT 1
BEGIN UPDATE versions SET rules = rules + 1; END;
