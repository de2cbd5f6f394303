//! Every operation of every entity type, with each of its possible statuses.

use crate::support::types::{Type, types};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, id};
use serde_json::{Value as Json, json};

/// Runs a test for each entity type as the repository's account, on a server of its own.
fn for_each_type(test: impl Fn(&Type, &Server, &Client)) {
    for kind in &types() {
        let server = Server::start();
        test(kind, &server, &server.repository());
    }
}

fn keys(json: &Json) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn create_returns_the_whole_entity() {
    for_each_type(|kind, _, client| {
        let path = format!("/{}", kind.path);
        let reply = client.post(&path, &(kind.body)(1)).expect(201);
        let created = reply.json();
        assert_eq!(created["schemaPath"], kind.schema_path);
        assert_eq!(created["modifiedByUserName"], "INTERNAL\\sa_repository");
        assert_eq!(created["createdDate"], created["modifiedDate"]);
        let date = created["createdDate"].as_str().unwrap();
        assert!(date.len() == "2017-06-20T18:18:48.731Z".len() && date.ends_with('Z'), "{date}");
        assert!(created.get("privileges").is_none());
        assert!(created.get("password").is_none());
        for (name, value) in (kind.body)(1).as_object().unwrap() {
            assert_eq!(&created[name], value, "{name}");
        }
        assert_eq!(reply.header("location"), format!("/qrs{path}/{}", id(&created)));
        assert_eq!(client.get(&format!("{path}/{}", id(&created))).expect(200).json(), created);
        assert_eq!(
            client.get(&format!("{path}/{}/full", id(&created))).expect(200).json(),
            created
        );
    });
}

#[test]
fn create_refuses_invalid_and_forbidden_entities() {
    for_each_type(|kind, server, client| {
        let path = format!("/{}", kind.path);
        let (body, field) = (&kind.invalid.0, kind.invalid.1.as_str());
        client.post(&path, body).expect(400).says(&[field]);
        client.post(&path, &json!([])).expect(400).says(&["must be an object"]);
        client
            .send("POST", &path, "application/json", "{")
            .expect(400)
            .says(&["not valid JSON", "line 1"]);
        client.send("POST", &path, "application/json", "").expect(400).says(&["empty"]);
        client
            .send("POST", &path, "text/plain", "{}")
            .expect(400)
            .says(&["Content-Type", "application/json"]);
        server.stranger().post(&path, &(kind.body)(1)).expect(401);
        if kind.path != "dataconnection" {
            server
                .user("anna")
                .post(&path, &(kind.body)(1))
                .expect(403)
                .says(&["LAB\\anna", "create"]);
        }
        let created = client.create(&kind.path, &(kind.body)(1));
        let second = client.post(&path, &(kind.body)(1));
        let is_refused = kind.is_unique.unwrap_or(second.status == 400);
        second.expect(if is_refused { 400 } else { 201 });
        let mut same_id = (kind.body)(2);
        same_id["id"] = created["id"].clone();
        client.post(&path, &same_id).expect(400).says(&[&id(&created)]);
    });
}

#[test]
fn create_uses_the_id_of_the_body() {
    for_each_type(|kind, _, client| {
        let mut body = (kind.body)(1);
        body["id"] = json!(UNKNOWN_ID.to_uppercase());
        assert_eq!(client.create(&kind.path, &body)["id"], UNKNOWN_ID);
        for (number, none) in
            [(2, json!(null)), (3, json!("")), (4, json!("00000000-0000-0000-0000-000000000000"))]
        {
            let mut body = (kind.body)(number);
            body["id"] = none;
            assert_ne!(
                client.create(&kind.path, &body)["id"],
                "00000000-0000-0000-0000-000000000000"
            );
        }
        let mut body = (kind.body)(5);
        body["id"] = json!("five");
        client.post(&format!("/{}", kind.path), &body).expect(400).says(&["id", "GUID"]);
    });
}

#[test]
fn create_many_creates_all_entities_or_none() {
    for_each_type(|kind, server, client| {
        let path = format!("/{}/many", kind.path);
        let before = client.get(&format!("/{}/count", kind.path)).expect(200).json()["value"]
            .as_i64()
            .unwrap();
        let created =
            client.post(&path, &json!([(kind.body)(1), (kind.body)(2)])).expect(201).json();
        assert_eq!(created.as_array().unwrap().len(), 2);
        assert_eq!(created[1]["schemaPath"], kind.schema_path);
        assert_eq!(client.post(&path, &json!([])).expect(201).json(), json!([]));
        let (body, field) = (&kind.invalid.0, kind.invalid.1.as_str());
        client.post(&path, &json!([(kind.body)(3), body])).expect(400).says(&["[1]", field]);
        client.post(&path, &(kind.body)(3)).expect(400).says(&["array"]);
        server.stranger().post(&path, &json!([(kind.body)(3)])).expect(401);
        if kind.is_unique == Some(true) {
            client.post(&path, &json!([(kind.body)(3), (kind.body)(3)])).expect(400).says(&["[1]"]);
        }
        let after = client.get(&format!("/{}/count", kind.path)).expect(200).json()["value"]
            .as_i64()
            .unwrap();
        assert_eq!(after, before + 2);
    });
}

#[test]
fn lists_and_counts_include_all_entities() {
    for_each_type(|kind, server, client| {
        let path = format!("/{}", kind.path);
        let first = client.create(&kind.path, &(kind.body)(1));
        let second = client.create(&kind.path, &(kind.body)(2));
        let filter = format!("?filter=id%20eq%20{}", id(&second));
        let condensed = client.get(&format!("{path}{filter}")).expect(200).json();
        assert_eq!(keys(&condensed[0]), kind.condensed);
        let full = client.get(&format!("{path}/full{filter}")).expect(200).json();
        assert_eq!(full, json!([second]));
        assert_eq!(
            client.get(&format!("{path}/count{filter}")).expect(200).json(),
            json!({"value": 1})
        );
        let all = client.get(&format!("{path}/full?orderby=createdDate desc")).expect(200).json();
        assert_eq!(all[0], second);
        assert_eq!(all[1], first);
        let count =
            client.get(&format!("{path}/count")).expect(200).json()["value"].as_u64().unwrap();
        assert_eq!(all.as_array().unwrap().len() as u64, count);
        for sub in ["", "/full", "/count"] {
            server.stranger().get(&format!("{path}{sub}")).expect(401);
            client
                .get(&format!("{path}{sub}?filter=nope eq 1"))
                .expect(400)
                .says(&["position 1", "nope"]);
        }
        for sub in ["", "/full"] {
            client
                .get(&format!("{path}{sub}?orderby=nope"))
                .expect(400)
                .says(&["position 1", "nope"]);
            client
                .get(&format!("{path}{sub}?privileges=maybe"))
                .expect(400)
                .says(&["privileges", "maybe"]);
        }
    });
}

#[test]
fn get_returns_404_for_an_unknown_id() {
    for_each_type(|kind, server, client| {
        let created = client.create(&kind.path, &(kind.body)(1));
        let path = format!("/{}/{}", kind.path, id(&created));
        assert_eq!(client.get(&path).expect(200).json(), created);
        let nothing = format!("/{}/{UNKNOWN_ID}", kind.path);
        client.get(&nothing).expect(404).says(&[UNKNOWN_ID]);
        client.get(&format!("/{}/no-guid", kind.path)).expect(404).says(&["no-guid"]);
        server.stranger().get(&path).expect(401);
    });
}

#[test]
fn update_changes_the_fields_of_the_body() {
    for_each_type(|kind, server, client| {
        let created = client.create(&kind.path, &(kind.body)(1));
        let path = format!("/{}/{}", kind.path, id(&created));
        let (name, value) = &kind.change;
        let mut body = created.clone();
        body[name] = json!(value);
        let updated = client.put(&path, &body).expect(200).json();
        body["modifiedDate"] = updated["modifiedDate"].clone();
        assert_eq!(updated, body);
        assert!(updated["modifiedDate"].as_str() > created["modifiedDate"].as_str());
        assert_eq!(client.get(&path).expect(200).json(), updated);

        client.put(&path, &created).expect(409).says(&[updated["modifiedDate"].as_str().unwrap()]);
        client.put(&format!("/{}/{UNKNOWN_ID}", kind.path), &json!({})).expect(404);
        client.put(&format!("/{}/no-guid", kind.path), &json!({})).expect(404);
        server.stranger().put(&path, &body).expect(401);
        client
            .put(&path, &json!({"modifiedDate": "then"}))
            .expect(400)
            .says(&["modifiedDate", "2026-01-31"]);
        client.put(&path, &json!({"id": UNKNOWN_ID})).expect(400).says(&["id", UNKNOWN_ID]);
        let mut wrong = updated.clone();
        wrong["name"] = json!({"first": "x"});
        client.put(&path, &wrong).expect(400).says(&["name", "an object"]);
        client.send("PUT", &path, "application/xml", "<a/>").expect(400).says(&["Content-Type"]);
        let etag = client.get(&path).header("etag").to_owned();
        let with = |etag: &str| {
            Reply::of(client.request("PUT", &path).header("If-Match", etag).json(&json!({})))
        };
        with("\"1\"").expect(412).says(&[&etag]);
        with("W/\"1\"").expect(412);
        with("unquoted").expect(400).says(&["If-Match"]);
        with(&format!("\"1\", {etag}")).expect(200);
        with("*").expect(200);
    });
}

#[test]
fn changing_a_readable_entity_without_the_right_is_403() {
    for (path, body) in
        [("tag", json!({"name": "t"})), ("custompropertydefinition", json!({"name": "p"}))]
    {
        let server = Server::start();
        let created = server.repository().create(path, &body);
        let (anna, path) = (server.user("anna"), format!("/{path}/{}", id(&created)));
        anna.get(&path).expect(200);
        anna.put(&path, &created).expect(403).says(&["LAB\\anna", "update"]);
        anna.delete(&path).expect(403).says(&["LAB\\anna", "delete"]);
    }
}

#[test]
fn an_entity_that_may_not_be_read_is_404() {
    for (path, body) in [
        ("dataconnection", json!({"name": "c", "connectionstring": "x", "type": "internet"})),
        ("user", json!({"userDirectory": "LAB", "userId": "bert"})),
    ] {
        let server = Server::start();
        let created = server.repository().create(path, &body);
        let (anna, item) = (server.user("anna"), format!("/{path}/{}", id(&created)));
        anna.get(&item).expect(404);
        anna.put(&item, &created).expect(404);
        anna.delete(&item).expect(404);
        assert!(!anna.get(&format!("/{path}/full")).expect(200).text.contains(&id(&created)));
    }
}

#[test]
fn delete_removes_an_entity_once() {
    for_each_type(|kind, server, client| {
        let created = client.create(&kind.path, &(kind.body)(1));
        let path = format!("/{}/{}", kind.path, id(&created));
        server.stranger().delete(&path).expect(401);
        let stale = Reply::of(client.request("DELETE", &path).header("If-Match", "\"1\""));
        stale.expect(412);
        let reply = client.delete(&path).expect(204);
        assert_eq!(reply.text, "");
        client.delete(&path).expect(404);
        client.get(&path).expect(404);
        client.delete(&format!("/{}/no-guid", kind.path)).expect(404);
        client.create(&kind.path, &(kind.body)(1));
    });
}

#[test]
fn other_methods_are_refused_with_the_allowed_ones() {
    let server = Server::start();
    let client = server.repository();
    for kind in &types() {
        for (method, sub, allowed) in [
            ("PUT", "/full", "GET"),
            ("DELETE", "/full", "GET"),
            ("PUT", "/count", "GET"),
            ("DELETE", "/count", "GET"),
            ("GET", "/many", "POST"),
            ("PUT", "", "GET, POST"),
            ("DELETE", "", "GET, POST"),
            ("POST", "/00000000-0000-4000-8000-000000000000", "GET, PUT, DELETE"),
            ("PATCH", "/00000000-0000-4000-8000-000000000000", "GET, PUT, DELETE"),
        ] {
            let reply =
                Reply::of(client.request(method, &format!("/{}{sub}", kind.path))).expect(405);
            assert_eq!(reply.header("allow"), allowed, "{method} {sub}");
        }
    }
}

#[test]
fn paths_and_parameters_ignore_case_and_a_trailing_slash() {
    let server = Server::start();
    let client = server.repository();
    client.connection("C 1");
    for path in ["/DataConnection/", "/DATACONNECTION/FULL/", "/dataConnection/full"] {
        let found = client
            .get(&format!("{path}?FILTER=name+eq+'c+1'&OrderBy=NAME&Privileges=True"))
            .expect(200)
            .json();
        assert_eq!(found.as_array().unwrap().len(), 1, "{path}");
        assert!(found[0]["privileges"].is_array());
    }
    let url = format!("{}/QRS/Tag/Count/?XRFKEY=0123456789abcdef&filter=", server.base);
    Reply::of(client.raw("GET", &url).header("x-qlik-xrfkey", "0123456789abcdef")).expect(200);
    client.get("/nothing").expect(404).says(&["openapi.json"]);
    client.get("/dataconnection/a/b/c").expect(404);
}

#[test]
fn a_list_can_be_paged_and_each_page_has_the_total() {
    let server = Server::start();
    let client = server.repository();
    for name in ["a", "b", "c", "d", "e"] {
        client.connection(name);
    }
    let part = |query: &str| {
        let reply = client.get(&format!("/dataconnection?orderby=name&{query}")).expect(200);
        let names: String = reply
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect();
        (names, reply.headers.get("x-total-count").map(|total| total.to_str().unwrap().to_owned()))
    };
    let total = |number: &str| Some(number.to_owned());
    for (query, names, number) in [
        ("", "abcde", None),
        ("take=2", "ab", total("5")),
        ("skip=1&take=3", "bcd", total("5")),
        ("skip=4", "e", total("5")),
        ("skip=9&take=1", "", total("5")),
        ("take=0", "abcde", total("5")),
        ("filter=name ne 'b'&Skip=1&TAKE=2", "cd", total("4")),
    ] {
        assert_eq!(part(query), (names.to_owned(), number), "{query}");
    }
    let eve = server.user("eve").get("/dataconnection/full?take=3").expect(200);
    assert_eq!((eve.header("x-total-count"), eve.json()), ("0", json!([])));
    for wrong in ["skip=-1", "take=many", "skip=1.5", "take=99999999999"] {
        client
            .get(&format!("/dataconnection?{wrong}"))
            .expect(400)
            .says(&["must be a whole number"]);
    }
}
