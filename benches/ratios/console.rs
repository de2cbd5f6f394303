//! What a page of the console costs, beside the same query by the API.

use crate::load::{Client, Target};
use crate::median;
use crate::server::{Running, address_in};
use std::fmt::Write;
use std::time::Instant;

const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 1_000;

/// What the console and the API are asked for.
const QUERIES: [(&str, &str); 4] = [
    ("first page", ""),
    ("sorted by name, last first", "orderby=name%20desc"),
    ("a part of the name", "filter=name%20so%20'99'"),
    ("the middle", "skip=500"),
];

pub fn run(is_quick: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let doors = ["--front", "127.0.0.1:0", "--front-header", "X-Remote-User", "--front-header-from", "127.0.0.1"];
    let (server, welcome) = Running::start_with(&folder, &doors);
    let front =
        welcome.iter().find_map(|line| line.strip_prefix("Front door: ")).map(address_in).expect("a front door");
    let target = Target::new(server.address, &folder.path().join("certs"));
    let mut repository = target.connect();
    let rows = if is_quick { QUICK_ROWS } else { ROWS };
    fill(&mut repository, rows);
    let mut api = target.connect_as("UserDirectory=LAB; UserId=root");
    let mut browser = target.at(front).connect_with("X-Remote-User", "LAB\\root");
    println!(
        "\n{:44} {:>10} {:>22} {:>10}",
        format!("page of the console, {rows} rows"),
        "ms",
        "of the same by the API",
        "promised"
    );
    for (name, query) in QUERIES {
        let page = format!("/console/dataconnection?{query}");
        let skip = if query.contains("skip") { "" } else { "&skip=0" };
        let list = format!("/dataconnection/full?{query}{skip}&take=50&privileges=true").replace("?&", "?");
        let (mut pages, mut lists) = (Vec::new(), Vec::new());
        for _ in 0..if is_quick { 1 } else { 15 } {
            pages.push(time(|| browser.send("GET", &page, "")));
            lists.push(time(|| api.call("GET", &list, "")));
        }
        let (page, list) = (median(&mut pages), median(&mut lists));
        println!("{name:44} {page:>10.2} {:>21.2}× {:>10}", page / list, "< 2");
    }
}

fn time(ask: impl FnOnce() -> (u16, String)) -> f64 {
    let start = Instant::now();
    let (status, _) = ask();
    assert_eq!(status, 200);
    start.elapsed().as_secs_f64() * 1000.0
}

fn fill(client: &mut Client, rows: usize) {
    let user = "{\"userDirectory\": \"LAB\", \"userId\": \"root\", \"roles\": [\"RootAdmin\"]}";
    assert_eq!(client.call("POST", "/user", user).0, 201);
    for start in (0..rows).step_by(500) {
        let mut bodies = String::from("[");
        for number in start..start + 500 {
            let separator = if number == start { "" } else { "," };
            let _ = write!(
                bodies,
                "{separator}{{\"name\": \"connection {number}\", \"type\": \"QvOdbcConnectorPackage.exe\", \
                 \"connectionstring\": \"CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;host=db.example.com\"}}"
            );
        }
        bodies.push(']');
        assert_eq!(client.call("POST", "/dataconnection/many", &bodies).0, 201);
    }
}
