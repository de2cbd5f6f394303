//! Tables: lists with columns that the client chooses.

use crate::support::{Client, Server, ZERO, connection, id};
use serde_json::{Value as Json, json};

/// Three connections, two of them with tags, one with a custom property.
fn site(client: &Client) {
    client.create(
        "custompropertydefinition",
        &json!({"name": "Stage", "objectTypes": ["DataConnection"]}),
    );
    let tags: Vec<Json> =
        ["red", "blue"].map(|name| client.create("tag", &json!({"name": name}))).to_vec();
    for (name, tags) in [("b", &tags[..1]), ("a", &tags[..]), ("c", &[])] {
        let mut body = connection(name);
        body["tags"] = tags.iter().map(|tag| json!({"id": id(tag)})).collect();
        if name == "c" {
            body["owner"] = json!({"userDirectory": "INTERNAL", "userId": "sa_api"});
            body["customProperties"] = json!([{"value": "prod", "definition": {"name": "Stage"}}]);
        }
        client.create("dataconnection", &body);
    }
}

fn property(name: &str, definition: &str) -> Json {
    json!({"name": name, "columnType": "Property", "definition": definition})
}

#[test]
fn a_table_has_the_requested_columns_in_the_requested_order() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let body = json!({"entity": "DataConnection", "columns": [
        property("name", "name"),
        {
            "name": "owner", "columnType": "property", "definition": "Owner.userId", "colNum": 1,
            "friendlyName": "Owner"
        },
        {"name": "tags", "columnType": 3, "definition": "tags", "list": [property("tag", "name")]},
        {
            "name": "stage", "columnType": "LIST", "definition": "customProperties",
            "list": [property("of", "definition.name"), property("is", "value")]
        },
        {"name": "privileges", "columnType": "Privileges", "definition": "privileges"},
    ]});
    let path = "/dataconnection/table?orderAscending=true&skip=0&sortColumn=name&take=500";
    let reply = client.post(path, &body).expect(201);
    assert_eq!(reply.header("x-total-count"), "3");
    let table = reply.json();
    assert_eq!((&table["id"], &table["schemaPath"]), (&json!(ZERO), &json!("Table")));
    assert_eq!(table["columnNames"], json!(["name", "owner", "tags", "stage", "privileges"]));
    let list = |names: Json, rows: Json| json!({"columnNames": names, "rows": rows});
    let row = |index: usize| table["rows"][index].as_array().unwrap()[..4].to_vec();
    let none = list(json!(["of", "is"]), json!([]));
    let tags = |index: usize| table["rows"][index][2]["rows"].as_array().unwrap().clone();
    assert_eq!(row(0)[..2], [json!("a"), json!("sa_repository")]);
    assert!(
        tags(0).len() == 2
            && tags(0).contains(&json!(["red"]))
            && tags(0).contains(&json!(["blue"]))
    );
    assert_eq!(
        row(1),
        [json!("b"), json!("sa_repository"), list(json!(["tag"]), json!([["red"]])), none]
    );
    assert_eq!(row(2)[1], "sa_api");
    assert_eq!(row(2)[3], list(json!(["of", "is"]), json!([["Stage", "prod"]])));
    assert!(table["rows"][0][4].as_array().unwrap().contains(&json!("update")));
}

#[test]
fn a_table_can_be_filtered_sorted_and_paged() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let body = json!({
        "type": "DataConnection",
        "columns": [
            property("n", "name"),
            property("whole", "owner"),
            property("made", "createdDate")
        ]
    });
    let names = |client: &Client, query: &str| -> String {
        let table =
            client.post(&format!("/DataConnection/table?{query}"), &body).expect(201).json();
        table["rows"].as_array().unwrap().iter().map(|row| row[0].as_str().unwrap()).collect()
    };
    for (query, expected) in [
        ("", "bac"),
        ("sortcolumn=N", "abc"),
        ("sortcolumn=n&orderascending=false", "cba"),
        ("sortcolumn=n&skip=1&take=1", "b"),
        ("sortcolumn=n&take=0", "abc"),
        ("filter=tags.name eq 'red'&sortcolumn=n", "ab"),
        ("sortcolumn=made", "bac"),
    ] {
        assert_eq!(names(&client, query), expected, "{query}");
    }
    assert_eq!(names(&server.user("eve"), ""), "");
    let table = client.post("/dataconnection/table", &body).expect(201).json();
    assert_eq!(table["rows"][0][1]["userId"], "sa_repository");
    assert!(table["rows"][0][2].as_str().unwrap().ends_with('Z'));
}

#[test]
fn tags_have_the_number_of_entities_with_the_tag() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let body = json!({"entity": "Tag", "columns": [
        property("name", "name"),
        {
            "name": "occurrences", "columnType": "Function",
            "definition": "Count(App,DataConnection,Stream)"
        },
    ]});
    let rows = |client: &Client| {
        client.post("/tag/table?sortColumn=name", &body).expect(201).json()["rows"].clone()
    };
    assert_eq!(rows(&client), json!([["blue", 1], ["red", 2]]));
    // A user who can't read the connections does not learn how many there are.
    assert_eq!(rows(&server.user("eve")), json!([["blue", 0], ["red", 0]]));
    let body = json!({
        "columns": [
            property("user", "userId"),
            {"name": "owns", "columnType": 2, "definition": "count( DataConnection )"}
        ]
    });
    let users =
        client.post("/user/table?sortColumn=user&filter=userId so 'a_'", &body).expect(201).json();
    let owns = |user: &str| {
        users["rows"].as_array().unwrap().iter().find(|row| row[0] == user).unwrap()[1].clone()
    };
    assert_eq!(
        (owns("sa_repository"), owns("sa_api"), owns("sa_proxy")),
        (json!(2), json!(1), json!(0))
    );
}

#[test]
fn an_invalid_table_is_refused_with_the_position_of_its_fault() {
    let server = Server::start();
    let client = server.repository();
    let column = |change: Json| {
        let mut column = property("n", "name");
        column.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"columns": [column]})
    };
    for (body, parts) in [
        (json!({}), vec!["columns", "list of 1 to 100"]),
        (json!([]), vec!["columns"]),
        (json!({"columns": []}), vec!["columns"]),
        (
            json!({"entity": "Tag", "columns": [property("n", "name")]}),
            vec!["entity", "DataConnection"],
        ),
        (column(json!({"name": ""})), vec!["columns[0].name"]),
        (
            column(json!({"definition": "nmae"})),
            vec!["columns[0].definition", "did you mean 'name'"],
        ),
        (column(json!({"definition": "password"})), vec!["columns[0].definition", "password"]),
        (column(json!({"definition": "owner.roles"})), vec!["does not show 'roles'"]),
        (column(json!({"definition": "name.first"})), vec!["not a single entity"]),
        (column(json!({"definition": "tags.name"})), vec!["not a single entity"]),
        (column(json!({"columnType": "Colour"})), vec!["columns[0].columnType", "Property"]),
        (column(json!({"columnType": 9})), vec!["columnType"]),
        (column(json!({"columnType": "List"})), vec!["not a list of entities"]),
        (column(json!({"columnType": "List", "definition": "tags"})), vec!["columns[0].list"]),
        (column(json!({"columnType": "Function", "definition": "Sum(App)"})), vec!["Count("]),
        (
            json!({"columns": vec![property("a", "NAME"); 5]}),
            vec!["columns[4].definition", "4 other columns"],
        ),
        (column(json!({"definition": "tags.schemaPath"})), vec!["not a single entity"]),
        (column(json!({"columnType": "List", "definition": "App"})), vec!["does not show 'App'"]),
        (
            column(json!({
                "columnType": "List", "definition": "tags",
                "list": [{"name": "p", "columnType": "Privileges"}]
            })),
            vec!["columns[0].list[0].definition", "privileges"],
        ),
    ] {
        client.post("/dataconnection/table", &body).expect(400).says(&parts);
    }
    let body = column(json!({}));
    for (query, part) in [
        ("sortcolumn=n&orderascending=up", "orderascending"),
        ("take=x", "take must be"),
        ("filter=x", "Cannot parse"),
    ] {
        client.post(&format!("/dataconnection/table?{query}"), &body).expect(400).says(&[part]);
    }
}

/// The QMC itself names a list by the type of its items, and scripts copy its request bodies.
#[test]
fn a_list_column_can_be_named_by_its_property_or_item_type() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let attributes = json!([{"attributeType": "group", "attributeValue": "sales"}]);
    let user = json!({"userDirectory": "LAB", "userId": "anna", "attributes": attributes});
    client.create("user", &user);
    let rows = |path: &str, definition: &str, inner: &str| {
        let list = json!({
            "name": "l", "columnType": "List", "definition": definition,
            "list": [property("x", inner)]
        });
        let body = json!({"columns": [property("id", "id"), list]});
        client.post(&format!("/{path}/table?sortcolumn=id"), &body).expect(201).json()["rows"]
            .clone()
    };
    for (path, property, inner, types) in [
        ("dataconnection", "tags", "name", ["tag", "Tag", "TAG"]),
        (
            "dataconnection",
            "customProperties",
            "value",
            ["CustomPropertyValue", "custompropertyvalue", "customPropertyValue"],
        ),
        ("user", "tags", "name", ["tag", "Tag", "TAG"]),
        (
            "user",
            "attributes",
            "attributeValue",
            ["UserAttribute", "userattribute", "USERATTRIBUTE"],
        ),
        ("systemrule", "tags", "name", ["tag", "Tag", "TAG"]),
    ] {
        let expected = rows(path, property, inner);
        assert!(!expected.as_array().unwrap().is_empty(), "{path}");
        for name in types {
            assert_eq!(rows(path, name, inner), expected, "{path} {name}");
        }
    }
}

#[test]
fn properties_of_all_entities_can_be_columns_of_every_type() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    for (path, kind) in [
        ("dataconnection", "DataConnection"),
        ("tag", "Tag"),
        ("custompropertydefinition", "CustomPropertyDefinition"),
        ("user", "User"),
        ("systemrule", "SystemRule"),
        ("auditentry", "AuditEntry"),
    ] {
        let columns =
            ["schemaPath", "privileges", "ImpactSecurityAccess"].map(|name| property(name, name));
        let body = json!({"columns": columns});
        let table =
            client.post(&format!("/{path}/table?sortcolumn=schemaPath"), &body).expect(201).json();
        assert_eq!(table["rows"][0], json!([kind, null, false]));
        let table =
            client.post(&format!("/{path}/table?privileges=true"), &body).expect(201).json();
        assert!(table["rows"][0][1].as_array().unwrap().contains(&json!("read")), "{table}");
    }
    let of_items =
        ["schemaPath", "privileges", "impactSecurityAccess"].map(|name| property(name, name));
    let body = json!({"columns": [
        property("o", "owner.schemaPath"),
        property("p", "owner.privileges"),
        {"name": "tags", "columnType": "List", "definition": "tags", "list": of_items},
        {
            "name": "values", "columnType": "List", "definition": "customProperties",
            "list": of_items
        },
    ]});
    let rows =
        client.post("/dataconnection/table?sortcolumn=name", &body).expect(201).json()["rows"]
            .clone();
    assert_eq!((&rows[1][0], &rows[1][1]), (&json!("User"), &Json::Null));
    assert_eq!(rows[1][2]["rows"], json!([["Tag", null, false]]));
    assert_eq!(rows[2][3]["rows"], json!([["CustomPropertyValue", null, false]]));
}

#[test]
fn a_column_can_occur_twice_and_rows_can_be_sorted_by_a_hidden_property() {
    let server = Server::start();
    let client = server.repository();
    site(&client);
    let body =
        json!({"columns": [property("n", "name"), property("n", "name"), property("m", "name")]});
    let names = |query: &str| -> Vec<String> {
        let rows = client.post(&format!("/dataconnection/table?{query}"), &body).expect(201).json()
            ["rows"]
            .clone();
        rows.as_array().unwrap().iter().map(|row| text(&row[1])).collect()
    };
    assert_eq!(names("sortcolumn=n"), ["a", "b", "c"]);
    let first = client.post("/dataconnection/table?sortcolumn=n&take=1", &body).expect(201).json();
    assert_eq!(
        (&first["columnNames"], &first["rows"]),
        (&json!(["n", "n", "m"]), &json!([["a", "a", "a"]]))
    );
    assert_eq!(names("sortcolumn=createdDate"), ["b", "a", "c"]);
    assert_eq!(names("sortcolumn=Name&orderascending=false"), ["c", "b", "a"]);
    assert_eq!(names("sortcolumn=owner.userId")[0], "c");
    for unknown in ["other", "tags", "owner", "password"] {
        assert_eq!(names(&format!("sortcolumn={unknown}")).len(), 3, "{unknown}");
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap().to_owned()
}
