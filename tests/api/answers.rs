//! A cached response equals the response that the database would give now: after every change, for
//! every user.

use crate::support::operations_door::{get, metric, start_in};
use crate::support::{Client, Reply, Server, UNKNOWN_ID, encode, id, program};
use serde_json::{Value as Json, json};

/// A server with the data that the queries return.
struct Site {
    server: Server,
    operations: String,
    repository: Client,
}

/// A query in two forms: one that clients repeat, and an equivalent one that no client has sent
/// before.
struct Query {
    path: String,
    fresh_path: String,
}

impl Site {
    fn start(adjust: &[&str]) -> Self {
        let (server, operations) = start_in(tempfile::tempdir().unwrap(), adjust);
        let repository = server.repository();
        Self { server, operations, repository }
    }

    /// How many responses came from the cache. A read that a busy machine delays for 20 ms is left
    /// to another thread, and its response is not cached.
    fn cache_hits(&self) -> f64 {
        let figures = get(&self.server, &format!("{}/metrics", self.operations)).expect(200).text;
        metric(&figures, "patchbay_answers_given_again_total")
    }

    fn change(&self, path: &str, change: impl FnOnce(&mut Json)) {
        let mut entity = self.repository.get(path).expect(200).json();
        change(&mut entity);
        self.repository.put(path, &entity).expect(200);
    }

    fn user(&self, user_id: &str) -> String {
        let filter = encode(&format!("userId eq '{user_id}'"));
        format!(
            "/user/{}",
            id(&self.repository.get(&format!("/user?filter={filter}")).expect(200).json()[0])
        )
    }
}

/// The queries about these connections. Blanks after a filter make it a new query.
fn queries(connections: &[String], round: usize) -> Vec<Query> {
    let blanks = " ".repeat(round);
    let filtered = |list: &str, filter: &str, rest: &str| {
        let path_with = |filter: &str| format!("{list}?filter={}{rest}", encode(filter));
        Query { path: path_with(filter), fresh_path: path_with(&format!("{filter}{blanks}")) }
    };
    let all = format!("id ne {UNKNOWN_ID}");
    let mut queries: Vec<Query> = [
        "/dataconnection",
        "/dataconnection/full",
        "/dataconnection/count",
        "/tag/full",
        "/user/full",
        "/user/count",
    ]
    .into_iter()
    .chain(["/custompropertydefinition/full", "/systemrule/full", "/systemrule/count"])
    .map(|list| filtered(list, &all, ""))
    .collect();
    for rest in [
        "&privileges=true",
        "&orderby=name desc",
        "&orderby=owner.name&skip=1&take=2",
        "&skip=0&take=1",
    ] {
        queries.push(filtered("/dataconnection/full", &all, rest));
    }
    for filter in [
        "tags.name eq 'blue'",
        "@area eq 'sales'",
        "owner.name so 'anna'",
        "name sw 'c' and tags.name so 'e'",
    ] {
        queries.push(filtered("/dataconnection/full", filter, ""));
        queries.push(filtered("/dataconnection/count", filter, ""));
    }
    for (connection, rest) in
        connections[..4].iter().flat_map(|id| [(id, ""), (id, "privileges=true")])
    {
        let filter = encode(&format!("id eq {connection}{blanks}"));
        queries.push(Query {
            path: format!("/dataconnection/{connection}?{rest}"),
            fresh_path: format!("/dataconnection/full?filter={filter}&{rest}"),
        });
    }
    queries
}

/// The status and entities of a reply, whether it is a list or a single entity.
fn content(reply: &Reply) -> (u16, Json) {
    match (reply.status, reply.status == 404) {
        (_, true) => (200, json!([])),
        (status, _) => match reply.json() {
            Json::Object(one) if one.contains_key("id") => (status, json!([one])),
            other => (status, other),
        },
    }
}

type Change = fn(&Site, &[String]);

/// One of each kind of change that can affect a response.
const CHANGES: [(&str, Change); 19] = [
    ("nothing", |_, _| {}),
    ("a connection's name", |site, connections| {
        site.change(&format!("/dataconnection/{}", connections[0]), |one| {
            one["name"] = json!("c0 renamed");
        });
    }),
    ("its tags", |site, connections| {
        site.change(&format!("/dataconnection/{}", connections[0]), |one| one["tags"] = json!([]));
    }),
    ("its property value", |site, connections| {
        site.change(&format!("/dataconnection/{}", connections[1]), |one| {
            one["customProperties"] = json!([]);
        });
    }),
    ("its owner", |site, connections| {
        site.change(&format!("/dataconnection/{}", connections[2]), |one| {
            one["owner"] = json!({"userDirectory": "LAB", "userId": "bert"});
        });
    }),
    ("a tag's name", |site, _| {
        let tag = id(&site.repository.get("/tag?filter=name eq 'blue'").json()[0]);
        site.change(&format!("/tag/{tag}"), |tag| tag["name"] = json!("azure"));
    }),
    ("an owner's name", |site, _| {
        site.change(&site.user("anna"), |user| user["name"] = json!("Anna Other"));
    }),
    ("a property value of who asks", |site, _| {
        let definition =
            site.repository.get("/custompropertydefinition?filter=name eq 'team'").json()[0]
                .clone();
        site.change(&site.user("bert"), |user| {
            user["customProperties"] = json!([{"value": "sales", "definition": definition}]);
        });
    }),
    ("a definition", |site, _| {
        let definition =
            id(&site.repository.get("/custompropertydefinition?filter=name eq 'area'").json()[0]);
        site.change(&format!("/custompropertydefinition/{definition}"), |one| {
            one["choiceValues"] = json!(["sales", "x"]);
        });
    }),
    ("a new rule", |site, _| {
        let rule = json!({
            "name": "all for bert", "resourceFilter": "DataConnection_*", "actions": 2,
            "rule": "user.userId = \"bert\""
        });
        site.repository.create("systemrule", &rule);
    }),
    ("a rule that is gone", |site, _| {
        let rule = id(&site.repository.get("/systemrule?filter=name eq 'all for bert'").json()[0]);
        site.repository.delete(&format!("/systemrule/{rule}")).expect(204);
    }),
    ("rules that are taken in", |site, _| {
        let rule = json!({
            "name": "tags for bert", "resourceFilter": "Tag_*", "actions": 2,
            "rule": "user.userId = \"bert\""
        });
        let reply = site.repository.post("/systemrule/import", &json!([rule])).expect(201).json();
        assert_eq!(reply[0]["name"], "tags for bert", "{reply}");
    }),
    ("several at once", |site, _| {
        let selection =
            site.repository.post("/selection/dataconnection", &json!({})).expect(201).json();
        let path = format!("/selection/{}/dataconnection/synthetic", id(&selection));
        let mut all = site.repository.get(&path).expect(200).json();
        for property in all["properties"].as_array_mut().unwrap() {
            if property["name"] == "username" {
                property["value"] = json!("reader");
                property["valueIsModified"] = json!(true);
            }
        }
        all["latestModifiedDate"] = json!("2100-01-01T00:00:00.000Z");
        site.repository.put(&path, &all).expect_empty(204);
    }),
    ("a connection more", |site, _| drop(site.server.user("anna").connection("c5"))),
    ("a connection less", |site, connections| {
        site.repository.delete(&format!("/dataconnection/{}", connections[3])).expect(204);
    }),
    ("a tag that is gone", |site, _| {
        let tag = id(&site.repository.get("/tag?filter=name eq 'red'").json()[0]);
        site.repository.delete(&format!("/tag/{tag}")).expect(204);
    }),
    ("a definition that is gone", |site, _| {
        let definition =
            id(&site.repository.get("/custompropertydefinition?filter=name eq 'team'").json()[0]);
        site.repository.delete(&format!("/custompropertydefinition/{definition}")).expect(204);
    }),
    ("a role that another program gives", |site, _| {
        let mut command = program();
        command
            .args(["user", "grant-root", "--create", "LAB\\anna", "--data"])
            .arg(site.server.data());
        assert!(command.output().unwrap().status.success());
    }),
    ("a user who is barred", |site, _| {
        site.change(&site.user("bert"), |user| user["inactive"] = json!(true));
    }),
];

#[test]
fn cached_responses_equal_fresh_ones_after_every_change() {
    let site = Site::start(&[]);
    let (anna, bert) = (site.server.user("anna"), site.server.user("bert"));
    for (name, of) in [("area", "DataConnection"), ("team", "User")] {
        let definition =
            json!({"name": name, "choiceValues": ["sales", "finance"], "objectTypes": [of]});
        site.repository.create("custompropertydefinition", &definition);
    }
    let area =
        site.repository.get("/custompropertydefinition?filter=name eq 'area'").json()[0].clone();
    let tags = ["blue", "red"].map(|name| site.repository.create("tag", &json!({ "name": name })));
    let rule = json!({
        "name": "teams", "resourceFilter": "DataConnection_*", "actions": 2,
        "rule": "user.@team = resource.@area"
    });
    site.repository.create("systemrule", &rule);
    bert.get("/dataconnection").expect(200);
    let connections: Vec<String> = (0..5)
        .map(|number| {
            let mut connection = crate::support::connection(&format!("c{number}"));
            connection["tags"] = json!([tags[number % 2]]);
            connection["customProperties"] = json!([{"value": "sales", "definition": area}]);
            id(&anna.create("dataconnection", &connection))
        })
        .collect();
    let mut received = 0;
    let mut round = 0;
    for (change_name, change) in CHANGES {
        change(&site, &connections);
        round += 1;
        let before = site.cache_hits();
        let mut asked_again = 0;
        for (client, name) in [(&site.repository, "repository"), (&anna, "anna"), (&bert, "bert")] {
            for Query { path, fresh_path } in queries(&connections, round) {
                let fresh = client.get(&fresh_path);
                let (first, second) = (client.get(&path), client.get(&path));
                assert_eq!(content(&first), content(&fresh), "{change_name}: {name}: {path}");
                assert_eq!(
                    (second.status, &second.text),
                    (first.status, &first.text),
                    "{change_name}: {name}: {path}"
                );
                for header in ["etag", "content-type", "x-total-count"] {
                    assert_eq!(
                        second.headers.get(header),
                        first.headers.get(header),
                        "{change_name}: {name}: {path}"
                    );
                }
                asked_again += u32::from(second.status == 200);
                received += content(&first).1.as_array().map_or(0, Vec::len);
            }
        }
        let again = site.cache_hits() - before;
        assert!(
            again >= f64::from(asked_again) * 0.8 && asked_again > 50,
            "{change_name}: {again} of {asked_again}"
        );
    }
    assert!(received > 2_000, "{received}");
    bert.get(&format!("/dataconnection/{}", connections[0])).expect(403);
}

#[test]
fn a_response_after_a_write_includes_it_while_others_poll() {
    let site = Site::start(&[]);
    let path = format!("/dataconnection/{}", id(&site.repository.connection("counted")));
    std::thread::scope(|scope| {
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let poll = {
            let (client, path) = (site.repository.clone(), path.clone());
            scope.spawn(move || {
                let mut last = 0;
                while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                    let received = client.get(&path).expect(200).json()["username"]
                        .as_str()
                        .unwrap()
                        .parse()
                        .unwrap_or(0);
                    assert!(received >= last, "{received} after {last}");
                    last = received;
                }
            })
        };
        for number in 1..=100 {
            site.change(&path, |one| one["username"] = json!(number.to_string()));
            for _ in 0..2 {
                assert_eq!(
                    site.repository.get(&path).expect(200).json()["username"],
                    number.to_string()
                );
            }
        }
        drop(stop);
        poll.join().unwrap();
    });
    assert!(site.cache_hits() >= 80.0);
}

#[test]
fn session_attributes_are_part_of_the_cache_key() {
    let site = Site::start(&[]);
    let anna = site.server.user("anna");
    anna.connection("c");
    let rule = json!({"name": "guests", "resourceFilter": "DataConnection_*", "actions": 2,
        "ruleContext": 1,
        "rule": "user.group = \"guests\""});
    site.repository.create("systemrule", &rule);
    let ask = |security: &str| {
        let guest = site.server.user("guest").request("GET", "/dataconnection/count");
        Reply::of(guest.header("X-Qlik-Security", security)).expect(200).json()["value"].clone()
    };
    for _ in 0..2 {
        for (security, received) in [
            ("Context=AppAccess; group=guests", 1),
            ("Context=AppAccess; group=others", 0),
            ("Context=ManagementAccess; group=guests", 0),
            ("Context=AppAccess", 0),
        ] {
            let before = site.cache_hits();
            for _ in 0..4 {
                assert_eq!(ask(security), received, "{security}");
            }
            assert!(site.cache_hits() > before, "{security}");
        }
    }
}

#[test]
fn without_a_response_cache_each_response_is_computed() {
    let site = Site::start(&["--answer-cache-bytes", "0"]);
    let path = format!("/dataconnection/{}", id(&site.repository.connection("c")));
    let first = site.repository.get(&path).expect(200).text;
    assert_eq!(site.repository.get(&path).expect(200).text, first);
    assert!(site.cache_hits() < 1.0);
}

/// Ordinary users may create any number of selections, so selections must neither fill the audit
/// log nor evict cached responses.
#[test]
fn selections_leave_no_audit_entry_and_the_response_cache_as_it_is() {
    let site = Site::start(&[]);
    let anna = site.server.user("anna");
    let connections: Vec<String> =
        (0..3).map(|number| id(&anna.connection(&format!("c{number}")))).collect();
    let entries = || site.repository.get("/auditentry/count").expect(200).json()["value"].clone();
    let before = entries();
    let warm = || anna.get("/dataconnection/full").expect(200).text;
    let (first, given) = (warm(), site.cache_hits());

    let items = |number: usize| {
        json!({
            "items": [{"type": "DataConnection", "objectID": connections[number]}]
        })
    };
    let selection = format!(
        "/selection/{}",
        id(&anna.post("/selection/dataconnection", &json!({})).expect(201).json())
    );
    let listed = |path: &str| {
        let list = anna.get(&format!("{selection}{path}")).expect(200).json();
        list.as_array().unwrap().iter().map(id).collect::<Vec<String>>()
    };
    assert_eq!(listed("/dataconnection"), connections);
    // Each request for the selection is the same as before, and returns new data.
    for (number, connection) in connections.iter().enumerate() {
        anna.put(&selection, &items(number)).expect(200);
        assert_eq!(listed("/dataconnection"), std::slice::from_ref(connection));
        assert_eq!(
            anna.get(&format!("{selection}/dataconnection/count")).expect(200).json()["value"],
            1
        );
    }
    anna.post("/selection", &items(0)).expect(201);
    anna.delete(&selection).expect_empty(204);
    anna.get(&format!("{selection}/dataconnection")).expect(404);

    assert_eq!(warm(), first);
    assert!(site.cache_hits() > given, "the selections emptied the response cache");
    assert_eq!(entries(), before);
}
