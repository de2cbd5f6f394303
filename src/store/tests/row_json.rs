//! Rows as JSON text and as JSON values.

use super::{fill, open};
use crate::model::{AUDIT_ENTRY, DATA_CONNECTION, Entity, REGISTRY};
use crate::query::{FlagColumns, Predicate};
use crate::store::{Form, PrivilegeColumns, SelectQuery, Snapshot, Store};
use proptest::prelude::*;
use serde_json::Value as Json;
use std::sync::Arc;

fn selection(entity: &'static Entity, form: Form) -> SelectQuery {
    let predicates = [Predicate::True, Predicate::has_id(entity, uuid::Uuid::nil())];
    let columns = PrivilegeColumns {
        names: vec!["read", "update"],
        flags: Arc::new(FlagColumns::new(predicates.iter())),
    };
    let privileges = (form == Form::Full).then_some(columns);
    SelectQuery {
        entity,
        form,
        condition: Predicate::True,
        orders: Vec::new(),
        page: None,
        privileges,
    }
}

fn as_text(snapshot: &Snapshot<'_>, selection: &SelectQuery) -> Json {
    let mut text = Vec::new();
    let emit = &mut |piece: Vec<u8>| {
        text.extend(piece);
        Ok(())
    };
    snapshot.list(selection, emit).unwrap();
    serde_json::from_slice(&text).unwrap()
}

fn as_values(snapshot: &Snapshot<'_>, selection: &SelectQuery) -> Json {
    let mut values = Vec::new();
    let each = &mut |value| {
        values.push(value);
        Ok(())
    };
    snapshot.each_value(selection, each).unwrap();
    Json::Array(values)
}

fn compare(store: &Store) -> usize {
    let mut compared = 0;
    for entity in REGISTRY.iter().copied().chain([&AUDIT_ENTRY]) {
        for form in [Form::Full, Form::Condensed] {
            let selection = selection(entity, form);
            let compare = |snapshot: &Snapshot<'_>| {
                let (text, values) =
                    (as_text(snapshot, &selection), as_values(snapshot, &selection));
                assert_eq!(text, values);
                let first = snapshot.one_value(&selection)?;
                assert_eq!(first.as_ref(), text.get(0));
                compared += text.as_array().unwrap().len();
                Ok::<_, crate::store::Error>(())
            };
            store.scan(compare).unwrap();
        }
    }
    compared
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]
    #[test]
    fn the_value_of_a_row_equals_its_text(
        seeds in prop::collection::vec(prop::collection::vec(0..1000_usize, 8), 1..20),
    ) {
        let (_folder, store) = open();
        let connections = seeds.len();
        fill(&store, seeds);
        prop_assert!(compare(&store) > 2 * connections);
    }
}

#[test]
fn lists_of_a_value_are_in_the_order_of_the_text() {
    let (_folder, store) = open();
    // All five tags, and three custom property values.
    fill(&store, vec![vec![31, 31, 3, 1, 1, 1, 1, 1]; 300]);
    let selection = selection(&DATA_CONNECTION, Form::Full);
    let (text, values) = store
        .scan(|snapshot| {
            Ok::<_, crate::store::Error>((
                as_text(snapshot, &selection),
                as_values(snapshot, &selection),
            ))
        })
        .unwrap();
    assert_eq!(text, values);
    let items = |name: &str| values[299][name].as_array().unwrap().len();
    assert_eq!((items("tags"), items("customProperties")), (5, 3));
}
