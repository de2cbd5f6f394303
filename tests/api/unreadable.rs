//! Rows with values that the API can't represent: each reply that would include such a row names
//! it, no list or count omits it silently, and everything else works.

use crate::support::rules::{rule, user};
use crate::support::unreadable::{BROKEN, Change, LOST, start};
use crate::support::{Client, connection, encode, id, wait_until};
use serde_json::{Value as Json, json};

fn count(client: &Client, entity: &str) -> i64 {
    client.get(&format!("/{entity}/count")).expect(200).json()["value"].as_i64().unwrap()
}

#[test]
fn each_reply_with_an_unreadable_row_names_it_and_counts_include_it() {
    let (server, database) = start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "prod"}));
    let definition =
        json!({"name": "Level", "objectTypes": ["DataConnection"], "choiceValues": ["a", "b"]});
    let definition = client.create("custompropertydefinition", &definition);
    let anna = user(&client, "anna", &["Reader"], &["sales"], &[]);
    let mut body = connection("one");
    body["tags"] = json!([tag]);
    body["customProperties"] = json!([{"value": "a", "definition": definition}]);
    body["owner"] = json!({"id": id(&anna)});
    let one = client.create("dataconnection", &body);
    client.connection("two");
    let (connections, users, tags) = ("data_connections", "users", "tags");
    let values = "data_connection_custom_properties";
    for (entity, resource, row, table, column, key, value, part) in [
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "name",
            "id",
            BROKEN,
            "its name is not valid UTF-8",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "username",
            "id",
            BROKEN,
            "its username",
        ),
        ("dataconnection", "DataConnection", &one, connections, "log_on", "id", "7", "its logOn"),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "architecture",
            "id",
            "-1",
            "its architecture",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "modified_date",
            "id",
            "1 << 60",
            "its modifiedDate",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            connections,
            "owner_id",
            "id",
            LOST,
            "its owner.id refers to an entity",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "value",
            "entity_id",
            BROKEN,
            "its customProperties.value",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "id",
            "entity_id",
            "'x'",
            "its customProperties.id",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            values,
            "definition_id",
            "entity_id",
            LOST,
            "customProperties.defin",
        ),
        (
            "dataconnection",
            "DataConnection",
            &one,
            "data_connection_tags",
            "target_id",
            "entity_id",
            LOST,
            "its tags.id",
        ),
        ("tag", "Tag", &tag, tags, "name", "id", BROKEN, "its name is not valid UTF-8"),
        (
            "tag",
            "Tag",
            &tag,
            tags,
            "created_date",
            "id",
            "-1 << 60",
            "its createdDate is not a date",
        ),
        (
            "user",
            "User",
            &anna,
            users,
            "blacklisted",
            "id",
            "2",
            "its blacklisted is neither 0 nor 1",
        ),
        ("user", "User", &anna, "user_roles", "value", "entity_id", BROKEN, "its roles.value"),
        (
            "user",
            "User",
            &anna,
            "user_attributes",
            "attribute_value",
            "entity_id",
            BROKEN,
            "its attributes.attributeV",
        ),
        (
            "custompropertydefinition",
            "CustomPropertyDefinition",
            &definition,
            "custom_property_definition_choice_values",
            "value",
            "position = 1 AND entity_id",
            BROKEN,
            "its choiceValues.value",
        ),
    ] {
        let row = id(row);
        let rows = count(&client, entity);
        let change = Change::make(&database, table, column, &format!("{key} = '{row}'"), value);
        let replies = [
            client.get(&format!("/{entity}/full")),
            client.get(&format!("/{entity}/full?filter=name%20ne%20'zz'")),
            client.get(&format!("/{entity}/{row}")),
            client.post(
                &format!("/{entity}/table"),
                &json!({"columns": [{"name": "a", "definition": "id", "columnType": "Property"}]}),
            ),
        ];
        for reply in replies {
            reply.expect(500).says(&[
                &format!("the {resource} {row} can't be read"),
                part,
                "patchbay verify",
            ]);
        }
        assert_eq!(count(&client, entity), rows, "{table}.{column}");
        // The other rows are unchanged.
        client.get(&format!("/{entity}/full?filter=id%20ne%20{row}")).expect(200);
        change.undo();
        client.get(&format!("/{entity}/full")).expect(200);
    }
    // If the id itself is damaged, the reply names the row by the damaged id.
    let row = id(&one);
    Change::make(&database, connections, "id", &format!("id = '{row}'"), "upper(id)");
    client
        .get("/dataconnection")
        .expect(500)
        .says(&[&row.to_uppercase(), "its id is not a GUID in lower-case letters"]);
}

#[test]
fn a_condition_on_an_unreadable_text_fails_and_names_the_row() {
    let (server, database) = start();
    let client = server.repository();
    let [one, _] = ["one", "two"].map(|name| client.connection(name));
    client.create("systemrule", &rule("all", "resource.name matches \"[a-z]*o[a-z]*\"", 2));
    let reader = server.user("reader");
    assert_eq!(reader.names("dataconnection", ""), ["one", "two"]);
    Change::make(&database, "data_connections", "name", &format!("id = '{}'", id(&one)), BROKEN);
    for path in ["/dataconnection", "/dataconnection/count", "/dataconnection/full?orderby=name"] {
        reader
            .get(path)
            .expect(500)
            .says(&[&format!("the DataConnection {} can't be read: its name", id(&one))]);
    }
}

#[test]
fn a_filter_over_the_audit_log_that_needs_a_missing_or_damaged_text_fails_and_names_the_entry() {
    let (server, database) = start();
    let client = server.repository();
    for name in ["whole", "lost"] {
        let mut body = connection(name);
        body["connectionstring"] = json!(format!("lib://{name}{}", "x".repeat(1_000)));
        client.create("dataconnection", &body);
    }
    let is_lost = "text LIKE '\"lib://lost%'";
    let entry: String = database
        .query_row("SELECT id FROM audit_entries WHERE object_name = 'lost'", [], |row| row.get(0))
        .unwrap();
    let check = |why: &str| {
        let named = format!("the AuditEntry {entry} can't be read: its after {why}");
        for filter in [
            "after so 'lib://'",
            "after so 'nowhere'",
            "not after so 'lib://'",
            "objectName eq 'lost' and after ew 'x'",
        ] {
            let filter = encode(filter);
            for path in ["/auditentry", "/auditentry/full", "/auditentry/count"] {
                client.get(&format!("{path}?filter={filter}")).expect(500).says(&[&named]);
            }
        }
        // A filter that doesn't need the text succeeds, as does one that another condition decides.
        for (filter, expected) in [
            ("objectName eq 'lost'", 1),
            ("objectName eq 'whole' and after so 'lib://whole'", 1),
            ("before so 'lib'", 0),
        ] {
            let found = client
                .get(&format!("/auditentry/count?filter={}", encode(filter)))
                .expect(200)
                .json();
            assert_eq!(found["value"], expected, "{why}: {filter}");
        }
    };
    Change::make(&database, "audit_texts", "text", is_lost, "'no JSON lib://lost'");
    check("refers to a text in audit_texts that is damaged");
    assert_eq!(
        database.execute("DELETE FROM audit_texts WHERE text LIKE 'no JSON%'", []).unwrap(),
        1
    );
    check("refers to a text in audit_texts that is missing");
}

#[test]
fn a_long_list_with_an_unreadable_row_is_cut_off_and_never_silently_shorter() {
    let (server, database) = start();
    let client = server.repository();
    let filler = "x".repeat(2_000);
    let body = |number: usize| {
        json!({
            "name": format!("c{number}"), "connectionstring": filler, "type": "internet"
        })
    };
    let bodies: Json = (0..1_500).map(body).collect();
    let made = client.post("/dataconnection/many", &bodies).expect(201).json();
    let all = client.get("/dataconnection").expect(200).text.len();
    for place in [1_499, 900, 10] {
        let row = id(&made[place]);
        let change = Change::make(
            &database,
            "data_connections",
            "connectionstring",
            &format!("id = '{row}'"),
            BROKEN,
        );
        let mut cut = 0;
        for path in ["/dataconnection", "/dataconnection/full"] {
            let response = client.request("GET", path).send().unwrap();
            match response.status().as_u16() {
                500 => assert!(response.text().unwrap().contains(&row)),
                200 => {
                    let mut bytes = Vec::new();
                    // The client notices that the body is incomplete, and the received part is no
                    // valid JSON either.
                    let read = std::io::copy(&mut { response }, &mut bytes);
                    assert!(read.is_err(), "{place}: {} bytes", bytes.len());
                    assert!(
                        serde_json::from_slice::<Json>(&bytes).is_err() && bytes.len() < 2 * all
                    );
                    cut += 1;
                }
                status => panic!("{status}"),
            }
        }
        assert_eq!(cut > 0, place > 100, "{place}");
        change.undo();
    }
    wait_until(|| server.log().contains("a stored row can't be read"));
    assert_eq!(client.get("/dataconnection").expect(200).text.len(), all);
}

#[test]
fn an_unreadable_rule_grants_nothing_and_the_others_still_apply() {
    let (server, database) = start();
    let client = server.repository();
    client.connection("c");
    let grants = |name: &str| {
        client.create("systemrule", &rule(name, &format!("user.userId = \"{name}\""), 2))
    };
    let [of_anna, _] = ["anna", "bob"].map(grants);
    let [anna, bob] = ["anna", "bob"].map(|name| server.user(name));
    let sees = |client: &Client| client.names("dataconnection", "").len();
    assert_eq!([sees(&anna), sees(&bob)], [1, 1]);
    for (column, value) in [
        ("rule", BROKEN),
        ("disabled", "2"),
        ("actions", "-1"),
        ("rule_context", "9"),
        ("name", BROKEN),
    ] {
        let change = Change::make(
            &database,
            "system_rules",
            column,
            &format!("id = '{}'", id(&of_anna)),
            value,
        );
        assert_eq!([sees(&anna), sees(&bob)], [0, 1], "{column}");
        // Another rule can still be created and changed.
        let other = client.create("systemrule", &rule("other", "", 0));
        client.delete(&format!("/systemrule/{}", id(&other))).expect(204);
        client
            .get("/systemrule/full")
            .expect(500)
            .says(&[&format!("the SystemRule {} can't be read", id(&of_anna))]);
        change.undo();
        assert_eq!([sees(&anna), sees(&bob)], [1, 1], "{column}");
    }
    wait_until(|| server.log().contains("a system rule can't be read, so it grants nothing"));
}

#[test]
fn an_unreadable_user_is_named_and_other_users_are_unaffected() {
    let (server, database) = start();
    let client = server.repository();
    let anna = user(&client, "anna", &["Reader"], &[], &[]);
    Change::make(&database, "user_roles", "value", &format!("entity_id = '{}'", id(&anna)), BROKEN);
    let part = format!("the User {} can't be read: its roles", id(&anna));
    server.user("anna").get("/dataconnection").expect(500).says(&[&part]);
    server.user("bob").get("/dataconnection").expect(200);
}
