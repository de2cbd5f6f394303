//! Checks rules that were taken over. One that can't be evaluated here is disabled, with its error.

use crate::model::RuleSource;
use crate::policy::RuleSet;
use crate::query::Predicate;
use crate::store::{Error, Write};
use uuid::Uuid;

/// A rule that can't be evaluated here.
#[derive(Debug)]
pub struct Fault {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

/// Checks the rules with these ids together with all others. A rule that can't be evaluated is
/// disabled, and its error is stored.
///
/// # Errors
/// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
pub fn check_rules(write: &Write<'_>, ids: &[Uuid]) -> Result<Vec<Fault>, Error> {
    let mut sources = write.snapshot().rules(&Predicate::True)?;
    // If all rules together cost too much, those that were taken over are at fault.
    sources.sort_by_key(|source| ids.contains(&source.id));
    let rules = RuleSet::new(0, &sources);
    let written: Vec<&RuleSource> =
        sources.iter().filter(|source| ids.contains(&source.id)).collect();
    let mut faults = Vec::new();
    for (rule, fault) in written.iter().zip(rules.check_each(written.iter().copied())) {
        match fault {
            None => write.clear_rule_error(rule.id)?,
            Some(fault) => {
                let why = fault.to_string();
                write.note_rule_error(rule.id, &why)?;
                if !rule.disabled {
                    faults.push(Fault { name: rule.name.clone(), why });
                }
            }
        }
    }
    Ok(faults)
}
