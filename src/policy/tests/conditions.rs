//! An independent interpreter of conditions, which works on their text and the JSON of a row,
//! without binder or predicate.

use super::{ME, OTHER};
use crate::model::{Actor, DATA_CONNECTION, fold};
use crate::policy::binder::{Binder, Names};
use crate::policy::condition::{
    Call, Comparator, Comparison, Condition, MAX_DEPTH, Name, Operand, Reference, Root, parse,
};
use crate::policy::guard_builder::GuardBuilder;
use crate::query::Position;
use crate::query::evaluate::{Row, holds};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value as Json, json};

/// Texts for attributes and properties, few enough to be equal often.
const TEXTS: [&str; 9] = ["", "a", "A", "b", "ab", "aB*", "ß", "ẞ", "x.y"];

fn actor(name: &str, groups: Vec<&str>, teams: Vec<&str>) -> Actor {
    Actor {
        attributes: groups
            .into_iter()
            .map(|group| ("group".to_owned(), group.to_owned()))
            .collect(),
        custom_properties: teams
            .into_iter()
            .map(|team| ("Team".to_owned(), team.to_owned()))
            .collect(),
        ..super::actor(name)
    }
}

fn row(name: &str, kind: &str, is_mine: bool, teams: &[&str], owner: &str) -> Json {
    let values: Vec<Json> = teams
        .iter()
        .map(|team| {
            json!({
                "id": ME, "value": team,
                "definition": {"id": ME, "name": "Team", "valueType": "Text"}
            })
        })
        .collect();
    json!({
        "id": ME, "name": name, "type": kind, "customProperties": values,
        "owner": {
            "id": if is_mine { ME } else { OTHER }, "userId": owner, "userDirectory": "LAB",
            "name": owner, "userDirectoryConnectorName": ""
        },
    })
}

/// The value of an operand in this interpreter.
#[derive(Debug)]
enum Meant {
    Texts(Vec<String>),
    Object(String),
}

fn operand(operand: &Operand, actor: &Actor, row: &Json) -> Meant {
    let Operand::Reference(reference) = operand else {
        let Operand::Values(values) = operand else { unreachable!() };
        return Meant::Texts(values.clone());
    };
    let text = |json: &Json| Meant::Texts(vec![json.as_str().unwrap().to_owned()]);
    let names: Vec<&str> = reference.path.iter().map(|name| name.text.as_str()).collect();
    match (reference.root, names.as_slice()) {
        (Root::User, []) => Meant::Object(ME.to_owned()),
        (Root::User, ["name"]) => Meant::Texts(vec![actor.display_name.clone()]),
        (Root::User, ["group"]) => {
            Meant::Texts(actor.attributes.iter().map(|(_, value)| value.clone()).collect())
        }
        (Root::User, ["Team"]) => {
            Meant::Texts(actor.custom_properties.iter().map(|(_, value)| value.clone()).collect())
        }
        (Root::Resource, ["owner"]) => {
            Meant::Object(row["owner"]["id"].as_str().unwrap().to_owned())
        }
        (Root::Resource, ["owner", name]) => text(&row["owner"][name]),
        (Root::Resource, ["Team"]) => {
            let values = row["customProperties"].as_array().unwrap();
            Meant::Texts(
                values.iter().map(|value| value["value"].as_str().unwrap().to_owned()).collect(),
            )
        }
        (Root::Resource, [name]) => text(&row[name]),
        other => panic!("{other:?} is not generated"),
    }
}

fn is_true(condition: &Condition, actor: &Actor, row: &Json) -> bool {
    match condition {
        Condition::Or(parts) => parts.iter().any(|part| is_true(part, actor, row)),
        Condition::And(parts) => parts.iter().all(|part| is_true(part, actor, row)),
        Condition::Not(part) => !is_true(part, actor, row),
        Condition::Compare(comparison) => compare(comparison, actor, row),
        Condition::Call(call) => match call.function.as_str() {
            "IsOwned" => true,
            "IsAnonymous" => false,
            _ => match operand(&Operand::Reference(call.subject.clone()), actor, row) {
                Meant::Texts(texts)
                    if call.subject.root == Root::User
                        || call.subject.path[0].is_custom_property =>
                {
                    texts.is_empty()
                }
                Meant::Texts(texts) => texts == [""],
                Meant::Object(_) => false,
            },
        },
    }
}

fn compare(comparison: &Comparison, actor: &Actor, row: &Json) -> bool {
    let sides = (operand(&comparison.left, actor, row), operand(&comparison.right, actor, row));
    let (left, right) = match sides {
        (Meant::Object(left), Meant::Object(right)) => {
            let is_equal =
                matches!(comparison.operator, Comparator::Equal | Comparator::StrictlyEqual);
            return (left == right) == is_equal;
        }
        (Meant::Texts(left), Meant::Texts(right)) => (left, right),
        _ => panic!("an object is compared with a text"),
    };
    let any = |test: &dyn Fn(&str, &str) -> bool| {
        left.iter().any(|left| right.iter().any(|right| test(left, right)))
    };
    let is_missing = left.is_empty() || right.is_empty();
    match comparison.operator {
        Comparator::Equal => any(&|left, right| fold(left) == fold(right)),
        Comparator::StrictlyEqual => any(&|left, right| left == right),
        Comparator::Different => is_missing || any(&|left, right| fold(left) != fold(right)),
        Comparator::StrictlyDifferent => is_missing || any(&|left, right| left != right),
        Comparator::Like => any(&|left, right| like(&characters(right), &characters(left))),
        Comparator::Matches => any(&|left, right| {
            regex::Regex::new(&format!("(?i)^({right})$")).unwrap().is_match(left)
        }),
    }
}

fn characters(text: &str) -> Vec<char> {
    fold(text).chars().collect()
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        (['?', rest @ ..], [_, text @ ..]) => like(rest, text),
        ([expected, rest @ ..], [first, text @ ..]) => expected == first && like(rest, text),
        (_, []) => false,
    }
}

fn reference(root: Root, names: &[&str]) -> Operand {
    let name = |text: &&str| Name {
        text: (*text).to_owned(),
        is_custom_property: *text == "Team",
        position: Position(0),
    };
    Operand::Reference(Reference {
        root,
        path: names.iter().map(name).collect(),
        position: Position(0),
    })
}

fn constants() -> impl Strategy<Value = Operand> {
    prop_oneof![
        prop::collection::vec(select(TEXTS.to_vec()), 1..3)
            .prop_map(|texts| Operand::Values(texts.into_iter().map(str::to_owned).collect())),
        Just(reference(Root::User, &["name"])),
        Just(reference(Root::User, &["group"])),
        Just(reference(Root::User, &["Team"])),
    ]
}

fn properties() -> impl Strategy<Value = Operand> {
    prop_oneof![
        Just(reference(Root::Resource, &["name"])),
        Just(reference(Root::Resource, &["type"])),
        Just(reference(Root::Resource, &["Team"])),
        Just(reference(Root::Resource, &["owner", "userId"])),
    ]
}

fn comparison(left: Operand, operator: Comparator, right: Operand) -> Condition {
    Condition::Compare(Comparison { left, operator, position: Position(0), right })
}

fn leaf() -> impl Strategy<Value = Condition> {
    let equality = select(vec![
        Comparator::Equal,
        Comparator::StrictlyEqual,
        Comparator::Different,
        Comparator::StrictlyDifferent,
    ]);
    let side = prop_oneof![properties(), constants()];
    let patterns = select(vec!["*", "?", "a*", "*b", "a?", "s?", "x.y", "*b*", "a"])
        .prop_map(|pattern| Operand::Values(vec![pattern.to_owned()]));
    let expressions = select(vec!["a|b", ".", "a.*", "s+", "x\\.y", "(?:ab|ss)"])
        .prop_map(|regex| Operand::Values(vec![regex.to_owned()]));
    let call = |subject: Operand, function: &str| {
        let Operand::Reference(subject) = subject else { panic!("a reference") };
        Condition::Call(Call {
            subject,
            function: function.to_owned(),
            position: Position(0),
            argument: None,
        })
    };
    prop_oneof![
        4 => (side.clone(), equality.clone(), constants()).prop_map(
            |(left, operator, right)| comparison(left, operator, right)
        ),
        2 => (constants(), equality.clone(), side.clone()).prop_map(
            |(left, operator, right)| comparison(left, operator, right)
        ),
        1 => equality.prop_map(
            |operator| comparison(
                reference(Root::Resource, &["owner"]), operator, reference(Root::User, &[])
            )
        ),
        2 => (side.clone(), patterns).prop_map(
            |(left, right)| comparison(left, Comparator::Like, right)
        ),
        2 => (side, expressions).prop_map(
            |(left, right)| comparison(left, Comparator::Matches, right)
        ),
        1 => Just(call(reference(Root::Resource, &[]), "IsOwned")),
        1 => Just(call(reference(Root::User, &[]), "IsAnonymous")),
        1 => select(
            vec![
                reference(Root::User, &["group"]), reference(Root::Resource, &["Team"]),
                reference(Root::Resource, &["name"])
            ]
        )
            .prop_map(move |subject| call(subject, "Empty")),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

fn some_texts() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(select(TEXTS.to_vec()), 0..3)
}

/// The number of random conditions; `PATCHBAY_RANDOM_CONDITIONS` sets it.
fn conditions() -> u32 {
    std::env::var("PATCHBAY_RANDOM_CONDITIONS").map_or(2_000, |number| number.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(conditions()))]

    #[test]
    fn a_bound_condition_agrees_with_its_text(
        condition in condition(),
        (name, groups, teams) in (select(TEXTS.to_vec()), some_texts(), some_texts()),
        (row_name, kind, is_mine, row_teams, owner) in
            (
                select(TEXTS.to_vec()),
                select(TEXTS.to_vec()),
                any::<bool>(),
                some_texts(),
                select(TEXTS.to_vec())
            ),
    ) {
        let actor = actor(name, groups, teams);
        let row = row(row_name, kind, is_mine, &row_teams, owner);
        let builder = GuardBuilder::new(&[], &actor);
        let binder = Binder {
            lookup: &builder, entity: &DATA_CONNECTION, text: "",
            names: Names::OneOf(&[&DATA_CONNECTION])
        };
        prop_assert_eq!(parse(&condition.to_string()), Ok(condition.clone()));
        let bound = binder.condition(&condition).unwrap();
        let expected = is_true(&condition, &actor, &row);
        prop_assert_eq!(
            holds(&bound, &Row::from_json(&DATA_CONNECTION, &row)), expected, "{:?}", bound
        );
    }
}

proptest! {
    #[test]
    fn the_parser_never_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn the_parser_never_panics_on_pieces_of_conditions(
        pieces in prop::collection::vec(
            select(vec![
                "user", "resource", ".", "@", "name", "group", " ", "=", "!=", "!", "!==",
                " like ", " matches ", "\"a\"", "\"",
                "(", ")", " and ", " or ", "&&", "||", "not ", "{", "}", ",", "true", "12", "-",
                "HasPrivilege(\"read\")", "ä",
            ]),
            0..20,
        )
    ) {
        let text = pieces.concat();
        if let Err(problem) = parse(&text) {
            prop_assert!(problem.position <= text.chars().count() + 1);
        }
    }
}

#[test]
fn spellings_of_one_condition_parse_to_the_same() {
    for (one, other) in [
        ("user.name=\"a\"", "( user.name\n=\t\"a\" )"),
        ("user.name=\"a\" and user.name=\"b\"", "user.name=\"a\"&&user.name=\"b\""),
        ("user.name=\"a\" OR user.name=\"b\"", "user.name=\"a\" || user.name=\"b\""),
        ("!user.name=\"a\"", "not user.name=\"a\""),
        ("!(user.name!=\"a\")", "! ( user.name != \"a\" )"),
        ("user.name = {\"a\", \"b\"}", "User.name={\"a\",\"b\"}"),
    ] {
        assert_eq!(parse(one).unwrap(), parse(other).unwrap(), "{one}");
    }
    let mixed = parse("!user.a = \"1\" and user.b = \"2\" or user.c = \"3\"").unwrap();
    let Condition::Or(parts) = mixed else { panic!("or binds loosest") };
    assert!(matches!(&parts[0], Condition::And(parts) if matches!(parts[0], Condition::Not(_))));
}

#[test]
fn the_nesting_of_conditions_is_limited() {
    let negated = |times: usize| format!("{}user.a = \"1\"", "!".repeat(times));
    let grouped =
        |times: usize| format!("{}user.a = \"1\"{}", "(".repeat(times), ")".repeat(times));
    for nested in [negated, grouped] {
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        let problem = parse(&nested(MAX_DEPTH + 1)).unwrap_err();
        assert_eq!(
            (problem.position, problem.message.as_str()),
            (MAX_DEPTH + 2, "nested more than 64 deep")
        );
    }
}
