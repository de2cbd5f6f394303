//! Previews of the rights that a rule changes.

use super::visit::Visit;
use super::warnings::words;
use crate::access_report::{Changes, Draft, DraftChanges, DraftWarning, Triple};
use crate::error::RequestError;
use crate::model::{Action, SYSTEM_RULE};
use crate::service::access_questions::ask;
use serde_json::{Value as Json, json};

/// Most rows of gains, and of losses, on a page.
const SHOWN: usize = 100;

/// The changed rights, as a page shows them.
pub struct RightsChange {
    /// The gains and the losses.
    pub parts: [Part; 2],
    /// Whether the comparison is complete.
    pub is_complete: bool,
    /// Whether there may be users or resources that the visitor may not read.
    pub has_hidden: bool,
    /// Warnings about the rules.
    pub warnings: Vec<String>,
}

impl RightsChange {
    /// Whether no rights change, as far as they were compared.
    pub fn is_nothing(&self) -> bool {
        self.parts.iter().all(|part| part.count == 0)
    }
}

/// The gains, or the losses.
pub struct Part {
    pub title: &'static str,
    pub count: usize,
    /// The first rows.
    pub rows: Vec<Row>,
}

impl Part {
    fn new(title: &'static str, count: usize, triples: Vec<Triple>) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for Triple { user, resource, name, action } in triples {
            let is_full = rows.len() == SHOWN;
            match rows.last_mut() {
                // The actions of a user on a resource are consecutive.
                Some(last) if last.user == user && last.resource == resource => {
                    last.actions.push(action);
                }
                _ if is_full => break,
                _ => rows.push(Row { user, resource, name, actions: vec![action] }),
            }
        }
        Self { title, count, rows }
    }

    /// How many are not shown.
    pub fn rest(&self) -> usize {
        self.count - self.rows.iter().map(|row| row.actions.len()).sum::<usize>()
    }
}

/// The actions that a user gains, or loses, on a resource.
pub struct Row {
    pub user: String,
    pub resource: String,
    pub name: String,
    pub actions: Vec<&'static str>,
}

/// Compares the rights of users without and with this version of a rule.
pub async fn changes(visit: &Visit, rule: &Json) -> Result<RightsChange, RequestError> {
    let draft = Draft::read(json!({ "rules": [rule] }))?;
    visit.call.reserve_long_reply().await?;
    let answer = ask(&visit.call.user, None, move |site, caller| {
        site.changes(&draft, &caller.guard(&SYSTEM_RULE, Action::Create))
    });
    let DraftChanges { changes, warnings } = answer.await?;
    let warnings = warnings.iter().map(|DraftWarning { warning, .. }| words(warning)).collect();
    Ok(RightsChange { warnings, ..rights_change(changes) })
}

/// The changed rights, as a page shows them.
pub fn rights_change(changes: Changes) -> RightsChange {
    let gained = Part::new("Gained", changes.gained_count, changes.gained);
    let lost = Part::new("Lost", changes.lost_count, changes.lost);
    RightsChange {
        parts: [gained, lost],
        is_complete: changes.complete,
        has_hidden: changes.has_hidden,
        warnings: Vec::new(),
    }
}
