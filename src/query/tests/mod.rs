//! Tests of the grammar and the binder, by example and by property.

mod elements;
mod predicates;
mod properties;
mod rendering;

use super::evaluate::{Row, holds};
use super::*;
use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, SYSTEM_RULE, TAG, USER, Value};
use proptest::prelude::*;
use serde_json::json;

fn everything(_: &'static Entity) -> Predicate {
    Predicate::True
}

fn condition(text: &str, entity: &'static Entity) -> Result<Predicate, TextError> {
    let filter = parse(text, Limits::default())?;
    bind(text, &filter, entity, &everything)
}

fn sql(text: &str, entity: &'static Entity) -> String {
    let mut sql = Sql::default();
    sql.predicate("t0", &condition(text, entity).unwrap());
    sql.text
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table of cases")]
fn errors_name_the_position_and_what_is_expected() {
    for (text, position, part) in [
        ("name", 5, "operator"),
        ("name eq", 8, "value"),
        ("name eqq 'x'", 6, "did you mean 'eq'"),
        ("name eq \"x\"", 9, "double quote"),
        ("name eq 'x", 9, "never closed"),
        (
            "\u{201c}name\u{201d} eq 'x'",
            1,
            "found '\u{201c}name\u{201d}' (U+201C, a typographic quote",
        ),
        ("name eq", 8, "found the end"),
        ("name eq 'a' x", 13, "found 'x'"),
        ("name eq 'Q1'25'", 13, "'and', 'or' or the end"),
        ("name eq 'a' or", 15, "name of a property"),
        ("(name eq 'a'", 13, "')'"),
        ("name eq 'a')", 12, "the end"),
        ("()", 1, "Invalid expression"),
        ("name eq 'a' (type eq 'b')", 13, "'and', 'or'"),
        ("and name eq 'a'", 5, "operator"),
        ("'name' eq 'a'", 1, "name of a property"),
        ("owner. eq 'a'", 6, "operator"),
        ("nmae eq 'a'", 1, "did you mean 'name'"),
        ("tags.nmae eq 'a'", 6, "did you mean 'name'"),
        ("name.first eq 'a'", 6, "no properties"),
        ("owner eq 'a'", 1, "owner.name"),
        ("name eq 'a' and owner eq 'a'", 17, "owner.name"),
        ("password eq 'a'", 1, "secret"),
        ("name gt 'a'", 6, "eq, ne, sw, ew, so"),
        (
            "logOn sw 'a'",
            7,
            "a number, which the operator 'sw' can't compare; valid are: eq, ne, gt, ge, lt, le",
        ),
        (
            "createdDate so '2024'",
            13,
            "a date, which the operator 'so' can't compare; valid are: eq, ne, gt, ge, lt, le",
        ),
        (
            "id gt 649ebe2e-f582-49ee-8976-d08b43b5fd89",
            4,
            "a GUID, which the operator 'gt' can't compare; valid are: eq, ne",
        ),
        ("logOn eq Current", 10, "LOG_ON_CURRENT_USER"),
        ("id eq 'x'", 7, "a GUID"),
        ("createdDate ge 'yesterday'", 16, "2026-01-31"),
        ("name gt null", 6, "eq and ne"),
        ("'ä' eq 'ö' and nmae eq 'x'", 1, "name of a property"),
        ("name eq 'äö' and nmae eq 'x'", 18, "'name'"),
        ("@Env.value eq 'x'", 6, "no properties"),
    ] {
        let problem = condition(text, &DATA_CONNECTION).expect_err(text);
        assert_eq!(problem.position, position, "{text}: {problem}");
        assert!(problem.message.contains(part), "{text}: {problem}");
    }
    let problem = condition("inactive gt true", &USER).unwrap_err();
    assert!(
        problem
            .message
            .contains("true or false, which the operator 'gt' can't compare; valid are: eq, ne"),
        "{problem}"
    );
    assert!(condition("@Env eq 'x'", &TAG).unwrap_err().message.contains("no custom properties"));
}

#[test]
fn an_error_shows_the_text_up_to_the_next_space() {
    for (rest, shown) in [
        ("", "the end"),
        (" x", "a space"),
        ("\n", "a line break or a tab"),
        ("x y", "'x'"),
        (&"x".repeat(40), &format!("'{}'", "x".repeat(30))),
    ] {
        assert_eq!(grammar::found(rest), shown);
    }
}

#[test]
fn a_literal_is_a_value_of_the_propertys_kind_or_an_error() {
    let id = "649ebe2e-f582-49ee-8976-d08b43b5fd89";
    for (text, property, value) in [
        ("disabled eq TRUE", "disabled", Value::Boolean(true)),
        ("disabled eq 'false'", "disabled", Value::Boolean(false)),
        ("actions eq ' 2 '", "actions", Value::Integer(2)),
        ("ruleContext eq QMCOnly", "ruleContext", Value::Integer(2)),
        (&format!("id eq {id}"), "id", Value::Id(uuid::Uuid::parse_str(id).unwrap())),
        ("name eq 2", "name", Value::Text("2".to_owned())),
    ] {
        let property = SYSTEM_RULE.property(property).unwrap();
        assert_eq!(condition(text, &SYSTEM_RULE), Ok(Predicate::equals(property, value)), "{text}");
    }
    for (text, position, part) in [
        ("disabled eq yes", 13, "true or false, not 'yes'"),
        ("actions eq some", 12, "a whole number, not 'some'"),
        ("ruleContext eq QmcOnyl", 16, "did you mean 'QMCOnly'"),
    ] {
        let problem = condition(text, &SYSTEM_RULE).unwrap_err();
        assert!(
            problem.position == position && problem.message.contains(part),
            "{text}: {problem}"
        );
    }
}

#[test]
fn limits_are_enforced() {
    let limits = Limits { bytes: 11, ..Limits::default() };
    assert!(parse("name eq 'a'", limits).is_ok());
    assert!(
        parse("name eq 'ab'", limits)
            .unwrap_err()
            .message
            .contains("12 bytes long, but at most 11 are allowed")
    );
    let two = Limits { terms: 2, ..Limits::default() };
    assert_eq!(parse("logOn eq 1 or logOn eq 2 or logOn eq 3", two).unwrap_err().position, 29);
    let long = format!("name eq '{}'", "x".repeat(9000));
    assert!(condition(&long, &DATA_CONNECTION).unwrap_err().message.contains("bytes"));
    let terms = |count: usize| vec!["logOn eq 1"; count].join(" or ");
    assert!(condition(&terms(200), &DATA_CONNECTION).is_ok());
    assert!(condition(&terms(201), &DATA_CONNECTION).unwrap_err().message.contains("200"));
    let nested = |depth: usize| format!("{}logOn eq 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(condition(&nested(64), &DATA_CONNECTION).is_ok());
    assert!(condition(&nested(65), &DATA_CONNECTION).unwrap_err().message.contains("64"));
    assert!(condition(&format!("{}logOn eq 1", "not ".repeat(65)), &DATA_CONNECTION).is_err());
    let deep = "(".repeat(8000);
    assert!(condition(&deep, &DATA_CONNECTION).is_err());
}

#[test]
fn spellings_of_one_filter_bind_to_the_same_predicate() {
    for (one, other) in [
        ("name eq 'a'", "(((NAME   EQ\t'A')))"),
        (
            "name eq 'a' and type eq 'b' or logOn eq 1",
            "(name eq 'a' AND type eq 'b') Or LOGON eq LOG_ON_CURRENT_USER",
        ),
        ("logOn eq 1", "logOn eq '1'"),
        ("name eq matteo", "name eq 'matteo'"),
        (r"name eq 'Q1\'25'", "name eq 'Q1''25'"),
        (r"name eq 'a\\b'", r"name eq a\b"),
        (
            "id eq 649ebe2e-f582-49ee-8976-d08b43b5fd89",
            "id eq '649EBE2E-F582-49EE-8976-D08B43B5FD89'",
        ),
        ("createdDate ge '2024-01-01T00:00:00.000Z'", "createdDate ge '2024-01-01 00:00:00'"),
        ("not name eq 'a'", "not (name eq 'a')"),
        ("not not name eq 'a'", "name eq 'a'"),
        ("name sw ''", "name ne null"),
        (
            "name eq 'a' and type eq 'b' or type eq 'b' and name eq 'c'",
            "type eq 'b' and (name eq 'a' or name eq 'c')",
        ),
        (
            "logOn eq 0 or logOn eq 1",
            "(logOn eq 0) or (logOn eq ServiceUser or logOn eq currentuser)",
        ),
    ] {
        let (one, other) = (
            condition(one, &DATA_CONNECTION).unwrap(),
            condition(other, &DATA_CONNECTION).unwrap(),
        );
        let fold_case = |predicate: &Predicate| format!("{predicate:?}").to_lowercase();
        assert_eq!(fold_case(&one), fold_case(&other));
    }
}

#[test]
fn precedence_is_not_then_and_then_or() {
    let filter = parse("not name eq 'a' and type eq 'b' or logOn eq 1", Limits::default()).unwrap();
    let Filter::Or(alternatives) = filter else { panic!("or binds loosest") };
    let Filter::And(parts) = &alternatives[0] else { panic!("and binds tighter") };
    assert!(matches!(parts[0], Filter::Not(_)));
}

#[test]
fn not_can_be_the_name_of_a_property() {
    assert!(parse("not eq 'a'", Limits::default()).is_ok());
    assert!(parse("nothing eq 'a' and notes eq 'b'", Limits::default()).is_ok());
}

#[test]
fn terms_of_one_chain_refer_to_the_same_element() {
    let count = |text: &str| sql(text, &DATA_CONNECTION).matches("= t0.id AND").count();
    for (text, elements) in [
        ("customProperties.definition.name eq 'A' and customProperties.value eq 'B'", 1),
        ("(customProperties.definition.name eq 'A') and (customProperties.value eq 'B')", 1),
        (
            "customProperties.definition.name eq 'A' and name eq 'x' and customProperties.value sw \
             'B'",
            1,
        ),
        (
            "customProperties.definition.name eq 'A' and (customProperties.value eq 'B' or \
             customProperties.value eq 'C')",
            1,
        ),
        // It makes no difference whether one element fulfils either, or different elements do.
        ("customProperties.definition.name eq 'A' or customProperties.value eq 'B'", 1),
        ("tags.name eq 'a' and tags.name eq 'b'", 2),
        ("tags.name sw 'a' and tags.name ew 'b'", 1),
        (
            "customProperties.definition.name eq 'A' and customProperties.value eq 'B' and \
             customProperties.definition.name eq 'C' and customProperties.value eq 'D'",
            2,
        ),
        ("(tags.name sw 'a' and tags.name ew 'b') and (tags.name sw 'c' and tags.name ew 'd')", 2),
        ("@A eq 'x' and @B eq 'y'", 2),
        ("tags.name ne 'a' and tags.name ne 'b'", 2),
        ("customProperties.definition.name eq 'A' and customProperties.value ne null", 1),
    ] {
        assert_eq!(count(text), elements, "{text}: {}", sql(text, &DATA_CONNECTION));
    }
}

#[test]
fn ne_over_a_relation_is_true_if_no_element_is_equal() {
    for text in ["tags.name ne 'a'", "@Env ne 'a'", "owner.userId ne 'a'"] {
        assert!(
            sql(text, &DATA_CONNECTION).starts_with("NOT ("),
            "{text}: {}",
            sql(text, &DATA_CONNECTION)
        );
    }
    let same = sql(
        "customProperties.definition.name eq 'A' and customProperties.value ne 'B'",
        &DATA_CONNECTION,
    );
    assert!(!same.contains("NOT") && same.contains("<>"), "{same}");
}

#[test]
fn null_means_that_no_element_exists() {
    assert_eq!(condition("name eq null", &DATA_CONNECTION), Ok(Predicate::False));
    assert_eq!(condition("owner ne null", &DATA_CONNECTION), Ok(Predicate::True));
    assert!(sql("tags ne null", &DATA_CONNECTION).starts_with("EXISTS ("));
    assert!(sql("tags eq null", &DATA_CONNECTION).starts_with("NOT (EXISTS ("));
    assert!(sql("customProperties.value ne null", &DATA_CONNECTION).starts_with("EXISTS ("));
}

#[test]
fn following_a_reference_sees_only_what_the_caller_may_read() {
    let nobody = |entity: &'static Entity| {
        assert!(!entity.path.is_empty(), "what is a part of an entity is read with it");
        if *entity == USER || *entity == TAG { Predicate::False } else { Predicate::True }
    };
    let bound = |text: &str| {
        bind(text, &parse(text, Limits::default()).unwrap(), &DATA_CONNECTION, &nobody).unwrap()
    };
    for text in [
        "owner.userId eq 'a'",
        "tags.name eq 'a'",
        "owner.id eq 649ebe2e-f582-49ee-8976-d08b43b5fd89",
        "tags ne null",
    ] {
        assert_eq!(bound(text), Predicate::False, "{text}");
    }
    assert_eq!(bound("owner.userId ne 'a'"), Predicate::True);
    assert_ne!(bound("@Env eq 'a'"), Predicate::False);
}

#[test]
fn lists_of_strings_compare_like_collections() {
    let text = "objectTypes eq 'DataConnection' and choiceValues so 'x'";
    let rendered = sql(text, &CUSTOM_PROPERTY_DEFINITION);
    assert!(
        rendered.contains("custom_property_definition_object_types")
            && rendered.contains("contains_text"),
        "{rendered}"
    );
    assert!(
        condition("roles eq 'RootAdmin' and attributes.attributeType eq 'group'", &USER).is_ok()
    );
}

#[test]
fn text_is_bound() {
    let mut rendered = Sql::default();
    let text = r"name so '50%_\\' and name ew '50%_\\' and type sw 'Z' and type ew ''";
    rendered.predicate("t0", &condition(text, &DATA_CONNECTION).unwrap());
    assert!(!rendered.text.contains("50"), "{}", rendered.text);
    let parameters = [r"50%_\", r"50%_\", "z", "{"].map(|text| Value::Text(text.to_owned()));
    assert_eq!(rendered.parameters, parameters);
    let names = r"(contains_text(?, t0.name_folded) AND ends_with_text(?, t0.name_folded))";
    assert_eq!(
        rendered.text,
        format!("({names} AND (t0.type_folded >= ? AND t0.type_folded < ?))")
    );
}

#[test]
fn orders_parse_and_errors_explain_themselves() {
    let order = |text: &str| parse_order(text, &DATA_CONNECTION, &everything);
    let parsed = order("owner.userId DESC, Name asc,createdDate").unwrap();
    assert_eq!(
        parsed.iter().map(|order| order.property.name).collect::<Vec<_>>(),
        ["userId", "name", "createdDate"]
    );
    assert_eq!(
        parsed.iter().map(|order| order.descending).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert!(order("  ").unwrap().is_empty());
    for (text, position, part) in [
        ("nmae", 1, "did you mean 'name'"),
        ("name up", 6, "asc or desc"),
        ("name asc desc", 10, "comma"),
        ("name,", 6, "name of a property"),
        ("name, tags.name", 7, "single value"),
        ("name, owner.nmae", 13, "did you mean 'name'"),
        ("owner", 1, "single value"),
        ("password", 1, "secret"),
    ] {
        let problem = order(text).expect_err(text);
        assert_eq!(problem.position, position, "{text}: {problem}");
        assert!(problem.message.contains(part), "{text}: {problem}");
    }
}
