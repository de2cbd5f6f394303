//! The page that asks before one entity is deleted: it says whose rights change.

use crate::browser::{Browser, fields};
use crate::console_bulk::{Site, change, has};
use crate::rules::rule;
use crate::support::{Reply, id};
use rusqlite::Connection;
use serde_json::{Value as Json, json};

/// Sends the form of a page as it stands.
fn delete(browser: &mut Browser, path: &str, page: &Reply) -> Reply {
    let fields = fields(&page.text);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.post(path, &fields)
}

fn user(site: &Site, user_id: &str, roles: &Json) -> String {
    id(&site
        .client
        .create("user", &json!({"userDirectory": "LAB", "userId": user_id, "roles": roles})))
}

#[test]
fn the_page_that_asks_before_a_deletion_names_the_users_whose_rights_change() {
    let mut site = Site::new();
    let dev = user(&site, "dev", &json!(["Developer"]));
    site.set_stage(&["a", "b"], "prod");
    let open = "user.roles = \"Developer\" and resource.@stage != \"prod\"";
    let developers = id(&site.client.create("systemrule", &rule("Developers", open, 2 + 4)));
    let definition = format!("/console/custompropertydefinition/{}/delete", site.stage);
    let rule = format!("/console/systemrule/{developers}/delete");
    // In whichever context the rule holds.
    for context in [0, 1, 2] {
        change(&site.client, "systemrule", &developers, &json!({"ruleContext": context}));
        let asked = site.browser.get(&definition).expect_page(200);
        has(
            &asked,
            &[
                "This changes what users may do.",
                "Gained: 4<",
                "<td>LAB\\dev</td><td>read, update</td><td>a ",
            ],
        );
        let asked = site.browser.get(&rule).expect_page(200);
        has(&asked, &["Gained: 0<", "Lost: 2<", "<td>LAB\\dev</td><td>read, update</td><td>c "]);
    }
    // Nothing is deleted by showing it, and rules can't ask about what is gone.
    let connection = format!("/console/dataconnection/{}/delete", site.ids[0]);
    for path in [
        connection,
        format!("/console/tag/{}/delete", site.finance),
        format!("/console/user/{dev}/delete"),
    ] {
        let asked = site.browser.get(&path).expect_page(200);
        has(&asked, &["All rights to what is deleted end with it."]);
        assert_eq!(
            asked.text.contains("A user who is deleted has no rights any more."),
            path.contains("/user/")
        );
        assert_eq!(delete(&mut site.browser, &path, &asked).status, 303, "{path}");
    }
    let asked = site.browser.get(&definition).expect_page(200);
    has(&asked, &["Nobody's rights change."]);
    assert_eq!(delete(&mut site.browser, &definition, &asked).status, 303);
    let asked = site.browser.get(&rule).expect_page(200);
    assert_eq!(delete(&mut site.browser, &rule, &asked).status, 303);
    for (kind, gone) in [("systemrule", developers), ("custompropertydefinition", site.stage)] {
        site.client.get(&format!("/{kind}/{gone}")).expect(404);
    }
    // A rule that can't be deleted says so before it is tried.
    let fixed = id(&site.client.get("/systemrule?filter=type eq 'ReadOnly'").expect(200).json()[0]);
    let asked = site.browser.get(&format!("/console/systemrule/{fixed}/delete")).expect_page(200);
    has(&asked, &["the rule is read-only"]);
}

#[test]
fn a_deletion_asks_again_if_other_rights_change_than_were_shown() {
    let mut site = Site::new();
    let dev = user(&site, "dev", &json!([]));
    let developers =
        id(&site.client.create("systemrule", &rule("Developers", "user.roles = \"Developer\"", 2)));
    let path = format!("/console/systemrule/{developers}/delete");
    let asked = site.browser.get(&path).expect_page(200);
    has(&asked, &["Nobody's rights change."]);
    change(&site.client, "user", &dev, &json!({"roles": ["Developer"]}));
    let again = delete(&mut site.browser, &path, &asked).expect_page(409);
    has(
        &again,
        &["Nothing was deleted. Users or resources were changed meanwhile", "Lost: 3<", "LAB\\dev"],
    );
    site.client.create("systemrule", &rule("Others", "user.roles = \"Developer\"", 2));
    let again = delete(&mut site.browser, &path, &again).expect_page(409);
    has(
        &again,
        &["Nothing was deleted. System rules were changed meanwhile.", "Nobody's rights change."],
    );
    site.client.get(&format!("/systemrule/{developers}")).expect(200);
    assert_eq!(delete(&mut site.browser, &path, &again).status, 303);
    site.client.get(&format!("/systemrule/{developers}")).expect(404);
}

/// What a page has shown holds in the very write, also where there is nothing to compare before it.
#[test]
fn a_deletion_by_other_rules_than_were_shown_is_refused_in_the_write() {
    let mut site = Site::new();
    let path = format!("/console/tag/{}/delete", site.finance);
    let asked = site.browser.get(&path).expect_page(200);
    let version = fields(&asked.text).into_iter().find(|(name, _)| name == "version").unwrap().1;
    let again =
        site.browser.post(&path, &[("version", &version), ("rules", "-1")]).expect_page(409);
    has(&again, &["Nothing was deleted. System rules were changed meanwhile."]);
    site.client.get(&format!("/tag/{}", site.finance)).expect(200);
    assert_eq!(delete(&mut site.browser, &path, &again).status, 303);
    site.client.get(&format!("/tag/{}", site.finance)).expect(404);
}

#[test]
fn nothing_is_tried_out_for_a_visitor_who_may_not_delete() {
    let site = Site::new();
    let developers =
        id(&site.client.create("systemrule", &rule("Developers", "user.roles = \"Developer\"", 2)));
    let mut reader = rule("Reader", "user.userId = \"reader\"", 2);
    reader["resourceFilter"] = json!("*");
    site.client.create("systemrule", &reader);
    user(&site, "reader", &json!([]));
    let mut browser = Browser::signed_in(&site.server, &site.front, "LAB\\reader");
    // Nobody can write meanwhile.
    let database = Connection::open(site.server.data().join("patchbay.db")).unwrap();
    for (path, noun) in [
        (format!("/console/systemrule/{developers}/delete"), "system rule"),
        (
            format!("/console/custompropertydefinition/{}/delete", site.stage),
            "custom property definition",
        ),
    ] {
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let asked = browser.get(&path).expect_page(200);
        database.execute_batch("ROLLBACK").unwrap();
        let refusal = format!("LAB\\reader may not delete this {noun}");
        has(&asked, &[&refusal]);
        // Whatever rights it claims to have seen.
        let refused = browser.post(&path, &[("rights", "seen")]).expect_page(403);
        has(&refused, &[&refusal]);
        assert!(!refused.text.contains("meanwhile"), "{}", refused.text);
    }
}

/// The answer tells what rules say, so a visitor who may not read them gets none, and can delete
/// all the same.
#[test]
fn only_a_visitor_who_reads_all_rules_and_users_sees_whose_rights_a_deletion_changes() {
    let site = Site::new();
    user(&site, "dev", &json!([]));
    site.client.create(
        "systemrule",
        &rule("Open", "user.userId = \"dev\" and resource.@stage != \"prod\"", 2),
    );
    site.set_stage(&["a"], "prod");
    let mut guesser = rule("Guesser", "user.userId = \"guesser\"", 2 + 8);
    guesser["resourceFilter"] = json!("DataConnection_*, CustomPropertyDefinition_*");
    site.client.create("systemrule", &guesser);
    let mut browser = Browser::signed_in(&site.server, &site.front, "LAB\\guesser");
    let path = format!("/console/custompropertydefinition/{}/delete", site.stage);
    let asked = browser.get(&path).expect_page(200);
    has(
        &asked,
        &["Only users who may read all system rules and all users see whose rights change."],
    );
    assert!(!asked.text.contains("LAB\\dev") && !asked.text.contains("Gained"), "{}", asked.text);
    assert_eq!(delete(&mut browser, &path, &asked).status, 303);
}
