//! Rules from another site: broken ones are stored and reported, and the others take effect.

use crate::support::rules::rule;
use crate::support::{Reply, Server, id};
use serde_json::{Value as Json, json};

#[test]
fn a_disabled_rule_may_be_broken_and_shows_its_fault() {
    let server = Server::start();
    let client = server.repository();
    let mut broken = rule("broken", "resource.nmae = \"x\"", 2);
    client.post("/systemrule", &broken).expect(400).says(&["rule: at position 10"]);
    broken["disabled"] = json!(true);
    let mut kept = client.create("systemrule", &broken);
    assert!(kept["error"].as_str().unwrap().contains("rule: at position 10"), "{kept}");
    let path = format!("/systemrule/{}", id(&kept));
    kept["comment"] = json!("from the old site");
    kept = client.put(&path, &kept).expect(200).json();
    assert!(kept["error"].as_str().unwrap().contains("did you mean 'name'"));
    assert_eq!(client.names("systemrule", "error ne ''"), ["broken"]);
    kept["disabled"] = json!(false);
    client.put(&path, &kept).expect(400).says(&["rule: at position 10"]);
    kept["rule"] = json!("resource.name = \"x\"");
    kept = client.put(&path, &kept).expect(200).json();
    assert_eq!((&kept["error"], &kept["disabled"]), (&json!(""), &json!(false)));
    let many = json!([rule("fine", "", 2), broken, rule("wrong", "user.name", 2)]);
    client.post("/systemrule/many", &many).expect(400).says(&["[2].rule: at position 10"]);
    let many =
        client.post("/systemrule/many", &json!([rule("fine", "", 2), broken])).expect(201).json();
    assert!(!many[1]["error"].as_str().unwrap().is_empty());
}

#[test]
fn the_rules_of_a_site_are_imported_one_by_one() {
    let server = Server::start();
    let client = server.repository();
    client.connection("c");
    let mut of_a_site = rule("Everybody reads", "", 2);
    of_a_site["id"] = json!("6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11");
    of_a_site["type"] = json!("Custom");
    of_a_site["tags"] = json!([
        {"id": "6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e12", "name": "of the site", "privileges": null}
    ]);
    let mut of_every_site = rule("RootAdmin", "user.roles = \"RootAdmin\"", 8191);
    of_every_site["type"] = json!("Default");
    let list = json!([
        of_a_site,
        of_every_site,
        rule("typographic", "user.group = \u{201c}Sales\u{201d}", 2),
        rule("misspelt", "resource.HasPrivelage(\"read\")", 2),
        rule("open", "(user.group = \"Sales\"", 2),
        rule("long", &format!("user.name = \"{}\"", "x".repeat(2048)), 2),
        rule("update if delete", "resource.HasPrivilege(\"delete\")", 4),
        rule("delete if update", "resource.HasPrivilege(\"update\")", 8),
        of_a_site,
        {"name": "no rule"},
    ]);
    let outcomes = client.post("/systemrule/import", &list).expect(201).json();
    let reported: Vec<(&str, &str)> = outcomes
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(
        reported,
        [
            ("Everybody reads", "imported"),
            ("RootAdmin", "skipped"),
            ("typographic", "disabled"),
            ("misspelt", "disabled"),
            ("open", "disabled"),
            ("long", "refused"),
            ("update if delete", "imported"),
            ("delete if update", "disabled"),
            ("Everybody reads", "refused"),
            ("no rule", "refused"),
        ]
    );
    for (index, part) in [
        (2, "typographic quote"),
        (3, "did you mean 'HasPrivilege'"),
        (4, "')'"),
        (5, "2048"),
        (7, "refers to itself"),
        (8, "with this id, at [0]"),
        (9, "resourceFilter"),
    ] {
        assert!(
            outcomes[index]["message"].as_str().unwrap().contains(part),
            "{part}: {}",
            outcomes[index]
        );
    }
    // Imported rules take effect, and broken ones are visible to all administrators.
    assert_eq!(server.user("eve").names("dataconnection", ""), ["c"]);
    let broken = client.get("/systemrule/full?filter=error ne ''").expect(200).json();
    let names: Vec<&Json> = broken.as_array().unwrap().iter().map(|rule| &rule["name"]).collect();
    assert_eq!(names, ["typographic", "misspelt", "open", "delete if update"]);
    assert!(broken.as_array().unwrap().iter().all(|rule| rule["disabled"] == true));
    let imported =
        client.get("/systemrule/6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11").expect(200).json();
    assert_eq!((&imported["type"], &imported["disabled"]), (&json!("Custom"), &json!(false)));
    server.user("eve").post("/systemrule/import", &json!([rule("all", "", 8191)])).expect(403);
    client.post("/systemrule/import", &json!({})).expect(400).says(&["list of rules"]);
    client
        .post("/systemrule/import", &json!([rule("all", "", 2), 691]))
        .expect(400)
        .says(&["[1]: must be an object"]);
    client.post("/systemrule/import", &json!([null])).expect(400).says(&["[0]: must be an object"]);
}

/// The service account, and thus any holder of the client certificate, can edit rules whichever
/// rules there are.
#[test]
fn no_rules_can_lock_out_the_service_account() {
    let server = Server::start();
    let client = server.repository();
    let rules = client.get("/systemrule/full").expect(200).json();
    for rule in rules.as_array().unwrap() {
        let path = format!("/systemrule/{}", id(rule));
        let is_fixed = rule["type"] == "ReadOnly";
        for change in [
            json!({"disabled": true}),
            json!({"actions": 0}),
            json!({"rule": "user.name = \"nobody\""}),
        ] {
            let reply =
                Reply::of(client.request("PUT", &path).header("If-Match", "*").json(&change));
            reply.expect(if is_fixed { 403 } else { 200 });
        }
        client.delete(&path).expect(if is_fixed { 403 } else { 204 });
    }
    for account in client
        .get("/user/full?filter=userDirectory eq 'INTERNAL'")
        .expect(200)
        .json()
        .as_array()
        .unwrap()
    {
        let path = format!("/user/{}", id(account));
        let change = json!({"inactive": true, "blacklisted": true, "removedExternally": true});
        Reply::of(client.request("PUT", &path).header("If-Match", "*").json(&change))
            .expect(409)
            .says(&["service account, which can't be made inactive or blacklisted"]);
        client.delete(&path).expect(409).says(&["service account"]);
    }
    client.create("systemrule", &rule("still", "", 2));
    let kept = client.get("/systemrule?orderby=name").expect(200).json();
    let names: Vec<&Json> = kept.as_array().unwrap().iter().map(|rule| &rule["name"]).collect();
    assert_eq!(names, ["Owner", "RootAdmin", "ServiceAccount", "still"]);
}

/// A fault in one rule does not disable the rules that depend on its rights.
#[test]
fn a_broken_rule_disables_no_other_rule() {
    let server = Server::start();
    let client = server.repository();
    let list = json!([
        rule("bad", "resource.name = resource.type", 2),
        rule("good", "resource.HasPrivilege(\"read\")", 4),
        {"Name": "Owner", "Type": "ReadOnly", "resourceFilter": "*", "actions": 1},
    ]);
    let outcomes = client.post("/systemrule/import", &list).expect(201).json();
    let listed: Vec<&Json> =
        outcomes.as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(listed, ["disabled", "imported", "skipped"]);
    let good = client.get("/systemrule/full?filter=name eq 'good'").expect(200).json()[0].clone();
    assert_eq!((&good["disabled"], &good["error"]), (&json!(false), &json!("")));
}

/// A caller who may create only some rules imports those, and the reply names the refused ones.
#[test]
fn each_rule_of_an_import_is_allowed_or_refused_on_its_own() {
    let server = Server::start();
    let client = server.repository();
    let mut some = rule("some rules", "user.userId = \"dora\" and resource.name like \"d*\"", 3);
    some["resourceFilter"] = json!("SystemRule_*");
    client.create("systemrule", &some);
    let list = json!([rule("d1", "", 2), rule("x1", "", 2)]);
    let outcomes = server.user("dora").post("/systemrule/import", &list).expect(201).json();
    assert_eq!(
        (&outcomes[0]["outcome"], &outcomes[1]["outcome"]),
        (&json!("imported"), &json!("refused"))
    );
    assert_eq!((&outcomes[1]["name"], &outcomes[1]["id"]), (&json!("x1"), &Json::Null));
}

/// Imported rules take effect immediately, so an administrator can see their effect first.
#[test]
fn a_dry_run_reports_the_effect_of_an_import_and_changes_nothing() {
    let server = Server::start();
    let client = server.repository();
    let connection = client.connection("c");
    let anna = server.user("anna");
    let shared = client.create("systemrule", &rule("shared", "user.userId = \"anna\"", 2));
    assert_eq!(anna.names("dataconnection", ""), ["c"]);
    let mut narrowed = shared.clone();
    narrowed["rule"] = json!("user.userId = \"bert\"");
    let list = json!([
        narrowed,
        rule("delete", "user.userId = \"anna\"", 8),
        rule("broken", "resource.nmae = 1", 2)
    ]);
    let (rules, entries) = (
        client.get("/systemrule/full").expect(200).text,
        client.get("/auditentry/count").expect(200).text,
    );
    let path = "/systemrule/import?dryRun=true";
    let reply = client.post(path, &list).expect(201).json();
    let outcomes: Vec<&Json> =
        reply["rules"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
    assert_eq!(outcomes, ["updated", "imported", "disabled"]);
    let changed = |kind: &str| {
        let all = reply[kind].as_array().unwrap().iter();
        all.map(|one| {
            format!("{} {}", one["user"].as_str().unwrap(), one["action"].as_str().unwrap())
        })
        .collect::<Vec<_>>()
    };
    let resource = format!("DataConnection_{}", id(&connection));
    assert_eq!(changed("gained"), ["LAB\\anna delete"]);
    assert_eq!(changed("lost"), ["LAB\\anna read"]);
    assert_eq!(
        (&reply["gained"][0]["resource"], &reply["complete"]),
        (&json!(resource), &json!(true))
    );
    assert_eq!(
        (
            client.get("/systemrule/full").expect(200).text,
            client.get("/auditentry/count").expect(200).text
        ),
        (rules, entries)
    );
    assert_eq!(anna.names("dataconnection", ""), ["c"]);
    // The import has the announced effect.
    let imported = client.post("/systemrule/import?dryrun=False", &list).expect(201).json();
    assert_eq!(
        imported.as_array().unwrap().iter().map(|one| &one["outcome"]).collect::<Vec<_>>(),
        outcomes
    );
    assert!(anna.names("dataconnection", "").is_empty());
    // A list that has already been imported changes nothing.
    let reply =
        client.post(path, &client.get("/systemrule/full").expect(200).json()).expect(201).json();
    assert_eq!((&reply["gainedCount"], &reply["lostCount"]), (&json!(0), &json!(0)));
    let before = client.names("systemrule", "");
    for (value, message) in
        [("maybe", "dryRun must be true or false, not 'maybe'"), ("", "dryRun is empty")]
    {
        let another = json!([rule("another", "user.userId = \"bert\"", 2)]);
        client
            .post(&format!("/systemrule/import?dryRun={value}"), &another)
            .expect(400)
            .says(&[message]);
    }
    assert_eq!(client.names("systemrule", ""), before);
    client.post(path, &json!([null])).expect(400).says(&["[0]: must be an object"]);
    // A draft can contain any rule, so it requires the right to create any rule.
    let mut some = rule("some rules", "user.userId = \"anna\" and resource.name like \"d*\"", 3);
    some["resourceFilter"] = json!("SystemRule_*");
    client.create("systemrule", &some);
    anna.post(path, &list).expect(403).says(&["may create any system rule"]);
    server.user("bert").post(path, &list).expect(403);
}
