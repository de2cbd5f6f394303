//! Reads over mutual TLS with kept connections, beside a static JSON reply of the same server.

use crate::data::{READER, Site};
use crate::load::{Measured, Target, Work, measure};
use crate::report::{Promise, Report, Spread};

const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 2_000;
const RULES: usize = 20;

/// What a request asks for, by its turn.
pub type Path = fn(&Site, usize) -> String;

/// A kind of request, with what its rate is to be of the static reply's when sixteen ask at once.
type Kind<'a> = (Work<'a>, Promise);

pub fn run(report: &mut Report) {
    let site = Site::new(report.size(ROWS, QUICK_ROWS), RULES);
    let (server, target) = site.serve();
    let kinds = kinds(&site, &target, site.rows);
    for clients in [1, 16] {
        report
            .part(&format!("Reads of {} connections, {RULES} rules, {clients} clients", site.rows));
        tell(report, &kinds, clients);
    }
    new_connections(report, &site, &target);
    drop(server);
    polled(report, &site);
}

/// How many different things each kind of request asks for where clients poll.
const POLLED: usize = 100;

/// As dashboards and scripts do it, which ask the same again and again.
fn polled(report: &mut Report, site: &Site) {
    let (_server, target) = site.serve_keeping();
    report.part(&format!(
        "The same {POLLED} asked for again, of {} connections, {RULES} rules, 16 clients",
        site.rows
    ));
    tell(report, &kinds(site, &target, POLLED), 16);
}

/// The kinds of requests, each of which asks for `different` things in turn.
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

/// Twenty connections whose names start alike.
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

fn tell(report: &mut Report, kinds: &[Kind<'_>], clients: usize) {
    let works: Vec<&Work<'_>> = kinds.iter().map(|(work, _)| work).collect();
    let requests = report.size(if clients == 1 { 1_000 } else { 4_000 }, 32);
    let mut measured = measure(&works, clients, report.rounds(7), requests);
    let limit = measured[0].rates.clone();
    for ((work, promise), measured) in kinds.iter().zip(&mut measured) {
        // The promises are about many at once.
        let promise = if clients == 16 { *promise } else { Promise::None };
        let ratios = ratios(measured, &limit);
        report.add_timed(work.name, ratios, "of static", promise, &mut measured.latencies);
    }
}

/// What the rates are of those of another kind in the same rounds.
pub fn ratios(measured: &Measured, limit: &[f64]) -> Spread {
    Spread::of(measured.rates.iter().zip(limit).map(|(rate, limit)| rate / limit))
}

/// As curl and PowerShell do it: a connection and a handshake for each request.
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
