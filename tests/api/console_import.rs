//! Importing the rules of another site in the console.

use crate::support::browser::Browser;
use crate::support::rules::rule;
use crate::support::visitor::start;
use crate::support::{Reply, id};
use serde_json::json;

#[test]
fn an_import_shows_what_it_would_change_before_it_is_done() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.connection("theirs");
    client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let path = "/console/systemrule/import";
    assert!(browser.get("/console/systemrule").expect_page(200).text.contains(path));
    assert!(!browser.get("/console/tag").expect_page(200).text.contains(path));
    assert!(browser.get(path).expect_page(200).text.contains("<textarea"));
    let list = json!([
        rule("anna <reads>", "user.userId = \"anna\"", 2),
        rule("broken", "user.userId = ", 2)
    ])
    .to_string();
    let proposed = browser.post(path, &[("list", &list), ("action", "preview")]).expect_page(200);
    for part in [
        "Gained: 1",
        "Lost: 0",
        "LAB\\anna",
        "theirs",
        "Nothing is imported yet",
        "can&#39;t be evaluated",
        "anna &#60;reads&#62;",
    ] {
        assert!(proposed.text.contains(part), "{part} is not in {}", proposed.text);
    }
    assert!(client.names("systemrule", "type eq 'Custom'").is_empty());
    // The Enter key does not import.
    let again = browser.post(path, &[("list", &list)]).expect_page(200);
    assert!(again.text.contains("Nothing is imported yet"));
    let edited = browser.post(path, &[("list", &list), ("action", "edit")]).expect_page(200);
    assert!(edited.text.contains("<textarea") && edited.text.contains("anna &#60;reads&#62;"));
    let seen = seen_on(&proposed);
    let done = browser
        .post(path, &[("list", &list), ("action", "import"), ("seen", &seen)])
        .expect_page(200);
    assert!(
        done.text.contains("The import is done") && !done.text.contains("Import these rules"),
        "{}",
        done.text
    );
    assert_eq!(client.names("systemrule", "type eq 'Custom'"), ["anna <reads>", "broken"]);
    for (list, part) in [
        ("", "not valid JSON"),
        ("{}", "must be a list of rules"),
        ("[]", "contains no rules"),
        ("[1]", "[0]: must be an object"),
    ] {
        for action in ["preview", "import"] {
            let refused =
                browser.post(path, &[("list", list), ("action", action)]).expect_page(400);
            assert!(
                refused.text.contains("Nothing was imported.") && refused.text.contains(part),
                "{}",
                refused.text
            );
        }
    }
    // A user who may create no rules is refused.
    let mut other = Browser::signed_in(&server, &front, "LAB\\bert");
    assert!(!other.get("/console/systemrule").expect_page(200).text.contains(path));
    assert!(
        other.get(path).expect_page(403).text.contains("LAB\\bert may not create any system rule")
    );
    other.get("/console/tag").expect_page(200);
    for action in ["preview", "import"] {
        let refused = other.post(path, &[("list", &list), ("action", action)]).expect_page(403);
        assert!(refused.text.contains("Nothing was imported."), "{}", refused.text);
    }
}

/// The field of the page that records what the visitor has seen.
fn seen_on(page: &Reply) -> String {
    let value = page.text.split("name=\"seen\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn an_import_whose_effect_differs_from_the_preview_is_shown_again() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.connection("theirs");
    client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    let path = "/console/systemrule/import";
    let wide = client.create("systemrule", &rule("anna reads", "user.userId = \"anna\"", 2));
    let list = json!([wide]).to_string();
    let shown = browser.post(path, &[("list", &list), ("action", "preview")]).expect_page(200);
    assert!(shown.text.contains("unchanged") && shown.text.contains("Gained: 0"), "{}", shown.text);
    // Another user narrows the rule in the meantime.
    let narrow = json!({
        "rule": "user.userId = \"anna\" and resource.name = \"x\"",
        "modifiedDate": wide["modifiedDate"]
    });
    client.put(&format!("/systemrule/{}", id(&wide)), &narrow).expect(200);
    let fields = |seen: &str| {
        [("list", list.clone()), ("action", "import".to_owned()), ("seen", seen.to_owned())]
    };
    for seen in [String::new(), seen_on(&shown)] {
        let fields = fields(&seen);
        let sent: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let again = browser.post(path, &sent).expect_page(409);
        assert!(
            again.text.contains("other effects than you have seen")
                && again.text.contains("Gained: 1"),
            "{}",
            again.text
        );
        let now = client.get(&format!("/systemrule/{}", id(&wide))).expect(200).json();
        assert_eq!(now["rule"], narrow["rule"], "nothing was imported");
    }
    let shown = browser.post(path, &[("list", &list), ("action", "preview")]).expect_page(200);
    let fields = fields(&seen_on(&shown));
    let sent: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(browser.post(path, &sent).expect_page(200).text.contains("The import is done"));
}
