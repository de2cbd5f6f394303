//! The query plans of the main statements: they use an index wherever one helps.

use super::{create, everything, open, read_short};
use crate::model::{
    AUDIT_ENTRY, CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, Entity, TAG, Timestamp, USER, Value,
};
use crate::query::{Limits, Predicate, Sql, bind, parse, parse_order};
use crate::store::access_path::AccessPath;
use crate::store::audit_texts::UNNAMED;
use crate::store::collection_write::find_choice;
use crate::store::derived_sessions::by_credential;
use crate::store::keys::entries_naming;
use crate::store::rule_names::newest_claims;
use crate::store::select::statement;
use crate::store::{
    Error, Form, OfUsers, Origin, Page, SelectQuery, Snapshot, Store, UserName, Write,
};
use serde_json::json;

/// Enough rows for SQLite to see from statistics that an index is faster.
pub(super) const ROWS: usize = 3_000;

pub(super) fn fill(write: &Write<'_>) -> Result<(), Error> {
    let actor = write.actor(&UserName::repository())?;
    let owners: Vec<_> = (0..50)
        .map(|number| {
            create(
                write,
                &actor,
                &USER,
                json!({"userDirectory": "LAB", "userId": format!("u{number}")}),
            )
        })
        .collect::<Result<_, _>>()?;
    let tags: Vec<_> = (0..50)
        .map(|number| create(write, &actor, &TAG, json!({"name": format!("tag{number}")})))
        .collect::<Result<_, _>>()?;
    let definition = json!({"name": "stage", "objectTypes": ["DataConnection"]});
    create(write, &actor, &CUSTOM_PROPERTY_DEFINITION, definition)?;
    for number in 0..ROWS {
        let body = json!({
            "name": format!("connection {number}"), "type": format!("type{}", number % 40),
            "connectionstring": "lib://x",
            "owner": {"id": owners[number % 50]}, "tags": [{"id": tags[number % 50]}],
            "customProperties": [
                {"value": format!("v{}", number % 100), "definition": {"name": "stage"}}
            ],
        });
        create(write, &actor, &DATA_CONNECTION, body)?;
    }
    Ok(())
}

/// The steps of a statement's query plan.
fn plan(snapshot: &Snapshot<'_>, sql: &Sql) -> Vec<String> {
    let mut explain = Sql::new(&format!("EXPLAIN QUERY PLAN {}", sql.text));
    explain.parameters.clone_from(&sql.parameters);
    snapshot.all(&explain, |row| row.get(3)).unwrap()
}

/// The steps of reading a selection by the access path that is tried first.
fn first_plan(snapshot: &Snapshot<'_>, selection: &SelectQuery) -> Vec<String> {
    let few = snapshot.few(selection.entity, &selection.condition).unwrap();
    plan(snapshot, &statement(selection, few.map_or(AccessPath::InOrder, AccessPath::ByFew)))
}

pub(super) fn selection(
    filter: &str,
    orders: &str,
    page: Option<Page>,
    guard: Predicate,
) -> SelectQuery {
    selection_of(&DATA_CONNECTION, filter, orders, page, guard)
}

fn selection_of(
    entity: &'static Entity,
    filter: &str,
    orders: &str,
    page: Option<Page>,
    guard: Predicate,
) -> SelectQuery {
    let condition = match filter {
        "" => Predicate::True,
        _ => bind(filter, &parse(filter, Limits::default()).unwrap(), entity, &everything).unwrap(),
    };
    SelectQuery {
        entity,
        form: Form::Full,
        condition: Predicate::and([guard, condition]),
        orders: parse_order(orders, entity, &everything).unwrap(),
        page,
        privileges: None,
    }
}

#[test]
fn main_statements_use_an_index() {
    let (_folder, store) = open();
    store.write_blocking(Origin::command("test"), fill).unwrap();
    let first = Some(Page { skip: 0, take: 20 });
    let owner = DATA_CONNECTION.owner().unwrap();
    let own = |snapshot: &Snapshot<'_>| {
        let user = UserName { user_directory: "LAB".to_owned(), user_id: "u7".to_owned() };
        Predicate::equals(owner, Value::Id(snapshot.find_actor(&user).unwrap().unwrap().id))
    };
    // The filter, the order, the page, and the index by which the connections are found.
    let cases = [
        ("name eq 'Connection 7'", "", first, "data_connections_key"),
        ("name sw 'connection 29'", "", first, "data_connections_key"),
        ("type eq 'type7'", "", first, "data_connections_type"),
        ("owner.userId eq 'u7'", "", first, "data_connections_owner"),
        ("tags.name eq 'tag7'", "", first, "data_connection_tags_target"),
        ("@stage eq 'v7'", "", first, "data_connection_custom_properties_value"),
        // A poll for changes since the last poll finds few of many rows.
        ("modifiedDate gt '2100-01-01'", "", None, "data_connections_modified"),
        ("modifiedDate gt '2100-01-01'", "", first, "data_connections_modified"),
        ("modifiedDate gt '2000-01-01'", "", first, "data_connections_created"),
        ("", "", first, "data_connections_created"),
        ("", "name", first, "data_connections_key"),
        ("", "name desc", first, "data_connections_key"),
        ("", "", None, "data_connections_created"),
    ];
    for (filter, order, page, index) in cases {
        store
            .scan(|snapshot| {
                let steps = first_plan(snapshot, &selection(filter, order, page, Predicate::True));
                let shown = steps.join("\n");
                assert!(
                    shown.contains(index),
                    "'{filter}' by '{order}' is not found by {index}:\n{shown}"
                );
                let is_bare =
                    |step: &String| step.starts_with("SCAN t0") && !step.contains("USING");
                assert!(
                    !steps.iter().any(is_bare),
                    "'{filter}' by '{order}' looks at every row:\n{shown}"
                );
                // Rows in the order of an index are not sorted again.
                let is_sorted = filter.is_empty() && shown.contains("TEMP B-TREE FOR ORDER BY");
                assert!(!is_sorted, "by '{order}' is sorted:\n{shown}");
                // A rule that allows all users to read their own connections must not interfere.
                let guarded =
                    first_plan(snapshot, &selection(filter, order, page, own(snapshot))).join("\n");
                assert!(guarded.contains("INDEX"), "{guarded}");
                Ok::<_, Error>(())
            })
            .unwrap();
    }
}

#[test]
fn a_choice_is_found_by_its_value_among_any_number() {
    let (_folder, store) = open();
    let made = store.write_blocking(Origin::command("test"), |write| {
        let actor = write.actor(&UserName::repository())?;
        let choices: Vec<String> = (0..ROWS).map(|number| format!("choice {number}")).collect();
        let body =
            json!({"name": "many", "objectTypes": ["DataConnection"], "choiceValues": choices});
        create(write, &actor, &CUSTOM_PROPERTY_DEFINITION, body)
    });
    let find = find_choice(&Value::Id(made.unwrap()), "choice 7");
    let shown = store.scan(|snapshot| Ok::<_, Error>(plan(snapshot, &find).join("\n"))).unwrap();
    assert!(shown.contains("custom_property_definition_choice_values_value"), "{shown}");
}

/// However many users there are, the names in a rule are found without a scan of all of them.
#[test]
fn names_in_rules_are_found_by_an_index() {
    let (_folder, store) = open();
    let nobody = Predicate::has_id(&USER, uuid::Uuid::nil());
    for (of, index) in
        [(OfUsers::Attributes, "user_attributes_value"), (OfUsers::Roles, "user_roles_value")]
    {
        for sql in [of.find("group", &Predicate::True), of.find("group", &nobody), of.all(200)] {
            let steps = store.read(|snapshot| Ok::<_, Error>(plan(snapshot, &sql))).unwrap();
            let shown = steps.join("\n");
            let is_scan = |step: &String| step.starts_with("SCAN") && !step.contains("names");
            assert!(!steps.iter().any(is_scan), "{shown}");
            assert!(shown.contains(index) || shown.contains("_entity"), "{shown}");
        }
    }
}

/// The thread that answers requests reads no entity with a very long list.
#[test]
fn an_entity_with_more_than_a_thousand_items_is_no_short_read() {
    let (_folder, store) = open();
    for (number, is_brief) in [(100, true), (1_001, false), (5_000, false)] {
        let made = store.write_blocking(Origin::command("test"), move |write| {
            let actor = write.actor(&UserName::repository())?;
            let choices: Vec<String> =
                (0..number).map(|number| format!("choice {number}")).collect();
            let body = json!({"name": format!("d{number}"), "choiceValues": choices});
            create(write, &actor, &CUSTOM_PROPERTY_DEFINITION, body)
        });
        let selection = SelectQuery {
            entity: &CUSTOM_PROPERTY_DEFINITION,
            form: Form::Full,
            condition: Predicate::has_id(&CUSTOM_PROPERTY_DEFINITION, made.unwrap()),
            orders: Vec::new(),
            page: None,
            privileges: None,
        };
        let read = read_short(&store, |snapshot| snapshot.one(&selection)).unwrap();
        assert_eq!(read.is_some(), is_brief, "{number}");
        assert!(store.scan(|snapshot| snapshot.one(&selection)).unwrap().is_some());
    }
}

#[test]
fn audit_entries_are_found_by_object_user_and_request() {
    let (_folder, store) = open();
    for (filter, index) in [
        ("objectID eq '00000000-0000-4000-8000-000000000000'", "audit_entries_object"),
        ("userName eq 'lab/anna'", "audit_entries_user"),
        ("requestID eq '00000000-0000-4000-8000-000000000000'", "audit_entries_request"),
        ("", "audit_entries_created"),
    ] {
        let selection = selection_of(
            &AUDIT_ENTRY,
            filter,
            "",
            Some(Page { skip: 0, take: 20 }),
            Predicate::True,
        );
        let shown = store
            .scan(|snapshot| Ok::<_, Error>(first_plan(snapshot, &selection).join("\n")))
            .unwrap();
        assert!(shown.contains(index), "'{filter}' is not found by {index}:\n{shown}");
    }
}

/// A rule about custom properties allows any number of rows: computing all of them to test one
/// would take longer the more there are.
#[test]
fn rules_are_evaluated_row_by_row() {
    let (_folder, store) = open();
    store.write_blocking(Origin::command("test"), fill).unwrap();
    let guard =
        selection("@stage eq 'v1' or tags.name eq 'tag1'", "", None, Predicate::True).condition;
    let everywhere =
        Predicate::or([guard, selection("name sw 'c'", "", None, Predicate::True).condition]);
    store
        .scan(|snapshot| {
            for filter in [
                "name eq 'connection 7'",
                "tags.name eq 'tag7'",
                "id eq 5f64a3c6-0b1a-4809-9346-d62677bbd997",
            ] {
                let steps = first_plan(snapshot, &selection(filter, "", None, everywhere.clone()))
                    .join("\n");
                let sets = steps.matches("LIST SUBQUERY").count();
                assert!(steps.contains("CORRELATED"), "{steps}");
                assert_eq!(
                    sets,
                    usize::from(filter.starts_with("tags")),
                    "'{filter}' is not found alone:\n{steps}"
                );
            }
            Ok::<_, Error>(())
        })
        .unwrap();
}

#[test]
fn rows_that_belong_to_no_audit_entry_are_found_by_indexes() {
    let (_folder, store) = open();
    let plans = |snapshot: &Snapshot<'_>| {
        Ok::<_, Error>(UNNAMED.map(|(table, sql)| (table, plan(snapshot, &Sql::new(sql)))))
    };
    for (table, plan) in store.read(plans).unwrap() {
        let searches = plan.iter().filter(|step| step.starts_with("SEARCH audit_")).count();
        let scans = plan.iter().filter(|step| step.starts_with("SCAN")).count();
        assert_eq!((searches, scans), (1, 1), "{table}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("AUTOMATIC")), "{table}: {plan:?}");
    }
}

/// A key rotation runs this query for each secret that can't be opened.
#[test]
fn the_audit_entries_of_a_secret_are_found_by_indexes() {
    let (_folder, store) = open();
    let steps =
        store.read(|snapshot| Ok::<_, Error>(plan(snapshot, &entries_naming("s", 10)))).unwrap();
    assert!(steps.len() == 3 && steps.iter().all(|step| step.starts_with("SEARCH")), "{steps:?}");
    assert!(
        steps[0].contains("audit_texts_secret") && steps[1].contains("audit_entry_texts_text"),
        "{steps:?}"
    );
}

#[test]
fn the_session_of_a_credential_is_found_by_its_index() {
    let (_folder, store) = open();
    let steps = store
        .read(|snapshot| Ok::<_, Error>(plan(snapshot, &by_credential("c", Timestamp::now()))))
        .unwrap();
    assert!(
        steps.len() == 1 && steps[0].contains("INDEX sessions_credential (credential=?)"),
        "{steps:?}"
    );
}

/// Adds this many sessions of one user, each newer than those before.
fn add_sessions(store: &Store, number: u32, kind: &'static str, claims: &'static str) {
    let add = move |write: &Write<'_>| {
        let actor = write.actor(&UserName::repository())?;
        let mut sql =
            Sql::new("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ");
        sql.bind(Value::Integer(number.into())).push(
            ") INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address, \
             kind, claims) SELECT hex(randomblob(16)), hex(randomblob(16)), ",
        );
        sql.bind(Value::Id(actor.id)).push(", 0, i + (SELECT count(*) FROM sessions), '', ");
        sql.bind(Value::Text(kind.to_owned()))
            .push(", ")
            .bind(Value::Text(claims.to_owned()))
            .push(" FROM n");
        write.snapshot().execute(&sql)
    };
    store.write_blocking(Origin::command("test"), add).unwrap();
}

/// However many sessions by password there are, a warning about a rule reads only the newest ones.
#[test]
fn names_of_claims_are_read_from_a_bounded_number_of_sessions() {
    let (_folder, store) = open();
    let steps = || {
        let run = |snapshot: &Snapshot<'_>| {
            let sql = newest_claims(200);
            let shown = plan(snapshot, &sql).join("\n");
            assert!(
                shown.contains("sessions USING INDEX sessions_expires")
                    && !shown.contains("ORDER BY"),
                "{shown}"
            );
            let mut statement = snapshot.prepare(&sql)?;
            let mut names: Vec<String> = Vec::new();
            let mut rows = statement.query(&sql.parameters)?;
            while let Some(row) = rows.next_row()? {
                names.push(row.get(0)?);
            }
            drop(rows);
            Ok::<_, Error>((names, statement.steps()))
        };
        store.read(run).unwrap()
    };
    add_sessions(&store, 1, "jwt", r#"[["level", "3"]]"#);
    add_sessions(&store, 1_999, "password", "");
    let (names, few) = steps();
    assert_eq!(names, ["level"]);
    add_sessions(&store, 20_000, "password", "");
    let (names, many) = steps();
    assert!(names.is_empty() && many <= few, "{names:?}: {many} steps, {few} before");
    add_sessions(&store, 10, "jwt", r#"[["level", "3"], ["group", "a"]]"#);
    assert_eq!(steps().0, ["level", "group"]);
}
