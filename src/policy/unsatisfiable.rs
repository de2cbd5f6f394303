//! Whether a condition can be true at all, for any user: its terms about the resource alone may
//! decide it.

use super::binder::{Binder, Names};
use super::condition::{Comparator, Comparison, Condition, Operand, Root};
use super::guard_builder::GuardBuilder;
use super::resource_filter::Coverage;
use super::rule::Rule;
use super::rules::Rules;
use super::warning::Warning;
use crate::model::{Actor, Entity, RuleSource, governed};
use crate::query::{Expressions, Predicate};
use std::sync::Arc;

/// When a condition is true.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Never,
    /// It depends on the user or the resource.
    Sometimes,
}

/// The warning that a rule's condition is true for no user and no resource that the rule covers, if
/// that can be determined.
#[must_use]
pub fn never_holds(source: &RuleSource) -> Option<Warning> {
    let rule = Rule::parse(source).ok().filter(|_| source.is_security())?;
    let condition =
        rule.condition.as_ref().filter(|_| rule.filter.coverage() != Coverage::Others)?;
    let mut covered = governed().filter(|entity| rule.filter.concerns(entity)).peekable();
    covered.peek()?;
    let (rules, nobody) = (Rules::new(&Arc::new(Expressions::new(0))), Actor::nobody());
    let builder = GuardBuilder::of(&rules, &nobody);
    let holds = |entity: &'static Entity| {
        let binder = Binder { lookup: &builder, entity, text: &rule.text, names: Names::Lenient };
        when(condition, &binder) != When::Never
    };
    let message = "the condition can't be true for any resource that the rule covers".to_owned();
    (!covered.any(holds)).then(|| Warning::about("rule", message))
}

fn when(condition: &Condition, binder: &Binder<'_>) -> When {
    let of = |parts: &[Condition], enough: When, otherwise: When| {
        let mut parts = parts.iter().map(|part| when(part, binder));
        if parts.clone().any(|part| part == enough) {
            enough
        } else if parts.all(|part| part == otherwise) {
            otherwise
        } else {
            When::Sometimes
        }
    };
    match condition {
        Condition::Or(parts) => of(parts, When::Always, When::Never),
        Condition::And(parts) => of(parts, When::Never, When::Always),
        Condition::Not(part) => match when(part, binder) {
            When::Always => When::Never,
            When::Never => When::Always,
            When::Sometimes => When::Sometimes,
        },
        term if is_about_resource_alone(term) => match binder.condition(term) {
            Ok(Predicate::True) => When::Always,
            Ok(Predicate::False) => When::Never,
            _ => When::Sometimes,
        },
        _ => When::Sometimes,
    }
}

/// Whether a term does not depend on the user. Expressions are not compiled just for this check.
fn is_about_resource_alone(term: &Condition) -> bool {
    match term {
        Condition::Compare(Comparison { left, operator, right, .. }) => {
            let asks_user = |operand: &&Operand| {
                matches!(
                    operand,
                    Operand::Reference(reference) if reference.root == Root::User
                )
            };
            *operator != Comparator::Matches && ![left, right].iter().any(asks_user)
        }
        Condition::Call(call) => {
            call.subject.root == Root::Resource
                && !call.function.eq_ignore_ascii_case("HasPrivilege")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn is_pointed_out(filter: &str, condition: &str) -> bool {
        let (category, resource_filter) = ("Security".to_owned(), filter.to_owned());
        let blank = RuleSource::blank(Uuid::nil());
        let source = RuleSource {
            category,
            resource_filter,
            rule: condition.to_owned(),
            actions: 2,
            ..blank
        };
        never_holds(&source).is_some()
    }

    #[test]
    fn a_condition_that_is_false_for_every_resource_has_a_warning() {
        for (filter, condition) in [
            ("DataConnection_*", r#"resource.resourcetype = "App""#),
            (
                "DataConnection_*",
                r#"user.name = "anna" and resource.resourcetype = {"App", "Stream"}"#,
            ),
            ("Tag_*", "resource.IsOwned() and resource.owner = user"),
            ("Data*", r#"resource.resourcetype = "App""#),
            ("Tag_*,User_*", r#"!(resource.resourcetype = {"Tag", "User"})"#),
            ("DataConnection_*", r#""a" = "b" or "a" == "A""#),
        ] {
            assert!(is_pointed_out(filter, condition), "{filter}: {condition}");
        }
    }

    #[test]
    fn a_condition_that_can_be_true_has_no_warning() {
        for (filter, condition) in [
            ("DataConnection_*", ""),
            ("DataConnection_*", r#"user.name = "anna""#),
            ("DataConnection_*", "user.IsAnonymous()"),
            ("DataConnection_*", r#"resource.name = "a" and resource.name = "b""#),
            ("DataConnection_*,App_*", r#"resource.resourcetype = "App""#),
            ("*", r#"resource.resourcetype = "Stream""#),
            ("App_*", r#"resource.resourcetype = "DataConnection""#),
            ("Tag_*,DataConnection_*", "resource.IsOwned()"),
            ("DataConnection_*", r#"resource.name matches "x.*""#),
            ("DataConnection_*", r#"resource.HasPrivilege("read")"#),
        ] {
            assert!(!is_pointed_out(filter, condition), "{filter}: {condition}");
        }
        assert!(!is_pointed_out("DataConnection_*", "resource.name ="));
    }
}
