//! The console, as a browser without scripts uses it.

use crate::support::{Client, Reply, Server, connection, encode, id};
use crate::visitor::{PASSWORD, asks_nobody_else, set_password, start};
use serde_json::{Value as Json, json};
use std::process::Command;

/// A browser: it keeps cookies, and sends back what a page's forms hold.
struct Browser {
    client: Client,
    front: String,
    cookies: Vec<(String, String)>,
    token: String,
}

impl Browser {
    fn new(server: &Server, front: &str) -> Self {
        Self { client: server.stranger(), front: front.to_owned(), cookies: Vec::new(), token: String::new() }
    }

    /// One who has signed in.
    fn signed_in(server: &Server, front: &str, user: &str) -> Self {
        assert!(set_password(&server.data(), user, PASSWORD));
        let mut browser = Self::new(server, front);
        browser.get("/console/login").expect_page(200);
        let reply = browser.post("/console/login", &[("user", user), ("password", PASSWORD), ("next", "/console/tag")]);
        assert_eq!((reply.status, reply.header("location")), (303, "/console/tag"));
        browser.get("/console/tag").expect_page(200);
        browser
    }

    fn administrator(server: &Server, front: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_patchbay"));
        command.args(["user", "grant-root", "LAB\\root", "--data"]).arg(server.data());
        assert!(command.output().unwrap().status.success());
        Self::signed_in(server, front, "LAB\\root")
    }

    fn send(&mut self, method: &str, path: &str, body: Option<String>) -> Reply {
        let mut request = self.client.raw(method, &format!("{}{path}", self.front));
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("Cookie", cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        let reply = Reply::of(request);
        for cookie in reply.headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(own, _)| own != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        if let Some(token) = reply.text.split("name=\"token\" value=\"").nth(1) {
            token.split('"').next().unwrap().clone_into(&mut self.token);
        }
        reply
    }

    fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, None)
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token.clone();
        self.post_with(path, &token, fields)
    }

    fn post_with(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs(fields);
        self.send("POST", path, Some(body.finish()))
    }

    /// Opens a page, and sends its form as it stands, with `changes`.
    fn fill_in(&mut self, path: &str, changes: &[(&str, &str)]) -> Reply {
        let page = self.get(path).expect_page(200);
        let mut fields = fields(&page.text);
        for (name, value) in changes {
            fields.retain(|(own, _)| own != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &fields)
    }
}

/// What the form of an entity holds, as a browser would send it.
fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("class=\"fields\">").nth(1).unwrap().split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\"")).nth(1).map(|rest| unescape(rest.split('"').next().unwrap()))
    };
    let mut fields = Vec::new();
    for tag in form.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let is_left_out = tag.contains("type=\"checkbox\"") && !tag.contains("checked");
        if !is_left_out && attribute(tag, "name").unwrap() != "token" {
            fields.push((attribute(tag, "name").unwrap(), attribute(tag, "value").unwrap_or_default()));
        }
    }
    for area in form.split("<textarea ").skip(1) {
        let text = area.split('\n').skip(1).collect::<Vec<_>>().join("\n");
        fields.push((attribute(area, "name").unwrap(), unescape(text.split("</textarea>").next().unwrap())));
    }
    for select in form.split("<select ").skip(1) {
        let chosen = select.split("<option ").find(|option| option.split('>').next().unwrap().contains("selected"));
        let chosen = chosen.or(select.split("<option ").nth(1)).unwrap();
        fields.push((attribute(select, "name").unwrap(), attribute(chosen, "value").unwrap()));
    }
    fields
}

fn unescape(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn who_has_not_signed_in_is_asked_to_and_comes_to_where_he_wanted() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut browser = Browser::new(&server, &front);
    let reply = browser.get("/console/dataconnection?filter=name%20eq%20'a'");
    assert_eq!(reply.status, 303);
    let login = reply.header("location").to_owned();
    assert_eq!(login, "/console/login?next=%2Fconsole%2Fdataconnection%3Ffilter%3Dname%2520eq%2520%2527a%2527");
    let page = browser.get(&login).expect_page(200);
    assert!(
        page.text.contains("name=\"password\"")
            && page.header("content-security-policy").contains("form-action 'self'")
    );
    let next = "/console/dataconnection?filter=name%20eq%20'a'";
    let wrong = browser.post("/console/login", &[("user", "LAB\\anna"), ("password", "wrong"), ("next", next)]);
    assert!(wrong.expect_page(401).text.contains("the user or the password is wrong"));
    for (elsewhere, expected) in [
        (next, next),
        ("/console", "/console"),
        ("https://example.com/", "/console"),
        ("//example.com", "/console"),
        ("/console/../qrs", "/console/../qrs"),
        ("/consolex", "/console"),
        ("/console/\\example.com", "/console"),
        ("/console/x\r\nSet-Cookie: a=b", "/console"),
        ("", "/console"),
    ] {
        let fields = [("user", "LAB\\anna"), ("password", PASSWORD), ("next", elsewhere)];
        browser.get("/console/login").expect_page(200);
        let reply = browser.post("/console/login", &fields);
        assert_eq!((reply.status, reply.header("location")), (303, expected), "{elsewhere}");
    }
    let page = browser.get("/console/dataconnection").expect_page(200);
    assert!(page.text.contains("LAB\\anna") && page.header("cache-control") == "no-store");
    assert_eq!(browser.get("/console").header("location"), "/console/dataconnection");
    let reply = browser.post("/console/logout", &[]);
    assert_eq!((reply.status, reply.header("location")), (303, "/console/login"));
    assert_eq!(browser.get("/console/dataconnection").status, 303);
    // A token is for machines, and the console not for the direct door.
    let url = format!("{}/console", server.base);
    Reply::of(server.repository().raw("GET", &url)).expect(404);
}

#[test]
fn failures_to_sign_in_make_wait_here_too() {
    let (server, front) = start(&[]);
    assert!(set_password(&server.data(), "LAB\\anna", PASSWORD));
    let mut browser = Browser::new(&server, &front);
    browser.get("/console/login").expect_page(200);
    for _ in 0..5 {
        browser.post("/console/login", &[("user", "LAB\\anna"), ("password", "wrong")]).expect_page(401);
    }
    let reply = browser.post("/console/login", &[("user", "LAB\\anna"), ("password", PASSWORD)]).expect_page(429);
    assert!(reply.text.contains("try again in") && reply.headers.contains_key("retry-after"));
}

#[test]
fn every_form_refuses_what_no_page_of_ours_sent() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let stored = client.connection("stays");
    let path = format!("/console/dataconnection/{}", id(&stored));
    let delete = format!("{path}/delete");
    let user = id(&client.get("/user?filter=userId eq 'root'").json()[0]);
    let (session, token) = (format!("/console/account/sessions/{user}"), format!("/console/account/tokens/{user}"));
    let fields = [("name", "changed"), ("id", &id(&stored)), ("do", "delete"), ("scope", "all"), ("days", "1")];
    let mut other = Browser::signed_in(&server, &front, "LAB\\anna");
    other.get("/console/tag").expect_page(200);
    for path in [
        "/console/logout",
        "/console/dataconnection/new",
        &path,
        &delete,
        "/console/dataconnection/selected",
        "/console/account/tokens",
        &session,
        &token,
    ] {
        for wrong in ["", "x", &other.token] {
            let reply = browser.post_with(path, wrong, &fields).expect_page(403);
            assert!(reply.text.contains("not made for this session"), "{path}");
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
fn a_connection_is_made_changed_and_removed() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "finance"}));
    let definition = json!({"name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]});
    client.create("custompropertydefinition", &definition);
    client.create("custompropertydefinition", &json!({"name": "note", "objectTypes": ["DataConnection"]}));
    let page = browser.get("/console/dataconnection/new").expect_page(200);
    assert!(page.text.contains("Custom property stage") && page.text.contains("finance"));
    let missing =
        browser.post("/console/dataconnection/new", &[("name", ""), ("type", "folder"), ("connectionstring", "x")]);
    let missing = missing.expect_page(400);
    assert!(missing.text.contains("required") && missing.text.contains("value=\"folder\""));
    let fields = [
        ("name", "Sales"),
        ("type", "internet"),
        ("connectionstring", "https://example.com"),
        ("password", "hunter2"),
        ("tags", &id(&tag)),
        ("@stage", "prod"),
        ("@note", "one\r\ntwo"),
        ("logOn", "1"),
    ];
    let reply = browser.post("/console/dataconnection/new", &fields);
    assert_eq!(reply.status, 303, "{}", reply.text);
    let path = reply.header("location").split('?').next().unwrap().to_owned();
    let full = || client.get("/dataconnection/full?filter=name sw 'Sales'").expect(200).json()[0].clone();
    let stored = full();
    assert_eq!((&stored["owner"]["userId"], &stored["logOn"]), (&json!("root"), &json!(1)));
    assert_eq!(stored["tags"][0]["name"], "finance");
    let values: Vec<&Json> =
        stored["customProperties"].as_array().unwrap().iter().map(|value| &value["value"]).collect();
    assert_eq!(values, ["prod", "one", "two"]);
    let page = browser.get(reply.header("location")).expect_page(200);
    assert!(page.text.contains("Saved.") && !page.text.contains("hunter2"));
    // A form that is sent as it stands changes nothing but the version, and what is filled in, that alone.
    assert_eq!(browser.fill_in(&path, &[]).status, 303);
    let mut unchanged = full();
    assert_ne!(unchanged["modifiedDate"], stored["modifiedDate"]);
    for name in ["modifiedDate", "modifiedByUserName"] {
        unchanged[name] = stored[name].clone();
    }
    assert_eq!(unchanged, stored);
    assert_eq!(browser.fill_in(&path, &[("username", "reader"), ("owner", "INTERNAL\\sa_api")]).status, 303);
    let changed = full();
    assert_eq!((&changed["username"], &changed["owner"]["userId"]), (&json!("reader"), &json!("sa_api")));
    assert_eq!(changed["customProperties"], stored["customProperties"]);
    for (field, value, part) in [
        ("owner", "nobody", "must be a user, as DIRECTORY\\userid"),
        ("owner", "LAB\\nobody", "owner"),
        ("engineObjectId", "x", "must be a GUID"),
        ("name", "", "must not be empty"),
    ] {
        let reply = browser.fill_in(&path, &[(field, value)]).expect_page(400);
        assert!(reply.text.contains(part) && reply.text.contains("role=\"alert\""), "{field}: {}", reply.text);
    }
    client.connection("Taken");
    let taken = browser.fill_in(&path, &[("name", "taken")]).expect_page(409);
    assert!(taken.text.contains("name"), "{}", taken.text);
    let asked = browser.get(&format!("{path}/delete")).expect_page(200);
    assert!(asked.text.contains("Delete Sales?"));
    let reply = browser.post(&format!("{path}/delete"), &[]);
    assert_eq!((reply.status, reply.header("location")), (303, "/console/dataconnection"));
    browser.get(&path).expect_page(404);
}

#[test]
fn who_was_slower_sees_both_versions_and_decides() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let stored = client.connection("Sales");
    let path = format!("/console/dataconnection/{}", id(&stored));
    let page = browser.get(&path).expect_page(200);
    let mut mine = fields(&page.text);
    for (name, value) in &mut mine {
        if name == "username" {
            "mine".clone_into(value);
        }
    }
    let theirs = client.request("PUT", &format!("/dataconnection/{}", id(&stored))).header("If-Match", "*");
    Reply::of(theirs.json(&json!({"username": "theirs", "connectionstring": "lib://theirs"}))).expect(200);
    let as_pairs = |fields: &[(String, String)]| -> Vec<(String, String)> { fields.to_vec() };
    let pairs = as_pairs(&mine);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let conflict = browser.post(&path, &pairs).expect_page(409);
    for part in [
        "Somebody else changed it",
        "value=\"mine\"",
        "<td>mine</td><td>theirs</td>",
        "<td>lib://theirs</td>",
        "Save mine over it",
    ] {
        assert!(conflict.text.contains(part), "{part} is not in {}", conflict.text);
    }
    let username = || client.get(&format!("/dataconnection/{}", id(&stored))).json()["username"].clone();
    assert_eq!(username(), "theirs");
    let again = fields(&conflict.text);
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(browser.post(&path, &again).status, 303);
    assert_eq!(username(), "mine");
}

#[test]
fn a_list_is_filtered_sorted_and_turned_over() {
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
    let page = browser.get(&format!("/console/dataconnection?filter={}", encode("name so '11'"))).expect_page(200);
    assert!(page.text.contains("1 to 11 of 11") && !page.text.contains("rel=\"next\""));
    let page = browser.get("/console/dataconnection?column=id&column=name&column=password").expect_page(200);
    assert!(page.text.contains(">ID<") && !page.text.contains(">Connection string</a>"), "{}", page.text);
    for (query, mark) in [
        ("filter=nmae%20eq%20'x'", "<mark>n</mark>mae eq "),
        ("filter=name%20eq", "<mark> </mark>"),
        ("filter=name%20eq%20'x'%20nad%20name%20eq%20'y'", "<mark>n</mark>ad"),
        ("orderby=nmae", "<mark>n</mark>mae"),
    ] {
        let page = browser.get(&format!("/console/dataconnection?{query}")).expect_page(400);
        assert!(page.text.contains(mark) && page.text.contains("role=\"alert\""), "{query}: {}", page.text);
    }
    let page = browser.get("/console/dataconnection?filter=name%20eq%20'x'").expect_page(200);
    assert!(page.text.contains("The filter finds none"));
}

#[test]
fn nothing_that_is_stored_becomes_part_of_a_page() {
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
    let tags: Vec<Json> = names.iter().map(|name| client.create("tag", &json!({"name": name}))).collect();
    let definition =
        json!({"name": "p", "choiceValues": names, "objectTypes": ["DataConnection", "User"], "description": names[0]});
    let definition = client.create("custompropertydefinition", &definition);
    let values: Vec<Json> =
        names.iter().map(|name| json!({"value": name, "definition": {"id": id(&definition)}})).collect();
    for name in names {
        let entity = json!({"name": name, "connectionstring": name, "type": name, "username": name, "tags": tags, "customProperties": values});
        let stored = client.create("dataconnection", &entity);
        paths.push(format!("/console/why?type=DataConnection&id={}", id(&stored)));
        let attributes = [json!({"attributeType": name, "attributeValue": name})];
        let user = json!({"userId": name, "userDirectory": name, "name": name, "roles": [name], "attributes": attributes, "customProperties": values});
        client.create("user", &user);
        client.create("systemrule", &json!({"name": name, "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = \"x\"", "comment": name}));
        paths.push(format!("/console/dataconnection?filter={0}&orderby={0}", encode(name)));
        paths.push(format!("/console/why?user={0}&name={0}", encode(name)));
        paths.push(format!("/console/login?next={}", encode(name)));
    }
    for kind in ["dataconnection", "tag", "custompropertydefinition", "user", "systemrule"] {
        paths.push(format!("/console/{kind}"));
        paths.push(format!("/console/{kind}/new"));
        let all = client.get(&format!("/{kind}")).json();
        for entity in all.as_array().unwrap() {
            paths.extend(["", "/delete"].map(|rest| format!("/console/{kind}/{}{rest}", id(entity))));
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
        asks_nobody_else(&page.text);
    }
    assert!(seen > 20);
    let connection = client.get("/dataconnection").json()[0].clone();
    browser.get("/console/dataconnection").expect_page(200);
    let asked = browser.post("/console/dataconnection/selected", &[("id", &id(&connection))]).expect_page(200);
    assert!(!asked.text.contains("<script") && asked.text.contains("&#60;script&#62;"));
}

#[test]
fn what_is_selected_is_changed_together_or_not_at_all() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    let tag = client.create("tag", &json!({"name": "finance"}));
    let definition = json!({"name": "stage", "choiceValues": ["dev", "prod"], "objectTypes": ["DataConnection"]});
    let definition = client.create("custompropertydefinition", &definition);
    let ids: Vec<String> = ["a", "b", "c"].map(|name| id(&client.connection(name))).to_vec();
    browser.get("/console/dataconnection").expect_page(200);
    let page = browser.post("/console/dataconnection/selected", &[]).expect_page(400);
    assert!(page.text.contains("Select 1 to"));
    let chosen = [("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let page = browser.post("/console/dataconnection/selected", &chosen).expect_page(200);
    assert!(page.text.contains("2 selected") && page.text.contains("finance") && page.text.contains("stage"));
    let act = |browser: &mut Browser, fields: &[(&str, &str)]| {
        browser.post("/console/dataconnection/selected", &[&chosen[..], fields].concat())
    };
    let (tag, definition) = (id(&tag), id(&definition));
    let names = |filter: &str| client.names("dataconnection", filter);
    assert_eq!(act(&mut browser, &[("do", "add tag"), ("tag", &tag)]).status, 303);
    assert_eq!(names("tags.name eq 'finance'"), ["a", "b"]);
    assert_eq!(
        act(&mut browser, &[("do", "custom property"), ("definition", &definition), ("value", "prod")]).status,
        303
    );
    assert_eq!(names("@stage eq 'prod'"), ["a", "b"]);
    let wrong = act(&mut browser, &[("do", "custom property"), ("definition", &definition), ("value", "moon")]);
    assert!(wrong.expect_page(400).text.contains("Nothing was changed"));
    assert_eq!(act(&mut browser, &[("do", "owner"), ("owner", "INTERNAL\\sa_api")]).status, 303);
    assert_eq!(names("owner.userId eq 'sa_api'"), ["a", "b"]);
    assert!(act(&mut browser, &[("do", "owner"), ("owner", "x")]).expect_page(400).text.contains("DIRECTORY\\userid"));
    assert_eq!(act(&mut browser, &[("do", "remove tag"), ("tag", &tag)]).status, 303);
    assert!(names("tags.name eq 'finance'").is_empty());
    // One that is gone keeps all others from being changed.
    client.delete(&format!("/dataconnection/{}", ids[1])).expect(204);
    assert!(act(&mut browser, &[("do", "delete")]).expect_page(404).text.contains("Nothing was changed"));
    assert_eq!(names(""), ["a", "c"]);
    let rest = [("id", ids[0].as_str()), ("id", ids[2].as_str()), ("do", "delete")];
    assert_eq!(browser.post("/console/dataconnection/selected", &rest).status, 303);
    assert!(names("").is_empty());
}

#[test]
fn a_rule_shows_its_fault_under_the_character_and_what_it_would_change() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let client = server.repository();
    client.connection("theirs");
    client.create("user", &json!({"userDirectory": "LAB", "userId": "anna"}));
    browser.get("/console/systemrule/new").expect_page(200);
    let rule = |condition: &'static str| {
        [("name", "r"), ("resourceFilter", "DataConnection_*"), ("rule", condition), ("actions", "2"), ("actions", "4")]
    };
    let wrong = browser.post("/console/systemrule/new", &rule("user.userId = anna")).expect_page(400);
    assert!(wrong.text.contains("<mark>") && wrong.text.contains("role=\"alert\""), "{}", wrong.text);
    let preview = [&rule("user.userId = \"anna\"")[..], &[("action", "preview")]].concat();
    let page = browser.post("/console/systemrule/new", &preview).expect_page(200);
    for part in ["Gained: 2", "Lost: 0", "LAB\\anna", "theirs", "update"] {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
    assert_eq!(client.names("systemrule", "name eq 'r'"), Vec::<String>::new());
    let reply = browser.post("/console/systemrule/new", &rule("user.userId = \"anna\""));
    assert_eq!(reply.status, 303);
    let path = reply.header("location").split('?').next().unwrap().to_owned();
    let stored = client.get("/systemrule/full?filter=name eq 'r'").json()[0].clone();
    assert_eq!((&stored["actions"], &stored["type"]), (&json!(6), &json!("Custom")));
    let page = browser.fill_in(&path, &[("disabled", "yes"), ("action", "preview")]).expect_page(200);
    assert!(page.text.contains("Gained: 0") && page.text.contains("Lost: 2"), "{}", page.text);
    // A rule that nobody can change shows no way to.
    let owner = client.get("/systemrule?filter=name eq 'RootAdmin'").json()[0].clone();
    let refused = browser.fill_in(&format!("/console/systemrule/{}", id(&owner)), &[("comment", "x")]).expect_page(403);
    assert!(refused.text.contains("read-only"));
}

#[test]
fn the_page_why_gives_each_rules_verdict() {
    let (server, front) = start(&[]);
    let mut browser = Browser::administrator(&server, &front);
    let stored = server.user("anna").connection("hers");
    let page = browser.get("/console/why?user=LAB%5Canna&action=update&type=DataConnection&name=hers").expect_page(200);
    assert!(page.text.contains("<strong>may update</strong> hers") && page.text.contains("resource.owner = user"));
    let page = browser.get(&format!("/console/why?type=DataConnection&id={}", id(&stored))).expect_page(200);
    assert!(page.text.contains("Who may do anything to hers") && page.text.contains("LAB\\anna"));
    for (query, status, part) in [
        ("user=LAB%5Cnobody&name=hers", 404, "no such user"),
        ("user=anna&name=hers", 400, "DIRECTORY\\userid"),
        ("user=LAB%5Canna&name=nothing", 404, "no data connection of that name"),
    ] {
        let page = browser.get(&format!("/console/why?{query}")).expect_page(status);
        assert!(page.text.contains(part) && page.text.contains("role=\"alert\""), "{}", page.text);
    }
}

#[test]
fn a_visitor_sees_and_does_what_the_rules_let_him() {
    let (server, front) = start(&[]);
    let client = server.repository();
    let hidden = client.connection("hidden");
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let page = anna.get("/console/dataconnection").expect_page(200);
    assert!(page.text.contains("There is none yet") && page.text.contains("New data connection"));
    assert!(!anna.get("/console/tag").expect_page(200).text.contains("New tag"));
    for rest in ["", "/delete"] {
        anna.get(&format!("/console/dataconnection/{}{rest}", id(&hidden))).expect_page(404);
    }
    let rule =
        json!({"name": "r", "resourceFilter": "DataConnection_*", "actions": 2, "rule": "user.userId = \"anna\""});
    client.create("systemrule", &rule);
    let path = format!("/console/dataconnection/{}", id(&hidden));
    let page = anna.get(&path).expect_page(200);
    assert!(page.text.contains("hidden") && !page.text.contains("<textarea") && !page.text.contains(">Save<"));
    assert!(
        anna.post(
            &path,
            &[("name", "x"), ("connectionstring", "x"), ("type", "x"), ("version", "2026-01-01T00:00:00.000Z")]
        )
        .expect_page(403)
        .text
        .contains("may not update")
    );
    assert!(anna.post(&format!("{path}/delete"), &[]).expect_page(403).text.contains("may not delete"));
    assert_eq!(client.names("dataconnection", ""), ["hidden"]);
}

#[test]
fn the_account_page_has_sessions_and_tokens() {
    let (server, front) = start(&[]);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let mut elsewhere = Browser::signed_in(&server, &front, "LAB\\bert");
    let page = anna.get("/console/account").expect_page(200);
    assert!(page.text.contains("127.0.0.1") && page.text.contains("You have no roles"));
    let wrong = anna.post("/console/account/tokens", &[("name", "ci"), ("scope", "read"), ("days", "0")]);
    assert!(wrong.expect_page(400).text.contains("must be 1 to 366"));
    let made =
        anna.post("/console/account/tokens", &[("name", "ci"), ("scope", "read"), ("days", "5")]).expect_page(201);
    let token = made.text.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap().to_owned();
    let url = format!("{front}/qrs/tag?xrfkey=0123456789abcdef");
    let ask = || {
        let request = anna.client.raw("GET", &url).header("X-Qlik-Xrfkey", "0123456789abcdef");
        Reply::of(request.header("Authorization", format!("Bearer {token}"))).status
    };
    assert_eq!(ask(), 200);
    let page = anna.get("/console/account").expect_page(200);
    assert!(!page.text.contains(&token));
    let path = |page: &Reply, kind: &str| {
        let start = format!("action=\"/console/account/{kind}/");
        format!("/console/account/{kind}/{}", page.text.split(&start).nth(1).unwrap().split('"').next().unwrap())
    };
    let (revoke, end) = (path(&page, "tokens"), path(&page, "sessions"));
    elsewhere.post(&revoke, &[]);
    assert_eq!(Reply::of(anna.client.raw("GET", &url)).status, 401);
    assert_eq!(anna.post(&revoke, &[]).status, 303);
    let page = anna.get("/console/account").expect_page(200);
    assert!(!page.text.contains(">ci<"));
    assert_eq!(anna.post(&end, &[]).status, 303);
    assert_eq!(anna.get("/console/account").status, 303);
}

#[test]
fn passwords_are_changed_by_their_owner_and_given_by_a_root_administrator() {
    const NEW: &str = "another good password";
    let (server, front) = start(&[]);
    let mut elsewhere = Browser::signed_in(&server, &front, "LAB\\anna");
    let mut anna = Browser::new(&server, &front);
    let sign_in = |browser: &mut Browser, password: &str| {
        browser.get("/console/login").expect_page(200);
        browser.post("/console/login", &[("user", "LAB\\anna"), ("password", password)]).status
    };
    assert_eq!(sign_in(&mut anna, PASSWORD), 303);
    anna.get("/console/account/password").expect_page(200);
    for (fields, status, part) in [
        ([("current", "wrong"), ("password", NEW), ("again", NEW)], 403, "current password is wrong"),
        ([("current", PASSWORD), ("password", NEW), ("again", "x")], 400, "two passwords differ"),
        ([("current", PASSWORD), ("password", "short"), ("again", "short")], 400, "12 to 1024"),
    ] {
        assert!(anna.post("/console/account/password", &fields).expect_page(status).text.contains(part));
    }
    elsewhere.get("/console/tag").expect_page(200);
    let fields = [("current", PASSWORD), ("password", NEW), ("again", NEW)];
    assert_eq!(anna.post("/console/account/password", &fields).header("location"), "/console/account");
    anna.get("/console/tag").expect_page(200);
    assert_eq!(elsewhere.get("/console/tag").status, 303);
    assert_eq!((sign_in(&mut elsewhere, PASSWORD), sign_in(&mut elsewhere, NEW)), (401, 303));
    // Whoever may change users is not yet allowed to become them.
    let client = server.repository();
    let path = |user: &str| {
        let found = client.get(&format!("/user?filter=userId eq '{user}'")).json();
        format!("/console/user/{}/password", id(&found[0]))
    };
    let rule = json!({"name": "r", "resourceFilter": "User_*", "actions": 6, "rule": "user.userId = \"anna\""});
    client.create("systemrule", &rule);
    client.create("user", &json!({"userDirectory": "LAB", "userId": "bert"}));
    anna.get(&path("bert")).expect_page(403);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    anna.post(&path("bert"), &fields).expect_page(403);
    let mut root = Browser::administrator(&server, &front);
    root.get(&path("bert")).expect_page(200);
    root.post_with(&path("bert"), "x", &fields).expect_page(403);
    assert_eq!(root.post(&path("bert"), &fields).status, 303);
    let mut bert = Browser::new(&server, &front);
    bert.get("/console/login").expect_page(200);
    assert_eq!(bert.post("/console/login", &[("user", "LAB\\bert"), ("password", PASSWORD)]).status, 303);
    assert!(root.post(&path("sa_api"), &fields).expect_page(400).text.contains("own accounts"));
    assert!(!server.log().contains(NEW) && !server.log().contains(PASSWORD));
}

#[test]
fn certificates_are_for_who_may_have_them() {
    let (server, front) = start(&[]);
    let mut anna = Browser::signed_in(&server, &front, "LAB\\anna");
    let page = anna.get("/console/account").expect_page(200);
    assert!(page.text.contains("root.pem") && !page.text.contains("client.pem"));
    let root = anna.get("/console/account/root.pem");
    assert_eq!(root.text, std::fs::read_to_string(server.data().join("certs/root.pem")).unwrap());
    anna.post("/console/account/client.pem", &[]).expect_page(403);
    let mut administrator = Browser::administrator(&server, &front);
    assert!(administrator.get("/console/account").expect_page(200).text.contains("Download client.pem"));
    administrator.post_with("/console/account/client.pem", "x", &[]).expect_page(403);
    let client = administrator.post("/console/account/client.pem", &[]);
    assert_eq!((client.status, client.header("cache-control")), (200, "no-store"));
    let parts = ["client.pem", "client_key.pem"]
        .map(|name| std::fs::read_to_string(server.data().join("certs").join(name)).unwrap());
    assert_eq!(client.text, parts.concat());
    assert!(server.log().contains("the client certificate was downloaded"));
}

#[test]
fn who_comes_through_a_proxy_uses_the_console_without_a_session() {
    let (server, front) = start(&["--front-header", "X-Remote-User", "--front-header-from", "127.0.0.1"]);
    let client = server.stranger();
    let ask = |method: &str, path: &str, body: Option<String>| {
        let mut request = client.raw(method, &format!("{front}{path}")).header("X-Remote-User", "LAB\\anna");
        if let Some(body) = body {
            request = request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        Reply::of(request)
    };
    let page = ask("GET", "/console/dataconnection/new", None).expect_page(200);
    let token = page.text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let body = |token: &str| {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs([
            ("name", "hers"),
            ("type", "internet"),
            ("connectionstring", "x"),
        ]);
        Some(body.finish())
    };
    ask("POST", "/console/dataconnection/new", body("x")).expect_page(403);
    assert_eq!(ask("POST", "/console/dataconnection/new", body(&token)).status, 303);
    assert_eq!(server.repository().names("dataconnection", "owner.userId eq 'anna'"), ["hers"]);
}
