//! Looks up the names in rules: attributes and roles of users, custom properties and their choices.
//! Each look-up uses an index, however many users there are.

use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use crate::model::{Value, fold};
use crate::query::{Predicate, Sql};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The properties of users whose names occur in rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfUsers {
    /// The types of their attributes.
    Attributes,
    /// Their roles.
    Roles,
}

impl OfUsers {
    const fn table(self) -> &'static str {
        match self {
            Self::Attributes => "user_attributes",
            Self::Roles => "user_roles",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Attributes => "attribute_type",
            Self::Roles => "value",
        }
    }

    /// Finds out whether a user who fulfils `condition` has an attribute or role with this name.
    pub(super) fn find(self, name: &str, condition: &Predicate) -> Sql {
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.push(self.table()).push(" AS v");
        let is_any_user = *condition == Predicate::True;
        if !is_any_user {
            sql.push(" JOIN users AS t0 ON t0.id = v.entity_id");
        }
        sql.push(" WHERE v.").push(self.column()).push("_folded = ").bind(Value::Text(fold(name)));
        if !is_any_user {
            sql.push(" AND ").predicate("t0", condition);
        }
        sql.push(" LIMIT 1");
        sql
    }

    /// Selects all names, each once and in one of its spellings. Each step jumps from one name to
    /// the next one of the index.
    pub(super) fn all(self, most: u32) -> Sql {
        let (table, column) = (self.table(), self.column());
        let mut sql = Sql::new(&format!(
            "WITH RECURSIVE names (folded) AS (SELECT min({column}_folded) FROM {table} UNION ALL \
             SELECT (SELECT min(v.{column}_folded) FROM {table} AS v WHERE v.{column}_folded > \
             names.folded) FROM names WHERE names.folded IS NOT NULL) SELECT (SELECT v.{column} \
             FROM {table} AS v WHERE v.{column}_folded = names.folded LIMIT 1) FROM names WHERE \
             names.folded IS NOT NULL LIMIT "
        ));
        sql.bind(Value::Integer(most.into()));
        sql
    }
}

/// The part of a custom property definition that rules need.
#[derive(Clone, Debug)]
pub struct RuleProperty {
    id: Uuid,
    /// Its name.
    pub name: String,
    /// The types that can have it.
    pub types: Vec<String>,
    /// Whether only some values can be chosen.
    pub has_choices: bool,
}

/// The number of sessions that are read at most, and of those by JWT whose claims are searched.
const SESSIONS: i64 = 2_000;
const WITH_CLAIMS: i64 = 500;

impl Snapshot<'_> {
    /// Whether a user who fulfils `condition` has an attribute or a role with this name.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn is_name_of_users(
        &self,
        of: OfUsers,
        name: &str,
        condition: &Predicate,
    ) -> Result<bool, Error> {
        if *condition == Predicate::False {
            return Ok(false);
        }
        Ok(self.first(&of.find(name, condition), |_| Ok(()))?.is_some())
    }

    /// The names of the attributes or roles of users, at most `most`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn names_of_users(&self, of: OfUsers, most: u32) -> Result<Vec<String>, Error> {
        self.texts(&of.all(most))
    }

    /// The names of the claims in the tokens of the newest sessions, at most `most`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn names_of_claims(&self, most: u32) -> Result<BTreeSet<String>, Error> {
        Ok(self.texts(&newest_claims(most))?.into_iter().collect())
    }

    /// The custom property definition with this name, in any case, if it fulfils `condition`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn rule_property(
        &self,
        name: &str,
        condition: &Predicate,
    ) -> Result<Option<RuleProperty>, Error> {
        let mut sql = Sql::new(
            "SELECT t0.id, t0.name FROM custom_property_definitions AS t0 WHERE t0.name_folded = ",
        );
        sql.bind(Value::Text(fold(name))).push(" AND ").predicate("t0", condition);
        let Some((id, name)) = self.first(&sql, |row| Ok((row.get(0)?, row.get(1)?)))? else {
            return Ok(None);
        };
        let mut types = Sql::new(
            "SELECT value FROM custom_property_definition_object_types WHERE entity_id = ",
        );
        types.bind(Value::Id(id)).push(" ORDER BY position");
        let has_choices = self.first(&choices(id, 1), |_| Ok(()))?.is_some();
        Ok(Some(RuleProperty { id, name, types: self.texts(&types)?, has_choices }))
    }

    /// The names of the custom property definitions that fulfil `condition`, at most `most`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn rule_properties(&self, condition: &Predicate, most: u32) -> Result<Vec<String>, Error> {
        let mut sql = Sql::new("SELECT t0.name FROM custom_property_definitions AS t0 WHERE ");
        sql.predicate("t0", condition)
            .push(" ORDER BY t0.name_folded LIMIT ")
            .bind(Value::Integer(most.into()));
        self.texts(&sql)
    }

    /// Whether a value, in any case, is among the choices of the definition.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn has_choice(&self, property: &RuleProperty, value: &str) -> Result<bool, Error> {
        // The plus keeps SQLite from scanning all choices of the definition.
        let mut sql = Sql::new(
            "SELECT 1 FROM custom_property_definition_choice_values WHERE value_folded = ",
        );
        sql.bind(Value::Text(fold(value)))
            .push(" AND +entity_id = ")
            .bind(Value::Id(property.id))
            .push(" LIMIT 1");
        Ok(self.first(&sql, |_| Ok(()))?.is_some())
    }

    /// The choices of the definition, at most `most`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn choices(&self, property: &RuleProperty, most: u32) -> Result<Vec<String>, Error> {
        self.texts(&choices(property.id, most))
    }

    /// The texts of one column, without those that can't be read.
    fn texts(&self, sql: &Sql) -> Result<Vec<String>, Error> {
        let text = |row: &Row<'_>| Ok(row.cell(0).text().map(ToOwned::to_owned));
        Ok(self.all(sql, text)?.into_iter().flatten().collect())
    }
}

/// Selects the names of the claims of the newest sessions. The inner limit bounds the rows that are
/// read if most sessions are of another kind.
pub(super) fn newest_claims(most: u32) -> Sql {
    let mut sql = Sql::new(
        "SELECT DISTINCT json_extract(c.value, '$[0]') FROM (SELECT claims FROM \
         (SELECT kind, claims FROM sessions ORDER BY expires_date DESC LIMIT ",
    );
    sql.bind(Value::Integer(SESSIONS))
        .push(") AS newest WHERE kind = 'jwt' AND json_valid(claims) LIMIT ");
    sql.bind(Value::Integer(WITH_CLAIMS)).push(") AS s, json_each(s.claims) AS c LIMIT ");
    sql.bind(Value::Integer(most.into()));
    sql
}

fn choices(definition: Uuid, most: u32) -> Sql {
    let mut sql =
        Sql::new("SELECT value FROM custom_property_definition_choice_values WHERE entity_id = ");
    sql.bind(Value::Id(definition))
        .push(" ORDER BY position LIMIT ")
        .bind(Value::Integer(most.into()));
    sql
}
