//! A million connections: the cost of requests compared with ten thousand connections, scans
//! compared with bare ones, orders, the list of everything, and the start.

use crate::bare_rows;
use crate::data::{READER, Site};
use crate::footprint::mib;
use crate::load::{Client, Target, Work, measure};
use crate::reads::{Path, by_name, by_tag};
use crate::report::{Promise, Report, Spread};
use crate::server::Running;
use rusqlite::Connection;
use std::time::{Duration, Instant};

const SMALL: usize = 10_000;
const LARGE: usize = 1_000_000;

pub fn run(report: &mut Report) {
    let small = Site::new(report.size(SMALL, 1_000), 20);
    let large = Site::new(report.size(LARGE, 4_000), 20);
    starts(report, &large);
    let ((_small_server, small_target), (server, target)) = (small.serve(), large.serve());
    growth(report, (&small, &small_target), (&large, &target));
    scans(report, &large, &target);
    everything(report, &large, &server, &target);
}

/// The time until the first reply of a server that was stopped cleanly.
fn starts(report: &mut Report, site: &Site) {
    report.part(&format!("Start with {} connections", site.rows));
    let times = (0..report.rounds(5)).map(|_| {
        let start = Instant::now();
        let (_server, target) = site.serve();
        target.connect_as(READER).expect(
            "GET",
            &format!("/dataconnection/{}", site.id(1)),
            "",
            200,
        );
        milliseconds(start.elapsed())
    });
    report.add(
        "start to first answer",
        Spread::of(times.collect::<Vec<f64>>()),
        "ms",
        Promise::Below(500.0),
    );
}

fn growth(report: &mut Report, small: (&Site, &Target), large: (&Site, &Target)) {
    report.part(&format!("Cost at {} connections, 16 clients", large.0.rows));
    let works: [(&'static str, Path); 4] = [
        ("GET by id", |site, turn| format!("/dataconnection/{}", site.id(turn))),
        ("count of 20 by tag", |site, turn| by_tag(site, turn, "count")),
        ("list of 20, full, by tag", |site, turn| by_tag(site, turn, "full")),
        ("list of 20, full, by name", |site, turn| by_name(site, turn, "full")),
    ];
    for (name, path) in works {
        let [of_small, of_large] = [small, large].map(|(site, target)| {
            Work::new(
                name,
                || target.connect_as(READER),
                move |client, turn| {
                    client.expect("GET", &path(site, turn), "", 200);
                },
            )
        });
        let mut measured =
            measure(&[&of_small, &of_large], 16, report.rounds(5), report.size(3_000, 32));
        let ratio = Spread::of(
            measured[0].rates.iter().zip(&measured[1].rates).map(|(small, large)| small / large),
        );
        let unit = "of the small one";
        report.add_timed(name, ratio, unit, Promise::Below(1.5), &mut measured[1].latencies);
    }
}

/// Filters that no index serves, and orders that an index serves.
fn scans(report: &mut Report, site: &Site, target: &Target) {
    report.part(&format!("Scans and orders of {} connections, 1 client", site.rows));
    let mut client = target.connect_as(READER);
    let middle = site.rows / 2;
    let name = &crate::data::name(middle)[11..26];
    let path = format!("/dataconnection?filter=name%20so%20'{}'", name.replace(' ', "%20"));
    let times: Vec<f64> = (0..report.rounds(9)).map(|_| time(&mut client, &path)).collect();
    report.add(
        "list by a part of the name that few have",
        Spread::of(times),
        "ms",
        Promise::Below(60.0),
    );
    let times: Vec<f64> = (0..report.rounds(9))
        .map(|_| time(&mut client, "/dataconnection?filter=name%20so%20'nection'&take=20"))
        .collect();
    report.add(
        "first 20 by a part of the name that all have",
        Spread::of(times),
        "ms",
        Promise::Below(60.0),
    );
    let database = site.open();
    let ratios = (0..report.rounds(5)).map(|_| {
        let path = format!("/dataconnection?filter=connectionstring%20so%20'sales{middle};'");
        time(&mut client, &path) / bare_scan(&database, &format!("%sales{middle};%"))
    });
    let ratios: Vec<f64> = ratios.collect();
    report.add(
        "list by a part of the connection string",
        Spread::of(ratios),
        "of the bare scan",
        Promise::Below(5.0),
    );
    for order in ["name", "name%20desc", "modifiedDate%20desc"] {
        let ratios = (0..report.rounds(9)).map(|_| {
            let unordered = time(&mut client, "/dataconnection/full?take=50");
            time(&mut client, &format!("/dataconnection/full?take=50&orderby={order}")) / unordered
        });
        let ratios: Vec<f64> = ratios.collect();
        let label = format!("first 50 by {}", order.replace("%20", " "));
        report.add(&label, Spread::of(ratios), "of any 50", Promise::Below(3.0));
    }
}

fn time(client: &mut Client, path: &str) -> f64 {
    let start = Instant::now();
    client.expect("GET", path, "", 200);
    milliseconds(start.elapsed())
}

fn bare_scan(database: &Connection, pattern: &str) -> f64 {
    let start = Instant::now();
    let sql = "SELECT id FROM data_connections WHERE connectionstring_folded LIKE ?1";
    let mut statement = database.prepare_cached(sql).expect("valid SQL");
    let ids: Vec<String> = statement
        .query_map([pattern], |row| row.get(0))
        .expect("rows")
        .map(Result::unwrap)
        .collect();
    assert!(!ids.is_empty());
    milliseconds(start.elapsed())
}

fn everything(report: &mut Report, site: &Site, server: &Running, target: &Target) {
    report.part(&format!("The full list of all {} connections", site.rows));
    let mut firsts = Vec::new();
    let mut ratios = Vec::new();
    let mut grown = Vec::new();
    for _ in 0..report.rounds(3) {
        let before = server.own_bytes().unwrap_or(0);
        let mut most = before;
        let meanwhile = || most = most.max(server.own_bytes().unwrap_or(0));
        let (first, whole, bytes) =
            target.connect_as(READER).drain("/dataconnection/full?", meanwhile);
        firsts.push(milliseconds(first));
        grown.push(mib(most.saturating_sub(before)));
        let start = Instant::now();
        let bare = bare_rows::list_all(&site.open());
        ratios.push(rate(bytes, whole) / rate(bare, start.elapsed()));
    }
    report.add("first byte", Spread::of(firsts), "ms", Promise::Below(50.0));
    report.add("growth of memory", Spread::of(grown), "MiB", Promise::Below(32.0));
    report.add(
        "bytes per second",
        Spread::of(ratios),
        "of the bare program",
        Promise::AtLeast(0.5),
    );
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of large numbers")]
fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
