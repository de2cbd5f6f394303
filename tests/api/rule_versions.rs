//! Which changes of system rules make what users may do be worked out again.

use crate::operations_door::{figure, get, start_in};
use crate::support::{Client, id};
use serde_json::{Value as Json, json};
use tempfile::tempdir;

/// Each change of the rules in force makes what users may do be worked out again.
#[test]
fn what_users_may_do_stays_known_while_no_rule_in_force_changes() {
    let (server, url) = start_in(tempdir().unwrap(), &[]);
    let client = server.repository();
    let rule = |name: &str, disabled: bool| json!({"name": name, "resourceFilter": "DataConnection_*", "actions": 2, "rule": "user.name = \"x\"", "disabled": disabled});
    let [off, on] =
        [("off", true), ("on", false)].map(|(name, disabled)| client.create("systemrule", &rule(name, disabled)));
    let tag = client.create("tag", &json!({"name": "t"}));
    let guards = || {
        figure(&get(&server, &format!("{url}/metrics")).expect(200).text, "patchbay_cache_size_bytes{cache=\"guards\"}")
    };
    let users: Vec<Client> = (0..5).map(|number| server.user(&format!("user{number}"))).collect();
    let put = |rule: &Json, changes: Json| {
        let path = format!("/systemrule/{}", id(rule));
        let mut body = client.get(&path).expect(200).json();
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        client.put(&path, &body).expect(200);
    };
    let delete = |rule: &Json| drop(client.delete(&format!("/systemrule/{}", id(rule))).expect_empty(204));
    let create_disabled = || drop(client.create("systemrule", &rule("another", true)));
    let disable = json!({"disabled": true});
    let cases: [(&str, bool, &dyn Fn()); 14] = [
        ("a disabled rule is created", true, &create_disabled),
        ("the condition of a disabled rule changes", true, &|| put(&off, json!({"rule": "user.name = \"y\""}))),
        ("the comment of a rule changes", true, &|| put(&on, json!({"comment": "about it"}))),
        ("a rule gets a tag", true, &|| put(&on, json!({"tags": [{"id": id(&tag)}]}))),
        ("a rule stays as it is", true, &|| put(&on, json!({}))),
        ("the name of a rule changes", false, &|| put(&on, json!({"name": "other"}))),
        ("the condition of a rule changes", false, &|| put(&on, json!({"rule": "user.name = \"z\""}))),
        ("the actions of a rule change", false, &|| put(&on, json!({"actions": 3}))),
        ("the context of a rule changes", false, &|| put(&on, json!({"ruleContext": 1}))),
        ("the resource filter of a rule changes", false, &|| put(&on, json!({"resourceFilter": "Tag_*"}))),
        ("a rule is enabled", false, &|| put(&off, json!({"disabled": false}))),
        ("a rule is disabled", false, &|| put(&on, disable.clone())),
        ("a disabled rule is deleted", true, &|| delete(&on)),
        ("an enabled rule is deleted", false, &|| delete(&off)),
    ];
    for (what, stays, change) in cases {
        for user in &users {
            user.get("/dataconnection/count").expect(200);
        }
        let before = guards();
        change();
        // The rules are read again, if they are others.
        client.get("/dataconnection/count").expect(200);
        let after = guards();
        assert_eq!(after >= before, stays, "{what}: {before} bytes, then {after}");
    }
}
