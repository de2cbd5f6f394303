//! Properties that every filter has.

use super::*;

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<String>().prop_map(Literal::Quoted),
        "[A-Za-z0-9_.:%*?-]{1,12}"
            .prop_filter("null is no word", |word| !word.eq_ignore_ascii_case("null"))
            .prop_map(Literal::Bare),
    ]
}

fn term() -> impl Strategy<Value = Filter> {
    let segment =
        ("[a-z][A-Za-z0-9_]{0,8}", any::<bool>()).prop_map(|(name, is_custom_property)| Segment {
            name,
            is_custom_property,
            position: Position(0),
        });
    let path = prop::collection::vec(segment, 1..4).prop_map(Path);
    (path, prop::sample::select(Operator::ALL.to_vec()), literal()).prop_map(
        |(path, operator, value)| {
            Filter::Term(Term {
                path,
                operator,
                operator_position: Position(0),
                value,
                value_position: Position(0),
            })
        },
    )
}

fn filter() -> impl Strategy<Value = Filter> {
    term().prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

/// Joining examines each alternative once: comparing all of them with each other would take
/// seconds.
#[test]
fn many_alternatives_are_joined_quickly() {
    let alternative = |number: usize| {
        let text = format!("type eq 'folder' and name so 'x{number}' and logOn eq {}", number % 2);
        condition(&text, &DATA_CONNECTION).unwrap()
    };
    let joined = Predicate::or((0..1_000).map(alternative));
    let Predicate::And(parts) = &joined else { panic!("{joined:?}") };
    assert_eq!(parts[0], condition("type eq 'folder'", &DATA_CONNECTION).unwrap());
    let [by_log_on, other] = parts[1].alternatives() else { panic!("{:?}", parts[1]) };
    assert_eq!((by_log_on.weight(), other.weight(), joined.weight()), (501, 501, 1_003));
}

/// A comparison that some rows of a small data set fulfil.
fn comparison() -> impl Strategy<Value = Predicate> {
    let texts = [
        "name eq 'a'",
        "name eq 'b'",
        "type eq 'a'",
        "type sw 'b'",
        "logOn eq 1",
        "tags.name eq 'a'",
        "tags.name eq 'b'",
    ];
    prop::sample::select(texts.to_vec()).prop_map(|text| condition(text, &DATA_CONNECTION).unwrap())
}

proptest! {
    #[test]
    fn joined_alternatives_keep_their_meaning(
        alternatives in prop::collection::vec(prop::collection::vec(comparison(), 1..4), 1..6),
        [name, kind, tag] in prop::array::uniform3(prop::sample::select(vec!["a", "b", "c"])),
        log_on in 0..2,
    ) {
        let row = Row::from_json(
            &DATA_CONNECTION,
            &json!({ "name": name, "type": kind, "logOn": log_on, "tags": [{ "name": tag }] }),
        );
        let plain = Predicate::Or(alternatives.iter().cloned().map(Predicate::And).collect());
        let joined = Predicate::or(alternatives.into_iter().map(Predicate::and));
        prop_assert_eq!(holds(&joined, &row), holds(&plain, &row), "{:?}", joined);
        prop_assert!(joined.weight() <= plain.weight());
    }

    #[test]
    fn a_printed_filter_parses_to_the_same_filter(filter in filter()) {
        let text = filter.to_string();
        let limits = Limits { bytes: usize::MAX, terms: 1000, depth: 64 };
        let parsed = parse(&text, limits);
        prop_assert_eq!(parsed.as_ref().map(ToString::to_string), Ok(text));
        prop_assert_eq!(parsed, Ok(filter));
    }

    #[test]
    fn the_parser_never_panics(text in any::<String>()) {
        let _ = condition(&text, &DATA_CONNECTION);
        let _ = parse_order(&text, &DATA_CONNECTION, &everything);
    }

    #[test]
    fn the_parser_never_panics_on_pieces_of_filters(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "name", "tags", ".", "@Env", "customProperties.value", " ", " eq ", " ne ", " sw ",
                "'a'", "'", "\\", "(", ")",
                " and ", " or ", "not ", "null", "1", "ä", "owner.userId", ",", " desc",
            ]),
            0..20,
        )
    ) {
        let text = pieces.concat();
        if let Err(problem) = condition(&text, &DATA_CONNECTION) {
            prop_assert!(problem.position <= text.chars().count() + 1);
        }
        let _ = parse_order(&text, &DATA_CONNECTION, &everything);
    }
}
