//! Hidden entities are indistinguishable from missing ones: no filter or order tells them apart.
//! Replies about hidden entities are compared with replies about entities that never existed.

use crate::support::encode;
use crate::support::hidden_data::{Site, comparable, names};
use serde_json::json;

#[test]
fn a_filter_on_hidden_data_has_the_same_result_as_on_missing_data() {
    let site = Site::new();
    let ask = |filter: &str| {
        let filter = encode(filter);
        let paths = [
            format!("/dataconnection?filter={filter}&orderby=owner.name"),
            format!("/dataconnection/full?filter={filter}&privileges=true"),
            format!("/dataconnection/count?filter={filter}"),
        ];
        paths.map(|path| site.anna.get(&path))
    };
    // The last two operators are refused; for GUIDs, the ones before are refused as well.
    for (path, hidden, unknown) in site.hidden() {
        for operator in ["eq", "ne", "sw", "so", "gt", "like"] {
            for shape in ["#", "not (#)", "# and name ne 'x'", "# or name eq 'own'", "#)"] {
                let filter =
                    |value: &str| shape.replace('#', &format!("{path} {operator} '{value}'"));
                let (about_hidden, about_unknown) = (ask(&filter(hidden)), ask(&filter(unknown)));
                for (one, other) in about_hidden.iter().zip(&about_unknown) {
                    assert_eq!(
                        comparable(one, hidden, unknown),
                        comparable(other, hidden, unknown),
                        "{}",
                        filter(hidden)
                    );
                }
            }
        }
        let equal = |value: &str| format!("{path} eq '{value}'");
        assert_eq!(names(&site.repository, &equal(hidden), ""), ["marked"], "{path}");
        assert!(names(&site.repository, &equal(unknown), "").is_empty());
        assert!(names(&site.anna, &equal(hidden), "").is_empty(), "{path}");
    }
}

#[test]
fn a_hidden_custom_property_has_the_same_result_as_an_undefined_one() {
    let site = Site::new();
    for pattern in [
        "@# eq 'prod'",
        "@# ne 'prod'",
        "@# sw ''",
        "@# so 'r'",
        "@# eq null",
        "@# ne null",
        "@# gt 'a'",
        "customProperties.definition.name eq '#' and customProperties.value eq 'prod'",
        "customProperties.definition.name eq '#' and customProperties.value ne 'prod'",
        "owner.@# ne 'prod'",
    ] {
        let ask = |name: &str| {
            let filter = encode(&pattern.replace('#', name));
            comparable(
                &site.anna.get(&format!("/dataconnection/full?filter={filter}")),
                "Stage",
                "Other",
            )
        };
        assert_eq!(ask("Stage"), ask("Other"), "{pattern}");
    }
    // The value itself belongs to the connection, and is shown with it.
    assert_eq!(names(&site.anna, "customProperties.value eq 'prod'", ""), ["marked"]);
}

/// The marked connection and the plain one differ only in values that anna can't read.
#[test]
fn no_filter_separates_connections_that_differ_only_in_hidden_data() {
    let site = Site::new();
    for (filter, finds_both) in [
        ("owner eq null", true),
        ("owner ne null", false),
        ("owner.name eq null", true),
        ("owner.name sw ''", false),
        ("owner.name ne 'zoe'", true),
        ("owner.userId sw 'b' or owner.userId sw 'z'", false),
        ("owner.userDirectory so 'A'", false),
        ("owner.inactive eq false", false),
        ("owner.createdDate gt '2000-01-01'", false),
        ("not owner.createdDate gt '2000-01-01'", true),
        ("owner.tags eq null", true),
        ("owner.roles ne 'x'", true),
        ("tags eq null", true),
        ("tags ne null", false),
        ("tags.name eq null", true),
        ("tags.name sw ''", false),
        ("tags.name ne 'secret'", true),
        ("not tags.name ew 't'", true),
        ("tags.name eq 'secret' or tags.createdDate gt '2000-01-01'", false),
        ("customProperties.definition eq null", true),
        ("customProperties.definition.name ne 'Stage'", true),
        ("customProperties.definition.valueType eq 'Text'", false),
        ("customProperties.definition.objectTypes eq 'DataConnection'", false),
        ("@Stage sw ''", false),
        ("@Stage ne 'prod'", true),
    ] {
        let found = names(&site.anna, filter, "");
        let finds = |name: &str| found.iter().any(|found| found == name);
        assert_eq!((finds("plain"), finds("marked")), (finds_both, finds_both), "{filter}");
    }
}

#[test]
fn no_order_separates_connections_that_differ_only_in_hidden_owners() {
    let site = Site::new();
    // The owner sorts between the two others in every order of owners.
    site.repository.create("user", &json!({"userDirectory": "HQ", "userId": "mia"}));
    site.connection_of("third", json!({"userDirectory": "HQ", "userId": "mia"}), json!({}));
    for property in
        ["userId", "name", "userDirectory", "id", "createdDate", "modifiedDate", "inactive"]
    {
        for direction in ["asc", "desc"] {
            let order = format!("owner.{property} {direction}");
            let unread = "name ne 'own'";
            assert_eq!(names(&site.anna, unread, &order), ["plain", "marked", "third"], "{order}");
            let by_name = format!("{order}, name");
            assert_eq!(
                names(&site.anna, unread, &by_name),
                ["marked", "plain", "third"],
                "{by_name}"
            );
        }
    }
    assert_eq!(
        names(&site.repository, "name ne 'own'", "owner.name"),
        ["marked", "third", "plain"]
    );
    for order in ["tags.name", "@Stage", "customProperties.value", "tags"] {
        let path = format!("/dataconnection?orderby={}", encode(order));
        assert_eq!(
            site.anna.get(&path).expect(400).text,
            site.repository.get(&path).expect(400).text
        );
    }
}
