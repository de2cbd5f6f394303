//! The users whose rights are affected by a change of several entities, as the console shows them
//! before the change.

use crate::support::browser::{Browser, fields};
use crate::support::bulk::{PATH, Site, change, has, press, press_on, user, with_developers};
use crate::support::rules::rule;
use crate::support::{Reply, connection, copy_connection, id};
use serde_json::{Value as Json, json};

const READS: &str = "<td>LAB\\dev</td><td>read</td><td>";

#[test]
fn a_preview_names_the_users_whose_rights_change() {
    let mut site = Site::new();
    let (finance, stage) = (site.finance.clone(), site.stage.clone());
    with_developers(&site);
    site.set_stage(&["a", "b"], "prod");
    let dev = site.server.user("dev");
    assert_eq!(dev.names("dataconnection", ""), ["c"]);
    // Removing the values grants access to two connections, setting one revokes it from one.
    let remove = [("change", "remove-values"), ("cleared", stage.as_str())];
    let opens = site.send(2, "preview", &remove).expect_page(200);
    let [a, b, c] = ["a ", "b ", "c "].map(|name| format!("{READS}{name}"));
    has(&opens, &["This changes what users may do", "Gained: 2", "Lost: 0", &a, &b]);
    assert!(!opens.text.contains("LAB\\ops") && !opens.text.contains("you may read"));
    let set = [("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")];
    has(&site.send(3, "preview", &set).expect_page(200), &["Gained: 0", "Lost: 1", &c]);
    // The change has the effect that was shown, and the preview itself changed nothing.
    assert_eq!(dev.names("dataconnection", ""), ["c"]);
    assert_eq!(press_on(&mut site.browser, &opens, "apply").status, 303);
    assert_eq!(dev.names("dataconnection", ""), ["a", "b", "c"]);
    // A change of the owner.
    let gives =
        site.send(1, "preview", &[("change", "owner"), ("owner", "LAB\\ops")]).expect_page(200);
    has(&gives, &["<td>LAB\\ops</td><td>read, update, "]);
    assert!(!gives.text.contains("LAB\\dev"), "{}", gives.text);
    // Rules can't depend on tags.
    let tags =
        site.send(1, "preview", &[("change", "add-tags"), ("add", &finance)]).expect_page(200);
    has(&tags, &["so no rights change"]);
}

/// Rules count even if they apply in the hub only, and so do the values that are deleted with a
/// definition, and the rights that a deleted rule grants.
#[test]
fn a_preview_of_a_deletion_names_the_users_whose_rights_change() {
    let mut site = Site::new();
    let (developers, stage) = (with_developers(&site), site.stage.clone());
    site.set_stage(&["a", "b"], "prod");
    let remove = [("change", "remove-values"), ("cleared", stage.as_str())];
    change(&site.client, "systemrule", &developers, &json!({"ruleContext": 1}));
    has(&site.send(2, "preview", &remove).expect_page(200), &["Gained: 2", "LAB\\dev"]);
    let one = |id: &str| vec![("id".to_owned(), id.to_owned())];
    let path = |kind: &str| format!("/console/{kind}/selected");
    let definition =
        press(&mut site.browser, &path("custompropertydefinition"), one(&stage), "ask to delete");
    has(&definition.expect_page(200), &["Gained: 2", &format!("{READS}a "), &format!("{READS}b ")]);
    let gone = press(&mut site.browser, &path("systemrule"), one(&developers), "ask to delete")
        .expect_page(200);
    has(&gone, &["Gained: 0", "Lost: 1", &format!("{READS}c ")]);
    let dev = site.server.user("dev");
    let in_the_hub = || {
        let request = dev
            .request("GET", "/dataconnection/count")
            .header("X-Qlik-Security", "Context=AppAccess");
        Reply::of(request).expect(200).json()["value"].clone()
    };
    assert_eq!(in_the_hub(), 1);
    assert_eq!(
        press(&mut site.browser, &path("systemrule"), fields(&gone.text), "delete").status,
        303
    );
    assert_eq!(in_the_hub(), 0);
}

#[test]
fn a_preview_lists_the_actions_of_a_user_on_a_resource_together() {
    let mut site = Site::new();
    user(&site.client, "dev", &json!([]));
    site.client.create(
        "systemrule",
        &rule("Production", "user.userId = \"dev\" and resource.@stage = \"prod\"", 14),
    );
    let set = [("change", "set-value"), ("definition", &*site.stage.clone()), ("value", "prod")];
    let preview = site.send(2, "preview", &set).expect_page(200);
    has(
        &preview,
        &[
            "Gained: 6<",
            "<td>LAB\\dev</td><td>read, update, delete</td><td>a ",
            "delete</td><td>b ",
        ],
    );
    assert_eq!(preview.text.matches("<td>LAB\\dev</td>").count(), 2, "{}", preview.text);
    assert!(!preview.text.contains(" more."));
}

#[test]
fn a_preview_names_the_rights_of_users_who_are_changed_themselves() {
    let mut site = Site::new();
    let [ops, _] = ["ops", "dev"].map(|user_id| user(&site.client, user_id, &json!([])));
    site.client.create("systemrule", &rule("Production", "user.@stage = \"prod\"", 2));
    let of_owner = "user.userId = \"dev\" and resource.owner.@stage = \"prod\"";
    site.client.create("systemrule", &rule("Of owner", of_owner, 4));
    site.server.user("ops").connection("theirs");
    let preview = {
        let fields = in_production(&site, &ops);
        press(&mut site.browser, "/console/user/selected", fields, "preview")
    };
    let preview = preview.expect_page(200);
    // The user can read the other connections as well, and the owner's rule grants another user
    // access to one of the changed user's connections.
    has(&preview, &["Gained: 4", "Lost: 0", "<td>LAB\\dev</td><td>update</td><td>theirs "]);
    for name in ["a", "b", "c"] {
        has(&preview, &[&format!("<td>LAB\\ops</td><td>read</td><td>{name} ")]);
    }
    let done = press(&mut site.browser, "/console/user/selected", fields(&preview.text), "apply");
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(site.server.user("ops").names("dataconnection", ""), ["a", "b", "c", "theirs"]);
}

/// The fields that set a custom property of a user.
fn in_production(site: &Site, user: &str) -> Vec<(String, String)> {
    let fields =
        [("id", user), ("change", "set-value"), ("definition", &site.stage), ("value", "prod")];
    fields.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec()
}

#[test]
fn a_preview_is_limited_and_says_what_it_omits() {
    let mut site = Site::new();
    with_developers(&site);
    user(&site.client, "second", &json!(["Developer"]));
    let (stage, first) = (site.stage.clone(), site.ids[0].clone());
    let many: Vec<Json> = (0..60).map(|number| connection(&format!("m{number:02}"))).collect();
    let made = site.client.post("/dataconnection/many", &json!(many)).expect(201).json();
    site.ids = made.as_array().unwrap().iter().map(id).collect();
    let set = [("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")];
    let closes = site.send(60, "preview", &set).expect_page(200);
    has(&closes, &["Gained: 0", "Lost: 120", "And 20 more."]);
    assert_eq!(closes.text.matches("</td><td>read</td><td>").count(), 100);
    assert!(!closes.text.contains("There is more"));
    // A user has more connections than the preview examines, so it can't rule out further changes.
    let ops = id(&site.client.get("/user?filter=userId eq 'ops'").json()[0]);
    change(&site.client, "dataconnection", &first, &json!({"owner": {"id": ops}}));
    copy_connection(&site.server, "a", 2_000, "lib://sales");
    let preview = {
        let fields = in_production(&site, &ops);
        press(&mut site.browser, "/console/user/selected", fields, "preview")
    };
    has(
        &preview.expect_page(200),
        &["No rights change. This is not complete: there is too much to compare."],
    );
}

#[test]
fn changed_rules_count_in_the_hub_and_in_the_management_console() {
    let mut site = Site::new();
    user(&site.client, "dev", &json!([]));
    for context in [0, 1, 2] {
        let mut draft = rule("One context", "user.userId = \"dev\"", 4);
        draft["resourceFilter"] = json!("Tag_*");
        draft["ruleContext"] = json!(context);
        let changes = |draft: &Json| {
            site.client.post("/systemrule/explain/changes", draft).expect(201).json()
        };
        let with = changes(&json!({ "rules": [draft] }));
        assert_eq!((&with["gainedCount"], &with["lostCount"]), (&json!(2), &json!(0)), "{context}");
        let list = json!([draft]).to_string();
        let import = [("list", list.as_str()), ("action", "preview")];
        has(
            &site.browser.post("/console/systemrule/import", &import).expect_page(200),
            &["Gained: 2", "LAB\\dev"],
        );
        let made = id(&site.client.create("systemrule", &draft));
        let changes = |draft: &Json| {
            site.client.post("/systemrule/explain/changes", draft).expect(201).json()
        };
        let without = changes(&json!({ "removed": [made] }));
        assert_eq!(
            (&without["gainedCount"], &without["lostCount"]),
            (&json!(0), &json!(2)),
            "{context}"
        );
        let deletion = vec![("id".to_owned(), made.clone())];
        let page =
            press(&mut site.browser, "/console/systemrule/selected", deletion, "ask to delete");
        has(&page.expect_page(200), &["Gained: 0", "Lost: 2", "LAB\\dev"]);
        site.client.delete(&format!("/systemrule/{made}")).expect(204);
    }
}

/// The connections with a value of the definition and the connections of users with one are
/// examined together.
#[test]
fn lost_rights_to_two_kinds_of_connections_are_counted_up_to_the_stated_limit() {
    for (number, expected) in [(800, "Lost: 800<"), (1_500, "Lost: 500<")] {
        let mut site = Site::new();
        let [ops, dev] = ["ops", "dev"].map(|user_id| user(&site.client, user_id, &json!([])));
        let value =
            json!({"customProperties": [{"value": "prod", "definition": {"id": site.stage}}]});
        change(&site.client, "user", &ops, &value);
        copy_connection(&site.server, "a", 2 * number, "lib://sales");
        let database = rusqlite::Connection::open(site.server.data().join("patchbay.db")).unwrap();
        let reassign = "UPDATE data_connections SET owner_id = ?1 WHERE CAST(substr(id, 25) AS INTEGER) \
                             > ?2 AND name LIKE 'copy %'";
        assert_eq!(database.execute(reassign, (&ops, number)).unwrap(), number as usize);
        let values = "INSERT INTO data_connection_custom_properties SELECT id, id, created_date, \
                      modified_date, modified_by_user_name, modified_by_user_name_folded, 'prod', \
                      'prod', ?1 FROM data_connections WHERE name LIKE 'copy %' AND owner_id <> ?2";
        assert_eq!(database.execute(values, (&site.stage, &ops)).unwrap(), number as usize);
        let condition = "user.userId = \"dev\" and resource.owner.@stage = \"prod\"";
        site.client.create("systemrule", &rule("Of owner", condition, 2));
        assert!(!dev.is_empty());
        let definition = vec![("id".to_owned(), site.stage.clone())];
        let path = "/console/custompropertydefinition/selected";
        let page = press(&mut site.browser, path, definition, "ask to delete").expect_page(200);
        has(&page, &[expected]);
        assert_eq!(
            page.text.contains("This is not complete: there is too much to compare."),
            number > 1_000,
            "{number}"
        );
    }
}

/// A visitor who may read all rules and users, and some connections.
fn with_lead(site: &Site) -> Browser {
    let mut lead = rule("Lead", "user.userId = \"lead\"", 2 + 8);
    lead["resourceFilter"] = json!("User_*, SystemRule_*, CustomPropertyDefinition_*");
    site.client.create("systemrule", &lead);
    site.client.create(
        "systemrule",
        &rule("Lead reads", "user.userId = \"lead\" and resource.name = \"b\"", 2),
    );
    Browser::signed_in(&site.server, &site.front, "LAB\\lead")
}

#[test]
fn a_preview_says_that_it_omits_entities_that_the_visitor_may_not_read() {
    let mut site = Site::new();
    user(&site.client, "dev", &json!([]));
    let condition = "user.userId = \"dev\" and resource.@stage = \"prod\"";
    site.client.create("systemrule", &rule("Production", condition, 2));
    let mut lead = with_lead(&site);
    let path = "/console/custompropertydefinition/selected";
    lead.get("/console/custompropertydefinition").expect_page(200);
    let definition = || vec![("id".to_owned(), site.stage.clone())];
    // The lead may not read the connection that the user loses access to.
    site.set_stage(&["a"], "prod");
    let page = press(&mut lead, path, definition(), "ask to delete").expect_page(200);
    has(&page, &["No rights change among the users and resources that you may read."]);
    site.set_stage(&["b"], "prod");
    let page = press(&mut lead, path, definition(), "ask to delete").expect_page(200);
    has(&page, &["Lost: 1<", "Only users and resources that you may read are counted."]);
    // A visitor who may read everything sees all changes.
    let definition = definition();
    let page = press(&mut site.browser, path, definition, "ask to delete").expect_page(200);
    has(&page, &["Lost: 2<"]);
    assert!(!page.text.contains("you may read"), "{}", page.text);
}

/// A preview tries out new values, so it could reveal the content of rules.
#[test]
fn only_a_visitor_who_may_read_all_rules_and_users_sees_whose_rights_change() {
    let mut site = Site::new();
    user(&site.client, "dev", &json!([]));
    let condition = "user.userId = \"dev\" and resource.@stage = \"prod\"";
    site.client.create("systemrule", &rule("Production", condition, 2));
    for filter in ["DataConnection_*", "DataConnection_*, User_*", "DataConnection_*, SystemRule_*"]
    {
        let mut guesser = rule("Guesser", "user.userId = \"guesser\"", 2 + 4);
        guesser["resourceFilter"] = json!(filter);
        let made = id(&site.client.create("systemrule", &guesser));
        let mut browser = Browser::signed_in(&site.server, &site.front, "LAB\\guesser");
        browser.get("/console/dataconnection").expect_page(200);
        let fields = [
            ("id", &*site.ids[0]),
            ("change", "set-value"),
            ("definition", &site.stage),
            ("value", "prod"),
        ];
        let fields = fields.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
        let preview = press(&mut browser, PATH, fields, "preview").expect_page(200);
        has(&preview, &["To see whose rights change, you must be allowed to read"]);
        for part in ["LAB\\dev", "Gained", "No rights change", "This changes what users may do"] {
            assert!(!preview.text.contains(part), "{part} is in {}", preview.text);
        }
        // The change itself is allowed.
        assert_eq!(press_on(&mut browser, &preview, "apply").status, 303, "{filter}");
        change(&site.client, "dataconnection", &site.ids[0], &json!({"customProperties": []}));
        site.client.delete(&format!("/systemrule/{made}")).expect(204);
    }
    let set = [("change", "set-value"), ("definition", &*site.stage.clone()), ("value", "prod")];
    has(&site.send(1, "preview", &set).expect_page(200), &["Gained: 1", "LAB\\dev"]);
}
