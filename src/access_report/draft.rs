//! Drafts: hypothetical changes of the rules.

use super::{Error, Site, entity, read};
use crate::model::{Actor, Document, Entity, FieldErrors, RuleSource, SYSTEM_RULE, Timestamp};
use crate::query::Predicate;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// The hypothetical rules, and the users and resources to compare.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Rules as in the body of a POST: the id of a stored rule changes that rule; other rules are
    /// added.
    rules: Vec<Document>,
    /// The ids of rules to remove.
    removed: Vec<Uuid>,
    /// The users; blank for all.
    pub(super) user_filter: String,
    /// The type of the resources; by default all types that the change affects.
    pub(super) entity: Option<&'static Entity>,
    /// The resources of this type; blank for all.
    pub(super) resource_filter: String,
}

/// A draft as JSON.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DraftBody {
    /// Rules as in the body of a POST: the id of a stored rule changes that rule; other rules are
    /// added.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    rules: Vec<Json>,
    /// The ids of the rules to remove.
    #[serde(default)]
    removed: Vec<Uuid>,
    /// A filter for the users; blank for all.
    #[serde(default)]
    user_filter: String,
    /// The type of the resources; blank for all types that the change affects.
    #[serde(default)]
    resource_type: String,
    /// A filter for the resources of this type; blank for all.
    #[serde(default)]
    resource_filter: String,
}

/// The most rules of one draft.
pub const MOST_RULES: usize = 1_000;

/// The rules before and after.
pub(super) struct Plan {
    /// All rules after the change.
    pub rules: Vec<RuleSource>,
    /// The rules of the draft among them.
    pub drafted: Vec<RuleSource>,
    /// The stored rules that are changed or removed.
    pub replaced: Vec<RuleSource>,
}

impl Draft {
    /// Reads a draft: `{"rules": […], "removed": [ids], "userFilter": …, "resourceType": …,
    /// "resourceFilter": …}`; all fields are optional.
    ///
    /// # Errors
    /// [`Error::Nonsense`], [`Error::Invalid`] or [`Error::TooMuch`], with the name of the field.
    pub fn read(json: Json) -> Result<Self, Error> {
        let body: DraftBody = read(json)?;
        if body.rules.len() + body.removed.len() > MOST_RULES {
            return Err(Error::TooMuch(format!(
                "at most {MOST_RULES} rules can be tried out in one request"
            )));
        }
        let documents = body.rules.into_iter().enumerate().map(|(index, rule)| {
            Document::read(&SYSTEM_RULE, rule)
                .map_err(|invalid| invalid.within(index).within("rules"))
        });
        let rules: Vec<Document> = documents.collect::<Result<_, FieldErrors>>()?;
        let mut named = HashSet::new();
        if let Some(id) = rules
            .iter()
            .filter_map(|rule| rule.id)
            .chain(body.removed.iter().copied())
            .find(|id| !named.insert(*id))
        {
            return Err(Error::Nonsense(format!("the rule {id} is named twice; name it once")));
        }
        if rules.is_empty() && body.removed.is_empty() {
            return Err(Error::Nonsense(
                "rules and removed are both empty; give at least one rule to add, change or remove"
                    .to_owned(),
            ));
        }
        let entity =
            if body.resource_type.is_empty() { None } else { Some(entity(&body.resource_type)?) };
        if entity.is_none() && !body.resource_filter.trim().is_empty() {
            return Err(Error::Nonsense(
                "resourceFilter needs a resourceType; add it, such as DataConnection".to_owned(),
            ));
        }
        let DraftBody { removed, user_filter, resource_filter, .. } = body;
        Ok(Self { rules, removed, user_filter, entity, resource_filter })
    }
}

impl Site<'_> {
    /// The rules before and after the change.
    pub(super) fn plan(&self, draft: &Draft) -> Result<Plan, Error> {
        let stored = self.snapshot.rules(&Predicate::True)?;
        let readable = (self.readable)(&SYSTEM_RULE);
        let visible = self.snapshot.rules(&readable)?;
        let changeable = self.snapshot.rules(&Predicate::and([
            readable,
            Predicate::negate(Predicate::is_read_only(&SYSTEM_RULE)),
        ]))?;
        let find = |id: Uuid| changeable.iter().find(|rule| rule.id == id);
        // The list of a site contains the read-only rules, too.
        let find_same = |id: Uuid, document: &Document| {
            visible.iter().find(|rule| rule.id == id && rule.overlaid(document) == **rule)
        };
        let no_such = |id: Uuid| {
            Error::NotThere(format!(
                "there is no system rule with the id {id}, or you may not change it"
            ))
        };
        let mut plan = Plan { rules: Vec::new(), drafted: Vec::new(), replaced: Vec::new() };
        for id in &draft.removed {
            plan.replaced.push(find(*id).ok_or_else(|| no_such(*id))?.clone());
        }
        for (index, document) in draft.rules.iter().enumerate() {
            let is_stored = |id: &Uuid| stored.iter().any(|rule| rule.id == *id);
            let changed = match document.id.filter(is_stored) {
                Some(id) => {
                    Some(find(id).or_else(|| find_same(id, document)).ok_or_else(|| no_such(id))?)
                }
                None => None,
            };
            let drafted = match changed {
                Some(rule) => rule.overlaid(document),
                None => added(document).map_err(|invalid| invalid.within(index).within("rules"))?,
            };
            plan.replaced.extend(changed.cloned());
            plan.drafted.push(drafted);
        }
        plan.rules = stored
            .into_iter()
            .filter(|rule| plan.replaced.iter().all(|gone| gone.id != rule.id))
            .collect();
        plan.rules.extend(plan.drafted.iter().cloned());
        Ok(plan)
    }
}

impl Site<'_> {
    /// As [`Site::plan`], if these were all rules.
    pub(super) fn plan_of(&self, rules: Vec<RuleSource>) -> Result<Plan, Error> {
        let stored = self.snapshot.rules(&Predicate::True)?;
        let those_only_in = |one: &[RuleSource], other: &[RuleSource]| {
            let others: HashMap<Uuid, &RuleSource> =
                other.iter().map(|rule| (rule.id, rule)).collect();
            one.iter()
                .filter(|rule| others.get(&rule.id).is_none_or(|other| other != rule))
                .cloned()
                .collect()
        };
        Ok(Plan {
            drafted: those_only_in(&rules, &stored),
            replaced: those_only_in(&stored, &rules),
            rules,
        })
    }
}

/// A rule that does not exist yet.
fn added(document: &Document) -> Result<RuleSource, FieldErrors> {
    let mut document = document.clone();
    let id = document.id.unwrap_or_else(Uuid::now_v7);
    document.complete(id, &Actor::nobody(), Timestamp::now())?;
    Ok(RuleSource::blank(id).overlaid(&document))
}
