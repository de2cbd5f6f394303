//! Imports of rules that exist already: rules that differ are updated, subject to their protection
//! and the caller's rights.

use crate::support::rules::rule;
use crate::support::{Client, Server, id};
use serde_json::{Value as Json, json};

fn import(client: &Client, list: &Json) -> Vec<(String, String)> {
    let outcomes = client.post("/systemrule/import", list).expect(201).json();
    let text = |one: &Json, field: &str| one[field].as_str().unwrap().to_owned();
    outcomes
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "outcome"), text(one, "message")))
        .collect()
}

fn outcomes(client: &Client, list: &Json) -> Vec<String> {
    import(client, list).into_iter().map(|(outcome, _)| outcome).collect()
}

fn full(client: &Client, name: &str) -> Json {
    client.get(&format!("/systemrule/full?filter=name eq '{name}'")).expect(200).json()[0].clone()
}

fn with(rule: &Json, field: &str, value: impl Into<Json>) -> Json {
    let mut rule = rule.clone();
    rule[field] = value.into();
    rule
}

fn entries(client: &Client) -> i64 {
    client.get("/auditentry/count").expect(200).json()["value"].as_i64().unwrap()
}

#[test]
fn importing_an_exported_list_on_the_same_site_changes_nothing() {
    let server = Server::start();
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "t"}));
    let mut own = rule("own", "user.group = \"Sales\"", 2);
    (own["tags"], own["comment"], own["ruleContext"]) = (json!([tag]), json!("of Sales"), json!(2));
    client.create("systemrule", &own);
    client.create("systemrule", &with(&rule("broken", "user.nothing(", 2), "disabled", true));
    let exported = client.get("/systemrule/full").expect(200).json();
    let before = entries(&client);
    let reported = outcomes(&client, &exported);
    assert_eq!(reported.len(), 14);
    assert!(reported.iter().all(|outcome| outcome == "unchanged"), "{reported:?}");
    assert_eq!(client.get("/systemrule/full").expect(200).json(), exported);
    assert_eq!(entries(&client), before);
}

#[test]
fn a_rule_that_differs_is_updated_and_the_audit_log_has_the_difference() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let tag = client.create("tag", &json!({"name": "t"}));
    let same = client.create("systemrule", &rule("same", "user.userId = \"bert\"", 2));
    let stored = client.create(
        "systemrule",
        &with(&rule("other", "user.userId = \"bert\"", 4), "tags", json!([tag])),
    );
    // The list is older than the stored rule, and names data of its own site, such as tags.
    let mut listed = with(&stored, "rule", "user.userId = \"eve\"");
    (listed["actions"], listed["modifiedDate"], listed["tags"]) =
        (json!(2), json!("2020-01-01T00:00:00.000Z"), json!([]));
    assert!(server.user("eve").names("dataconnection", "").is_empty());
    let before = entries(&client);
    let reply = client
        .post("/systemrule/import", &json!([same, listed, rule("new", "", 4)]))
        .expect(201)
        .json();
    let reported: Vec<(&Json, &Json)> =
        reply.as_array().unwrap().iter().map(|one| (&one["outcome"], &one["id"])).collect();
    assert_eq!(reported[0], (&json!("unchanged"), &same["id"]));
    assert_eq!(reported[1], (&json!("updated"), &stored["id"]));
    assert_eq!(reported[2].0, "imported");
    assert_eq!(server.user("eve").names("dataconnection", ""), ["c"]);
    let updated = full(&client, "other");
    assert_eq!(
        (&updated["rule"], &updated["actions"]),
        (&json!("user.userId = \"eve\""), &json!(2))
    );
    assert_eq!(
        (&updated["tags"][0]["name"], &updated["createdDate"]),
        (&json!("t"), &stored["createdDate"])
    );
    assert_ne!(updated["modifiedDate"], stored["modifiedDate"]);
    // There is one entry for the update and one for the new rule, and none for the unchanged rule.
    // Eve's entry is her creation as a user.
    let entry = client.get(&format!(
        "/auditentry/full?filter=objectId eq '{}' and action eq 'update'",
        id(&stored)
    ));
    let entry = entry.expect(200).json();
    let side = |side: &str| serde_json::from_str::<Json>(entry[0][side].as_str().unwrap()).unwrap();
    assert_eq!(
        (&side("before")["rule"], &side("after")["rule"]),
        (&stored["rule"], &listed["rule"])
    );
    assert_eq!((&side("before")["actions"], &side("after")["actions"]), (&json!(4), &json!(2)));
    assert_eq!(
        (entry.as_array().unwrap().len(), &entry[0]["userName"]),
        (1, &json!("INTERNAL\\sa_repository"))
    );
    assert_eq!(entries(&client), before + 2);
    // A list may contain only some fields of a rule, as PUT may.
    assert_eq!(outcomes(&client, &json!([{"ID": stored["id"], "Disabled": true}])), ["updated"]);
    assert_eq!(
        full(&client, "other"),
        with(
            &with(&updated, "disabled", true),
            "modifiedDate",
            full(&client, "other")["modifiedDate"].clone()
        )
    );
}

#[test]
fn default_and_read_only_rules_are_updated_as_their_protection_allows() {
    let server = Server::start();
    let client = server.repository();
    let (root, oneself) = (full(&client, "RootAdmin"), full(&client, "ReadOneself"));
    let reported = import(
        &client,
        &json!([
            with(&root, "comment", "mine"),
            with(&oneself, "actions", 6),
            with(
                &with(&oneself, "id", "6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11"),
                "name",
                "of another site"
            ),
            with(&with(&root, "id", Json::Null), "rule", "nothing that can be read ("),
        ]),
    );
    let kinds: Vec<&str> = reported.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(kinds, ["refused", "updated", "skipped", "skipped"]);
    assert!(reported[0].1.contains("read-only"), "{reported:?}");
    assert!(reported[2].1.contains("Patchbay has its own"), "{reported:?}");
    assert_eq!(full(&client, "RootAdmin"), root);
    let changed = full(&client, "ReadOneself");
    assert_eq!(
        (&changed["actions"], &changed["type"], &changed["id"]),
        (&json!(6), &json!("Custom"), &oneself["id"])
    );
    // Changing the rule back leaves it the site's own.
    assert_eq!(outcomes(&client, &json!([oneself])), ["updated"]);
    assert_eq!(full(&client, "ReadOneself")["type"], "Custom");
    assert_eq!(outcomes(&client, &json!([oneself])), ["unchanged"]);
}

#[test]
fn an_import_updates_only_rules_that_the_caller_may_update() {
    let server = Server::start();
    let client = server.repository();
    let of_rules = |name: &str, condition: &str, actions: i64| {
        with(
            &rule(name, &format!("user.userId = \"dora\" and {condition}"), actions),
            "resourceFilter",
            "SystemRule_*",
        )
    };
    client.create("systemrule", &of_rules("read", "resource.name like \"r*\"", 2));
    client.create("systemrule", &of_rules("update", "resource.name = \"ru\"", 4));
    let made = |name: &str| client.create("systemrule", &rule(name, "user.userId = \"x\"", 2));
    let (may_update, may_read, hidden) = (made("ru"), made("r"), made("hidden"));
    let dora = server.user("dora");
    let changed = |rule: &Json| with(rule, "actions", 8191);
    let list = json!([
        changed(&may_update),
        changed(&may_read),
        changed(&hidden),
        rule("ru", "", 2),
        may_read
    ]);
    let reported = import(&dora, &list);
    let kinds: Vec<&str> = reported.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(kinds, ["updated", "refused", "refused", "refused", "refused"]);
    for (index, part) in [
        (1, "may not update"),
        (2, "may not create"),
        (3, "may not create"),
        (4, "with this id, at [1]"),
    ] {
        assert!(reported[index].1.contains(part), "{part}: {reported:?}");
    }
    assert_eq!(
        (full(&client, "ru")["actions"].clone(), full(&client, "r"), full(&client, "hidden")),
        (json!(8191), may_read.clone(), hidden)
    );
    assert_eq!(outcomes(&dora, &json!([may_read])), ["unchanged"]);
    // A user without any rights on rules is refused immediately.
    let eve = server.user("eve").post("/systemrule/import", &json!([may_read]));
    eve.expect(403).says(&["may neither create nor update"]);
}

#[test]
fn an_updated_rule_that_can_not_be_evaluated_is_kept_disabled() {
    let server = Server::start();
    let client = server.repository();
    let stored = client.create("systemrule", &rule("one", "user.userId = \"eve\"", 2));
    let broken = with(&stored, "rule", "user.userId = (");
    let reported = import(&client, &json!([broken]));
    assert_eq!(reported[0].0, "disabled");
    assert!(reported[0].1.contains("rule: at position"), "{reported:?}");
    let kept = full(&client, "one");
    assert_eq!((&kept["rule"], &kept["disabled"]), (&broken["rule"], &json!(true)));
    assert!(kept["error"].as_str().unwrap().contains("at position"));
    // Importing the list again has the same result, and writes nothing.
    let before = entries(&client);
    assert_eq!(import(&client, &json!([broken])), reported);
    assert_eq!((entries(&client), full(&client, "one")), (before, kept));
    // A corrected rule takes effect.
    assert_eq!(outcomes(&client, &json!([stored])), ["updated"]);
    let right = full(&client, "one");
    assert_eq!(
        (&right["disabled"], &right["error"], &right["rule"]),
        (&json!(false), &json!(""), &stored["rule"])
    );
}

/// A rule can be broken by another one. It takes effect once that one is removed.
#[test]
fn a_rule_disabled_for_an_error_is_enabled_once_the_error_is_gone() {
    let server = Server::start();
    let client = server.repository();
    let list = json!([
        with(
            &rule("update if delete", "resource.HasPrivilege(\"delete\")", 4),
            "id",
            "6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11"
        ),
        with(
            &rule("delete if update", "resource.HasPrivilege(\"update\")", 8),
            "id",
            "6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e12"
        ),
    ]);
    assert_eq!(outcomes(&client, &list), ["imported", "disabled"]);
    assert_eq!(outcomes(&client, &list), ["unchanged", "disabled"]);
    client.delete("/systemrule/6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11").expect(204);
    assert_eq!(outcomes(&client, &json!([list[1]])), ["updated"]);
    let enabled = full(&client, "delete if update");
    assert_eq!((&enabled["disabled"], &enabled["error"]), (&json!(false), &json!("")));
    assert_eq!(outcomes(&client, &list), ["disabled", "unchanged"]);
    // One list may break a rule and repair another.
    let healed = json!([list[0], with(&list[1], "rule", "")]);
    assert_eq!(outcomes(&client, &healed), ["updated", "updated"]);
}

/// `explain/changes` reports in advance what an import would change.
#[test]
fn the_list_of_an_import_is_a_draft_that_counts_updates_as_changes() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    for user in ["bert", "eve"] {
        server.user(user).get("/tag").expect(200);
    }
    client.create("systemrule", &rule("one", "user.userId = \"bert\"", 2));
    let mut list = client.get("/systemrule/full").expect(200).json();
    let changes = |list: &Json| {
        client.post("/systemrule/explain/changes", &json!({"rules": list})).expect(201).json()
    };
    let same = changes(&list);
    assert_eq!(
        (&same["gainedCount"], &same["lostCount"], &same["complete"]),
        (&json!(0), &json!(0), &json!(true))
    );
    let one = list.as_array().unwrap().iter().position(|rule| rule["name"] == "one").unwrap();
    list[one]["rule"] = json!("user.userId = \"eve\"");
    let effect = changes(&list);
    assert_eq!(
        (&effect["gained"][0]["user"], &effect["lost"][0]["user"]),
        (&json!("LAB\\eve"), &json!("LAB\\bert"))
    );
    assert_eq!((&effect["gainedCount"], &effect["lostCount"]), (&json!(1), &json!(1)));
    assert_eq!(outcomes(&client, &list).iter().filter(|outcome| *outcome == "updated").count(), 1);
    assert_eq!(
        (
            server.user("eve").names("dataconnection", ""),
            server.user("bert").names("dataconnection", "").len()
        ),
        (vec!["c".to_owned()], 0)
    );
    // A draft can't change a read-only rule either.
    let root =
        list.as_array_mut().unwrap().iter_mut().find(|rule| rule["name"] == "RootAdmin").unwrap();
    root["actions"] = json!(2);
    let draft = json!({"rules": list});
    client
        .post("/systemrule/explain/changes", &draft)
        .expect(404)
        .says(&["or you may not change it"]);
}
