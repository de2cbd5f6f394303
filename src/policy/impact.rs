//! Properties of rules that need no evaluation: the roles that they mention, and the types that a
//! change affects.

use super::condition;
use super::condition::{Comparison, Condition, Operand, Root};
use super::guard::RuleSet;
use super::resource_filter::ResourceFilter;
use crate::model::{Entity, REGISTRY, RuleSource};

/// The roles with which a rule's condition compares.
#[must_use]
pub fn roles_in(source: &RuleSource) -> Vec<String> {
    let Ok(condition) = condition::parse(&source.rule) else { return Vec::new() };
    let roles = condition.terms().into_iter().filter_map(|term| match term {
        Condition::Compare(Comparison { left, right, .. }) => match (left, right) {
            (Operand::Values(values), other) | (other, Operand::Values(values))
                if is_roles(other) =>
            {
                Some(values)
            }
            _ => None,
        },
        _ => None,
    });
    roles.flatten().cloned().collect()
}

fn is_roles(operand: &Operand) -> bool {
    let Operand::Reference(reference) = operand else { return false };
    match reference.path.as_slice() {
        [name] => {
            reference.root == Root::User
                && !name.is_custom_property
                && name.text.eq_ignore_ascii_case("roles")
        }
        _ => false,
    }
}

/// The entity types for which a change of the rules `changed` can make a difference, where `sets`
/// are the rules before and after.
#[must_use]
pub fn touched<'r>(
    sets: [&RuleSet; 2],
    changed: impl Iterator<Item = &'r RuleSource>,
) -> Vec<&'static Entity> {
    let asks_another_type =
        sets.iter().flat_map(|set| set.rules.iter()).filter_map(|rule| rule.condition.as_ref());
    if asks_another_type.into_iter().any(asks_of_reference) {
        return REGISTRY.to_vec();
    }
    let filters: Vec<ResourceFilter> =
        changed.filter_map(|rule| ResourceFilter::parse(&rule.resource_filter).ok()).collect();
    REGISTRY
        .iter()
        .copied()
        .filter(|entity| filters.iter().any(|filter| filter.concerns(entity)))
        .collect()
}

/// Whether the condition calls `HasPrivilege` on something to which the resource refers.
fn asks_of_reference(condition: &Condition) -> bool {
    condition.terms().into_iter().any(|term| match term {
        Condition::Call(call) => {
            call.function.eq_ignore_ascii_case("HasPrivilege") && !call.subject.path.is_empty()
        }
        _ => false,
    })
}
