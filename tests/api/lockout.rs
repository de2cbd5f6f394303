//! Administrators can't lock out themselves or everybody by mistake.

use crate::support::browser::Browser;
use crate::support::machine::{patchbay, says};
use crate::support::rules::rule;
use crate::support::visitor::{PASSWORD, Visitor, set_password, start};
use crate::support::{Reply, Server, id};
use serde_json::{Value as Json, json};

/// The user with that id, as the site stores it.
fn user(server: &Server, user_id: &str) -> Json {
    let path = format!("/user/full?filter=userDirectory eq 'LAB' and userId eq '{user_id}'");
    server.repository().get(&path).expect(200).json()[0].clone()
}

fn grant_root(server: &Server, name: &str) {
    says(&patchbay(&server.data(), &["user", "grant-root", "--create", name]), &[]);
}

/// Changes or deletes a user as a visitor in the management context.
fn send(visitor: &Visitor, method: &str, user: &Json, change: &Json) -> Reply {
    let request = visitor.request(method, &format!("/qrs/user/{}", id(user)));
    let request =
        request.header("X-Qlik-Security", "Context=ManagementAccess").header("If-Match", "*");
    Reply::of(if method == "PUT" { request.json(change) } else { request })
}

#[test]
fn the_last_root_administrator_can_not_be_removed_and_users_can_not_bar_themselves() {
    let (server, front) = start(&[]);
    grant_root(&server, "LAB\\anna");
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut anna = Visitor::new(&server, &front);
    anna.login("LAB\\anna", PASSWORD);
    let last = ["last root administrator", "give the role RootAdmin to another user first"];
    let own = || user(&server, "anna");
    for name in ["inactive", "blacklisted"] {
        let refused = send(&anna, "PUT", &own(), &json!({ name: true })).expect(409);
        refused.says(&[name, "you can't bar yourself"]);
        send(&anna, "PUT", &own(), &json!({ name: false, "name": "Anna" })).expect(200);
    }
    for roles in [json!([]), json!(["ContentAdmin"])] {
        send(&anna, "PUT", &own(), &json!({ "roles": roles })).expect(409).says(&last);
    }
    send(&anna, "DELETE", &own(), &Json::Null).expect(409).says(&last);
    send(&anna, "PUT", &own(), &json!({"roles": ["rootadmin", "Other"]})).expect(200);
    // A root administrator who is barred does not count.
    grant_root(&server, "LAB\\bert");
    send(&anna, "PUT", &user(&server, "bert"), &json!({"inactive": true})).expect(200);
    send(&anna, "PUT", &own(), &json!({"roles": []})).expect(409).says(&last);
    send(&anna, "PUT", &user(&server, "bert"), &json!({"inactive": false})).expect(200);
    // Of several root administrators, all but the last can be removed.
    send(&anna, "PUT", &user(&server, "bert"), &json!({"roles": []})).expect(200);
    send(&anna, "PUT", &user(&server, "bert"), &json!({"roles": ["RootAdmin"]})).expect(200);
    assert_eq!(own()["roles"], json!(["rootadmin", "Other"]));
    send(&anna, "PUT", &own(), &json!({"roles": []})).expect(200);
    // The repository's own accounts can repair it, so they may do it.
    let repository = server.repository();
    let path = format!("/user/{}", id(&user(&server, "bert")));
    Reply::of(
        repository.request("PUT", &path).header("If-Match", "*").json(&json!({"inactive": true})),
    )
    .expect(200);
}

#[test]
fn changes_of_several_users_that_leave_no_root_administrator_change_nothing() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    grant_root(&server, "LAB\\bert");
    let [root, bert] = ["root", "bert"].map(|name| id(&user(&server, name)));
    let delete = [("id", bert.as_str()), ("id", root.as_str()), ("do", "ask to delete")];
    browser.get("/console/user").expect_page(200);
    let refused = browser.post("/console/user/selected", &delete).expect_page(409);
    assert!(
        refused.text.contains("Nothing was deleted.")
            && refused.text.contains("last root administrator")
    );
    assert_eq!(id(&user(&server, "bert")), bert);
    let page =
        browser.fill_in(&format!("/console/user/{root}"), &[("inactive", "yes")]).expect_page(409);
    assert!(page.text.contains("you can&#39;t bar yourself"), "{}", page.text);
    assert_eq!(user(&server, "root")["inactive"], false);
}

#[test]
fn a_role_that_no_rule_asks_for_is_pointed_out() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let body = json!({
        "userDirectory": "LAB", "userId": "anna", "roles": ["contentadmin", "ContentAdmn", "Chef"]
    });
    let path = format!("/console/user/{}", id(&server.repository().create("user", &body)));
    let page = browser.get(&path).expect_page(200).text;
    for part in [
        "the role ContentAdmn, so it grants nothing; did you mean ContentAdmin?",
        "the role Chef, so it grants nothing<",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    assert!(!page.contains("the role contentadmin"));
    server.repository().create("systemrule", &rule("chefs", "user.roles = \"Chef\"", 2));
    assert!(!browser.get(&path).expect_page(200).text.contains("the role Chef"));
}
