//! Changes of rules and of users after the console has shown whose rights a change affects: it
//! shows that again before it makes the change.

use crate::support::browser::fields;
use crate::support::bulk::{Site, change, has, press, press_on, user, with_developers};
use crate::support::id;
use crate::support::rules::rule;
use serde_json::json;

#[test]
fn a_change_of_rules_after_a_preview_leads_to_a_new_preview() {
    let mut site = Site::new();
    let (developers, stage, finance) =
        (with_developers(&site), site.stage.clone(), site.finance.clone());
    let set = [("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")];
    let preview = site.send(2, "preview", &set).expect_page(200);
    has(&preview, &["Lost: 2<"]);
    change(&site.client, "systemrule", &developers, &json!({"actions": 6}));
    let conflict = press_on(&mut site.browser, &preview, "apply").expect_page(409);
    has(
        &conflict,
        &[
            "Nothing was changed.",
            "System rules were changed after you opened this page.",
            "Lost: 4<",
        ],
    );
    assert!(site.client.names("dataconnection", "@stage eq 'prod'").is_empty());
    assert_eq!(press_on(&mut site.browser, &conflict, "apply").status, 303);
    // The version of the rules is irrelevant if rules can't depend on the changed property.
    let tags =
        site.send(1, "preview", &[("change", "add-tags"), ("add", &finance)]).expect_page(200);
    change(&site.client, "systemrule", &developers, &json!({"actions": 2}));
    assert_eq!(press_on(&mut site.browser, &tags, "apply").status, 303);
    // The confirmation of a rule's deletion is shown again if another rule has changed.
    let path = "/console/systemrule/selected";
    let other = id(&site.client.create("systemrule", &rule("Other", "user.userId = \"ops\"", 2)));
    let page = press(&mut site.browser, path, vec![("id".to_owned(), developers)], "ask to delete")
        .expect_page(200);
    change(&site.client, "systemrule", &other, &json!({"disabled": true}));
    let conflict = press(&mut site.browser, path, fields(&page.text), "delete").expect_page(409);
    has(&conflict, &["System rules were changed after you opened this page."]);
    assert_eq!(press(&mut site.browser, path, fields(&conflict.text), "delete").status, 303);
}

/// Rights depend on users as they do on rules, so the affected rights are compared again when the
/// change is made.
#[test]
fn a_change_of_users_after_a_preview_leads_to_a_new_preview_if_other_rights_change() {
    let mut site = Site::new();
    with_developers(&site);
    let group = "user.group = \"testers\" and resource.@stage = \"prod\"";
    site.client.create("systemrule", &rule("Testers", group, 2));
    let of_user = "user.@stage = \"prod\" and resource.@stage = \"prod\"";
    site.client.create("systemrule", &rule("Users of production", of_user, 4));
    let ops = id(&site.client.get("/user?filter=userId eq 'ops'").json()[0]);
    let stage = site.stage.clone();
    let set = [("change", "set-value"), ("definition", stage.as_str()), ("value", "prod")];
    let attributes =
        json!({"attributes": [{"attributeType": "group", "attributeValue": "testers"}]});
    let values = json!({"customProperties": [{"value": "prod", "definition": {"id": stage}}]});
    let mut preview = site.send(2, "preview", &set).expect_page(200);
    has(&preview, &["Gained: 0<", "Lost: 2<"]);
    for (body, then) in [
        (attributes, ["Gained: 2<", "Lost: 2<"]),
        (values, ["Gained: 4<", "Lost: 2<"]),
        (json!({"roles": ["Developer"]}), ["Gained: 2<", "Lost: 2<"]),
    ] {
        change(&site.client, "user", &ops, &body);
        preview = press_on(&mut site.browser, &preview, "apply").expect_page(409);
        has(
            &preview,
            &["Nothing was changed.", "Users or resources were changed after you opened this page"],
        );
        has(&preview, &then);
        assert!(site.client.names("dataconnection", "@stage eq 'prod'").is_empty());
    }
    // A change of users that affects none of these rights is no conflict.
    change(&site.client, "user", &ops, &json!({"roles": ["Developer", "Guest"]}));
    user(&site.client, "another", &json!([]));
    assert_eq!(press_on(&mut site.browser, &preview, "apply").status, 303);
    assert_eq!(site.client.names("dataconnection", "@stage eq 'prod'"), ["a", "b"]);
    // The same applies to deletions of a rule or a definition.
    for (kind, made) in [
        (
            "systemrule",
            id(&site.client.create("systemrule", &rule("Guests", "user.roles = \"Guest\"", 8))),
        ),
        ("custompropertydefinition", stage),
    ] {
        let path = format!("/console/{kind}/selected");
        change(&site.client, "user", &ops, &json!({"roles": ["Developer", "Guest"]}));
        let page = press(&mut site.browser, &path, vec![("id".to_owned(), made)], "ask to delete")
            .expect_page(200);
        change(&site.client, "user", &ops, &json!({"roles": []}));
        let conflict =
            press(&mut site.browser, &path, fields(&page.text), "delete").expect_page(409);
        has(&conflict, &["Users or resources were changed after you opened this page"]);
        assert_eq!(
            press(&mut site.browser, &path, fields(&conflict.text), "delete").status,
            303,
            "{kind}"
        );
    }
}
