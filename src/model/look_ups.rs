//! Finds properties of an entity type by name, by role, and by the forms that show them.

use super::defines::Defines;
use super::json_field::text_of;
use super::role::Role;
use super::schema::{Entity, Kind, Property};
use serde_json::Value as Json;

impl Entity {
    /// The property with this name; QRS ignores case in property names.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|property| property.name.eq_ignore_ascii_case(name))
    }

    /// The property that holds the id.
    #[must_use]
    pub fn id(&'static self) -> Option<&'static Property> {
        self.properties.iter().find(|property| matches!(property.kind, Kind::Id))
    }

    /// The property by which people identify an entity.
    #[must_use]
    pub fn name(&'static self) -> Option<&'static Property> {
        self.property("name")
    }

    /// The properties of the condensed form.
    pub fn condensed(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| property.condensed)
    }

    /// The properties of the full form: all except secrets.
    pub fn full(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| !matches!(property.kind, Kind::Secret { .. }))
    }

    /// The properties that are stored sealed.
    pub fn secrets(&'static self) -> impl Iterator<Item = &'static Property> {
        self.properties.iter().filter(|property| matches!(property.kind, Kind::Secret { .. }))
    }

    /// The property with this role, if the type has one.
    #[must_use]
    pub fn with_role(&'static self, role: Role) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.has_role(role))
    }

    /// The property that holds the owner, if the type has owners.
    #[must_use]
    pub fn owner(&'static self) -> Option<&'static Property> {
        self.with_role(Role::Owner)
    }

    /// The property that holds the custom property values, if the type has them.
    #[must_use]
    pub fn custom_properties(&'static self) -> Option<&'static Property> {
        self.with_role(Role::CustomProperties)
    }

    /// The reason the entity with this JSON can't be evaluated, if it can't be.
    #[must_use]
    pub fn fault_in<'j>(&'static self, json: &'j Json) -> Option<&'j str> {
        let fault = text_of(json, self.with_role(Role::Fault)?.name);
        (!fault.is_empty()).then_some(fault)
    }

    /// Whether it has a property with roles, types or other names that rules use, so that replies
    /// warn about unknown names.
    #[must_use]
    pub fn has_warnings(&self) -> bool {
        let names = [Role::Condition, Role::UserRoles, Role::ResourceTypes];
        self.properties.iter().any(|property| names.iter().any(|role| property.has_role(*role)))
    }

    /// Whether its entities are users.
    #[must_use]
    pub const fn is_of_users(&self) -> bool {
        matches!(self.defines, Defines::Users)
    }

    /// Whether its entities are rules.
    #[must_use]
    pub const fn is_of_rules(&self) -> bool {
        matches!(self.defines, Defines::Rights)
    }

    /// The properties with which a reference can identify an entity of this type instead of its id.
    pub fn natural_key(&'static self) -> impl Iterator<Item = &'static Property> {
        self.unique
            .first()
            .copied()
            .unwrap_or_default()
            .iter()
            .filter_map(|name| self.property(name))
    }
}

impl Property {
    /// Whether it has this role.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.role == Some(role)
    }

    /// Whether it refers to a user.
    #[must_use]
    pub const fn refers_to_user(&self) -> bool {
        matches!(self.kind, Kind::Reference(target) if target.is_of_users())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        AUDIT_ENTRY, AUDIT_SECRET, CREATED_DATE, MODIFIED_DATE, REGISTRY, SELECTION,
    };

    fn declared() -> impl Iterator<Item = &'static Entity> {
        REGISTRY.iter().copied().chain([&AUDIT_ENTRY, &AUDIT_SECRET, &SELECTION])
    }

    #[test]
    fn each_type_of_the_registry_has_the_common_properties() {
        for entity in REGISTRY {
            let named = [CREATED_DATE.name, MODIFIED_DATE.name]
                .iter()
                .all(|name| entity.property(name).is_some());
            assert!(named && entity.id().is_some(), "{entity:?}");
            assert!(entity.name().is_some_and(|name| name.column == "name"), "{entity:?}");
            assert!(
                entity
                    .with_role(Role::Version)
                    .is_some_and(|property| property.name == MODIFIED_DATE.name)
            );
        }
    }

    #[test]
    fn names_in_a_declaration_are_its_properties() {
        for entity in declared() {
            let groups = entity.unique.iter().chain(entity.together).copied().flatten().copied();
            let read_only = entity.read_only.iter().map(|read_only| read_only.property);
            let named =
                groups.chain(read_only).chain(entity.set_by_change.iter().map(|(name, _)| *name));
            let columns =
                entity.console_columns.iter().copied().filter(|_| REGISTRY.contains(&entity));
            for name in named.chain(columns) {
                assert!(entity.property(name).is_some(), "{entity:?} has no {name}");
            }
        }
    }

    /// Look-ups take the first property with a role; only the role of barring a user can have
    /// several.
    #[test]
    fn no_two_properties_of_a_type_have_the_same_role() {
        for entity in declared() {
            let roles: Vec<Role> =
                entity.properties.iter().filter_map(|property| property.role).collect();
            for role in roles.iter().filter(|role| **role != Role::Barred) {
                assert_eq!(
                    roles.iter().filter(|other| *other == role).count(),
                    1,
                    "{entity:?}: {role:?}"
                );
            }
        }
    }
}
