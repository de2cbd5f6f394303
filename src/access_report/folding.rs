//! Texts that the case folding up to schema 10 matched and the current one does not: users, roles,
//! groups and rules that an administrator may have to change.

use crate::model::{earlier_fold, fold};
use crate::policy::Literal;
use crate::query::Predicate;
use crate::store::{Error, Snapshot};

/// One line for each rule and each stored text that no longer matches, rules first.
///
/// # Errors
/// The database failed.
pub fn unmatched(snapshot: &Snapshot<'_>) -> Result<Vec<String>, Error> {
    let mut texts = snapshot.compared_texts_outside_ascii()?;
    texts.retain(|stored| has_lost_matches(&stored.text));
    let mut lines = Vec::new();
    for rule in snapshot.rules(&Predicate::True)? {
        for literal in Literal::of(&rule) {
            if has_lost_matches(&literal.text) {
                lines.push(format!("rule '{}': {}", rule.name, lost(&literal.text)));
            }
            let unmatched = literal.unmatched(&texts, |stored| &stored.text);
            lines.extend(unmatched.into_iter().map(|stored| {
                let (rule, literal) = (&rule.name, &literal.text);
                format!(
                    "rule '{rule}': '{literal}' no longer matches {} '{}'",
                    stored.place, stored.text
                )
            }));
        }
    }
    lines.extend(texts.iter().map(|stored| format!("{}: {}", stored.place, lost(&stored.text))));
    Ok(lines)
}

/// Whether the text matched another one under the earlier folding that it no longer matches. A text
/// in ASCII is only ever the other one.
fn has_lost_matches(text: &str) -> bool {
    fold(&earlier_fold(text)) != fold(text)
}

fn lost(text: &str) -> String {
    format!("'{text}' no longer matches '{}'", earlier_fold(text))
}
