//! The cost of regular expressions in rules: costly ones are refused or grant nothing, and the
//! others are compiled before they could delay the writer.

use crate::support::operations_door::{get, metric, start_in};
use crate::support::rules::{ALL, rule};
use crate::support::{Server, encode, id, wait_until};
use rusqlite::Connection;
use serde_json::{Value as Json, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// A rule on everything with that many regular expressions.
fn matching(name: &str, count: usize, expression: impl Fn(usize) -> String) -> Json {
    let terms: Vec<String> =
        (0..count).map(|term| format!("resource.name matches \"{}\"", expression(term))).collect();
    let mut rule = rule(name, &terms.join(" or "), ALL);
    rule["resourceFilter"] = json!("*");
    rule
}

#[test]
fn a_rule_with_many_expressions_is_accepted_quickly_and_delays_no_other_request() {
    let server = Server::start();
    let client = server.repository();
    client.connection(&format!("A{}", "b".repeat(40)));
    client.connection("other");
    let is_done = AtomicBool::new(false);
    let [created, concurrent] = scope(|threads| {
        let concurrent = threads.spawn(|| {
            let mut longest = Duration::ZERO;
            while !is_done.load(Ordering::Relaxed) {
                let start = Instant::now();
                client.create("tag", &json!({"name": "concurrent"}));
                longest = longest.max(start.elapsed());
            }
            longest
        });
        let start = Instant::now();
        client.create("systemrule", &matching("same", 50, |_| r"a\w{40}".to_owned()));
        let refused = matching("different", 50, |term| format!(r"{term}\w{{40}}"));
        client.post("/systemrule", &refused).expect(400).says(&[
            "rule: at position",
            "2048 KiB",
            "{40}",
            r"\w",
        ]);
        let created = start.elapsed();
        is_done.store(true, Ordering::Relaxed);
        [created, concurrent.join().unwrap()]
    });
    println!("both rules: {created:?}; the longest concurrent write: {concurrent:?}");
    assert!(
        created < Duration::from_secs(10) && concurrent < Duration::from_secs(5),
        "{created:?} {concurrent:?}"
    );
    assert_eq!(server.user("anna").names("dataconnection", ""), [format!("A{}", "b".repeat(40))]);
    assert!(client.names("systemrule", "name eq 'different'").is_empty());
}

/// A rule on nothing that is stored, so its expressions are not compiled yet.
fn idle(name: usize) -> Json {
    let mut rule = matching(&format!("idle {name}"), 5, |term| format!(r"{name}x{term}\w{{13}}"));
    rule["resourceFilter"] = json!("Nothing_*");
    rule["disabled"] = json!(true);
    rule
}

/// A change of an outdated version is refused by the writer. The expressions of the rules are
/// compiled before that.
#[test]
fn changed_rules_are_compiled_before_they_reach_the_writer() {
    let (server, url) = start_in(tempdir().unwrap(), &[]);
    let client = server.repository();
    let compiled = || {
        let text = get(&server, &format!("{url}/metrics")).expect(200).text;
        metric(&text, "patchbay_cache_size_bytes{cache=\"expressions\"}")
    };
    let made = [0, 1, 2, 3].map(|name| client.create("systemrule", &idle(name)));
    let before = compiled();
    let old = "2001-01-01T00:00:00.000Z";
    let change = json!({"resourceFilter": "*", "modifiedDate": old});
    client.put(&format!("/systemrule/{}", id(&made[0])), &change).expect(409);
    let after_one = compiled();
    assert!(after_one > before + 1e6, "{before} {after_one}");

    let filter = encode("name sw 'idle'");
    let selection = client
        .post(&format!("/selection/systemrule?filter={filter}"), &json!({}))
        .expect(201)
        .json();
    let changed = json!({"name": "resourceFilter", "value": "*", "valueIsModified": true});
    let change = json!({"properties": [changed], "latestModifiedDate": old});
    client.put(&format!("/selection/{}/systemrule/synthetic", id(&selection)), &change).expect(409);
    let after_all = compiled();
    assert!(after_all > after_one + 3e6, "{after_one} {after_all}");
}

#[test]
fn a_rule_that_costs_too_much_is_refused_by_every_endpoint() {
    let server = Server::start();
    let client = server.repository();
    for (expression, wrong) in [
        (r"[\x{0}-\x{10FFFF}]".repeat(60), "it costs"),
        ("(a?){5000}".to_owned(), "it costs"),
        (r"\w{100}".to_owned(), "when compiled"),
        ("((a{1000}){1000}){1000}".to_owned(), "it costs"),
    ] {
        let costly = matching("costly", 1, |_| expression.clone());
        let start = Instant::now();
        client.post("/systemrule", &costly).expect(400).says(&["rule: at position 15:", wrong]);
        client
            .post("/systemrule/many", &json!([rule("fine", "", 2), costly]))
            .expect(400)
            .says(&["[1].rule", wrong]);
        let imported = client.post("/systemrule/import", &json!([costly])).expect(201).json();
        assert_eq!(imported[0]["outcome"], "disabled", "{imported}");
        assert!(imported[0]["message"].as_str().unwrap().contains(wrong), "{imported}");
        let parameter = json!({"rules": [costly]});
        client.post("/systemrule/explain/changes", &parameter).expect(400).says(&[wrong]);
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{expression:.20}: {:?}",
            start.elapsed()
        );
        let stored = client.get("/systemrule/full?filter=name%20eq%20'costly'").expect(200).json();
        client.delete(&format!("/systemrule/{}", id(&stored[0]))).expect_empty(204);
    }
    let made =
        client.create("systemrule", &matching("fine", 2, |term| format!(r"{term}[\s\S]*\d{{8}}")));
    let change =
        json!({"rule": r#"resource.name matches "\w{100}""#, "modifiedDate": made["modifiedDate"]});
    client.put(&format!("/systemrule/{}", id(&made)), &change).expect(400).says(&["when compiled"]);
}

#[test]
fn the_expressions_of_all_rules_together_have_a_limit() {
    let (server, _) = start_in(tempdir().unwrap(), &["--cache-bytes", "16777216"]);
    let client = server.repository();
    client.create("systemrule", &matching("first", 1, |_| r"a\w{40}".to_owned()));
    let second = matching("second", 1, |_| r"b\w{40}".to_owned());
    client
        .post("/systemrule", &second)
        .expect(400)
        .says(&["of all rules together cost", "1024 KiB"]);
    // A repeated expression costs nothing more.
    let again = client.create("systemrule", &matching("again", 1, |_| r"a\w{40}".to_owned()));
    let change = json!({
        "rule": r#"resource.name matches "b\w{40}""#, "modifiedDate": again["modifiedDate"]
    });
    client
        .put(&format!("/systemrule/{}", id(&again)), &change)
        .expect(400)
        .says(&["of all rules together"]);
}

#[test]
fn a_costly_rule_of_an_older_database_grants_nothing_and_is_logged_once() {
    let server = Server::start();
    let client = server.repository();
    client.connection("one");
    for (name, condition) in
        [("costly", "resource.name = \"x\""), ("fine", "resource.name matches \"o.e\"")]
    {
        client.create("systemrule", &rule(name, condition, 2));
    }
    let folder = server.stop();
    let database = Connection::open(folder.path().join("data/patchbay.db")).unwrap();
    let costly = r#"resource.name matches {"one", "\w{100}"}"#;
    database
        .execute(
            "UPDATE system_rules SET rule = ?1, rule_folded = ?1 WHERE name = 'costly'",
            [costly],
        )
        .unwrap();
    drop(database);
    let server = Server::start_in(folder, |_| {});
    let (client, anna) = (server.repository(), server.user("anna"));
    for _ in 0..3 {
        assert_eq!(anna.names("dataconnection", ""), ["one"]);
    }
    let fine = client.get("/systemrule?filter=name%20eq%20'fine'").expect(200).json();
    client.delete(&format!("/systemrule/{}", id(&fine[0]))).expect_empty(204);
    for _ in 0..3 {
        assert!(anna.names("dataconnection", "").is_empty());
    }
    // Once for each version of the rules.
    wait_until(|| {
        let log = server.log();
        log.lines().filter(|line| line.contains("costly") && line.contains("WARN")).count() == 2
    });
    let one = client.get("/dataconnection?filter=name%20eq%20'one'").expect(200).json();
    let question = format!(
        "/systemrule/explain?user=LAB%5Canna&action=read&resource=DataConnection_{}",
        id(&one[0])
    );
    let explanation = client.get(&question).expect(200).json();
    let verdict = explanation["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["name"] == "costly")
        .unwrap();
    assert!(verdict["why"].as_str().unwrap().contains("when compiled"), "{verdict}");
}
