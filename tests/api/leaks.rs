//! Hidden entities are indistinguishable from missing ones: no filter, order, reference, address or
//! refusal tells them apart. Replies about hidden entities are compared with replies about entities
//! that never existed.

use crate::support::{Client, Reply, Server, UNKNOWN_ID, connection, encode, id};
use serde_json::{Value as Json, json};

/// anna can read all data connections, but no tag, no definition and no user except herself.
struct Site {
    _server: Server,
    anna: Client,
    repository: Client,
    bert: String,
    tag: String,
    definition: String,
}

impl Site {
    fn new() -> Self {
        let server = Server::start();
        let repository = server.repository();
        hide_tags_and_definitions(&repository);
        repository.create(
            "systemrule",
            &json!({"name": "all", "resourceFilter": "DataConnection_*", "actions": 2}),
        );
        let definition = json!({"name": "Stage", "objectTypes": ["DataConnection"]});
        let bert = json!({"userDirectory": "AD", "userId": "bert", "name": "Bert"});
        repository.create("user", &json!({"userDirectory": "LAB", "userId": "zoe"}));
        let site = Self {
            bert: id(&repository.create("user", &bert)),
            tag: id(&repository.create("tag", &json!({"name": "secret"}))),
            definition: id(&repository.create("custompropertydefinition", &definition)),
            anna: server.user("anna"),
            repository,
            _server: server,
        };
        site.anna.connection("own");
        // zoe's connection comes first, so that the order of creation differs from every order by
        // owner.
        site.connection_of("plain", json!({"userDirectory": "LAB", "userId": "zoe"}), json!({}));
        let marks = json!({
            "tags": [{"id": site.tag}],
            "customProperties": [{"value": "prod", "definition": {"id": site.definition}}],
        });
        site.connection_of("marked", json!({"id": site.bert}), marks);
        site
    }

    fn connection_of(&self, name: &str, owner: Json, mut marks: Json) {
        let mut body = connection(name);
        body["owner"] = owner;
        body.as_object_mut().unwrap().append(marks.as_object_mut().unwrap());
        self.repository.create("dataconnection", &body);
    }

    /// The values hidden from anna by the path that reaches them, each with a missing value of the
    /// same length.
    fn hidden(&self) -> Vec<(&'static str, &str, &'static str)> {
        vec![
            ("owner.userId", "bert", "none"),
            ("owner.name", "Bert", "None"),
            ("owner.userDirectory", "AD", "XY"),
            ("owner.id", &self.bert, UNKNOWN_ID),
            ("tags.name", "secret", "absent"),
            ("tags.id", &self.tag, UNKNOWN_ID),
            ("customProperties.definition.name", "Stage", "Other"),
            ("customProperties.definition.id", &self.definition, UNKNOWN_ID),
            ("@Stage", "prod", "none"),
        ]
    }
}

fn hide_tags_and_definitions(repository: &Client) {
    let found = repository
        .get("/systemrule?filter=name eq 'ReadTagsAndCustomProperties'")
        .expect(200)
        .json();
    let request = repository
        .request("PUT", &format!("/systemrule/{}", id(&found[0])))
        .header("If-Match", "*");
    Reply::of(request.json(&json!({"disabled": true}))).expect(200);
}

/// The status and text of a reply are all that a client can compare. Some messages repeat the
/// requested value, which is replaced.
fn comparable(reply: &Reply, hidden: &str, unknown: &str) -> (u16, String) {
    (reply.status, reply.text.replace(hidden, unknown))
}

/// The names of the connections that a filter and an order return.
fn names(client: &Client, filter: &str, order: &str) -> Vec<String> {
    let path = format!("/dataconnection?filter={}&orderby={}", encode(filter), encode(order));
    let list = client.get(&path).expect(200).json();
    list.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_filter_on_hidden_data_has_the_same_result_as_on_missing_data() {
    let site = Site::new();
    let ask = |filter: &str| {
        let filter = encode(filter);
        let paths = [
            format!("/dataconnection?filter={filter}&orderby=owner.name"),
            format!("/dataconnection/full?filter={filter}&privileges=true"),
            format!("/dataconnection/count?filter={filter}"),
        ];
        paths.map(|path| site.anna.get(&path))
    };
    // The last two operators are refused; for GUIDs, the ones before are refused as well.
    for (path, hidden, unknown) in site.hidden() {
        for operator in ["eq", "ne", "sw", "so", "gt", "like"] {
            for shape in ["#", "not (#)", "# and name ne 'x'", "# or name eq 'own'", "#)"] {
                let filter =
                    |value: &str| shape.replace('#', &format!("{path} {operator} '{value}'"));
                let (about_hidden, about_unknown) = (ask(&filter(hidden)), ask(&filter(unknown)));
                for (one, other) in about_hidden.iter().zip(&about_unknown) {
                    assert_eq!(
                        comparable(one, hidden, unknown),
                        comparable(other, hidden, unknown),
                        "{}",
                        filter(hidden)
                    );
                }
            }
        }
        let equal = |value: &str| format!("{path} eq '{value}'");
        assert_eq!(names(&site.repository, &equal(hidden), ""), ["marked"], "{path}");
        assert!(names(&site.repository, &equal(unknown), "").is_empty());
        assert!(names(&site.anna, &equal(hidden), "").is_empty(), "{path}");
    }
}

#[test]
fn a_hidden_custom_property_has_the_same_result_as_an_undefined_one() {
    let site = Site::new();
    for pattern in [
        "@# eq 'prod'",
        "@# ne 'prod'",
        "@# sw ''",
        "@# so 'r'",
        "@# eq null",
        "@# ne null",
        "@# gt 'a'",
        "customProperties.definition.name eq '#' and customProperties.value eq 'prod'",
        "customProperties.definition.name eq '#' and customProperties.value ne 'prod'",
        "owner.@# ne 'prod'",
    ] {
        let ask = |name: &str| {
            let filter = encode(&pattern.replace('#', name));
            comparable(
                &site.anna.get(&format!("/dataconnection/full?filter={filter}")),
                "Stage",
                "Other",
            )
        };
        assert_eq!(ask("Stage"), ask("Other"), "{pattern}");
    }
    // The value itself belongs to the connection, and is shown with it.
    assert_eq!(names(&site.anna, "customProperties.value eq 'prod'", ""), ["marked"]);
}

/// The marked connection and the plain one differ only in values that anna can't read.
#[test]
fn no_filter_separates_connections_that_differ_only_in_hidden_data() {
    let site = Site::new();
    for (filter, finds_both) in [
        ("owner eq null", true),
        ("owner ne null", false),
        ("owner.name eq null", true),
        ("owner.name sw ''", false),
        ("owner.name ne 'zoe'", true),
        ("owner.userId sw 'b' or owner.userId sw 'z'", false),
        ("owner.userDirectory so 'A'", false),
        ("owner.inactive eq false", false),
        ("owner.createdDate gt '2000-01-01'", false),
        ("not owner.createdDate gt '2000-01-01'", true),
        ("owner.tags eq null", true),
        ("owner.roles ne 'x'", true),
        ("tags eq null", true),
        ("tags ne null", false),
        ("tags.name eq null", true),
        ("tags.name sw ''", false),
        ("tags.name ne 'secret'", true),
        ("not tags.name ew 't'", true),
        ("tags.name eq 'secret' or tags.createdDate gt '2000-01-01'", false),
        ("customProperties.definition eq null", true),
        ("customProperties.definition.name ne 'Stage'", true),
        ("customProperties.definition.valueType eq 'Text'", false),
        ("customProperties.definition.objectTypes eq 'DataConnection'", false),
        ("@Stage sw ''", false),
        ("@Stage ne 'prod'", true),
    ] {
        let found = names(&site.anna, filter, "");
        let finds = |name: &str| found.iter().any(|found| found == name);
        assert_eq!((finds("plain"), finds("marked")), (finds_both, finds_both), "{filter}");
    }
}

#[test]
fn no_order_separates_connections_that_differ_only_in_hidden_owners() {
    let site = Site::new();
    // The owner sorts between the two others in every order of owners.
    site.repository.create("user", &json!({"userDirectory": "HQ", "userId": "mia"}));
    site.connection_of("third", json!({"userDirectory": "HQ", "userId": "mia"}), json!({}));
    for property in
        ["userId", "name", "userDirectory", "id", "createdDate", "modifiedDate", "inactive"]
    {
        for direction in ["asc", "desc"] {
            let order = format!("owner.{property} {direction}");
            let unread = "name ne 'own'";
            assert_eq!(names(&site.anna, unread, &order), ["plain", "marked", "third"], "{order}");
            let by_name = format!("{order}, name");
            assert_eq!(
                names(&site.anna, unread, &by_name),
                ["marked", "plain", "third"],
                "{by_name}"
            );
        }
    }
    assert_eq!(
        names(&site.repository, "name ne 'own'", "owner.name"),
        ["marked", "third", "plain"]
    );
    for order in ["tags.name", "@Stage", "customProperties.value", "tags"] {
        let path = format!("/dataconnection?orderby={}", encode(order));
        assert_eq!(
            site.anna.get(&path).expect(400).text,
            site.repository.get(&path).expect(400).text
        );
    }
}

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
