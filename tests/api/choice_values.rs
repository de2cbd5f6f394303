//! Custom properties with thousands of choices: the limits, the check of values, and the pages of
//! forms.

use crate::support::browser::{Browser, fields};
use crate::support::visitor::{refusal, start};
use crate::support::{Client, Reply, Server, connection, id};
use serde_json::{Value as Json, json};

fn choices(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("choice {number:05}")).collect()
}

fn definition(name: &str, choices: &[String]) -> Json {
    json!({"name": name, "choiceValues": choices, "objectTypes": ["DataConnection"]})
}

#[test]
fn a_definition_can_have_5000_choices_or_as_many_as_the_setting_allows() {
    let server = Server::start();
    let client = server.repository();
    let made = client.create("custompropertydefinition", &definition("many", &choices(5_000)));
    let path = format!("/custompropertydefinition/{}", id(&made));
    assert_eq!(client.get(&path).expect(200).json()["choiceValues"], json!(choices(5_000)));
    let listed = client.get("/custompropertydefinition").expect(200).json();
    assert_eq!(listed[0]["choiceValues"], json!(choices(5_000)));
    let too_many = definition("more", &choices(5_001));
    let parts =
        ["choiceValues: has 5001 items, but the setting max-choice-values allows at most 5000"];
    client.post("/custompropertydefinition", &too_many).expect(400).says(&parts);
    client.post("/custompropertydefinition/many", &json!([too_many])).expect(400).says(&parts);
    let change = json!({"choiceValues": choices(5_001), "modifiedDate": made["modifiedDate"]});
    client.put(&path, &change).expect(400).says(&parts);
    // The stored texts together have a limit as well.
    let long =
        |number: usize| (0..number).map(|number| format!("{number:0>1024}")).collect::<Vec<_>>();
    client.create("custompropertydefinition", &definition("long", &long(1_024)));
    let parts =
        ["choiceValues: has 1049600 bytes of text in total, but at most 1048576 are allowed"];
    client
        .post("/custompropertydefinition", &definition("longer", &long(1_025)))
        .expect(400)
        .says(&parts);
    let few = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.env("PATCHBAY_MAX_CHOICE_VALUES", "3");
    });
    few.repository().create("custompropertydefinition", &definition("few", &choices(3)));
    let parts = ["has 4 items, but the setting max-choice-values allows at most 3"];
    few.repository()
        .post("/custompropertydefinition", &definition("four", &choices(4)))
        .expect(400)
        .says(&parts);
    let most = Server::start_in(tempfile::tempdir().unwrap(), |command| {
        command.args(["--max-choice-values", "10000"]);
    });
    most.repository().create("custompropertydefinition", &definition("most", &choices(10_000)));
}

#[test]
fn values_are_checked_against_thousands_of_choices() {
    let server = Server::start();
    let client = server.repository();
    client.create("custompropertydefinition", &definition("many", &choices(5_000)));
    client.create("custompropertydefinition", &definition("other", &["Another".to_owned()]));
    let with = |value: &str| {
        let mut body = connection(value);
        body["customProperties"] = json!([{"value": value, "definition": {"name": "many"}}]);
        body
    };
    client.create("dataconnection", &with("choice 00000"));
    client.create("dataconnection", &with("choice 04999"));
    for wrong in ["choice 05000", "Choice 00001", "Another", "choice 0"] {
        let parts = [
            "customProperties[0].value: is not one of the choices of the custom property",
            "and 4980 more",
        ];
        client.post("/dataconnection", &with(wrong)).expect(400).says(&parts);
    }
    // The limit applies to the existing values of all entities of a request together.
    let many: Json = (1..1_000).map(|number| with(&format!("choice {number:05}"))).collect();
    let start = std::time::Instant::now();
    client.post("/dataconnection/many", &many).expect(201);
    assert!(start.elapsed() < std::time::Duration::from_secs(30), "{:?}", start.elapsed());
}

/// Submits the form of a page, with further fields.
fn send(browser: &mut Browser, path: &str, page: &str, more: &[(&str, &str)]) -> Reply {
    let mut fields = fields(page);
    fields.retain(|(name, _)| more.iter().all(|(other, _)| name.starts_with('@') || other != name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields)
}

/// The custom property values that a connection has.
fn chosen(client: &Client, name: &str) -> Vec<String> {
    let stored =
        client.get(&format!("/dataconnection/full?filter=name eq '{name}'")).expect(200).json();
    let values = stored[0]["customProperties"].as_array().unwrap().iter();
    let mut values: Vec<String> =
        values.map(|value| value["value"].as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

#[test]
fn a_form_shows_thousands_of_choices_page_by_page() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let many = client.create("custompropertydefinition", &definition("many", &choices(1_250)));
    let field = format!("@{}", id(&many));
    let mut body = connection("c");
    body["customProperties"] = json!([{"value": "choice 01234", "definition": {"name": "many"}}]);
    let path = format!("/console/dataconnection/{}", id(&client.create("dataconnection", &body)));
    let page = browser.get(&path).expect_page(200).text;
    assert!(page.contains("Choices 1 to 100 of 1250"), "{page}");
    assert!(
        page.contains("choice 00099")
            && !page.contains("choice 00100")
            && page.contains("choice 01234")
    );
    assert!(page.contains("Next choices") && !page.contains("Previous choices"));
    // Other pages keep the values that are filled in.
    let turned = [
        ("name", "changed"),
        (&field, "choice 00007"),
        ("action", &format!("choices {field} 1200")),
    ];
    let page = send(&mut browser, &path, &page, &turned).expect_page(200).text;
    assert!(
        page.contains("Choices 1201 to 1250 of 1250") && page.contains("value=\"changed\""),
        "{page}"
    );
    assert!(
        page.contains("choice 01249")
            && page.contains("choice 00007")
            && !page.contains("choice 00008")
    );
    assert!(!page.contains("Next choices") && page.contains("Previous choices"));
    assert_eq!(chosen(&client, "c"), ["choice 01234"]);
    let sent = send(&mut browser, &path, &page, &[(&field, "choice 01249"), ("action", "save")]);
    assert_eq!(sent.status, 303, "{}", sent.text);
    assert_eq!(chosen(&client, "changed"), ["choice 00007", "choice 01234", "choice 01249"]);
    // An unchanged form changes nothing, and a page beyond the end shows the last one.
    let stored = client.get("/dataconnection/full").expect(200).json();
    assert!(
        browser
            .fill_in(&path, &[])
            .header("location")
            .starts_with(&format!("{path}?saved=Nothing+was+changed."))
    );
    assert_eq!(client.get("/dataconnection/full").expect(200).json(), stored);
    let page = browser
        .fill_in(&path, &[("action", &format!("choices {field} 99999999"))])
        .expect_page(200)
        .text;
    assert!(page.contains("Choices 1201 to 1250 of 1250"), "{page}");
    // A typed password is not shown again, and the form says so.
    let turned = [("password", "hunter2"), ("action", &format!("choices {field} 100"))];
    let page = browser.fill_in(&path, &turned).expect_page(200).text;
    assert!(page.contains("type it again") && !page.contains("hunter2"), "{page}");
    // The table shows the first choices, and the form of the definition all of them.
    let list = browser.get("/console/custompropertydefinition").expect_page(200).text;
    assert!(
        list.contains("choice 00019, and 1230 more") && !list.contains("choice 00020"),
        "{list}"
    );
    let own = format!("/console/custompropertydefinition/{}", id(&many));
    assert!(browser.get(&own).expect_page(200).text.contains("choice 01249"));
    assert_eq!(
        browser.fill_in(&own, &[("choiceValues", &choices(4_999).join("\r\n"))]).status,
        303
    );
    let stored = client.get(own.trim_start_matches("/console")).expect(200).json();
    assert_eq!(stored["choiceValues"], json!(choices(4_999)));
}

#[test]
fn an_invalid_limit_of_choices_is_refused_at_the_start() {
    for wrong in ["0", "10001"] {
        refusal(&["--max-choice-values", wrong], &[], "max-choice-values must be 1 to 10000");
    }
}
