//! The console as a whole: forged forms, lists, escaping of stored text, and explanations of
//! access.

use crate::support::browser::{Browser, unescape};
use crate::support::visitor::{PASSWORD, assert_loads_only_from_this_server, start};
use crate::support::{Reply, connection, encode, id};
use serde_json::{Value as Json, json};

#[test]
fn every_form_refuses_a_request_that_no_page_of_this_server_sent() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let stored = client.connection("stays");
    let path = format!("/console/dataconnection/{}", id(&stored));
    let delete = format!("{path}/delete");
    let user = id(&client.get("/user?filter=userId eq 'root'").json()[0]);
    let (session, token) =
        (format!("/console/account/sessions/{user}"), format!("/console/account/tokens/{user}"));
    let fields = [
        ("name", "changed"),
        ("id", &id(&stored)),
        ("do", "delete"),
        ("scope", "all"),
        ("days", "1"),
        ("list", "[{\"name\": \"r\"}]"),
        ("action", "import"),
    ];
    let mut other = Browser::signed_in(&server, &front, "LAB\\anna");
    other.get("/console/tag").expect_page(200);
    for path in [
        "/console/logout",
        "/console/dataconnection/new",
        &path,
        &delete,
        "/console/dataconnection/selected",
        "/console/systemrule/import",
        "/console/account/tokens",
        &session,
        &token,
    ] {
        for wrong in ["", "x", &other.token] {
            let reply = browser.post_with(path, wrong, &fields).expect_page(403);
            assert!(reply.text.contains("was opened in another session"), "{path}");
        }
    }
    let mut stranger = Browser::new(&server, &front);
    for wrong in ["", "x"] {
        stranger.get("/console/login").expect_page(200);
        let fields = [("user", "LAB\\root"), ("password", PASSWORD)];
        stranger.post_with("/console/login", wrong, &fields).expect_page(403);
    }
    assert_eq!(stranger.get("/console/tag").status, 303);
    browser.get("/console/tag").expect_page(200);
    assert_eq!(client.names("dataconnection", ""), ["stays"]);
}

#[test]
fn a_list_can_be_filtered_sorted_and_paged() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let many: Vec<Json> = (0..120).map(|number| connection(&format!("c{number:03}"))).collect();
    client.post("/dataconnection/many", &json!(many)).expect(201);
    let page = browser.get("/console/dataconnection?orderby=name%20desc").expect_page(200);
    let place = |page: &Reply, name: &str| page.text.find(&format!(">{name}<"));
    assert!(page.text.contains("1 to 50 of 120") && place(&page, "c119") < place(&page, "c118"));
    assert!(place(&page, "c070").is_some() && place(&page, "c069").is_none());
    assert!(page.text.contains("aria-sort=\"descending\""));
    let next = page.text.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = browser.get(&unescape(next)).expect_page(200);
    assert!(page.text.contains("51 to 100 of 120") && place(&page, "c069").is_some(), "{next}");
    let page = browser
        .get(&format!("/console/dataconnection?filter={}", encode("name so '11'")))
        .expect_page(200);
    assert!(page.text.contains("1 to 11 of 11") && !page.text.contains("rel=\"next\""));
    let page = browser.get("/console/dataconnection?column=id&column=name").expect_page(200);
    assert!(
        page.text.contains(">ID<") && !page.text.contains(">Connection string</a>"),
        "{}",
        page.text
    );
    for (query, mark) in [
        ("filter=nmae%20eq%20'x'", "<mark>n</mark>mae eq "),
        ("filter=name%20eq", "<mark> </mark>"),
        ("filter=name%20eq%20'x'%20nad%20name%20eq%20'y'", "<mark>n</mark>ad"),
        ("orderby=nmae", "<mark>n</mark>mae"),
        ("column=name&column=typ", "there is no column typ; did you mean type?"),
        ("column=password", "there is no column password"),
    ] {
        let page = browser.get(&format!("/console/dataconnection?{query}")).expect_page(400);
        assert!(
            page.text.contains(mark) && page.text.contains("role=\"alert\""),
            "{query}: {}",
            page.text
        );
    }
    let page = browser.get("/console/dataconnection?filter=name%20eq%20'x'").expect_page(200);
    assert!(page.text.contains("Nothing that you may see matches"));
}

#[test]
fn stored_text_is_always_escaped() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let names = [
        "<script>alert(1)</script>",
        "{{7*7}}",
        "\"><img src=x onerror=alert(1)>",
        "' onfocus=alert(1) x='",
        "</textarea><b>",
    ];
    let mut paths = vec!["/console/why".to_owned(), "/console/account".to_owned()];
    let tags: Vec<Json> =
        names.iter().map(|name| client.create("tag", &json!({"name": name}))).collect();
    let definition = json!({
        "name": "p", "choiceValues": names, "objectTypes": ["DataConnection", "User"],
        "description": names[0]
    });
    let definition = client.create("custompropertydefinition", &definition);
    let values: Vec<Json> = names
        .iter()
        .map(|name| json!({"value": name, "definition": {"id": id(&definition)}}))
        .collect();
    for name in names {
        let entity = json!({
            "name": name, "connectionstring": name, "type": name, "username": name, "tags": tags,
            "customProperties": values
        });
        let stored = client.create("dataconnection", &entity);
        paths.push(format!("/console/why?type=DataConnection&id={}", id(&stored)));
        let attributes = [json!({"attributeType": name, "attributeValue": name})];
        let user = json!({
            "userId": name, "userDirectory": name, "name": name, "roles": [name],
            "attributes": attributes, "customProperties": values
        });
        client.create("user", &user);
        client.create(
            "systemrule",
            &json!({
                "name": name, "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\"",
                "comment": name
            }),
        );
        paths.push(format!("/console/dataconnection?filter={0}&orderby={0}", encode(name)));
        paths.push(format!("/console/why?user={0}&name={0}", encode(name)));
        paths.push(format!("/console/login?next={}", encode(name)));
    }
    for kind in ["dataconnection", "tag", "custompropertydefinition", "user", "systemrule"] {
        paths.push(format!("/console/{kind}"));
        paths.push(format!("/console/{kind}/new"));
        let all = client.get(&format!("/{kind}")).json();
        for entity in all.as_array().unwrap() {
            paths.extend(
                ["", "/delete"].map(|rest| format!("/console/{kind}/{}{rest}", id(entity))),
            );
        }
    }
    let mut seen = 0;
    for path in &paths {
        let page = browser.get(path);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        for part in ["<script", "<img", "<b>", "' onfocus"] {
            assert!(!page.text.contains(part), "{path} has {part}: {}", page.text);
        }
        seen += page.text.matches("{{7*7}}").count();
        assert_loads_only_from_this_server(&page.text);
    }
    assert!(seen > 20);
    let connection = client.get("/dataconnection").json()[0].clone();
    browser.get("/console/dataconnection").expect_page(200);
    let page = browser
        .post("/console/dataconnection/selected", &[("id", &id(&connection))])
        .expect_page(200);
    assert!(!page.text.contains("<script") && page.text.contains("&#60;script&#62;"));
}

#[test]
fn the_access_page_shows_the_result_of_each_rule() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let stored = server.user("anna").connection("hers");
    for _ in 0..2 {
        server.repository().create("tag", &json!({"name": "twin"}));
    }
    let page = browser
        .get("/console/why?user=LAB%5Canna&action=update&type=DataConnection&name=hers")
        .expect_page(200);
    assert!(
        page.text.contains("<strong>may update</strong> hers")
            && page.text.contains("resource.owner = user")
    );
    let page = browser
        .get(&format!("/console/why?type=DataConnection&id={}", id(&stored)))
        .expect_page(200);
    assert!(page.text.contains("Users who have rights to hers") && page.text.contains("LAB\\anna"));
    let page = browser
        .get("/console/why?user=LAB%5Canna&action=update&type=DataConnection")
        .expect_page(200);
    assert!(page.text.contains("<td>hers</td>"), "{}", page.text);
    browser.get("/console/nothing/here").expect_page(404);
    for (query, status, part) in [
        ("user=LAB%5Cnobody", 404, "there is no user LAB\\nobody"),
        ("user=LAB%5Cnobody&name=hers", 404, "there is no user LAB\\nobody"),
        ("user=anna&name=hers", 400, "DIRECTORY\\userid"),
        ("user=LAB%5Canna&name=nothing", 404, "no data connection with that name"),
        ("type=Tag&name=twin", 400, "Several have the name twin"),
        ("type=Tag&id=00000000-0000-4000-8000-000000000000", 404, "or id"),
    ] {
        let page = browser.get(&format!("/console/why?{query}")).expect_page(status);
        assert!(page.text.contains(part) && page.text.contains("role=\"alert\""), "{}", page.text);
    }
}
