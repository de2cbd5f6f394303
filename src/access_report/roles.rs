//! The roles of the site: a role exists if a rule mentions it or a user has it (QRS reference,
//! 6.5).

use super::{Error, Site};
use crate::model::{SYSTEM_RULE, USER};
use crate::policy::roles_in;
use crate::query::Predicate;
use crate::store;
use crate::store::Snapshot;
use std::collections::BTreeSet;

impl Site<'_> {
    /// The roles of the rules and users that the caller may read, in alphabetical order.
    ///
    /// # Errors
    /// The database failed.
    pub fn roles(&self) -> Result<BTreeSet<String>, Error> {
        let mut roles: BTreeSet<String> =
            self.snapshot.roles(&(self.readable)(&USER))?.into_iter().collect();
        roles.extend(roles_of_rules(self.snapshot, &(self.readable)(&SYSTEM_RULE))?);
        Ok(roles)
    }
}

/// The roles that the rules fulfilling `condition` mention, in alphabetical order.
///
/// # Errors
/// The database failed.
pub fn roles_of_rules(
    snapshot: &Snapshot<'_>,
    condition: &Predicate,
) -> Result<BTreeSet<String>, store::Error> {
    Ok(snapshot.rules(condition)?.iter().flat_map(roles_in).collect())
}
