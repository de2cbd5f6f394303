//! The elements of a list to which the terms of a filter refer, shown by rows that match and rows
//! that don't.

use super::{condition, holds};
use crate::model::DATA_CONNECTION;
use crate::query::evaluate::Row;
use serde_json::{Value as Json, json};

/// A data connection with these tags, and with custom property values by the names of their
/// definitions.
fn row(tags: &[&str], values: &[(&str, &str)]) -> Row {
    let tags: Vec<Json> = tags.iter().map(|name| json!({ "name": name })).collect();
    let values: Vec<Json> = values
        .iter()
        .map(|(name, value)| json!({"value": value, "definition": {"name": name}}))
        .collect();
    Row::from_json(
        &DATA_CONNECTION,
        &json!({"name": "x", "tags": tags, "customProperties": values}),
    )
}

#[test]
fn tags_are_found_by_conditions_on_one_or_several_of_them() {
    for (filter, tags, is_found) in [
        ("tags.name eq 'a' and tags.name eq 'b'", &["a", "b"][..], true),
        ("tags.name eq 'a' and tags.name eq 'b'", &["a"], false),
        ("tags.name sw 'a' and tags.name ew 'b'", &["axb"], true),
        ("tags.name sw 'a' and tags.name ew 'b'", &["ax", "xb"], false),
        // With only an `eq` on the name, the `ne` applies to all tags.
        ("tags.name eq 'a' and tags.name ne 'b'", &["a"], true),
        ("tags.name eq 'a' and tags.name ne 'b'", &["a", "b"], false),
        ("tags.name ne 'b' and tags.name eq 'a'", &["a", "b"], false),
        ("tags.name sw 'a' and tags.name ne 'ab'", &["ab", "ac"], true),
        ("tags.name sw 'a' and tags.name ne 'ab'", &["ab", "c"], false),
        ("tags.name ne 'a' and tags.name ne 'b'", &["c"], true),
        ("tags.name ne 'a' and tags.name ne 'b'", &["c", "b"], false),
        ("(tags.name eq 'a' or tags.name eq 'b') and tags.name ew 'b'", &["a", "b"], true),
        ("(tags.name eq 'a' or tags.name eq 'b') and tags.name ew 'c'", &["a", "c"], false),
        ("(tags.name eq 'a' or tags.name sw 'b') and tags.name eq 'c'", &["a", "c"], false),
        ("(tags.name eq 'a' or tags.name eq 'b') and tags.name eq 'c'", &["a", "c"], true),
        // An alternative with its own chain refers to its own element.
        (
            "tags.name so 'a' and (tags.name sw 'b' or (tags.name sw 'c' and tags.name ew 'd'))",
            &["cab"],
            false,
        ),
        (
            "tags.name so 'a' and (tags.name sw 'b' or (tags.name sw 'c' and tags.name ew 'd'))",
            &["xa", "cd"],
            true,
        ),
        ("tags.name so 'a' and (tags.name sw 'b' or not tags.name sw 'c')", &["xa", "c"], false),
        ("tags.name sw 'a' and (tags.name ew 'b' or name eq 'x')", &["a"], true),
    ] {
        let bound = condition(filter, &DATA_CONNECTION).unwrap();
        assert_eq!(holds(&bound, &row(tags, &[])), is_found, "{filter}: {tags:?}");
    }
}

#[test]
fn custom_property_values_are_found_by_definition_and_value() {
    let pair = "customProperties.definition.name eq 'A' and customProperties.value eq 'x'";
    let two = &format!(
        "{pair} and customProperties.definition.name eq 'B' and customProperties.value eq 'y'"
    );
    let other = "customProperties.definition.name eq 'A' and customProperties.value ne 'x'";
    let either = "(customProperties.definition.name eq 'A' or customProperties.definition.name eq \
                  'B') and customProperties.value eq 'x'";
    for (filter, values, is_found) in [
        (pair, &[("A", "x")][..], true),
        (pair, &[("A", "y"), ("B", "x")], false),
        (two, &[("A", "x"), ("B", "y")], true),
        (two, &[("A", "y"), ("B", "x")], false),
        (two, &[("A", "x")], false),
        (other, &[("A", "x"), ("B", "z")], false),
        (other, &[("A", "x"), ("A", "z")], true),
        (other, &[], false),
        (either, &[("B", "x")], true),
        (either, &[("B", "y"), ("C", "x")], false),
        ("@A eq 'x' and @A ne 'y'", &[("A", "x")], true),
        ("@A eq 'x' and @A ne 'y'", &[("A", "x"), ("A", "y")], false),
        ("@A eq 'x' and @B eq 'x'", &[("A", "x"), ("B", "x")], true),
        ("@A eq 'x' and @B eq 'x'", &[("A", "x")], false),
        ("@A ne 'x'", &[("B", "x")], true),
        ("@A sw 'x' and customProperties.value ew 'y'", &[("A", "x"), ("B", "y")], true),
    ] {
        let bound = condition(filter, &DATA_CONNECTION).unwrap();
        assert_eq!(holds(&bound, &row(&[], values)), is_found, "{filter}: {values:?}");
    }
}

#[test]
fn different_properties_of_one_path_refer_to_the_same_element() {
    const ONE: &str = "649ebe2e-f582-49ee-8976-d08b43b5fd89";
    const OTHER: &str = "749ebe2e-f582-49ee-8976-d08b43b5fd89";
    let bound =
        condition(&format!("tags.name eq 'a' and tags.id eq {ONE}"), &DATA_CONNECTION).unwrap();
    for (tags, is_found) in
        [([("a", ONE), ("b", OTHER)], true), ([("a", OTHER), ("b", ONE)], false)]
    {
        let tags = tags.map(|(name, id)| json!({"name": name, "id": id}));
        let row = Row::from_json(&DATA_CONNECTION, &json!({"name": "x", "tags": tags}));
        assert_eq!(holds(&bound, &row), is_found);
    }
}
