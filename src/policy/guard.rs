//! The guard: on which rows of an entity type an actor may do an action.
//!
//! Rules only grant: a guard is the union of what each rule allows, and where no rule speaks nothing is allowed. These
//! are the grants that every QRS site starts with for these types (QRS reference, 6.7).

use super::Action;
use crate::model::{Actor, CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, Entity, TAG, USER, Value};
use crate::query::Predicate;

/// One rule: the rows of `entity` on which it allows `action`.
type Rule = fn(&Actor, &'static Entity, Action) -> Predicate;

const RULES: [Rule; 4] = [administrators, owners, creators, everybody];

/// The rows of `entity` on which `actor` may do `action`.
#[must_use]
pub fn guard(actor: &Actor, entity: &'static Entity, action: Action) -> Predicate {
    Predicate::or(RULES.iter().map(|rule| rule(actor, entity, action)))
}

/// What `actor` may read, as filters need to know it.
pub fn readable(actor: &Actor) -> impl Fn(&'static Entity) -> Predicate {
    move |entity| guard(actor, entity, Action::Read)
}

/// Service accounts and root administrators may do everything.
fn administrators(actor: &Actor, _: &'static Entity, _: Action) -> Predicate {
    granted(actor.is_service_account || actor.has_role("RootAdmin"))
}

/// An owner may do everything but create with what he owns.
fn owners(actor: &Actor, entity: &'static Entity, action: Action) -> Predicate {
    match entity.owner() {
        Some(owner) if action != Action::Create => Predicate::equals(owner, Value::Id(actor.id)),
        _ => Predicate::False,
    }
}

/// Everybody may create data connections that don't open a folder of the server.
fn creators(_: &Actor, entity: &'static Entity, action: Action) -> Predicate {
    match entity.property("type") {
        Some(kind) if *entity == DATA_CONNECTION && action == Action::Create => {
            Predicate::negate(Predicate::equals(kind, Value::Text("folder".to_owned())))
        }
        _ => Predicate::False,
    }
}

/// Everybody may read tags, custom property definitions, and himself.
fn everybody(actor: &Actor, entity: &'static Entity, action: Action) -> Predicate {
    match entity.property("id") {
        _ if action != Action::Read => Predicate::False,
        _ if *entity == TAG || *entity == CUSTOM_PROPERTY_DEFINITION => Predicate::True,
        Some(id) if *entity == USER => Predicate::equals(id, Value::Id(actor.id)),
        _ => Predicate::False,
    }
}

const fn granted(granted: bool) -> Predicate {
    if granted { Predicate::True } else { Predicate::False }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn actor(roles: &[&str], is_service_account: bool) -> Actor {
        Actor {
            id: Uuid::from_u128(7),
            user_directory: "LAB".to_owned(),
            user_id: "anna".to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            is_service_account,
            is_inactive: false,
        }
    }

    #[test]
    fn administrators_may_do_everything() {
        for actor in [actor(&["RootAdmin"], false), actor(&["rootadmin"], false), actor(&[], true)] {
            for entity in crate::model::REGISTRY {
                for action in Action::ALL {
                    assert_eq!(guard(&actor, entity, action), Predicate::True, "{action:?} {entity:?}");
                }
            }
        }
    }

    #[test]
    fn users_without_roles_have_what_they_own() {
        let anna = actor(&["Reader"], false);
        let owner = DATA_CONNECTION.owner().unwrap();
        let own = Predicate::equals(owner, Value::Id(anna.id));
        assert_eq!(guard(&anna, &DATA_CONNECTION, Action::Read), own);
        assert_eq!(guard(&anna, &DATA_CONNECTION, Action::ChangeOwner), own);
        assert_ne!(guard(&anna, &DATA_CONNECTION, Action::Create), Predicate::True);
        assert_ne!(guard(&anna, &DATA_CONNECTION, Action::Create), Predicate::False);
        assert_eq!(guard(&anna, &TAG, Action::Read), Predicate::True);
        assert_eq!(guard(&anna, &TAG, Action::Create), Predicate::False);
        assert_eq!(guard(&anna, &USER, Action::Update), Predicate::False);
        assert_ne!(guard(&anna, &USER, Action::Read), Predicate::True);
    }
}
