//! A browser without JavaScript, for the console.

use crate::support::visitor::{PASSWORD, set_password};
use crate::support::{Client, Reply, Server, program};

/// A browser: it keeps cookies, and sends the fields of a page's forms back.
pub struct Browser {
    pub client: Client,
    front: String,
    cookies: Vec<(String, String)>,
    pub token: String,
    /// The values of its request headers that name the origin.
    pub fetch_site: Option<&'static str>,
    /// Overrides the value of `Origin`, which otherwise is the server's own; an empty value omits
    /// the header.
    pub origin: Option<&'static str>,
    /// Whether the last page had a policy that omits the referrer.
    hides_origin: bool,
}

impl Browser {
    pub fn new(server: &Server, front: &str) -> Self {
        let (cookies, token) = (Vec::new(), String::new());
        Self {
            client: server.stranger(),
            front: front.to_owned(),
            cookies,
            token,
            fetch_site: None,
            origin: None,
            hides_origin: false,
        }
    }

    /// The origin of the page that sends a form, as browsers send it.
    fn origin(&self) -> String {
        match self.origin {
            Some(origin) => origin.to_owned(),
            None if self.hides_origin => "null".to_owned(),
            None => reqwest::Url::parse(&self.front).unwrap().origin().ascii_serialization(),
        }
    }

    /// A browser that has signed in.
    pub fn signed_in(server: &Server, front: &str, user: &str) -> Self {
        assert!(set_password(&server.data(), user, PASSWORD));
        let mut browser = Self::new(server, front);
        browser.get("/console/login").expect_page(200);
        let reply = browser.post(
            "/console/login",
            &[("user", user), ("password", PASSWORD), ("next", "/console/tag")],
        );
        assert_eq!((reply.status, reply.header("location")), (303, "/console/tag"));
        browser.get("/console/tag").expect_page(200);
        browser
    }

    pub fn administrator(server: &Server, front: &str) -> Self {
        let mut command = program();
        command.args(["user", "grant-root", "--create", "LAB\\root", "--data"]).arg(server.data());
        assert!(command.output().unwrap().status.success());
        Self::signed_in(server, front, "LAB\\root")
    }

    pub fn send(&mut self, method: &str, path: &str, body: Option<String>) -> Reply {
        let mut request = self.client.raw(method, &format!("{}{path}", self.front));
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("Cookie", cookies.join("; "));
        }
        if let Some(site) = self.fetch_site {
            request = request.header("Sec-Fetch-Site", site);
        }
        let origin = self.origin();
        if method != "GET" && !origin.is_empty() {
            request = request.header("Origin", origin);
        }
        if let Some(body) = body {
            request =
                request.header("Content-Type", "application/x-www-form-urlencoded").body(body);
        }
        let reply = Reply::of(request);
        if let Some(policy) = reply.headers.get("referrer-policy") {
            self.hides_origin = policy == "no-referrer";
        }
        for cookie in reply.headers.get_all("set-cookie") {
            let (name, value) =
                cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(own, _)| own != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        if let Some(token) = reply.text.split("name=\"token\" value=\"").nth(1) {
            token.split('"').next().unwrap().clone_into(&mut self.token);
        }
        reply
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, None)
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token.clone();
        self.post_with(path, &token, fields)
    }

    pub fn post_with(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs(fields);
        self.send("POST", path, Some(body.finish()))
    }

    /// Opens a page, and submits its form with `changes`.
    pub fn fill_in(&mut self, path: &str, changes: &[(&str, &str)]) -> Reply {
        let page = self.get(path).expect_page(200);
        let mut fields = fields(&page.text);
        for (name, value) in changes {
            fields.retain(|(own, _)| own != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &fields)
    }
}

/// The fields of an entity's form, as a browser would send them.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let form = page.split("class=\"fields\">").nth(1).unwrap().split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!("{name}=\""))
            .nth(1)
            .map(|rest| unescape(rest.split('"').next().unwrap()))
    };
    let mut fields = Vec::new();
    for tag in form.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let is_box =
            ["checkbox", "radio"].iter().any(|kind| tag.contains(&format!("type=\"{kind}\"")));
        let is_left_out = is_box && !tag.contains("checked");
        if !is_left_out && attribute(tag, "name").unwrap() != "token" {
            // An input of one line can't hold line breaks.
            let value = attribute(tag, "value").unwrap_or_default();
            let value = if tag.contains("type=") { value } else { value.replace(['\r', '\n'], "") };
            fields.push((attribute(tag, "name").unwrap(), value));
        }
    }
    for area in form.split("<textarea ").skip(1) {
        let (_, text) = area.split_once(">\n").unwrap();
        let text = unescape(text.split("</textarea>").next().unwrap());
        // Browsers send line breaks in this form.
        fields.push((
            attribute(area, "name").unwrap(),
            text.replace("\r\n", "\n").replace('\n', "\r\n"),
        ));
    }
    for select in form.split("<select ").skip(1) {
        let chosen = select
            .split("<option ")
            .find(|option| option.split('>').next().unwrap().contains("selected"));
        let chosen = chosen.or(select.split("<option ").nth(1)).unwrap();
        fields.push((attribute(select, "name").unwrap(), attribute(chosen, "value").unwrap()));
    }
    fields
}

/// The hidden or read-only fields of the forms in a page's main part, without those of tokens.
pub fn hidden(page: &str) -> Vec<(String, String)> {
    let main = page.split("<main").nth(1).unwrap();
    let part = |tag: &str, start: &str| {
        unescape(tag.split(start).nth(1).unwrap().split('"').next().unwrap())
    };
    let tags = main.split("<input type=\"hidden\" ").skip(1);
    let fields = tags.map(|tag| (part(tag, "name=\""), part(tag, "value=\"")));
    let areas = main.split("<textarea readonly ").skip(1).map(|area| {
        let text = area.split_once(">\n").unwrap().1.split("</textarea>").next().unwrap();
        (part(area, "name=\""), unescape(text))
    });
    fields.filter(|(name, _)| name != "token").chain(areas).collect()
}

#[track_caller]
pub fn has(page: &Reply, parts: &[&str]) {
    for part in parts {
        assert!(page.text.contains(part), "{part} is not in {}", page.text);
    }
}

pub fn unescape(text: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
