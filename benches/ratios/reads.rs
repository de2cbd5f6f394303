//! Reads over mutual TLS with kept connections, compared with a static JSON reply of the same
//! server.

use crate::data::{READER, Site};
use crate::load::{Measured, Target, Work, measure};
use crate::report::{Promise, Report, Spread};

const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 2_000;
const RULES: usize = 20;

/// The path of a request, by its turn.
pub type Path = fn(&Site, usize) -> String;

/// A kind of request, with the promised ratio of its rate to that of the static reply, for sixteen
/// concurrent clients.
type Kind<'a> = (Work<'a>, Promise);

pub fn run(report: &mut Report) {
    let site = Site::new(report.size(ROWS, QUICK_ROWS), RULES);
    let (server, target) = site.serve();
    let kinds = kinds(&site, &target, site.rows);
    for clients in [1, 16] {
        report
            .part(&format!("Reads of {} connections, {RULES} rules, {clients} clients", site.rows));
        add_rates(report, &kinds, clients);
    }
    new_connections(report, &site, &target);
    drop(server);
    polled(report, &site);
}

/// The number of different paths for each kind of request in the polling benchmark.
const POLLED: usize = 100;

/// Polling, as dashboards and scripts do it: the same requests again and again.
fn polled(report: &mut Report, site: &Site) {
    let (_server, target) = site.serve_keeping();
    report.part(&format!(
        "The same {POLLED} asked for again, of {} connections, {RULES} rules, 16 clients",
        site.rows
    ));
    add_rates(report, &kinds(site, &target, POLLED), 16);
}

/// The kinds of requests, each with `different` paths in turn.
fn kinds<'a>(site: &'a Site, target: &'a Target, different: usize) -> Vec<Kind<'a>> {
    let connect = || target.connect_as(READER);
    let get = |name, path: Path| {
        Work::new(name, connect, move |client, turn| {
            client.expect("GET", &path(site, turn % different), "", 200);
        })
    };
    vec![
        (get("static JSON (/qrs/about)", |_, _| "/about".to_owned()), Promise::None),
        (
            get("GET by id", |site, turn| format!("/dataconnection/{}", site.id(turn))),
            Promise::AtLeast(0.5),
        ),
        (
            get("GET by id with privileges", |site, turn| {
                format!("/dataconnection/{}?privileges=true", site.id(turn))
            }),
            Promise::AtLeast(0.4),
        ),
        (
            get("list of 20, full, by name", |site, turn| by_name(site, turn, "full")),
            Promise::AtLeast(0.2),
        ),
        (
            get("list of 20, full, by owner", |site, turn| by_owner(site, turn, "full")),
            Promise::AtLeast(0.2),
        ),
        (
            get("list of 20, full, by tag", |site, turn| by_tag(site, turn, "full")),
            Promise::AtLeast(0.2),
        ),
        (
            get("list of 20, full, by @property", |site, turn| by_project(site, turn, "full")),
            Promise::AtLeast(0.2),
        ),
        (
            get("count of 20 by name", |site, turn| by_name(site, turn, "count")),
            Promise::AtLeast(0.45),
        ),
        (
            get("count of 20 by tag", |site, turn| by_tag(site, turn, "count")),
            Promise::AtLeast(0.45),
        ),
    ]
}

/// Twenty connections whose names have the same prefix.
pub fn by_name(site: &Site, turn: usize, form: &str) -> String {
    format!("/dataconnection/{form}?filter=name%20sw%20'set%20{:06}%20'", site.shared(turn))
}

fn by_owner(site: &Site, turn: usize, form: &str) -> String {
    format!("/dataconnection/{form}?filter=owner.userId%20eq%20'owner{}'", site.shared(turn))
}

/// Twenty connections with the same tag.
pub fn by_tag(site: &Site, turn: usize, form: &str) -> String {
    format!("/dataconnection/{form}?filter=tags.name%20eq%20'tag{}'", site.shared(turn))
}

fn by_project(site: &Site, turn: usize, form: &str) -> String {
    format!("/dataconnection/{form}?filter=%40Project%20eq%20'project{}'", site.shared(turn))
}

fn add_rates(report: &mut Report, kinds: &[Kind<'_>], clients: usize) {
    let works: Vec<&Work<'_>> = kinds.iter().map(|(work, _)| work).collect();
    let requests = report.size(if clients == 1 { 1_000 } else { 4_000 }, 32);
    let mut measured = measure(&works, clients, report.rounds(7), requests);
    let limit = measured[0].rates.clone();
    for ((work, promise), measured) in kinds.iter().zip(&mut measured) {
        // The promises apply to sixteen concurrent clients.
        let promise = if clients == 16 { *promise } else { Promise::None };
        let ratios = ratios(measured, &limit);
        report.add_timed(work.name, ratios, "of static", promise, &mut measured.latencies);
    }
}

/// The ratios of rates to those of another kind in the same rounds.
pub fn ratios(measured: &Measured, limit: &[f64]) -> Spread {
    Spread::of(measured.rates.iter().zip(limit).map(|(rate, limit)| rate / limit))
}

/// Requests as curl and PowerShell send them: each with a new connection and handshake.
fn new_connections(report: &mut Report, site: &Site, target: &Target) {
    let once = |name, path: Path| {
        let send = move |_: &mut _, turn| {
            target.connect_as(READER).expect("GET", &path(site, turn), "", 200);
        };
        Work::new(name, || target.connect_as(READER), send)
    };
    let works = [
        once("static JSON (/qrs/about)", |_, _| "/about".to_owned()),
        once("GET by id", |site, turn| format!("/dataconnection/{}", site.id(turn))),
    ];
    report.part("A new TLS connection for each request, 4 clients");
    let works: Vec<&Work<'_>> = works.iter().collect();
    let mut measured = measure(&works, 4, report.rounds(7), report.size(400, 8));
    let limit = measured[0].rates.clone();
    for ((work, promise), measured) in
        works.iter().zip([Promise::None, Promise::AtLeast(0.8)]).zip(&mut measured)
    {
        let ratios = ratios(measured, &limit);
        report.add_timed(work.name, ratios, "of static", promise, &mut measured.latencies);
    }
}
