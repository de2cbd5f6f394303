//! Warnings about rules: they reveal nothing hidden, and their number is limited.

use crate::support::browser::{Browser, fields, hidden, unescape};
use crate::support::jwt::Issuer;
use crate::support::rules::{rule, user};
use crate::support::visitor::start;
use crate::support::{Reply, Server, UNKNOWN_ID, id};
use serde_json::{Value as Json, json};

/// The replies to eve when she creates and imports a rule with each condition, without ids and
/// dates.
fn tried(server: &Server, conditions: &[String]) -> Vec<Json> {
    let eve = server.user("eve");
    let mut warnings = Vec::new();
    for condition in conditions {
        let rule = rule("tried", condition, 2);
        let made = eve.create("systemrule", &rule);
        warnings.push(json!([condition, made.get("warnings")]));
        let imported = eve.post("/systemrule/import", &json!([rule])).expect(201).json();
        warnings.push(json!([condition, imported[0].get("warnings")]));
        for made in [made["id"].as_str(), imported[0]["id"].as_str()].into_iter().flatten() {
            server.repository().delete(&format!("/systemrule/{made}")).expect_empty(204);
        }
    }
    warnings
}

/// A caller who may write rules and read nothing else gets the same warnings, whatever exists.
#[test]
fn warnings_reveal_nothing_that_the_caller_may_not_read() {
    let server = Server::start();
    let client = server.repository();
    let mut maker = rule("eve makes rules", "user.userId = \"eve\"", 15);
    maker["resourceFilter"] = json!("SystemRule_*");
    client.create("systemrule", &maker);
    let attributes = json!([{"attributeType": "costCentre", "attributeValue": "7"}]);
    client.create(
        "user",
        &json!({"userDirectory": "LAB", "userId": "eve", "attributes": attributes}),
    );
    let readable = client
        .get("/systemrule/full?filter=name eq 'ReadTagsAndCustomProperties'")
        .expect(200)
        .json()[0]
        .clone();
    client.delete(&format!("/systemrule/{}", id(&readable))).expect_empty(204);
    let stored = "6f2b9e0c-3a51-4f4a-9f57-3a1f2f0f9e11";
    let conditions: Vec<String> = [
        r#"user.clearance = "x""#,
        r#"user.clearence = "x""#,
        r#"user.grup = "x""#,
        r#"user.costCenter = "x""#,
        r#"resource.owner.clearence = "x""#,
        r#"user.environment.clearence = "x""#,
        r#"user.environment.grup = "x""#,
        r#"user.roles = "Spymaster""#,
        r#"user.roles = "Spymastre""#,
        r#"user.roles = "Contnetadmin""#,
        r#"resource.@Secret = "Mole""#,
        r#"resource.@Secert = "Mole""#,
        r#"user.@Secret = "Moel""#,
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    let about_one = |id: &str| {
        let mut rule = rule("about one", "", 2);
        rule["resourceFilter"] = json!(format!("DataConnection_{id}"));
        let made = server.user("eve").create("systemrule", &rule);
        server
            .repository()
            .delete(&format!("/systemrule/{}", made["id"].as_str().unwrap()))
            .expect_empty(204);
        made["warnings"].to_string().replace(id, "ID")
    };
    let before = (tried(&server, &conditions), about_one(stored));
    let attributes: Vec<Json> = ["clearance", "grup"]
        .map(|name| json!({"attributeType": name, "attributeValue": "x"}))
        .to_vec();
    let definition = json!({
        "name": "Secret", "choiceValues": ["Mole", "Agent"],
        "objectTypes": ["User", "DataConnection"]
    });
    client.create("custompropertydefinition", &definition);
    let hidden = json!({
        "userDirectory": "LAB", "userId": "hidden", "roles": ["Spymaster"], "attributes": attributes
    });
    client.create("user", &hidden);
    let mut connection = crate::support::connection("hidden");
    connection["id"] = json!(stored);
    client.create("dataconnection", &connection);
    assert_eq!((tried(&server, &conditions), about_one(stored)), before);
    assert_eq!(about_one(UNKNOWN_ID), before.1);
    // Readable names are suggested, and the messages allow for hidden ones.
    let text = serde_json::to_string(&before).unwrap();
    for part in [
        "no user that you may see has an attribute grup; did you mean group?",
        "no user that you may see has an attribute costCenter; did you mean costCentre?",
        "no user that you may see has the role Contnetadmin; did you mean ContentAdmin?",
        ", or you may not see it",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // Callers who may read everything get the names.
    let warnings =
        client.create("systemrule", &rule("r", &conditions[11], 2))["warnings"].to_string();
    assert!(warnings.contains("did you mean Secret?"), "{warnings}");
}

fn count(warnings: &Json) -> usize {
    warnings.as_array().map_or(0, Vec::len)
}

#[test]
fn the_number_and_length_of_warnings_is_limited() {
    let server = Server::start();
    let client = server.repository();
    let wrong = |number: usize| {
        let terms: Vec<String> =
            (0..60).map(|term| format!("user.x{number}y{term}.Empty()")).collect();
        rule("wrong", &terms.join(" or "), 2)
    };
    let made = client.create("systemrule", &wrong(0));
    assert_eq!(count(&made["warnings"]), 20);
    let long = client
        .create("systemrule", &rule("long", &format!("user.{}.Empty()", "x".repeat(2_000)), 2));
    assert!(long["warnings"][0]["message"].as_str().unwrap().len() < 200, "{long}");
    let list: Vec<Json> = (1..=300).map(wrong).collect();
    let outcomes = client.post("/systemrule/import", &json!(list)).expect(201).json();
    let counts: Vec<usize> =
        outcomes.as_array().unwrap().iter().map(|one| count(&one["warnings"])).collect();
    assert!(
        counts.iter().all(|count| *count <= 20) && counts.iter().sum::<usize>() == 200,
        "{counts:?}"
    );
}

/// On each console page that shows rules to administrators.
#[test]
fn the_console_shows_warnings_when_a_rule_is_opened_saved_previewed_or_imported() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    user(&client, "anna", &[], &["Sales"], &[]);
    let stored = client.connection("c");
    let warning = "Rule, character 6: no user has an attribute grup; did you mean group?";
    let shows = |reply: Reply, is_shown: bool| {
        let page = unescape(&reply.expect_page(200).text);
        assert_eq!(page.contains(warning), is_shown, "{page}");
    };
    shows(browser.get("/console/systemrule/new"), false);
    let fields = [
        ("name", "r"),
        ("resourceFilter", "DataConnection_*"),
        ("rule", "user.grup = \"Sales\""),
        ("offered", "actions"),
        ("actions", "2"),
    ];
    shows(
        browser.post("/console/systemrule/new", &[&fields[..], &[("action", "preview")]].concat()),
        true,
    );
    let saved = browser.post("/console/systemrule/new", &fields);
    assert_eq!(saved.status, 303);
    let path = saved.header("location").to_owned();
    shows(browser.get(&path), true);
    let path = path.split('?').next().unwrap().to_owned();
    // A form shows its input.
    let right = [("rule", "user.group = \"Sales\"")];
    shows(browser.fill_in(&path, &[right[0], ("action", "preview")]), false);
    shows(browser.get(&path), true);
    let why =
        format!("/console/why?user=LAB%5Canna&action=read&type=DataConnection&id={}", id(&stored));
    shows(browser.get(&why), true);
    let list = json!([rule("of a site", "user.grup = \"x\"", 2)]).to_string();
    let import = "/console/systemrule/import";
    let proposed = browser.post(import, &[("list", &list), ("action", "preview")]);
    let seen = hidden(&proposed.text).into_iter().find(|(name, _)| name == "seen").unwrap().1;
    shows(proposed, true);
    shows(browser.post(import, &[("list", &list), ("action", "import"), ("seen", &seen)]), true);
    assert_eq!(browser.fill_in(&path, &right).status, 303);
    shows(browser.get(&path), false);
    shows(browser.get(&why), true);
    let imported = id(&client.get("/systemrule?filter=name eq 'of a site'").expect(200).json()[0]);
    client.delete(&format!("/systemrule/{imported}")).expect_empty(204);
    shows(browser.get(&why), false);
}

/// A save that was merged with another user's change shows the page again immediately.
#[test]
fn the_console_shows_warnings_after_a_save_that_kept_the_change_of_another() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let made = client.create("systemrule", &rule("r", "user.group = \"x\"", 2));
    let path = format!("/console/systemrule/{}", id(&made));
    let mut form = fields(&browser.get(&path).expect_page(200).text);
    let change = json!({"comment": "theirs"});
    let other =
        client.request("PUT", &format!("/systemrule/{}", id(&made))).header("If-Match", "*");
    Reply::of(other.json(&change)).expect(200);
    form.iter_mut()
        .filter(|(name, _)| name == "rule")
        .for_each(|(_, text)| *text = "user.grup = \"x\"".to_owned());
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = unescape(&browser.post(&path, &form).expect_page(200).text);
    for part in [
        "It was changed after you opened it",
        "Rule, character 6: no user has an attribute grup; did you mean group?",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

/// The names in `--front-jwt-attribute` are known before the first token.
#[test]
fn attributes_of_tokens_in_the_settings_are_known() {
    let issuer = Issuer::new();
    let attributes = ["--front-jwt-attribute", "level", "--front-jwt-attribute", "costCentre=cc"];
    let (server, _) = start(&[&["--front-jwt-key", issuer.key()], &attributes[..]].concat());
    let client = server.repository();
    for (condition, expected) in [
        (r#"user.level = "3" and user.COSTCENTRE = "x" and user.environment.level = "3""#, None),
        (r#"user.cc = "x""#, Some("no user has an attribute cc; only a session could provide it")),
        (
            r#"user.costCenter = "x""#,
            Some("no user has an attribute costCenter; did you mean costCentre?"),
        ),
    ] {
        let made = client.create("systemrule", &rule(condition, condition, 2));
        assert_eq!(made["warnings"][0]["message"].as_str(), expected, "{condition}");
        let changes = client
            .post("/systemrule/explain/changes", &json!({"rules": [rule("d", condition, 2)]}));
        assert_eq!(
            changes.expect(201).json()["warnings"][0]["message"].as_str(),
            expected,
            "{condition}"
        );
    }
}

/// A role that no rule mentions is pointed out on the page of a user who has it.
#[test]
fn the_console_points_out_roles_of_a_user_that_no_rule_mentions() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let anna = user(&server.repository(), "anna", &["Contnetadmin", "AuditAdmin"], &[], &[]);
    let path = format!("/console/user/{}", id(&anna));
    let page = unescape(&browser.get(&path).expect_page(200).text);
    let warning = "Roles: no rule mentions the role Contnetadmin, so it grants nothing; did you \
                   mean ContentAdmin?";
    assert!(page.contains(warning) && !page.contains("the role AuditAdmin"), "{page}");
    assert_eq!(browser.fill_in(&path, &[("roles", "ContentAdmin")]).status, 303);
    assert!(!browser.get(&path).expect_page(200).text.contains("no rule mentions"));
}
