//! A site with more tags and custom properties than a form shows at once.

use crate::support::browser::{Browser, fields};
use crate::support::visitor::start;
use crate::support::{Reply, connection, id};
use serde_json::{Value as Json, json};

fn post_with(browser: &mut Browser, path: &str, page: &Reply, changes: &[(&str, &str)]) -> Reply {
    let mut sent = fields(&page.text);
    sent.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let sent: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &sent)
}

#[track_caller]
fn has(page: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
}

#[test]
fn every_tag_and_custom_property_can_be_chosen_although_a_page_shows_500() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let tags: Vec<Json> =
        (0..1_002).map(|number| json!({"name": format!("tag{number:04}")})).collect();
    let tags = client.post("/tag/many", &json!(tags)).expect(201).json();
    // Definitions for other types take no room on the page.
    let of = |name: &str, kind: &str, number: u32| {
        json!({
            "name": format!("{name}{number:03}"), "objectTypes": [kind]
        })
    };
    let definitions: Vec<Json> = (0..510)
        .map(|number| of("aside", "User", number))
        .chain((0..502).map(|number| of("property", "DataConnection", number)))
        .collect();
    let definitions =
        client.post("/custompropertydefinition/many", &json!(definitions)).expect(201).json();
    let stored = client.connection("c");
    let selected = [("id", id(&stored))];
    let selected: Vec<(&str, &str)> =
        selected.iter().map(|(name, id)| (*name, id.as_str())).collect();
    let path = "/console/dataconnection/selected";
    let first = browser.post(path, &selected).expect_page(200);
    has(
        &first,
        &[
            "Tags 1 to 500 of 1002",
            "> tag0499</label>",
            "Custom properties 1 to 500 of 502",
            ">property499</option>",
        ],
    );
    assert!(
        !first.text.contains("tag0500")
            && !first.text.contains("aside")
            && !first.text.contains("property500")
    );
    let [low, high] = [3, 1_001].map(|place: usize| id(&tags[place]));
    let last = id(definitions.as_array().unwrap().last().unwrap());
    let chosen = [("change", "add-tags"), ("add", low.as_str()), ("do", "choices tags 1000")];
    let third = post_with(&mut browser, path, &first, &chosen).expect_page(200);
    has(
        &third,
        &["Tags 1001 to 1002 of 1002", "> tag1001</label>", "> tag0003</label>", ">Previous<"],
    );
    assert!(!third.text.contains("tag0004"));
    let chosen = [("add", high.as_str()), ("do", "choices definitions 500")];
    let next = post_with(&mut browser, path, &third, &chosen).expect_page(200);
    has(
        &next,
        &[
            "Custom properties 501 to 502 of 502",
            ">property501</option>",
            "Tags 1001 to 1002 of 1002",
        ],
    );
    let mut sent = fields(&next.text);
    sent.retain(|(name, _)| name != "definition" && name != "value");
    let more =
        [("change", "set-value"), ("definition", last.as_str()), ("value", "v"), ("do", "preview")];
    sent.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let sent: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let preview = browser.post(path, &sent).expect_page(200);
    has(&preview, &["tag0003, tag1001", "property501=v"]);
    let done = post_with(&mut browser, path, &preview, &[("do", "apply")]);
    assert_eq!(done.status, 303, "{}", done.text);
    let names = |entity: &Json| -> Vec<String> {
        entity["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|tag| tag["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let now = || client.get(&format!("/dataconnection/{}", id(&stored))).expect(200).json();
    assert_eq!(names(&now()), ["tag0003", "tag1001"]);
    // A position beyond the end shows the last page.
    for (name, place) in
        [("from tags", "18446744073709551615"), ("do", "choices tags 18446744073709551615")]
    {
        let page = browser.post(path, &[selected[0], (name, place)]).expect_page(200);
        has(&page, &["Tags 1001 to 1002 of 1002"]);
    }
    // The form of one entity shows the page and all chosen items.
    let path = format!("/console/dataconnection/{}", id(&stored));
    let page = browser.get(&path).expect_page(200);
    has(
        &page,
        &[
            "Choices 1 to 500 of 1002",
            "> tag1001</label>",
            "Custom properties 1 to 500 of 502 are shown",
        ],
    );
    let chosen = [("tags", tags[5]["id"].as_str().unwrap()), ("action", "choices tags 500")];
    let page = post_with(&mut browser, &path, &page, &chosen).expect_page(200);
    has(
        &page,
        &[
            "Choices 501 to 1000 of 1002",
            "> tag0005</label>",
            "> tag1001</label>",
            "> tag0700</label>",
        ],
    );
    assert!(!page.text.contains("tag0006"));
    let saved =
        post_with(&mut browser, &path, &page, &[("tags", tags[700]["id"].as_str().unwrap())]);
    assert_eq!(saved.status, 303, "{}", saved.text);
    let stored = now();
    let mut all = names(&stored);
    all.sort();
    assert_eq!(all, ["tag0003", "tag0005", "tag0700", "tag1001"]);
    // Values of custom properties that the form does not show are kept.
    assert_eq!(stored["customProperties"][0]["value"], "v");
}

#[test]
fn typed_values_are_saved_although_new_custom_properties_move_theirs_off_the_page() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let definition = |name: &str, choices: &[&str]| {
        json!({
            "name": name, "objectTypes": ["DataConnection"], "choiceValues": choices
        })
    };
    let mut all: Vec<Json> =
        (0..498).map(|number| definition(&format!("property{number:03}"), &[])).collect();
    all.extend([definition("property498", &["dev", "prod"]), definition("property499", &[])]);
    all.push(definition("property500", &[]));
    let all = client.post("/custompropertydefinition/many", &json!(all)).expect(201).json();
    let [chosen, free] = [498, 499].map(|place: usize| id(&all[place]));
    let held = json!([{"value": "dev", "definition": {"id": chosen}}]);
    let mut body = connection("c");
    body["customProperties"] = held;
    let path = format!("/console/dataconnection/{}", id(&client.create("dataconnection", &body)));
    let mut form = fields(&browser.get(&path).expect_page(200).text);
    // Two that sort first push the last two off the page.
    for name in ["a", "b"] {
        client.create("custompropertydefinition", &definition(name, &[]));
    }
    let [chosen, free] = [chosen, free].map(|id| format!("@{id}"));
    form.retain(|(name, _)| *name != chosen && *name != free);
    form.push((free, "typed".to_owned()));
    let sent: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = browser.post(&path, &sent);
    assert_eq!(saved.status, 303, "{}", saved.text);
    // The emptied value is removed, and the other one is saved as typed.
    let stored = client.get(path.trim_start_matches("/console")).expect(200).json();
    let values = stored["customProperties"].as_array().unwrap();
    assert_eq!(values.len(), 1, "{values:?}");
    assert_eq!(
        (&values[0]["value"], &values[0]["definition"]["name"]),
        (&json!("typed"), &json!("property499"))
    );
}
