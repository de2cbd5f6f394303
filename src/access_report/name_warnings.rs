//! What is pointed out about the names in users and custom property definitions: roles that no rule
//! asks for, and types that neither Patchbay nor QRS has.

use super::roles_of_rules;
use crate::model::{SYSTEM_RULE, fold, nearest};
use crate::policy::{Warning, shown, unknown_type};
use crate::query::{Predicate, Readable, Wildcards};
use crate::store::{Error, Snapshot};
use std::collections::BTreeSet;

/// Warnings about one entity at most: they are to be read by people.
const MOST: usize = 20;

/// The roles that rules ask for.
pub struct KnownRoles {
    names: BTreeSet<String>,
    patterns: Vec<Wildcards>,
}

impl KnownRoles {
    /// Reads them. A caller gets none who may not read all rules, and so must not learn that there
    /// is no such rule.
    ///
    /// # Errors
    /// The database failed.
    pub fn read(snapshot: &Snapshot<'_>, readable: Readable<'_>) -> Result<Option<Self>, Error> {
        if readable(&SYSTEM_RULE) != Predicate::True {
            return Ok(None);
        }
        let names = roles_of_rules(snapshot, &Predicate::True)?;
        // A role may be compared by `like`.
        let patterns = names.iter().map(|name| Wildcards::of(&fold(name))).collect();
        Ok(Some(Self { names, patterns }))
    }

    /// What is pointed out about the roles of a user.
    #[must_use]
    pub fn warnings(&self, roles: &[String]) -> Vec<Warning> {
        let is_known = |role: &str| {
            let folded = fold(role);
            self.patterns.iter().any(|pattern| pattern.match_all_of(&folded))
        };
        let unknown = roles.iter().filter(|role| !is_known(role)).take(MOST);
        let warning = |role: &String| {
            let meant = nearest(role, self.names.iter().map(String::as_str));
            let meant =
                meant.map(|meant| format!("; did you mean {}?", shown(meant))).unwrap_or_default();
            Warning::about(
                "roles",
                format!("no rule mentions the role {}, so it grants nothing{meant}", shown(role)),
            )
        };
        unknown.map(warning).collect()
    }
}

/// What is pointed out about the types whose entities can have a custom property.
#[must_use]
pub fn type_warnings(types: &[String]) -> Vec<Warning> {
    let messages = types.iter().filter_map(|name| unknown_type(name)).take(MOST);
    messages.map(|message| Warning::about("objectTypes", message)).collect()
}
