//! Hidden entities are indistinguishable from missing ones: no reference, address or refusal tells
//! them apart. Replies about hidden entities are compared with replies about entities that never
//! existed.

use crate::support::hidden_data::{Site, comparable, names};
use crate::support::{Reply, Server, UNKNOWN_ID, connection, id};
use serde_json::json;

#[test]
fn a_reference_to_hidden_data_is_refused_like_one_to_missing_data() {
    let site = Site::new();
    let own = id(&site.anna.get("/dataconnection?filter=name eq 'own'").expect(200).json()[0]);
    let count = || site.repository.get("/dataconnection/count").expect(200).text;
    let before = count();
    for (field, pattern, hidden, unknown) in [
        ("tags", json!([{"id": "#"}]), &*site.tag, UNKNOWN_ID),
        ("tags", json!([{"id": "#", "name": "secret"}]), &*site.tag, UNKNOWN_ID),
        ("owner", json!({"id": "#"}), &*site.bert, UNKNOWN_ID),
        ("owner", json!({"userDirectory": "AD", "userId": "#"}), "bert", "none"),
        (
            "customProperties",
            json!([{"value": "prod", "definition": {"id": "#"}}]),
            &*site.definition,
            UNKNOWN_ID,
        ),
        (
            "customProperties",
            json!([{"value": "prod", "definition": {"name": "#"}}]),
            "Stage",
            "Other",
        ),
        (
            "customProperties",
            json!([{"value": "none", "definition": {"name": "#"}}]),
            "Stage",
            "Other",
        ),
    ] {
        let body = |value: &str| {
            let mut body = connection("new");
            body[field] = serde_json::from_str(&pattern.to_string().replace('#', value)).unwrap();
            body
        };
        for path in ["", "/previewcreateprivilege", "/previewprivileges"] {
            let ask = |value: &str| {
                site.anna.post(&format!("/dataconnection{path}"), &body(value)).expect(400)
            };
            let (about_hidden, about_unknown) = (ask(hidden), ask(unknown));
            assert_eq!(
                comparable(&about_hidden, hidden, unknown),
                comparable(&about_unknown, hidden, unknown),
                "{path} {pattern}"
            );
        }
        let many =
            |value: &str| site.anna.post("/dataconnection/many", &json!([body(value)])).expect(400);
        assert_eq!(
            comparable(&many(hidden), hidden, unknown),
            comparable(&many(unknown), hidden, unknown),
            "{pattern}"
        );
        let change = |value: &str| {
            let request =
                site.anna.request("PUT", &format!("/dataconnection/{own}")).header("If-Match", "*");
            Reply::of(request.json(&json!({field: body(value)[field]}))).expect(400)
        };
        assert_eq!(
            comparable(&change(hidden), hidden, unknown),
            comparable(&change(unknown), hidden, unknown),
            "{pattern}"
        );
    }
    assert_eq!(count(), before);
}

/// Even a user who may change and delete everything of a type learns nothing about entities that
/// the user can't read.
#[test]
fn the_address_of_a_hidden_entity_has_the_same_reply_as_an_unused_address() {
    let site = Site::new();
    let writes = json!({
        "name": "writes", "resourceFilter": "Tag_*,User_*,CustomPropertyDefinition_*", "actions": 12
    });
    site.repository.create("systemrule", &writes);
    for (entity, hidden) in
        [("tag", &site.tag), ("user", &site.bert), ("custompropertydefinition", &site.definition)]
    {
        for (method, suffix) in
            [("GET", ""), ("GET", "?privileges=true"), ("PUT", ""), ("DELETE", "")]
        {
            let ask = |id: &str| {
                let request = site
                    .anna
                    .request(method, &format!("/{entity}/{id}{suffix}"))
                    .header("If-Match", "*");
                Reply::of(if method == "PUT" { request.json(&json!({})) } else { request })
                    .expect(404)
            };
            let (about_hidden, about_unknown) = (ask(hidden), ask(UNKNOWN_ID));
            assert_eq!(
                comparable(&about_hidden, hidden, UNKNOWN_ID),
                comparable(&about_unknown, hidden, UNKNOWN_ID),
                "{method} {entity}"
            );
        }
        site.repository.get(&format!("/{entity}/{hidden}")).expect(200);
    }
    for (query, hidden, unknown) in [
        ("user=LAB%5Canna&action=read&resource=Tag_#", &*site.tag, UNKNOWN_ID),
        ("user=LAB%5Canna&action=create&resource=User_#", &*site.bert, UNKNOWN_ID),
        (
            "user=AD%5C#&action=read&resource=Tag_00000000-0000-4000-8000-000000000000",
            "bert",
            "none",
        ),
    ] {
        let ask = |value: &str| {
            site.anna.get(&format!("/systemrule/explain?{}", query.replace('#', value))).expect(404)
        };
        let (about_hidden, about_unknown) = (ask(hidden), ask(unknown));
        assert_eq!(
            comparable(&about_hidden, hidden, unknown),
            comparable(&about_unknown, hidden, unknown),
            "{query}"
        );
    }
    // All of them still exist.
    assert_eq!(names(&site.repository, "tags.name eq 'secret'", ""), ["marked"]);
}

/// A unique value can't be used twice, whoever owns the entity.
#[test]
fn a_create_reveals_only_that_an_id_is_taken() {
    let server = Server::start();
    let (anna, zoe) = (server.user("anna"), server.user("zoe"));
    let mut body = connection("hidden name");
    body["connectionstring"] = json!("hidden string");
    let hidden = zoe.create("dataconnection", &body);
    let (own, hidden_id) = (id(&anna.connection("own")), id(&hidden));
    let with = |id: &str| {
        let mut body = connection("new");
        body["id"] = json!(id);
        body
    };
    for path in ["/dataconnection", "/dataconnection/many", "/dataconnection/many?existing=keep"] {
        let ask = |id: &str| {
            anna.post(path, &if path.contains("many") { json!([with(id)]) } else { with(id) })
        };
        let refused = ask(&hidden_id).expect(400).says(&[&hidden_id, "already"]);
        for kept in ["hidden name", "hidden string", "zoe", hidden["createdDate"].as_str().unwrap()]
        {
            assert!(!refused.text.contains(kept), "{path}: {}", refused.text);
        }
        if path.contains("keep") {
            ask(&own).expect(201);
        } else {
            assert_eq!(
                comparable(&refused, &hidden_id, &own),
                comparable(&ask(&own), "", ""),
                "{path}"
            );
        }
    }
    // Addresses and previews do not distinguish hidden from unknown ids either.
    for ask in [
        &|id: &str| anna.get(&format!("/dataconnection/{id}")),
        &|id: &str| anna.put(&format!("/dataconnection/{id}"), &connection("new")),
        &|id: &str| anna.delete(&format!("/dataconnection/{id}")),
        &|id: &str| anna.post("/dataconnection/previewcreateprivilege", &with(id)),
        &|id: &str| anna.post("/dataconnection/previewprivileges", &with(id)),
    ] as [&dyn Fn(&str) -> Reply; 5]
    {
        assert_eq!(
            comparable(&ask(&hidden_id), &hidden_id, UNKNOWN_ID),
            comparable(&ask(UNKNOWN_ID), "", "")
        );
    }
    // A user who may create none does not learn which ones exist.
    let rule = id(&server.repository().get("/systemrule").expect(200).json()[0]);
    let create = |id: &str| {
        anna.post(
            "/systemrule",
            &json!({"id": id, "name": "n", "resourceFilter": "*", "actions": 2, "rule": "true"}),
        )
    };
    assert_eq!(
        comparable(&create(&rule).expect(403), "", ""),
        comparable(&create(UNKNOWN_ID), "", "")
    );
    assert_eq!(zoe.get(&format!("/dataconnection/{hidden_id}")).expect(200).json(), hidden);
}
