//! Warnings about names in users and custom property definitions: roles that no rule mentions, and
//! types that neither Patchbay nor QRS has.

use super::roles_of_rules;
use crate::model::{SYSTEM_RULE, fold, nearest};
use crate::policy::{Warning, shown, unknown_type};
use crate::query::{Predicate, Readable, Wildcards};
use crate::store::{Error, Snapshot};
use std::collections::BTreeSet;

/// The most warnings about one entity, for a human reader.
const MOST: usize = 20;

/// The roles that rules mention.
pub struct KnownRoles {
    names: BTreeSet<String>,
    patterns: Vec<Wildcards>,
}

impl KnownRoles {
    /// Reads the roles. The result is `None` for a caller who may not read all rules, and so must
    /// not learn that no rule mentions a role.
    ///
    /// # Errors
    /// The database failed.
    pub fn read(snapshot: &Snapshot<'_>, readable: Readable<'_>) -> Result<Option<Self>, Error> {
        if readable(&SYSTEM_RULE) != Predicate::True {
            return Ok(None);
        }
        let names = roles_of_rules(snapshot, &Predicate::True)?;
        // A rule may compare roles with `like`.
        let patterns = names.iter().map(|name| Wildcards::of(&fold(name))).collect();
        Ok(Some(Self { names, patterns }))
    }

    /// The warnings about the roles of a user.
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

/// The warnings about the types that a definition is for.
#[must_use]
pub fn type_warnings(types: &[String]) -> Vec<Warning> {
    let messages = types.iter().filter_map(|name| unknown_type(name)).take(MOST);
    messages.map(|message| Warning::about("objectTypes", message)).collect()
}
