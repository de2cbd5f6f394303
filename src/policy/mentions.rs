//! The names that a rule mentions: attributes, custom properties, roles, resource types and
//! resources. Names that no site can have are reported here; whether the others exist depends on
//! the site (`access_report`).

use super::condition_mentions::of_condition;
use super::named::{Mention, Named};
use super::resource_filter::{Coverage, Part, parts};
use super::resource_types::{begin_so, is_known, meant, stored};
use super::rule::Rule;
use crate::model::{Action, Entity, RuleSource, governed};
use crate::query::{Predicate, TextError};
use uuid::Uuid;

/// The names that a rule mentions, if it can be evaluated. A rule of another category than Security
/// is not evaluated and mentions nothing.
#[must_use]
pub fn mentions(source: &RuleSource) -> Vec<Mention> {
    let rule = match Rule::parse(source) {
        Ok(rule) if source.is_security() => rule,
        // Errors of a rule that can't be parsed are reported elsewhere.
        _ => return Vec::new(),
    };
    let covered: Vec<&'static Entity> =
        governed().filter(|entity| rule.filter.concerns(entity)).collect();
    let mut found = of_filter(&source.resource_filter);
    if let Some(condition) = rule.condition.as_ref().filter(|_| !covered.is_empty()) {
        let is_only_stored = rule.filter.coverage() != Coverage::Others;
        found.extend(of_condition(&rule.text, condition, &covered, is_only_stored));
    }
    found.extend(of_actions(source.actions, &rule, &covered));
    found
}

fn of_filter(text: &str) -> Vec<Mention> {
    let mention = |part: Part<'_>| {
        let named = of_part(part)?;
        let TextError { position, .. } = TextError::new(text, part.offset, "");
        Some(Mention { field: "resourceFilter", position: Some(position), named })
    };
    parts(text).filter_map(mention).collect()
}

/// The name in an item of the filter, unless the item is a whole type.
fn of_part(part: Part<'_>) -> Option<Named> {
    let (kind, rest) = part.split();
    let end = if rest.is_empty() { "_*" } else { rest };
    let or_meant = |message: String| {
        let hint = meant(kind).map(|meant| format!("; did you mean {meant}{end}?"));
        Some(Named::Wrong(message + &hint.unwrap_or_default()))
    };
    match (stored(kind), rest) {
        _ if kind.is_empty() => None,
        (_, "*") if begin_so(kind) => None,
        (_, "*") => or_meant(format!("no resource type begins with {kind}")),
        (None, _) if is_known(kind) => None,
        (None, _) => or_meant(format!("there is no resource type {kind}")),
        (Some(_), "_*") => None,
        (Some(entity), "") => {
            let name = entity.resource_type;
            Some(Named::Wrong(format!("{name} alone matches no resource; did you mean {name}_*?")))
        }
        (Some(entity), _) => Some(match Uuid::parse_str(rest.trim_start_matches('_')) {
            Ok(id) => Named::Resource(entity, id),
            Err(_) => Named::Wrong(format!(
                "{} matches no resource, because {} is not an id; did you mean {}_*?",
                part.text,
                rest.trim_start_matches('_'),
                entity.resource_type
            )),
        }),
    }
}

fn of_actions(actions: i64, rule: &Rule, covered: &[&'static Entity]) -> Option<Mention> {
    let reaches_new =
        |entity: &&'static Entity| rule.filter.reach(entity, Action::Create) != Predicate::False;
    let message = if !Action::ALL.into_iter().any(|action| action.is_in(actions)) {
        "the rule has no actions, so it grants nothing"
    } else if actions == Action::Create.bit()
        && !covered.is_empty()
        && !covered.iter().any(reaches_new)
    {
        "a new resource has no id yet, so a rule about single resources can't grant create"
    } else {
        return None;
    };
    Some(Mention { field: "actions", position: None, named: Named::Wrong(message.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(filter: &str, actions: i64) -> Vec<(Option<usize>, String)> {
        let blank = RuleSource::blank(Uuid::nil());
        let category = "Security".to_owned();
        let source = RuleSource { resource_filter: filter.to_owned(), actions, category, ..blank };
        let text = |mention: Mention| match mention.named {
            Named::Wrong(message) => (mention.position, message),
            other => (mention.position, format!("{other:?}")),
        };
        mentions(&source).into_iter().map(text).collect()
    }

    #[test]
    fn a_filter_that_matches_no_resource_has_a_warning() {
        for (filter, position, message) in [
            (
                "DataConection_*",
                1,
                "there is no resource type DataConection; did you mean DataConnection_*?",
            ),
            (
                "Tag_*, DataConection_*",
                8,
                "there is no resource type DataConection; did you mean DataConnection_*?",
            ),
            (
                "Tag_*,dataconnection",
                7,
                "DataConnection alone matches no resource; did you mean DataConnection_*?",
            ),
            (
                "DataConection",
                1,
                "there is no resource type DataConection; did you mean DataConnection_*?",
            ),
            ("Strem_*", 1, "there is no resource type Strem; did you mean Stream_*?"),
            (
                "DataConections*",
                1,
                "no resource type begins with DataConections; did you mean DataConnection*?",
            ),
            ("Airplane_*", 1, "there is no resource type Airplane"),
            (
                "Tag_finance",
                1,
                "Tag_finance matches no resource, because finance is not an id; did you mean \
                 Tag_*?",
            ),
        ] {
            assert_eq!(messages(filter, 2), [(Some(position), message.to_owned())], "{filter}");
        }
    }

    #[test]
    fn a_filter_of_a_real_site_has_no_warning() {
        for filter in [
            "*",
            "App*, Stream_*,  Tag_*",
            "CustomProperty*",
            "User*",
            "QmcSection_DataConnection",
            "License_*,TermsAcceptance_*,QmcSection_Tag",
            "Stream*,App*,Tag*,DataConnection*",
            "App_649ebe2e-f582-49ee-8976-d08b43b5fd89",
            "AuditEntry_*",
        ] {
            assert_eq!(messages(filter, 2), [], "{filter}");
        }
    }

    #[test]
    fn a_rule_that_grants_nothing_has_a_warning() {
        assert_eq!(messages("*", 0)[0].1, "the rule has no actions, so it grants nothing");
        let one = "DataConnection_649ebe2e-f582-49ee-8976-d08b43b5fd89";
        assert!(messages(one, 1)[1].1.contains("can't grant create"));
        assert_eq!((messages(one, 3).len(), messages(&format!("{one},Tag_*"), 1).len()), (1, 1));
    }
}
