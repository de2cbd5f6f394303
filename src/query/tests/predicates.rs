//! The measures of predicates, and their simplification.

use super::condition;
use crate::model::{DATA_CONNECTION, Property, USER, Value};
use crate::query::Predicate;

fn property(name: &str) -> &'static Property {
    DATA_CONNECTION.property(name).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn is(name: &str, value: &str) -> Predicate {
    Predicate::equals(property(name), text(value))
}

#[test]
fn equal_values_of_a_list_are_joined() {
    let name = property("name");
    assert_eq!(Predicate::one_of(name, []), Predicate::False);
    assert_eq!(Predicate::one_of(name, [text("a"), text("a")]), is("name", "a"));
    let two = Predicate::In { property: name, values: vec![text("a"), text("b")] };
    assert_eq!(Predicate::one_of(name, [text("a"), text("b"), text("a")]), two);
    for filter in [
        "name eq a or name eq b",
        "name eq a or (name eq b or name eq a)",
        "(name eq a or name eq b) or name eq b",
    ] {
        assert_eq!(condition(filter, &DATA_CONNECTION), Ok(two.clone()), "{filter}");
    }
    let of_two = condition("name eq a or type eq b or name eq b", &DATA_CONNECTION).unwrap();
    assert_eq!(of_two, Predicate::Or(vec![two, is("type", "b")]));
    assert_eq!(of_two.weight(), 2);
}

#[test]
fn known_facts_are_not_evaluated_again() {
    let (a, b, c) = (is("name", "a"), is("type", "b"), is("username", "c"));
    for (predicate, left) in [
        (a.clone(), Predicate::True),
        (b.clone(), b.clone()),
        (Predicate::and([a.clone(), b.clone()]), b.clone()),
        (Predicate::or([a.clone(), b.clone()]), Predicate::True),
        (Predicate::negate(a.clone()), Predicate::False),
        (
            Predicate::and([c.clone(), Predicate::or([b.clone(), Predicate::negate(a.clone())])]),
            Predicate::and([c, b]),
        ),
    ] {
        assert_eq!(predicate.given(&a), left, "{predicate:?}");
    }
}

#[test]
fn parts_and_alternatives_default_to_the_predicate_itself() {
    let (a, b) = (is("name", "a"), is("type", "b"));
    let (both, either) =
        (Predicate::And(vec![a.clone(), b.clone()]), Predicate::Or(vec![a.clone(), b.clone()]));
    assert_eq!(
        (both.parts(), both.alternatives()),
        (&[a.clone(), b.clone()][..], &[both.clone()][..])
    );
    assert_eq!(
        (either.parts(), either.alternatives()),
        (&[either.clone()][..], &[a.clone(), b][..])
    );
    assert_eq!((a.parts(), a.alternatives()), (&[a.clone()][..], &[a.clone()][..]));
    let (all, none) = (Predicate::And(Vec::new()), Predicate::Or(Vec::new()));
    assert_eq!((all.parts(), none.alternatives()), (&[all.clone()][..], &[none.clone()][..]));
}

#[test]
fn conditions_apply_to_the_items_of_a_list_of_texts() {
    let Ok(Predicate::Any { relation, predicate }) = condition("roles eq RootAdmin", &USER) else {
        panic!()
    };
    assert_eq!(relation, USER.property("roles").unwrap());
    assert!(matches!(
        *predicate,
        Predicate::Compare { value: Value::Text(text),
            .. } if text.eq_ignore_ascii_case("rootadmin")
    ));
}

#[test]
fn only_conditions_on_related_rows_are_not_about_the_row() {
    for (filter, is_about_row) in [
        ("name eq a", true),
        ("name eq a or not type sw b and logOn eq 1", true),
        ("tags.name eq a", false),
        ("name eq a and not tags.name eq a", false),
        ("name eq a or owner.name eq a", false),
    ] {
        assert_eq!(
            condition(filter, &DATA_CONNECTION).unwrap().is_about_row(),
            is_about_row,
            "{filter}"
        );
    }
}

#[test]
fn the_id_of_a_referenced_row_is_in_the_row_itself() {
    let (one, other) =
        ("649ebe2e-f582-49ee-8976-d08b43b5fd89", "749ebe2e-f582-49ee-8976-d08b43b5fd89");
    let id = |text: &str| Value::Id(uuid::Uuid::parse_str(text).unwrap());
    let owner = property("owner");
    let single = condition(&format!("owner.id eq {one}"), &DATA_CONNECTION);
    assert_eq!(single, Ok(Predicate::equals(owner, id(one))));
    let several = condition(&format!("owner.id eq {one} or owner.id eq {other}"), &DATA_CONNECTION);
    assert_eq!(several, Ok(Predicate::In { property: owner, values: vec![id(one), id(other)] }));
    let [by_id, by_name] = ["id", "name"].map(|name| USER.property(name).unwrap());
    let ids = Predicate::In { property: by_id, values: vec![id(one), id(other)] };
    assert_eq!(
        Predicate::any(owner, ids),
        Predicate::In { property: owner, values: vec![id(one), id(other)] }
    );
    let names = Predicate::In { property: by_name, values: vec![text("a"), text("b")] };
    assert!(matches!(Predicate::any(owner, names), Predicate::Any { .. }));
    assert!(matches!(condition("owner.name eq a", &DATA_CONNECTION), Ok(Predicate::Any { .. })));
    assert!(matches!(
        condition(&format!("tags.id eq {one}"), &DATA_CONNECTION),
        Ok(Predicate::Any { .. })
    ));
}

#[test]
fn dependencies_on_properties_are_detected() {
    let [owner, values, name] = ["owner", "customProperties", "name"].map(property);
    let of_users = USER.property("customProperties").unwrap();
    let mine = Predicate::equals(owner, Value::Id(uuid::Uuid::nil()));
    let by_stage = condition("@stage eq prod", &DATA_CONNECTION).unwrap();
    let by_owners_stage = condition("owner.@stage eq prod", &DATA_CONNECTION).unwrap();
    let several = Predicate::or([
        mine.clone(),
        Predicate::and([is("name", "a"), Predicate::negate(by_stage.clone())]),
    ]);
    for (predicate, properties, settled, asks) in [
        (&by_stage, vec![values], &Predicate::True, true),
        (&by_stage, vec![owner, name, of_users], &Predicate::True, false),
        (&by_owners_stage, vec![of_users], &Predicate::True, true),
        (&by_owners_stage, vec![owner], &mine, true),
        (&by_owners_stage, vec![values], &Predicate::True, false),
        (&mine, vec![owner], &Predicate::True, true),
        (&mine, vec![owner], &mine, false),
        (&several, vec![owner], &mine, false),
        (&several, vec![owner, values], &mine, true),
        (&Predicate::True, vec![owner, values, name], &mine, false),
    ] {
        assert_eq!(
            predicate.asks_about(&properties, settled),
            asks,
            "{predicate:?} {properties:?}"
        );
    }
}
