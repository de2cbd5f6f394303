//! Checks rules that were taken over. One that can't be evaluated here is disabled, with its error.

use crate::policy::RuleSet;
use crate::service::rule_checks::{Examined, examine};
use crate::store::{Error, Write};
use uuid::Uuid;

/// Checks the rules with these ids together with all others. A rule that can't be evaluated is
/// disabled, and its error is stored. Returns the enabled ones among them, with their errors.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn check_rules(write: &Write<'_>, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, Error> {
    let mut faults = Vec::new();
    for Examined { id, is_disabled, fault } in examine(write, &RuleSet::new(0, &[]), ids)? {
        let Some(fault) = fault else {
            write.clear_rule_error(id)?;
            continue;
        };
        let why = fault.to_string();
        write.note_rule_error(id, &why)?;
        if !is_disabled {
            faults.push((id, why));
        }
    }
    Ok(faults)
}
