//! Compares the parsers with limits to parsers without.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const WIDE: Bounds = Bounds { depth: DEEPEST, items: usize::MAX, memory: usize::MAX };

fn json(text: &str) -> Result<Json, Refusal> {
    read(text.as_bytes(), WIDE).map(|parsed| parsed.json)
}

#[test]
fn what_dotnet_accepts_is_accepted() {
    for (text, expected) in [
        ("{'name': 'a \"b\"', 'n': 1}", json!({"name": "a \"b\"", "n": 1})),
        ("{'it': 'it\\'s', \"x\": \"'\"}", json!({"it": "it's", "x": "'"})),
        (
            "{name: 'x', list: [true, null, -1.5,],}",
            json!({"name": "x", "list": [true, null, -1.5]}),
        ),
        ("['ä', 'C:\\\\data'] /* the end */ // of it", json!(["ä", "C:\\data"])),
    ] {
        assert_eq!(json(text), Ok(expected), "{text}");
    }
    for text in [
        "{'n': 1e999}",
        "[-Infinity]",
        "[NaN]",
        "{'a'}",
        "{'a': 'b'",
        "'a' 'b'",
        "'a' [[",
        "'a' /*",
        "{'a': b}",
        "\u{feff}",
        "",
    ] {
        assert!(matches!(read(text.as_bytes(), WIDE), Err(Refusal::Syntax(_))), "{text}");
    }
}

#[test]
fn nesting_is_limited() {
    let nested = |depth: usize| format!("{}'x'{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(DEEPEST).as_bytes(), WIDE).is_ok());
    for text in [nested(DEEPEST + 1), "[".repeat(4 << 20), "{'a':".repeat(1 << 20)] {
        assert_eq!(read(text.as_bytes(), WIDE), Err(Refusal::TooDeep(DEEPEST)));
    }
}

#[test]
fn a_list_is_counted_to_its_end_and_not_kept() {
    let bounds = Bounds { items: 10_000, memory: 16 << 20, ..WIDE };
    let objects = |number: usize, quote: char| {
        format!("[{}]", vec![format!("{{{quote}{quote}:0}}"); number].join(","))
    };
    for quote in ['"', '\''] {
        assert!(read(objects(10_000, quote).as_bytes(), bounds).is_ok());
        let refusal = Refusal::TooManyItems { items: 1_000_000, most: 10_000 };
        assert_eq!(read(objects(1_000_000, quote).as_bytes(), bounds), Err(refusal));
        let several = format!("[{}]", vec![objects(10_000, quote); 100].join(","));
        assert_eq!(read(several.as_bytes(), bounds), Err(Refusal::TooMuchMemory(16 << 20)));
    }
    // A syntax error takes precedence, as it did when lists were counted after parsing.
    let broken = objects(10_001, '"').replace("0}]", "0}");
    assert!(matches!(
        read(broken.as_bytes(), bounds),
        Err(Refusal::Syntax(message)) if message.contains("EOF")
    ));
}

/// Parses without limits, and converts whole numbers afterwards.
fn read_without_bounds(text: &[u8]) -> Result<Json, Refusal> {
    fn whole(json: Json) -> Json {
        match json {
            Json::Number(number) if number.is_f64() => {
                let digits = number.as_f64().map(|number| number.to_string());
                digits
                    .and_then(|digits| digits.parse::<i64>().ok())
                    .map_or(Json::Number(number), Json::from)
            }
            Json::Array(items) => items.into_iter().map(whole).collect(),
            Json::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, whole(value))).collect()
            }
            other => other,
        }
    }
    let strict = serde_json::from_slice::<Json>(text);
    let json = strict.or_else(|error| {
        let text = std::str::from_utf8(text).ok();
        let lenient = text.and_then(|text| json5::from_str::<Json>(text).ok());
        lenient.ok_or_else(|| Refusal::Syntax(error.to_string()))
    });
    json.map(whole)
}

/// Both parsers round a number with too many digits to the nearest one.
#[test]
fn numbers_are_read_to_the_nearest() {
    for text in [
        "222212211222222222E-2",
        "2222122112222222.22",
        "0.30000000000000004",
        "9007199254740993e-1",
    ] {
        let nearest: f64 = text.parse().unwrap();
        for read in [read_strict, read_lenient] {
            let parsed =
                read(text.as_bytes(), Bounds { depth: 1, items: 1, memory: 1 << 10 }).unwrap();
            assert_eq!(parsed.json.as_f64(), Some(nearest), "{text}");
        }
    }
}

/// Any JSON as text, with at most one character changed or removed.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "[", "]", "{", "}", ",", ":", "\"a\"", "'b'", "c", "\"\"", "1", "-0", "1.0", "2.5e1",
        "1e400", "-", "true", "null", "\\", "/*", "*/", "//", "\n", " ", "ä", "\"",
    ]);
    let noise = prop::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.concat());
    let changed = (trees(), any::<prop::sample::Index>(), prop::option::of(prop::char::any()))
        .prop_map(|(tree, at, by)| {
            let mut characters: Vec<char> = tree.to_string().chars().collect();
            let at = at.index(characters.len());
            match by {
                Some(by) => characters[at] = by,
                None => drop(characters.remove(at)),
            }
            characters.into_iter().collect()
        });
    prop_oneof![noise, changed, trees().prop_map(|tree| tree.to_string())]
}

fn trees() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 12, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..12).prop_map(Json::from),
            prop::collection::btree_map(".{0,3}", inner, 0..12)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// The deepest nesting, and the most items of a list.
fn extent(json: &Json) -> (usize, usize) {
    let among = |values: &mut dyn Iterator<Item = &Json>| {
        values.map(extent).fold((0, 0), |most, one| (most.0.max(one.0), most.1.max(one.1)))
    };
    match json {
        Json::Array(items) => {
            let (depth, most) = among(&mut items.iter());
            (depth + 1, most.max(items.len()))
        }
        Json::Object(fields) => {
            let (depth, most) = among(&mut fields.values());
            (depth + 1, most)
        }
        _ => (0, 0),
    }
}

/// Whether a number is out of range, which the lenient parser without limits turns into null.
fn has_infinity(text: &str) -> bool {
    let strict = serde_json::from_str::<Json>(text);
    ["Infinity", "NaN", "1e400"].iter().any(|word| text.contains(word))
        || strict.is_err_and(|error| error.to_string().starts_with("number out of range"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn within_the_limits_the_result_is_that_of_a_parser_without_limits(text in texts()) {
        prop_assume!(!has_infinity(&text));
        prop_assert_eq!(json(&text), read_without_bounds(text.as_bytes()));
    }

    #[test]
    fn the_limits_are_exact_and_memory_is_never_underestimated(tree in trees()) {
        let text = tree.to_string();
        let (depth, items) = extent(&tree);
        let memory = estimate(text.as_bytes()) + TEXT;
        let bounds = Bounds { depth, items, memory };
        for read in [read_strict, read_lenient] {
            prop_assert!(read(text.as_bytes(), bounds).is_ok());
            if depth > 0 {
                let shallow = Bounds { depth: depth - 1, ..bounds };
                prop_assert_eq!(read(text.as_bytes(), shallow), Err(Refusal::TooDeep(depth - 1)));
            }
            if items > 0 {
                let refusal = Refusal::TooManyItems { items, most: items - 1 };
                prop_assert_eq!(
                    read(text.as_bytes(), Bounds { items: items - 1, ..bounds }), Err(refusal)
                );
            }
        }
    }
}
