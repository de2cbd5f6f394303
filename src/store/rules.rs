//! Reading the system rules, for those who judge by them.

use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use crate::model::RuleSource;
use crate::query::Sql;

impl Snapshot<'_> {
    /// Which version of the rules is in force; every change of a rule makes another.
    ///
    /// # Errors
    /// The database failed.
    pub fn rule_version(&self) -> Result<i64, Error> {
        Ok(self.first(&Sql::new("SELECT version FROM rule_version"), |row| row.get(0))?.unwrap_or(0))
    }

    /// All system rules.
    ///
    /// # Errors
    /// The database failed.
    pub fn rules(&self) -> Result<Vec<RuleSource>, Error> {
        let sql = Sql::new(
            "SELECT id, name, category, rule, resource_filter, actions, disabled, rule_context FROM system_rules \
             ORDER BY created_date, id",
        );
        self.all(&sql, |row| {
            Ok(RuleSource {
                id: read_id(row, 0)?,
                name: row.get(1)?,
                category: row.get(2)?,
                rule: row.get(3)?,
                resource_filter: row.get(4)?,
                actions: row.get(5)?,
                disabled: row.get(6)?,
                rule_context: row.get(7)?,
            })
        })
    }
}
