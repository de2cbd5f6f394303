//! SQL compared with a reference implementation in Rust, and the database file.

mod files;
mod limits_of_reads;
mod query_plans;
mod row_json;
mod writes;

use super::access_path::AccessPath;
use super::select::statement;
use super::*;
use crate::model::{
    Actor, CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, Document, Entity, Kind, Property, TAG,
    Timestamp, USER, Value,
};
use crate::query::evaluate::{Row, holds};
use crate::query::{Operator, Pattern, Predicate};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Texts that are easy to get wrong: case beyond ASCII, LIKE's wildcards, escapes, the ends of the
/// code space.
const TEXTS: [&str; 20] = [
    "",
    "a",
    "A",
    "ab",
    "aB",
    "b",
    "ä",
    "Ä",
    "ß",
    "SS",
    "ss",
    "%",
    "_",
    "a%b",
    "a_b",
    "\\",
    "'",
    "Σας",
    "σ\u{10ffff}",
    "日本",
];

const READERS: Readers = Readers { points: 1, scans: 1, questions: 1, streams: 1 };

pub(super) fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("test.db"), READERS, u64::MAX).unwrap();
    (folder, store)
}

/// The file of a new database that no program has open, in a folder that is removed with the value.
pub(crate) fn new_file() -> (tempfile::TempDir, PathBuf) {
    let (folder, store) = open();
    drop(store);
    let file = folder.path().join("test.db");
    (folder, file)
}

pub(super) fn everything(_: &'static Entity) -> Predicate {
    Predicate::True
}

/// Runs a short read; `None` if it turned out to take long.
fn read_short<T>(
    store: &Store,
    read: impl FnOnce(&Snapshot<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let reading = store.begin_read(ReadKind::Point, None)?.short()?;
    reading.unless_long(read(&reading.snapshot()))
}

pub(super) fn create(
    write: &Write<'_>,
    actor: &Actor,
    entity: &'static Entity,
    body: Json,
) -> Result<Uuid, Error> {
    let mut document = Document::read(entity, body)?;
    let id = Uuid::now_v7();
    document.complete(id, actor, Timestamp::now())?;
    document.seal_secrets(|_, _| Ok::<_, Error>(String::new()))?;
    write.create(&Unrestricted(actor), &document)?;
    Ok(id)
}

/// Five users, five tags, two definitions, and a connection for each of `seeds`, which choose its
/// properties.
fn fill(store: &Store, seeds: Vec<Vec<usize>>) {
    let fill = move |write: &Write<'_>| -> Result<(), Error> {
        let actor = write.actor(&UserName::repository())?;
        let mut users = Vec::new();
        let mut tags = Vec::new();
        for index in 0..5 {
            let body = json!({
                "userDirectory": TEXTS[index + 1], "userId": format!("u{index}"),
                "name": TEXTS[index * 3]
            });
            users.push(create(write, &actor, &USER, body)?.to_string());
            tags.push(
                create(write, &actor, &TAG, json!({"name": TEXTS[index * 4 + 1]}))?.to_string(),
            );
        }
        for name in ["A", "B"] {
            let body = json!({"name": name, "objectTypes": ["DataConnection"]});
            create(write, &actor, &CUSTOM_PROPERTY_DEFINITION, body)?;
        }
        for (index, seed) in seeds.iter().enumerate() {
            let pick = |place: usize| seed[place % seed.len()];
            let text = |place: usize| TEXTS[pick(place) % TEXTS.len()];
            let linked: Vec<Json> = tags
                .iter()
                .enumerate()
                .filter(|(bit, _)| pick(1) >> bit & 1 == 1)
                .map(|(_, id)| json!({"id": id}))
                .collect();
            let values: Vec<Json> = (0..pick(2) % 4)
                .map(|place| {
                    json!({
                        "value": format!("v{}", text(place)),
                        "definition": {"name": if pick(place) % 2 == 0 { "A" } else { "B" }}
                    })
                })
                .collect();
            let body = json!({
                "name": format!("{}{index}{}", text(3), text(4)),
                "connectionstring": format!("c{}", text(5)),
                "type": format!("t{}", text(6)), "username": text(7), "logOn": pick(0) % 2,
                "architecture": pick(1) % 3,
                "owner": {"id": users[pick(4) % users.len()]}, "tags": linked,
                "customProperties": values,
            });
            create(write, &actor, &DATA_CONNECTION, body)?;
        }
        Ok(())
    };
    store.write_blocking(Origin::command("test"), fill).unwrap();
}

fn all_in_full(condition: Predicate) -> SelectQuery {
    SelectQuery {
        entity: &DATA_CONNECTION,
        form: Form::Full,
        condition,
        orders: Vec::new(),
        page: None,
        privileges: None,
    }
}

/// The ids of the rows that this access path finds, even if it would not be chosen.
fn found_by(store: &Store, condition: &Predicate, access_path: AccessPath<'_>) -> Vec<String> {
    let sql = statement(&all_in_full(condition.clone()), access_path);
    store.scan(|snapshot| snapshot.all(&sql, |row| row.get(0))).unwrap()
}

fn read(store: &Store, condition: Predicate) -> Vec<Json> {
    let selection = all_in_full(condition);
    let mut bytes = Vec::new();
    let emit = &mut |piece: Vec<u8>| {
        bytes.extend(piece);
        Ok(())
    };
    store.scan(|snapshot| snapshot.list(&selection, emit)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn ids(rows: &[Json]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

fn property(entity: &'static Entity, name: &str) -> &'static Property {
    entity.property(name).unwrap()
}

fn text_of(properties: Vec<&'static Property>) -> BoxedStrategy<Predicate> {
    let operators = vec![Operator::Eq, Operator::Ne, Operator::Sw, Operator::Ew, Operator::So];
    let value = (select(vec!["", "t", "v", "c", "1"]), select(TEXTS.to_vec()))
        .prop_map(|(one, other)| format!("{one}{other}"));
    (select(properties), select(operators), value)
        .prop_map(|(property, operator, value)| Predicate::Compare {
            property,
            operator,
            value: Value::Text(value),
        })
        .boxed()
}

fn pattern_of(properties: Vec<&'static Property>) -> BoxedStrategy<Predicate> {
    let wildcards = select(vec!["*", "?", "t*", "*a*", "t?", "v_", "c%", "\\\\*", "*ß", "TSS"]);
    let expressions = select(vec!["^(?i:t.*)$", "^(?i:.*[aä])$", "^(?i:c|v|t)$", "^(?i:)$"]);
    let pattern = prop_oneof![
        wildcards.prop_map(|text| Pattern::Wildcard(text.to_owned())),
        expressions.prop_map(|text| Pattern::Regex(text.to_owned())),
        prop::collection::vec(select(TEXTS.to_vec()), 1..8).prop_map(|texts| Pattern::Exactly(
            texts.into_iter().map(|text| format!("t{text}")).collect()
        )),
    ];
    (select(properties), pattern)
        .prop_map(|(property, pattern)| Predicate::Match { property, pattern })
        .boxed()
}

fn number_of(name: &'static str) -> BoxedStrategy<Predicate> {
    let operators =
        vec![Operator::Eq, Operator::Ne, Operator::Gt, Operator::Ge, Operator::Lt, Operator::Le];
    (select(operators), 0..4_i64)
        .prop_map(move |(operator, number)| Predicate::Compare {
            property: property(&DATA_CONNECTION, name),
            operator,
            value: Value::Integer(number),
        })
        .boxed()
}

fn combined(leaf: BoxedStrategy<Predicate>) -> BoxedStrategy<Predicate> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::and),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Predicate::or),
            inner.prop_map(Predicate::negate),
        ]
    })
    .boxed()
}

fn related(name: &'static str, inner: BoxedStrategy<Predicate>) -> BoxedStrategy<Predicate> {
    related_of(&DATA_CONNECTION, name, inner)
}

fn related_of(
    entity: &'static Entity,
    name: &'static str,
    inner: BoxedStrategy<Predicate>,
) -> BoxedStrategy<Predicate> {
    inner.prop_map(move |inner| Predicate::any(property(entity, name), inner)).boxed()
}

fn predicate() -> BoxedStrategy<Predicate> {
    use crate::model::CUSTOM_PROPERTY_VALUE;
    let own = ["name", "connectionstring", "type", "username"]
        .map(|name| property(&DATA_CONNECTION, name));
    let user = ["userId", "userDirectory", "name"].map(|name| property(&USER, name));
    let definition = text_of(vec![property(&CUSTOM_PROPERTY_DEFINITION, "name")]);
    let value = prop_oneof![
        text_of(vec![property(&CUSTOM_PROPERTY_VALUE, "value")]),
        related_of(&CUSTOM_PROPERTY_VALUE, "definition", combined(definition)),
    ];
    let created = any::<bool>().prop_map(|later| Predicate::Compare {
        property: property(&DATA_CONNECTION, "createdDate"),
        operator: if later { Operator::Ge } else { Operator::Lt },
        value: Value::Date(Timestamp::now()),
    });
    combined(
        prop_oneof![
            4 => text_of(own.to_vec()),
            1 => pattern_of(own.to_vec()),
            1 => number_of("logOn"),
            1 => number_of("architecture"),
            1 => created,
            1 => related("owner", combined(text_of(user.to_vec()))),
            1 => related("tags", combined(text_of(vec![property(&TAG, "name")]))),
            2 => related("customProperties", combined(value.boxed())),
        ]
        .boxed(),
    )
}

/// The number of random databases; `PATCHBAY_RANDOM_DATABASES` sets it.
fn databases() -> u32 {
    std::env::var("PATCHBAY_RANDOM_DATABASES").map_or(5, |number| number.parse().unwrap())
}

#[test]
fn sql_and_the_oracle_agree_on_random_predicates_and_rows() {
    const PREDICATES: usize = 400;
    let seeds = prop::collection::vec(prop::collection::vec(0..1000_usize, 8), 1..40);
    let predicates = prop::collection::vec(predicate(), PREDICATES);
    let mut runner =
        TestRunner::new(Config { max_shrink_iters: 200, ..Config::with_cases(databases()) });
    let result = runner.run(&(seeds, predicates), |(seeds, predicates)| {
        let (_folder, store) = open();
        fill(&store, seeds);
        let all = read(&store, Predicate::True);
        let rows: Vec<Row> =
            all.iter().map(|json| Row::from_json(&DATA_CONNECTION, json)).collect();
        for predicate in predicates {
            let expected: Vec<&str> = ids(&all)
                .into_iter()
                .zip(&rows)
                .filter(|(_, row)| holds(&predicate, row))
                .map(|(id, _)| id)
                .collect();
            let found = read(&store, predicate.clone());
            prop_assert_eq!(ids(&found), expected.clone(), "{:?}", predicate);
            let counted =
                store.scan(|snapshot| snapshot.count(&DATA_CONNECTION, &predicate)).unwrap();
            prop_assert_eq!(counted, i64::try_from(expected.len()).unwrap());
            for access_path in [
                AccessPath::InOrder,
                AccessPath::ByFilter,
                AccessPath::ByScan,
                AccessPath::BySets,
                AccessPath::ByFew(&predicate),
            ] {
                let found = found_by(&store, &predicate, access_path);
                prop_assert_eq!(&found, &expected, "{:?} {:?}", access_path, &predicate);
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Tables and declarations have exactly the same columns.
#[test]
fn every_declared_property_has_its_column() {
    let (folder, _store) = open();
    let database = rusqlite::Connection::open(folder.path().join("test.db")).unwrap();
    let columns = |table: &str| -> BTreeSet<String> {
        let mut statement = database.prepare("SELECT name FROM pragma_table_info(?)").unwrap();
        statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let declared = |entity: &'static Entity| -> BTreeSet<String> {
        let own = entity.properties.iter().filter(|property| !property.is_collection());
        own.flat_map(|property| match property.kind {
            Kind::Text { .. } => {
                vec![property.column.to_owned(), format!("{}_folded", property.column)]
            }
            _ => vec![property.column.to_owned()],
        })
        .collect()
    };
    let with = |names: BTreeSet<String>, more: &[&str]| -> BTreeSet<String> {
        names.into_iter().chain(more.iter().map(|name| (*name).to_owned())).collect()
    };
    for entity in crate::model::REGISTRY.iter().copied() {
        assert_eq!(columns(entity.table), declared(entity), "{entity:?}");
        for property in entity.properties {
            let expected = match property.kind {
                Kind::Strings { .. } => {
                    with(BTreeSet::new(), &["entity_id", "position", "value", "value_folded"])
                }
                Kind::Links(_) => with(BTreeSet::new(), &["entity_id", "target_id"]),
                Kind::Elements(element) => with(declared(element), &["entity_id"]),
                _ => continue,
            };
            assert_eq!(columns(property.column), expected, "{entity:?}.{property:?}");
        }
    }
}

#[test]
fn an_audit_log_whose_start_was_removed_still_verifies() {
    let (_folder, store) = open();
    let later = Timestamp::from_millis(Timestamp::now().millis() + 3_600_000);
    let record = |number: usize| {
        let origin = Origin { user: "LAB\\anna".to_owned(), ..Origin::command("test") };
        store.write_blocking(origin, move |write| write.record(Act::done(&format!("act {number}"))))
    };
    (0..700).for_each(|number| record(number).unwrap());
    let forget = |moment| {
        store
            .write_blocking(Origin::command("test"), move |write| {
                write.remove_old_audit_entries(moment)
            })
            .unwrap()
    };
    let check = || store.read(|snapshot| Ok::<_, Error>((snapshot.check_audit()?, ()))).unwrap().0;
    assert_eq!(forget(Timestamp::from_millis(0)), 0);
    assert_eq!((check().entries, check().faults.count()), (700, 0));
    let moment =
        || store.read(|snapshot| Ok::<_, Error>((snapshot.versions()?.moment, ()))).unwrap().0;
    let before = moment();
    assert_eq!([forget(later), forget(later), forget(later)], [500, 200, 0]);
    assert_ne!(moment(), before, "a list of entries is another now");
    assert_eq!((check().entries, check().faults.count()), (0, 0));
    record(700).unwrap();
    let checked = check();
    assert_eq!((checked.entries, checked.faults.count(), checked.last_hash.len()), (1, 0, 64));
}
