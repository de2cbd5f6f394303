//! The functions that the coverage-guided fuzzers of `fuzz_targets` run, one for each: all code
//! that parses untrusted input. None may panic, and each asserts further properties.
//!
//! The crate has only these rooms of the program: HTTP and SQLite would take long to build.

#![allow(dead_code)]

#[path = "../../../src/crypto/mod.rs"]
pub mod crypto;
#[path = "../../../src/http/extract/json_reader/mod.rs"]
mod json_reader;
#[path = "../../../src/auth/jwt/mod.rs"]
pub mod jwt;
#[path = "../../../src/keys/key_ring.rs"]
pub mod keys;
#[path = "../../../src/memory.rs"]
pub mod memory;
#[path = "../../../src/model/mod.rs"]
pub mod model;
#[path = "../../../src/policy/mod.rs"]
pub mod policy;
#[path = "../../../src/query/mod.rs"]
pub mod query;

use crypto::{Key, Place};
use json_reader::{Bounds, DEEPEST, Parsed, Refusal, estimate, read_lenient, read_strict};
use jwt::JwtKeys;
use keys::KeyRing;
use model::{
    AUDIT_ENTRY, Action, Actor, Document, Entity, REGISTRY, RuleSource, SELECTION, Timestamp,
};
use policy::{ResourceFilter, RuleSet, condition as conditions, parse_tree};
use query::{Limits, Predicate, Sql, bind, parse, parse_order};
use secrecy::SecretString;
use serde_json::Value as Json;
use std::sync::LazyLock;
use uuid::Uuid;

fn everything(_: &'static Entity) -> Predicate {
    Predicate::True
}

fn entities() -> impl Iterator<Item = &'static Entity> {
    REGISTRY.iter().copied().chain([&AUDIT_ENTRY, &SELECTION])
}

/// The text in `data`, if it is valid UTF-8.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Filters: a parsed filter is printed as text that parses to the same, and a bound filter can be
/// rendered.
pub fn filter(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(filter) = parse(text, Limits::default()) else { return };
    let printed = filter.to_string();
    // The printed text has more parentheses.
    let wide = Limits { bytes: usize::MAX, depth: 1_000, ..Limits::default() };
    assert_eq!(parse(&printed, wide).as_ref(), Ok(&filter), "{printed}");
    for entity in entities() {
        if let Ok(predicate) = bind(text, &filter, entity, &everything) {
            let mut sql = Sql::default();
            sql.predicate("t0", &predicate);
        }
    }
}

/// Orders: a bound order can be rendered.
pub fn order(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for entity in entities() {
        let mut sql = Sql::default();
        for order in parse_order(text, entity, &everything).unwrap_or_default() {
            sql.order("t0", &order);
        }
    }
}

/// Conditions of rules: a parsed condition is printed as text that parses to the same and can be
/// shown as a tree; it is either evaluated or reported as meaningless.
pub fn condition(data: &[u8]) {
    let Some(text) = text(data).filter(|text| !text.trim().is_empty()) else { return };
    let parsed = conditions::parse(text);
    assert_eq!(parse_tree(text).is_ok(), parsed.is_ok());
    let Ok(parsed) = parsed else { return };
    let printed = parsed.to_string();
    match conditions::parse(&printed) {
        Ok(again) => assert_eq!(again, parsed, "{printed}"),
        // The printed text has more parentheses.
        Err(problem) => assert!(
            printed.chars().count() > conditions::MAX_LENGTH
                || text.matches(['(', '!']).count() > 20,
            "{printed}: {problem}"
        ),
    }
    let source = rule(text, "*");
    let rules = RuleSet::new(1, std::slice::from_ref(&source));
    let _ = rules.check(&source);
    let actor = Actor {
        user_id: "anna".to_owned(),
        roles: vec!["RootAdmin".to_owned()],
        ..Actor::nobody()
    };
    for entity in REGISTRY.iter().copied() {
        for guard in rules.guards(&actor, entity) {
            Sql::default().predicate("t0", &guard);
        }
    }
}

fn rule(condition: &str, filter: &str) -> RuleSource {
    let blank = RuleSource::blank(Uuid::nil());
    RuleSource {
        category: "Security".to_owned(),
        rule: condition.to_owned(),
        resource_filter: filter.to_owned(),
        actions: i64::from(u16::MAX),
        ..blank
    }
}

/// Resource filters: a filter that matches rows of a type applies to that type, and spaces between
/// items are ignored.
pub fn resource_filter(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(filter) = ResourceFilter::parse(text) else { return };
    let spaced = ResourceFilter::parse(&text.split(',').collect::<Vec<_>>().join(" , "));
    assert_eq!(spaced.as_ref(), Ok(&filter));
    for entity in REGISTRY.iter().copied() {
        if filter.reach(entity, Action::Read) != Predicate::False {
            assert!(filter.concerns(entity));
        }
    }
}

/// Bodies: the strict reader accepts the same as serde_json, the lenient reader reads strict JSON
/// with the same result, values take no more memory than estimated, and the fields of an entity
/// complete it or are refused.
pub fn json(data: &[u8]) {
    let bounds = Bounds { depth: DEEPEST, items: usize::MAX, memory: estimate(data) + 64 };
    let [strict, lenient] = [read_strict, read_lenient].map(|read| read(data, bounds));
    for read in [&strict, &lenient] {
        assert!(!matches!(read, Err(Refusal::TooMuchMemory(_))));
    }
    match (&strict, serde_json::from_slice::<Json>(data)) {
        (Ok(strict), Ok(json)) => assert!(has_wide_number(&json) || strict.json == json),
        (Err(Refusal::Syntax(fault)), Err(error)) => assert_eq!(*fault, error.to_string()),
        (strict, json) => panic!("{strict:?} where serde_json has {json:?}"),
    }
    let json = |parsed: Parsed| parsed.json;
    let (strict, lenient) = (strict.ok().map(json), lenient.ok().map(json));
    if let (Some(strict), Some(lenient)) = (&strict, &lenient)
        && !has_wide_number(strict)
    {
        assert_eq!(strict, lenient);
    }
    let Some(json) = strict.or(lenient) else { return };
    for entity in entities() {
        let _ = Document::read_many(entity, json.clone());
        let Ok(mut document) = Document::read(entity, json.clone()) else { continue };
        let _ = document.seen_version();
        let is_whole = document.missing().is_empty();
        let completed = document.complete(Uuid::nil(), &Actor::nobody(), Timestamp::from_millis(0));
        assert!(is_whole || completed.is_err());
    }
}

/// Whether there is a number that .NET's JSON keeps exactly and JavaScript does not.
fn has_wide_number(json: &Json) -> bool {
    match json {
        Json::Number(number) => {
            number.is_f64() || number.as_i64().is_none_or(|number| number.unsigned_abs() > 1 << 53)
        }
        Json::Array(items) => items.iter().any(has_wide_number),
        Json::Object(fields) => fields.values().any(has_wide_number),
        _ => false,
    }
}

/// A data key that is sealed by [`MASTER`].
const SEALED: &str = include_str!("../sealed_key.txt");
const MASTER: [u8; 32] = [7; 32];

/// Sealed values: only values that were sealed with the key open.
pub fn sealed(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let known = SEALED.trim_end();
    let opened = KeyRing::open(&Key::new(&MASTER), [(1, text)].into_iter());
    assert_eq!(opened.is_ok(), text == known);
    static RING: LazyLock<KeyRing> = LazyLock::new(|| {
        KeyRing::open(&Key::new(&MASTER), [(1, SEALED.trim_end())].into_iter())
            .expect("it was sealed by that key")
    });
    let place = Place { entity: "DataConnection", property: "password", id: "1" };
    assert!(RING.unseal(place, text).is_err());
    let _ = Key::from_base64(&SecretString::from(text));
}

/// JSON Web Tokens and their keys: only tokens that were signed are accepted.
pub fn token(data: &[u8]) {
    static KEYS: LazyLock<(JwtKeys, Vec<String>)> = LazyLock::new(vectors);
    let _ = JwtKeys::new(&[data.to_vec()], None, None);
    let Some(text) = text(data) else { return };
    let (keys, known) = &*KEYS;
    assert!(keys.verify(text).is_err() || known.iter().any(|token| token == text));
}

/// The keys of the test vectors, and the tokens that they signed.
fn vectors() -> (JwtKeys, Vec<String>) {
    let vectors: Json = serde_json::from_str(include_str!("../../vectors/json_web_tokens.json"))
        .expect("it is JSON");
    let pems: Vec<Vec<u8>> = strings(&vectors["keys"])
        .into_iter()
        .filter(|text| text.contains("-----BEGIN"))
        .map(String::into_bytes)
        .collect();
    let keys = JwtKeys::new(&pems, None, Some("patchbay")).expect("they are keys");
    (keys, strings(&vectors))
}

/// All strings in a JSON value.
fn strings(json: &Json) -> Vec<String> {
    match json {
        Json::String(text) => vec![text.clone()],
        Json::Array(items) => items.iter().flat_map(strings).collect(),
        Json::Object(fields) => fields.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}
