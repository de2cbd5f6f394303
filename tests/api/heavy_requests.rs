//! A request of an ordinary user keeps the only writer busy for a moment only: heavier requests are
//! refused before they begin, with the number of entities that would be accepted.

use crate::support::browser::Browser;
use crate::support::rules::{rule, user};
use crate::support::{Client, Reply, Server, connection, copy_connection, encode, id, visitor};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

fn many(client: &Client, entity: &str, number: u64, make: impl Fn(u64) -> Json) -> Reply {
    client.post(&format!("/{entity}/many"), &(0..number).map(make).collect())
}

/// The number of entities that the refusal says would be accepted.
fn fitting(reply: Reply) -> u64 {
    let reply = reply.expect(413).says(&["ms", "max-write-milliseconds", "send about"]);
    let message = reply.message();
    message.split("send about ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
}

fn select_all(client: &Client) -> String {
    let selection = client.post("/selection/dataconnection", &json!({})).expect(201).json();
    format!("/selection/{}/dataconnection", id(&selection))
}

fn change(name: &str, value: &str) -> Json {
    let properties = [json!({"name": name, "value": value, "valueIsModified": true})];
    json!({"latestModifiedDate": "2199-01-01T00:00:00.000Z", "properties": properties})
}

/// The 2,000 connections of a user.
fn site_of_anna(server: &Server) -> Client {
    let anna = server.user("anna");
    anna.connection("hers");
    copy_connection(server, "hers", 1_999, "lib://sales");
    anna
}

/// Such a request took 3 to 8 seconds, and it and a request of another user got 503.
#[test]
fn a_long_text_for_two_thousand_connections_is_refused_before_it_starts() {
    let server = Server::start();
    let anna = site_of_anna(&server);
    let selected = select_all(&anna);
    let before = server.data().join("patchbay.db-wal").metadata().unwrap().len();
    let fit =
        fitting(anna.put(
            &format!("{selected}/synthetic"),
            &change("connectionstring", &"x".repeat(100_000)),
        ));
    assert!((20..1_000).contains(&fit), "{fit}");
    server.user("bert").connection("his");
    let grown = server.data().join("patchbay.db-wal").metadata().unwrap().len() - before;
    assert!(grown < 1_000_000, "the log has grown by {grown} bytes");
    // A small change of all of them is allowed.
    anna.put(&format!("{selected}/synthetic"), &change("username", "sa")).expect(204);
}

#[test]
fn a_request_that_is_too_heavy_is_refused_with_the_accepted_number() {
    let server = Server::start_with(&["--max-write-milliseconds", "20"]);
    let client = server.repository();
    user(&client, "rita", &["SecurityAdmin"], &[], &[]);
    let (anna, rita) = (server.user("anna"), server.user("rita"));
    let named = |start: u64| move |number: u64| connection(&format!("c{}", start + number));
    let fit = fitting(many(&anna, "dataconnection", 1_000, named(0)));
    assert!((20..900).contains(&fit), "{fit}");
    many(&anna, "dataconnection", fit, named(0)).expect(201);
    many(&anna, "dataconnection", 2 * fit, named(1_000)).expect(413);
    let rules = |number: u64| {
        (0..number).map(|number| rule(&format!("r{number}"), "", 2)).collect::<Json>()
    };
    let fit = fitting(rita.post("/systemrule/import", &rules(900)));
    rita.post("/systemrule/import", &rules(fit)).expect(201);
    // Existing rules weigh more, because they are read before they are changed.
    let stored =
        rita.get("/systemrule/full?filter=name sw 'r' and actions eq 2").expect(200).json();
    let changed = |number: u64| {
        let number = usize::try_from(number).unwrap();
        let changed = |rule: &Json| {
            let mut rule = rule.clone();
            rule["actions"] = json!(4);
            rule
        };
        Json::from(stored.as_array().unwrap()[..number].iter().map(changed).collect::<Vec<_>>())
    };
    let fewer = fitting(rita.post("/systemrule/import", &changed(fit)));
    assert!(fewer < fit, "{fewer} of {fit}");
    let updated = rita.post("/systemrule/import", &changed(fewer)).expect(201).json();
    assert!(updated.as_array().unwrap().iter().all(|one| one["outcome"] == "updated"), "{updated}");
    // The longer each entity, the fewer are accepted.
    let long = |number: u64| {
        let mut body = connection(&format!("long {number}"));
        body["connectionstring"] = json!("x".repeat(20_000));
        body
    };
    assert!(fitting(many(&anna, "dataconnection", 300, long)) < fit);
    // A user without a limit may write all of it in one request.
    many(&client, "dataconnection", 1_000, named(10_000)).expect(201);
}

#[test]
fn requests_on_selections_are_weighed_as_well() {
    let server = Server::start_with(&["--max-write-milliseconds", "40"]);
    let anna = site_of_anna(&server);
    let item = |number: u64| {
        json!({
            "type": "Tag", "objectID": uuid::Uuid::from_u128(u128::from(number) + 1).to_string()
        })
    };
    let selected = select_all(&server.repository());
    server
        .repository()
        .put(&format!("{selected}/synthetic"), &change("username", "sa"))
        .expect(204);
    let few = |filter: &str| {
        let path = format!("/selection/dataconnection?filter={}", encode(filter));
        format!(
            "/selection/{}/dataconnection",
            id(&anna.post(&path, &json!({})).expect(201).json())
        )
    };
    anna.post("/selection/dataconnection", &json!({}))
        .expect(413)
        .says(&["max-write-milliseconds"]);
    let selected = few("name sw 'copy 1'");
    let fit = fitting(anna.put(&format!("{selected}/synthetic"), &change("username", "sa")));
    assert!((20..1_000).contains(&fit), "{fit}");
    let fit = fitting(anna.delete(&selected));
    assert!((20..1_000).contains(&fit), "{fit}");
    assert_eq!(anna.get(&format!("{selected}/count")).json()["value"], 1_111);
    let selected = few("name sw 'copy 10' or name eq 'hers'");
    anna.put(&format!("{selected}/synthetic"), &change("username", "sa")).expect(204);
    anna.delete(&format!("{selected}?filter={}", encode("name sw 'copy 100'"))).expect(204);
    anna.post("/selection", &json!({"items": (0..200).map(item).collect::<Vec<Json>>()}))
        .expect(201);
}

#[test]
fn the_forms_of_the_console_are_weighed_as_well() {
    let (server, front) = visitor::start(&["--max-write-milliseconds", "20"]);
    let anna = site_of_anna(&server);
    let mut browser = Browser::signed_in(&server, &front, "LAB\\anna");
    let list = anna.get("/dataconnection/full?take=1000").expect(200).json();
    let versions: Vec<(String, String)> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (id(entry), format!("{} {}", id(entry), entry["modifiedDate"].as_str().unwrap()))
        })
        .collect();
    let owner = [("change", "owner"), ("owner", "LAB\\anna")];
    let mut act = |number: usize, action: &str, ticked: &[(&str, &str)]| {
        browser.get("/console/dataconnection").expect_page(200);
        let chosen = versions
            .iter()
            .take(number)
            .flat_map(|(id, seen)| [("id", id.as_str()), ("seen", seen)]);
        let fields: Vec<_> = chosen.chain(ticked.iter().copied()).chain([("do", action)]).collect();
        browser.post("/console/dataconnection/selected", &fields)
    };
    for (action, ticked, status) in [
        ("preview", &owner[..], 200),
        ("apply", &owner, 303),
        ("ask to delete", &[], 200),
        ("delete", &[], 303),
    ] {
        let page = act(1_000, action, ticked).expect_page(413);
        let nothing =
            if action.contains("delete") { "Nothing was deleted" } else { "Nothing was changed" };
        assert!(page.text.contains(nothing) && page.text.contains("send about"), "{}", page.text);
        assert_eq!(act(20, action, ticked).status, status, "{action}");
    }
    assert_eq!(anna.get("/dataconnection/count").json()["value"], 1_980);
}

/// Patterns that almost match at each position took a time proportional to the product of both
/// lengths, on the threads that serve all requests.
#[test]
fn a_filter_with_a_long_suffix_takes_no_longer_than_one_with_a_substring() {
    let server = Server::start();
    let anna = server.user("anna");
    let mut body = connection("hers");
    body["connectionstring"] = json!("a".repeat(100_000));
    anna.create("dataconnection", &body);
    copy_connection(&server, "hers", 30, &"a".repeat(100_000));
    let count = |operator: &str, part: &str| {
        let filter = encode(&format!("connectionstring {operator} '{part}'"));
        let start = Instant::now();
        let count = anna.get(&format!("/dataconnection/count?filter={filter}")).expect(200).json()
            ["value"]
            .clone();
        (count, start.elapsed())
    };
    let (almost, end) = (format!("{}b", "a".repeat(4_000)), "a".repeat(4_000));
    assert_eq!(
        (count("ew", &end).0, count("so", &end).0, count("so", &almost).0),
        (json!(31), json!(31), json!(0))
    );
    let (found, took) = count("ew", &almost);
    assert!(found == 0 && took < Duration::from_secs(2), "{found} in {took:?}");
}
