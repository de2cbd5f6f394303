//! Reading the system rules, for those who judge by them.

use super::entity_row::EntityRow;
use super::error::Error;
use super::snapshot::Snapshot;
use super::unreadable::{Unreadable, WrongCell};
use super::write::Write;
use crate::model::{RuleSource, SYSTEM_RULE, Value, fold};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

/// Rules as they are stored.
#[derive(Debug, Default)]
pub struct StoredRules {
    /// Those that can be read, the oldest first.
    pub readable: Vec<RuleSource>,
    /// Those that can't, which grant nothing.
    pub unreadable: Vec<Unreadable>,
}

/// Versions that move on with every change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Of the system rules.
    pub rules: i64,
    /// Of all that rules may ask of users.
    pub users: i64,
    /// Of all that can be asked for.
    pub moment: Moment,
}

/// What can be asked for at some moment is the same as long as the audit log is: whatever changes
/// it has an entry in the same transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Number of the last entry that was let go of, after which a list of entries is another though
    /// none has come.
    before: i64,
    /// Number of the last entry.
    last: i64,
}

impl Snapshot<'_> {
    /// Which versions of rules and users this snapshot shows.
    ///
    /// # Errors
    /// The database failed.
    pub fn versions(&self) -> Result<Versions, Error> {
        let sql =
            Sql::new("SELECT rules, users, before_number, last_number FROM versions, audit_bounds");
        let versions = self.first(&sql, |row| {
            let moment = Moment { before: row.get(2)?, last: row.get(3)? };
            Ok(Versions { rules: row.get(0)?, users: row.get(1)?, moment })
        })?;
        // Without them, nobody could know what has changed.
        let versions = versions.ok_or_else(Error::no_row)?;
        self.connection.note_rules(versions.rules);
        Ok(versions)
    }

    /// The system rules that fulfil `condition` and can be read, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub fn rules(&self, condition: &Predicate) -> Result<Vec<RuleSource>, Error> {
        Ok(self.stored_rules(condition)?.readable)
    }

    /// All system rules that fulfil `condition`. One that can't be read must not keep the others
    /// from being in force.
    ///
    /// # Errors
    /// The database failed.
    pub fn stored_rules(&self, condition: &Predicate) -> Result<StoredRules, Error> {
        let mut sql = Sql::new(
            "SELECT id, name, category, rule, resource_filter, actions, disabled, rule_context \
             FROM system_rules AS t0 WHERE ",
        );
        sql.predicate("t0", condition).push(" ORDER BY created_date, id");
        let mut rules = StoredRules::default();
        self.each_row(&SYSTEM_RULE, &sql, |row| {
            match read_rule(row) {
                Ok(rule) => rules.readable.push(rule),
                Err(wrong) => rules.unreadable.push(row.unreadable(wrong)),
            }
            Ok(())
        })?;
        Ok(rules)
    }
}

fn read_rule(row: &EntityRow<'_>) -> Result<RuleSource, WrongCell> {
    Ok(RuleSource {
        id: row.id()?,
        name: row.text(1, "name")?,
        category: row.text(2, "category")?,
        rule: row.text(3, "rule")?,
        resource_filter: row.text(4, "resourceFilter")?,
        actions: row.number(5, "actions")?,
        disabled: row.boolean(6, "disabled")?,
        rule_context: row.number(7, "ruleContext")?,
    })
}

impl Write<'_> {
    /// Keeps a rule that can't be evaluated: disabled, with what is wrong with it.
    ///
    /// # Errors
    /// The database failed.
    pub fn note_rule_error(&self, id: Uuid, error: &str) -> Result<(), Error> {
        let mut sql = Sql::new("UPDATE system_rules SET disabled = 1, error = ");
        sql.bind(Value::Text(error.to_owned()))
            .push(", error_folded = ")
            .bind(Value::Text(fold(error)));
        sql.push(" WHERE id = ").bind(Value::Id(id));
        self.change_rule(id, &sql, "it can't be evaluated")
    }

    /// Puts a rule in force that was disabled for what was wrong with it.
    ///
    /// # Errors
    /// The database failed.
    pub fn enable_rule(&self, id: Uuid) -> Result<(), Error> {
        let mut sql = Sql::new(
            "UPDATE system_rules SET disabled = 0, error = '', error_folded = '' WHERE id = ",
        );
        sql.bind(Value::Id(id));
        self.change_rule(id, &sql, "it can be evaluated after all")
    }

    fn change_rule(&self, id: Uuid, sql: &Sql, why: &str) -> Result<(), Error> {
        let before = self.snapshot().shown(&SYSTEM_RULE, id)?;
        self.snapshot().execute(sql)?;
        self.record_change(&SYSTEM_RULE, id, &before, why.to_owned()).map(drop)
    }

    /// Forgets what was wrong with a rule.
    ///
    /// # Errors
    /// The database failed.
    pub fn clear_rule_error(&self, id: Uuid) -> Result<(), Error> {
        let mut sql = Sql::new(
            "UPDATE system_rules SET error = '', error_folded = '' WHERE error <> '' AND id = ",
        );
        sql.bind(Value::Id(id));
        self.snapshot().execute(&sql).map(drop)
    }
}
