//! The SQL of predicates and orders: text, order and parameters.

use super::{condition, everything};
use crate::model::{DATA_CONNECTION, Property, SYSTEM_RULE, TAG, Timestamp, Value};
use crate::query::{Pattern, Predicate, Sql, Way, parse_order};
use uuid::Uuid;

fn rendered(predicate: &Predicate) -> Sql {
    let mut sql = Sql::default();
    sql.predicate("t0", predicate);
    sql
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn property(name: &str) -> &'static Property {
    DATA_CONNECTION.property(name).unwrap()
}

#[test]
fn the_cheapest_part_is_tested_first() {
    const OWNER: &str =
        "EXISTS (SELECT t1.id FROM users AS t1 WHERE t1.id = t0.owner_id AND t1.name_folded = ?)";
    const ROLE: &str = "EXISTS (SELECT t1.entity_id FROM user_roles AS t1 WHERE t1.entity_id = \
                        t0.owner_id AND t1.value_folded = ?)";
    const TAG: &str = "EXISTS (SELECT t2.entity_id FROM data_connection_tags AS t2 JOIN tags AS t1 \
                       ON t1.id = t2.target_id WHERE t2.entity_id = t0.id AND t1.name_folded = ?)";
    for (filter, sql) in [
        ("owner.name eq a", OWNER.to_owned()),
        // The collections of the owner hang on the owner's id, which the row has, so the owner is
        // not looked up.
        ("owner.roles eq a", ROLE.to_owned()),
        ("owner.name eq a and name eq b", format!("(t0.name_folded = ? AND {OWNER})")),
        (
            "not tags.name eq a or name ew b",
            format!("(ends_with_text(?, t0.name_folded) OR NOT ({TAG}))"),
        ),
        ("logOn ge 1", "t0.log_on >= ?".to_owned()),
        ("name sw a", "(t0.name_folded >= ? AND t0.name_folded < ?)".to_owned()),
        // No character follows it.
        ("name sw '\u{10ffff}'", "(t0.name_folded >= ?)".to_owned()),
    ] {
        assert_eq!(rendered(&condition(filter, &DATA_CONNECTION).unwrap()).text, sql, "{filter}");
    }
    // Values are bound in the order of the text, so they show the order of the tests.
    let pattern = |pattern| Predicate::Match { property: property("name"), pattern };
    let named = |filter| condition(filter, &DATA_CONNECTION).unwrap();
    let parts = [
        named("owner.customProperties.definition.name eq 4"),
        named("customProperties.definition.name eq 6"),
        named("tags.name eq 5"),
        named("owner.name eq 3"),
        pattern(Pattern::Regex("2".to_owned())),
        named("name eq 1"),
    ];
    for joined in [Predicate::And(parts.to_vec()), Predicate::Or(parts.to_vec())] {
        let mut order: Vec<String> = Vec::new();
        for value in rendered(&joined).parameters {
            let Value::Text(text) = value else { panic!() };
            order.push(text);
        }
        assert_eq!(order, ["1", "2", "3", "4", "6", "5"], "what costs the same stays as it stood");
    }
    assert_eq!(rendered(&Predicate::And(Vec::new())).text, "1 = 1");
    assert_eq!(rendered(&Predicate::Or(Vec::new())).text, "1 = 0");
}

#[test]
fn patterns_match_the_stored_or_the_folded_text() {
    for (pattern, sql, parameters) in [
        (Pattern::Exactly(vec!["A".to_owned()]), "t0.name IN (?)", vec![text("A")]),
        (
            Pattern::Wildcard("A*b?_%\\*".to_owned()),
            "matches_wildcards(?, t0.name_folded)",
            vec![text("a*b?_%\\*")],
        ),
        (
            Pattern::Wildcard("a\\".to_owned()),
            "matches_wildcards(?, t0.name_folded)",
            vec![text("a\\")],
        ),
        (Pattern::Regex("^A$".to_owned()), "matches_regex(?, t0.name)", vec![text("^A$")]),
    ] {
        let sql_of = rendered(&Predicate::Match { property: property("name"), pattern });
        assert_eq!((sql_of.text.as_str(), sql_of.parameters), (sql, parameters));
    }
}

#[test]
fn short_lists_are_padded_and_long_ones_are_one_parameter() {
    let list = |count: i64| Predicate::In {
        property: property("logOn"),
        values: (0..count).map(Value::Integer).collect(),
    };
    for (count, parameters) in [(2, 2), (3, 4), (5, 8), (31, 32), (32, 32)] {
        let sql = rendered(&list(count));
        assert_eq!(sql.text, format!("t0.log_on IN ({})", vec!["?"; parameters].join(", ")));
        assert_eq!(sql.parameters.len(), parameters);
    }
    for (count, array) in [
        (0, "[]".to_owned()),
        (33, format!("[{}]", (0..33).map(|n: i64| n.to_string()).collect::<Vec<_>>().join(","))),
    ] {
        let sql = rendered(&list(count));
        assert_eq!(sql.text, "t0.log_on IN (SELECT value FROM json_each(?))");
        assert_eq!(sql.parameters, [Value::Text(array)]);
    }
    // If there are many parameters already, even a short list is one.
    let after = |parameters: usize| {
        let mut sql = Sql::default();
        for _ in 0..parameters {
            sql.bind(Value::Integer(0));
        }
        sql.predicate("t0", &list(2));
        sql.parameters.len() - parameters
    };
    assert_eq!((after(4_000), after(4_001)), (2, 1));
}

#[test]
fn values_of_a_long_list_have_the_form_of_columns() {
    let id = Uuid::from_u128(7);
    let date = Timestamp::parse("2026-01-31T00:00:00.000Z").unwrap();
    for (name, value, json) in [
        ("name", text("A"), "\"a\"".to_owned()),
        ("id", Value::Id(id), format!("\"{id}\"")),
        ("createdDate", Value::Date(date), date.millis().to_string()),
    ] {
        let sql = rendered(&Predicate::In { property: property(name), values: vec![value; 33] });
        assert_eq!(
            sql.parameters,
            [Value::Text(format!("[{}]", vec![json; 33].join(",")))],
            "{name}"
        );
    }
    let disabled = SYSTEM_RULE.property("disabled").unwrap();
    let values = [vec![Value::Boolean(true); 20], vec![Value::Boolean(false); 20]].concat();
    let sql = rendered(&Predicate::In { property: disabled, values });
    assert_eq!(
        sql.parameters,
        [Value::Text(format!("[{}]", [vec!["1"; 20], vec!["0"; 20]].concat().join(",")))]
    );
}

#[test]
fn each_part_has_its_own_strategy() {
    let tags = "SELECT t3.entity_id FROM data_connection_tags AS t3 JOIN tags AS t2 ON t2.id = \
                t3.target_id WHERE t2.name_folded = ?";
    let predicate =
        condition("name so a and type eq b and tags.name eq c", &DATA_CONNECTION).unwrap();
    let mut sql = Sql::default();
    sql.predicate_by("data_connections", "t0", &predicate, |part| match part {
        Predicate::Any { .. } => Way::BySet,
        Predicate::Compare { property, .. } if property.name == "name" => Way::ByScan,
        _ => Way::ByRow,
    });
    let scan = "t0.rowid IN (SELECT t1.rowid FROM data_connections AS t1 WHERE contains_text(?, \
                t1.name_folded))";
    assert_eq!(sql.text, format!("{scan} AND (t0.type_folded = ? AND t0.id IN ({tags}))"));
    assert_eq!(sql.parameters, ["a", "b", "c"].map(text));
    let mut alone = Sql::default();
    let part = condition("name so a", &DATA_CONNECTION).unwrap();
    alone.predicate_by("data_connections", "t0", &part, |_| Way::ByScan);
    assert_eq!(alone.text, scan);
    let mut ids = Sql::default();
    ids.related_ids(property("tags"), &condition("name eq a", &TAG).unwrap());
    assert_eq!(
        ids.text,
        "SELECT t2.entity_id FROM data_connection_tags AS t2 JOIN tags AS t1 ON t1.id = \
         t2.target_id WHERE t1.name_folded = ?"
    );
}

#[test]
fn an_order_sees_only_what_the_caller_may_read() {
    let order = parse_order("owner.name desc", &DATA_CONNECTION, &everything).unwrap();
    let mut sql = Sql::default();
    sql.order("t0", &order[0]);
    assert_eq!(
        sql.text,
        "(SELECT t1.name_folded FROM users AS t1 WHERE t1.id = t0.owner_id AND (1 = 1)) DESC NULLS \
         LAST"
    );
    let mut plain = Sql::default();
    plain.order("t0", &parse_order("createdDate", &DATA_CONNECTION, &everything).unwrap()[0]);
    assert_eq!(plain.text, "t0.created_date ASC");
}
