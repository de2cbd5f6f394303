//! The roles of the site: a role exists when a rule mentions it or a user has it (QRS reference, 6.5).

use super::{Error, Site};
use crate::model::{SYSTEM_RULE, USER};
use crate::policy::roles_in;
use std::collections::BTreeSet;

impl Site<'_> {
    /// The roles that the rules and users have that who asks may read, in the order of the alphabet.
    ///
    /// # Errors
    /// The database failed.
    pub fn roles(&self) -> Result<BTreeSet<String>, Error> {
        let mut roles: BTreeSet<String> = self.snapshot.roles(&(self.readable)(&USER))?.into_iter().collect();
        for source in self.snapshot.rules(&(self.readable)(&SYSTEM_RULE))? {
            roles.extend(roles_in(&source));
        }
        Ok(roles)
    }
}
