//! What a rule would change, before it is saved.

use super::visit::Visit;
use super::warnings::words;
use crate::access::{Changes, Draft, DraftWarning, Triple};
use crate::http::access::ask;
use crate::http::failure::Failure;
use crate::model::SYSTEM_RULE;
use crate::policy::Action;
use serde_json::{Value as Json, json};

/// Gains and losses that a page shows at most.
const SHOWN: usize = 100;

/// What would be different, as a page shows it.
pub struct Told {
    /// What is gained, and what is lost.
    pub parts: [Part; 2],
    /// Whether all of it was looked at.
    pub is_complete: bool,
    /// Whether there may be users or resources that the visitor may not read.
    pub has_hidden: bool,
    /// What is pointed out about the rules.
    pub warnings: Vec<String>,
}

impl Told {
    /// Whether nothing is different, as far as it was looked at.
    pub fn is_nothing(&self) -> bool {
        self.parts.iter().all(|part| part.count == 0)
    }
}

/// What is gained, or lost.
pub struct Part {
    pub title: &'static str,
    pub count: usize,
    /// The first of it.
    pub triples: Vec<Triple>,
}

/// Who would gain and lose what if a rule were this.
pub async fn changes(visit: &Visit, rule: &Json) -> Result<Told, Failure> {
    let draft = Draft::read(json!({ "rules": [rule] }))?;
    let answer =
        ask(&visit.call, None, move |site, caller| site.changes(&draft, &caller.guard(&SYSTEM_RULE, Action::Create)));
    Ok(told(answer.await?))
}

/// What would be different, as a page shows it.
pub fn told(changes: Changes) -> Told {
    let part = |title, count, mut triples: Vec<Triple>| {
        triples.truncate(SHOWN);
        Part { title, count, triples }
    };
    let gained = part("Gained", changes.gained_count, changes.gained);
    let lost = part("Lost", changes.lost_count, changes.lost);
    let warnings = changes.warnings.iter().map(|DraftWarning { warning, .. }| words(warning)).collect();
    Told { parts: [gained, lost], is_complete: changes.complete, has_hidden: changes.has_hidden, warnings }
}
