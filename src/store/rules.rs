//! Reads the system rules.

use super::entity_row::EntityRow;
use super::error::Error;
use super::snapshot::Snapshot;
use super::unreadable::{Unreadable, WrongCell};
use super::write::Write;
use crate::model::{RuleSource, SYSTEM_RULE, Value, fold};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

/// The stored rules.
#[derive(Debug, Default)]
pub struct StoredRules {
    /// The rules that can be read, the oldest first.
    pub readable: Vec<RuleSource>,
    /// The rules that can't be read; they grant nothing.
    pub unreadable: Vec<Unreadable>,
}

/// Versions that increase with every change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The version of the system rules.
    pub rules: i64,
    /// The version of everything that rules may ask about users.
    pub users: i64,
    /// The state of everything that a request may read.
    pub moment: Moment,
}

/// A state of the audit log. While it stays the same, so does everything that a request may read:
/// each change has an audit entry in the same transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The number of the last removed entry. Removing entries changes a list of them although no
    /// entry is added.
    before: i64,
    /// The number of the last entry.
    last: i64,
}

impl Snapshot<'_> {
    /// The versions of rules and users in this snapshot.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn versions(&self) -> Result<Versions, Error> {
        let sql =
            Sql::new("SELECT rules, users, before_number, last_number FROM versions, audit_bounds");
        let versions = self.first(&sql, |row| {
            let moment = Moment { before: row.get(2)?, last: row.get(3)? };
            Ok(Versions { rules: row.get(0)?, users: row.get(1)?, moment })
        })?;
        // Without the versions, no change could be detected.
        let versions = versions.ok_or_else(Error::no_row)?;
        self.connection.note_rules(versions.rules);
        Ok(versions)
    }

    /// The system rules that fulfil `condition` and can be read, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn rules(&self, condition: &Predicate) -> Result<Vec<RuleSource>, Error> {
        Ok(self.stored_rules(condition)?.readable)
    }

    /// All system rules that fulfil `condition`. A rule that can't be read does not affect the
    /// others.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
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
    /// Disables a rule that can't be evaluated, and stores the reason.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn note_rule_error(&self, id: Uuid, error: &str) -> Result<(), Error> {
        let mut sql = Sql::new("UPDATE system_rules SET disabled = 1, error = ");
        sql.bind(Value::Text(error.to_owned()))
            .push(", error_folded = ")
            .bind(Value::Text(fold(error)));
        sql.push(" WHERE id = ").bind(Value::Id(id));
        self.change_rule(id, &sql, "it can't be evaluated")
    }

    /// Enables a rule that was disabled because of an error.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
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

    /// Removes the stored error of a rule.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn clear_rule_error(&self, id: Uuid) -> Result<(), Error> {
        let mut sql = Sql::new(
            "UPDATE system_rules SET error = '', error_folded = '' WHERE error <> '' AND id = ",
        );
        sql.bind(Value::Id(id));
        self.snapshot().execute(&sql).map(drop)
    }
}
