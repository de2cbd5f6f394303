//! The cost of a console page, compared with the same query through the API.

use crate::data::{ADMINISTRATOR, Site};
use crate::report::{Promise, Report, Spread};
use crate::server::{Running, WITHOUT_CACHE, address_in};
use std::time::Instant;

/// The queries to the console and the API.
const QUERIES: [(&str, &str); 4] = [
    ("first page", ""),
    ("sorted by name, last first", "orderby=name%20desc"),
    ("a part of the name", "filter=name%20so%20'99'"),
    ("the middle", "skip=500"),
];

pub fn run(report: &mut Report) {
    let site = Site::new(report.size(100_000, 2_000), 20);
    let doors = [
        "--front",
        "127.0.0.1:0",
        "--front-header",
        "X-Remote-User",
        "--front-header-from",
        "127.0.0.1",
    ];
    let (server, welcome) =
        Running::start_with(&site.folder, &[&doors[..], &WITHOUT_CACHE].concat());
    let front = welcome
        .iter()
        .find_map(|line| line.strip_prefix("Front door: "))
        .map(address_in)
        .expect("a front door");
    let target = site.target(&server);
    let mut api = target.connect_as(ADMINISTRATOR);
    let mut browser = target.at(front).connect_with("X-Remote-User", "LAB\\root");
    report.part(&format!("Pages of the console, {} connections", site.rows));
    for (name, query) in QUERIES {
        let page = format!("/console/dataconnection?{query}");
        let skip = if query.contains("skip") { "" } else { "&skip=0" };
        let list = format!("/dataconnection/full?{query}{skip}&take=50&privileges=true")
            .replace("?&", "?");
        let mut ratios = Vec::new();
        for _ in 0..report.rounds(15) {
            let of_page = time(|| browser.send("GET", &page, ""));
            ratios.push(of_page / time(|| api.call("GET", &list, "")));
        }
        report.add(name, Spread::of(ratios), "of the API", Promise::Below(2.0));
    }
}

fn time(ask: impl FnOnce() -> (u16, String)) -> f64 {
    let start = Instant::now();
    let (status, _) = ask();
    assert_eq!(status, 200);
    start.elapsed().as_secs_f64() * 1000.0
}
