//! Warnings that a page shows about an entity.

use super::value_text::{label, lines};
use super::visit::Visit;
use crate::access_report::{KnownRoles, rule_warnings, type_warnings};
use crate::error::RequestError;
use crate::model::{Document, Entity, Kind, RuleSource, SYSTEM_RULE, USER, holds_secret};
use crate::policy::Warning;
use crate::service::caller::Caller;
use crate::service::reads::LongRead;
use crate::service::warnings::NamesOf;
use crate::store::Snapshot;
use serde_json::Value as Json;
use uuid::Uuid;

const OPEN_PASSWORD: &str = "The connection string contains a password, which everyone can see who \
                             may read the connection. Move it to the password field, where it is \
                             stored encrypted and never shown.";

/// The warning about a visible password, if the entity has one.
pub fn open_password(entity: &'static Entity, entry: &Json) -> Option<String> {
    has_open_password(entity, entry).then(|| OPEN_PASSWORD.to_owned())
}

/// Whether an entity has a password in the text to which its secret belongs.
pub fn has_open_password(entity: &'static Entity, entry: &Json) -> bool {
    let shown_to = entity.secrets().filter_map(|secret| match secret.kind {
        Kind::Secret { shown_to, .. } => Some(shown_to),
        _ => None,
    });
    shown_to.into_iter().any(|name| holds_secret(entry[name].as_str().unwrap_or_default()))
}

/// The warnings that need a query, for the types that have such warnings. If the query fails, the
/// page is shown without them.
pub async fn looked_up(visit: &Visit, entry: &Json) -> Vec<String> {
    let entity = visit.call.entity;
    let held = NamesOf::by(entity).map(|(property, kind)| (kind, lines(&entry[property.name])));
    let rule = if entity.is_of_rules() { rule(entry) } else { None };
    let found = match (held, rule) {
        (Some((NamesOf::UserRoles, names)), _) => {
            visit
                .call
                .user
                .read_long(LongRead::Many, move |snapshot, caller| {
                    of_roles(snapshot, caller, &names)
                })
                .await
        }
        (Some((NamesOf::ResourceTypes, names)), _) => {
            Ok(type_warnings(&names).iter().map(|warning| words_about(entity, warning)).collect())
        }
        (None, Some(rule)) => {
            visit
                .call
                .user
                .read_long(LongRead::Many, move |snapshot, caller| of_rule(snapshot, caller, &rule))
                .await
        }
        (None, None) => Ok(Vec::new()),
    };
    found.unwrap_or_default()
}

/// Parses a rule, if its JSON is valid.
fn rule(entry: &Json) -> Option<RuleSource> {
    let document = Document::read(&SYSTEM_RULE, entry.clone()).ok()?;
    Some(RuleSource::blank(Uuid::nil()).overlaid(&document))
}

fn of_rule(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    rule: &RuleSource,
) -> Result<Vec<String>, RequestError> {
    let warnings =
        rule_warnings(snapshot, &caller.readable(), caller.session_attributes(), [rule])?;
    Ok(warnings.iter().flatten().map(words).collect())
}

/// The text of a warning about a rule, with the label of the field.
pub fn words(warning: &Warning) -> String {
    words_about(&SYSTEM_RULE, warning)
}

fn words_about(entity: &'static Entity, warning: &Warning) -> String {
    let Warning { field, position, message } = warning;
    let field = entity.property(field).map_or_else(|| (*field).to_owned(), label);
    match position {
        Some(position) => format!("{field}, character {position}: {message}"),
        None => format!("{field}: {message}"),
    }
}

/// Warnings about the roles of a user that no rule mentions.
fn of_roles(
    snapshot: &Snapshot<'_>,
    caller: &Caller,
    own: &[String],
) -> Result<Vec<String>, RequestError> {
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let known = KnownRoles::read(snapshot, &caller.readable())?;
    let warnings = known.map(|known| known.warnings(own)).unwrap_or_default();
    Ok(warnings.iter().map(|warning| words_about(&USER, warning)).collect())
}
