//! The confirmation page of a deletion: it names the users whose rights change.

use crate::support::browser::{Browser, fields};
use crate::support::bulk::{Site, change, has};
use crate::support::rules::rule;
use crate::support::{Reply, id};
use rusqlite::Connection;
use serde_json::{Value as Json, json};

/// Submits the form of a page.
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
fn the_confirmation_of_a_deletion_names_the_users_whose_rights_change() {
    let mut site = Site::new();
    let dev = user(&site, "dev", &json!(["Developer"]));
    site.set_stage(&["a", "b"], "prod");
    let open = "user.roles = \"Developer\" and resource.@stage != \"prod\"";
    let developers = id(&site.client.create("systemrule", &rule("Developers", open, 2 + 4)));
    let definition = format!("/console/custompropertydefinition/{}/delete", site.stage);
    let rule = format!("/console/systemrule/{developers}/delete");
    // In each context in which the rule applies.
    for context in [0, 1, 2] {
        change(&site.client, "systemrule", &developers, &json!({"ruleContext": context}));
        let page = site.browser.get(&definition).expect_page(200);
        has(
            &page,
            &[
                "This changes what users may do.",
                "Gained: 4<",
                "<td>LAB\\dev</td><td>read, update</td><td>a ",
            ],
        );
        let page = site.browser.get(&rule).expect_page(200);
        has(&page, &["Gained: 0<", "Lost: 2<", "<td>LAB\\dev</td><td>read, update</td><td>c "]);
    }
    // Showing the page deletes nothing, and rules can't refer to a deleted entity.
    let connection = format!("/console/dataconnection/{}/delete", site.ids[0]);
    for path in [
        connection,
        format!("/console/tag/{}/delete", site.finance),
        format!("/console/user/{dev}/delete"),
    ] {
        let page = site.browser.get(&path).expect_page(200);
        has(&page, &["When something is deleted, all rights to it end."]);
        assert_eq!(page.text.contains("A deleted user has no rights."), path.contains("/user/"));
        assert_eq!(delete(&mut site.browser, &path, &page).status, 303, "{path}");
    }
    let page = site.browser.get(&definition).expect_page(200);
    has(&page, &["No rights change."]);
    assert_eq!(delete(&mut site.browser, &definition, &page).status, 303);
    let page = site.browser.get(&rule).expect_page(200);
    assert_eq!(delete(&mut site.browser, &rule, &page).status, 303);
    for (kind, gone) in [("systemrule", developers), ("custompropertydefinition", site.stage)] {
        site.client.get(&format!("/{kind}/{gone}")).expect(404);
    }
    // A rule that can't be deleted is reported before the attempt.
    let fixed = id(&site.client.get("/systemrule?filter=type eq 'ReadOnly'").expect(200).json()[0]);
    let page = site.browser.get(&format!("/console/systemrule/{fixed}/delete")).expect_page(200);
    has(&page, &["the rule is read-only"]);
}

#[test]
fn a_deletion_asks_again_if_the_affected_rights_differ_from_those_shown() {
    let mut site = Site::new();
    let dev = user(&site, "dev", &json!([]));
    let developers =
        id(&site.client.create("systemrule", &rule("Developers", "user.roles = \"Developer\"", 2)));
    let path = format!("/console/systemrule/{developers}/delete");
    let page = site.browser.get(&path).expect_page(200);
    has(&page, &["No rights change."]);
    change(&site.client, "user", &dev, &json!({"roles": ["Developer"]}));
    let again = delete(&mut site.browser, &path, &page).expect_page(409);
    has(
        &again,
        &[
            "Nothing was deleted. Users or resources were changed after you opened this page",
            "Lost: 3<",
            "LAB\\dev",
        ],
    );
    site.client.create("systemrule", &rule("Others", "user.roles = \"Developer\"", 2));
    let again = delete(&mut site.browser, &path, &again).expect_page(409);
    has(
        &again,
        &[
            "Nothing was deleted. System rules were changed after you opened this page.",
            "No rights change.",
        ],
    );
    site.client.get(&format!("/systemrule/{developers}")).expect(200);
    assert_eq!(delete(&mut site.browser, &path, &again).status, 303);
    site.client.get(&format!("/systemrule/{developers}")).expect(404);
}

/// The write itself checks what the page showed, even if there was nothing to compare before.
#[test]
fn a_deletion_under_rules_that_changed_after_the_page_is_refused_in_the_write() {
    let mut site = Site::new();
    let path = format!("/console/tag/{}/delete", site.finance);
    let page = site.browser.get(&path).expect_page(200);
    let version = fields(&page.text).into_iter().find(|(name, _)| name == "version").unwrap().1;
    let again =
        site.browser.post(&path, &[("version", &version), ("rules", "-1")]).expect_page(409);
    has(&again, &["Nothing was deleted. System rules were changed after you opened this page."]);
    site.client.get(&format!("/tag/{}", site.finance)).expect(200);
    assert_eq!(delete(&mut site.browser, &path, &again).status, 303);
    site.client.get(&format!("/tag/{}", site.finance)).expect(404);
}

#[test]
fn no_deletion_is_tried_out_for_a_visitor_who_may_not_delete() {
    let site = Site::new();
    let developers =
        id(&site.client.create("systemrule", &rule("Developers", "user.roles = \"Developer\"", 2)));
    let mut reader = rule("Reader", "user.userId = \"reader\"", 2);
    reader["resourceFilter"] = json!("*");
    site.client.create("systemrule", &reader);
    user(&site, "reader", &json!([]));
    let mut browser = Browser::signed_in(&site.server, &site.front, "LAB\\reader");
    // No write is possible in the meantime.
    let database = Connection::open(site.server.data().join("patchbay.db")).unwrap();
    for (path, noun) in [
        (format!("/console/systemrule/{developers}/delete"), "system rule"),
        (
            format!("/console/custompropertydefinition/{}/delete", site.stage),
            "custom property definition",
        ),
    ] {
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        let page = browser.get(&path).expect_page(200);
        database.execute_batch("ROLLBACK").unwrap();
        let refusal = format!("LAB\\reader may not delete this {noun}");
        has(&page, &[&refusal]);
        // The same for each claim of rights seen.
        let refused = browser.post(&path, &[("rights", "seen")]).expect_page(403);
        has(&refused, &[&refusal]);
        assert!(!refused.text.contains("after you opened"), "{}", refused.text);
    }
}

/// The page could reveal the content of rules, so visitors who may not read them see no rights, and
/// can still delete.
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
    let page = browser.get(&path).expect_page(200);
    has(&page, &["To see whose rights change, you must be allowed to read"]);
    assert!(!page.text.contains("LAB\\dev") && !page.text.contains("Gained"), "{}", page.text);
    assert_eq!(delete(&mut browser, &path, &page).status, 303);
}
