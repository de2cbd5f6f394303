//! The meaning of names in conditions: attributes of the user, and properties, custom properties
//! and attributes of the resource and its references.

use super::{ME, OTHER, actor, is_true, rule};
use crate::model::{Action, Actor, DATA_CONNECTION, Entity, RuleSource, TAG, USER};
use crate::policy::RuleSet;
use serde_json::{Value as Json, json};

/// A value of a custom property, as a reply shows it.
fn value(name: &str, value: &str) -> Json {
    json!({
        "id": OTHER, "value": value, "definition": {"id": OTHER, "name": name, "valueType": "Text"}
    })
}

/// A user of the group `it`, whose custom property Team is `a`.
pub fn user() -> Json {
    json!({
        "id": OTHER, "userId": "bert", "userDirectory": "LAB", "name": "Bert",
        "userDirectoryConnectorName": "",
        "roles": ["Auditor"], "inactive": true, "tags": [], "customProperties": [
            value("Team", "a"),
            value("resourcetype", "b")
        ],
        "attributes": [{"id": OTHER, "attributeType": "group", "attributeValue": "it"}],
    })
}

/// A data connection that this user owns.
pub fn connection() -> Json {
    json!({
        "id": ME, "name": "c", "type": "odbc", "connectionstring": "x", "owner": user(), "tags": [],
        "customProperties": [value("Team", "b"), value("resourcetype", "b")],
    })
}

/// Whether the condition is true for this JSON.
pub fn is_granted(entity: &'static Entity, condition: &str, row: &Json) -> bool {
    let environment = vec![("os".to_owned(), "linux".to_owned())];
    let anna = Actor {
        environment,
        attributes: vec![("group".to_owned(), "it".to_owned())],
        ..actor("anna")
    };
    let source = RuleSource {
        resource_filter: format!("{}_*", entity.resource_type),
        ..rule(1, Action::Read.bit(), condition)
    };
    let guards = RuleSet::new(1, &[source]).guards(&anna, entity);
    is_true(&guards[Action::Read as usize], entity, row)
}

#[test]
fn each_name_has_its_meaning() {
    let (connection, user) = (connection(), user());
    for (entity, condition, holds) in [
        (&DATA_CONNECTION, "user.environment.os = \"linux\"", true),
        (&DATA_CONNECTION, "user.ENVIRONMENT.os = \"linux\"", true),
        (&DATA_CONNECTION, "user.environment.os = \"windows\"", false),
        (&DATA_CONNECTION, "user.group.os = \"linux\"", false),
        (&DATA_CONNECTION, "user.group = \"it\"", true),
        (&DATA_CONNECTION, "user.@group = \"it\"", false),
        (&DATA_CONNECTION, "resource.ResourceType = \"DataConnection\"", true),
        (&DATA_CONNECTION, "resource.@resourcetype = \"b\"", true),
        (&DATA_CONNECTION, "resource.@resourcetype = \"DataConnection\"", false),
        (&DATA_CONNECTION, "resource.@Team = \"b\"", true),
        (&DATA_CONNECTION, "resource.@name = \"c\"", false),
        (&DATA_CONNECTION, "resource.name = \"c\"", true),
        (&DATA_CONNECTION, "resource.name.c = \"c\"", false),
        // Rules can't use it.
        (&DATA_CONNECTION, "resource.connectionstring = \"x\"", false),
        (&DATA_CONNECTION, "resource.owner.userId = \"bert\"", true),
        (&DATA_CONNECTION, "resource.owner.@Team = \"a\"", true),
        (&DATA_CONNECTION, "resource.owner.@Team = \"b\"", false),
        (&DATA_CONNECTION, "resource.owner.group = \"it\"", true),
        (&DATA_CONNECTION, "resource.owner.@group = \"it\"", false),
        (&DATA_CONNECTION, "resource.owner.inactive = \"true\"", false),
        (&USER, "resource.group = \"it\"", true),
        (&USER, "resource.@group = \"it\"", false),
        (&USER, "resource.@Team = \"a\"", true),
        (&USER, "resource.group.it = \"it\"", false),
        (&USER, "resource.inactive = \"true\"", false),
        (&USER, "resource.roles = \"Auditor\"", true),
    ] {
        let row = if entity == &USER { &user } else { &connection };
        assert_eq!(
            is_granted(entity, condition, row),
            holds,
            "{}: {condition}",
            entity.resource_type
        );
    }
}

#[test]
fn a_name_that_no_covered_type_has_is_an_error_if_only_these_types_are_covered() {
    for (filter, condition, wrong) in [
        (
            "DataConnection_*",
            "resource.connectionstring = \"x\"",
            Some("a data connection has no property 'connectionstring' that rules can use"),
        ),
        ("DataConnection_*", "resource.group = \"x\"", Some("'group'")),
        ("DataConnection_*", "resource.name.x = \"x\"", Some("name has no attributes of its own")),
        ("DataConnection_*", "user.group.x = \"x\"", Some("group has no attributes of its own")),
        // One of them has it, or may have it.
        ("DataConnection_*, Tag_*", "resource.owner = user", None),
        (
            "DataConnection_*, Tag_*",
            "resource.connectionstring = \"x\"",
            Some("'connectionstring'"),
        ),
        ("DataConnection_*, User_*", "resource.group = \"x\"", None),
        ("User_*", "resource.group = \"x\"", None),
        ("User_*", "resource.group.HasPrivilege(\"read\")", Some("'group'")),
        ("Tag_*", "resource.group.HasPrivilege(\"read\")", Some("'group'")),
        (
            "Tag_*, User_*",
            "resource.inactive = \"true\"",
            Some("a user has no property 'inactive' that rules can use"),
        ),
        // A rule may also cover types that are not stored here.
        ("Tag_*, App_*", "resource.stream.name = \"x\"", None),
    ] {
        let source = RuleSource {
            resource_filter: filter.to_owned(),
            ..rule(1, Action::Read.bit(), condition)
        };
        let found = RuleSet::new(1, &[]).check(&source).err().map(|invalid| invalid.to_string());
        match wrong {
            Some(wrong) => assert!(
                found.as_ref().is_some_and(|found| found.contains(wrong)),
                "{condition}: {found:?}"
            ),
            None => assert_eq!(found, None, "{filter}: {condition}"),
        }
    }
    assert!(!is_granted(
        &TAG,
        "resource.owner.name = \"Bert\"",
        &json!({"id": OTHER, "name": "t"})
    ));
}
