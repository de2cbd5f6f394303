//! Durable writes, beside a bare program that runs the same SQL in a transaction for each; and readers beside them.

use crate::data::{READER, Site};
use crate::load::{Client, Measured, Work, measure};
use crate::reads::ratios;
use crate::report::{Promise, Report, Spread, percentile};
use rusqlite::{Connection, params};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 2_000;

/// Who writes without a pause while others read.
const WRITERS: usize = 4;

pub fn run(report: &mut Report) {
    let site = Site::new(report.size(ROWS, QUICK_ROWS), 20);
    let bare = Bare::new(Site::new(site.rows, 20));
    let (_server, target) = site.serve();
    let turn = AtomicUsize::new(0);
    let number = || turn.fetch_add(1, Ordering::Relaxed);
    let connect = || target.connect_as("UserDirectory=LAB; UserId=root");
    let create = Work::new("durable create", connect, |client, _| create(client, &site, number()));
    let update = Work::new("durable update with its conflict check", connect, |client, _| {
        update(client, &site, number());
    });
    let requests = report.size(2_000, 32);
    report.part(&format!("Writes to {} connections, synchronous = FULL, 16 clients", site.rows));
    for (work, promise, bare) in [
        (&create, 4.0, &(|number| bare.create(number)) as &dyn Fn(usize)),
        (&update, 3.0, &|number| bare.update(number)),
    ] {
        let mut measured = Measured::default();
        let mut limit = Vec::new();
        for _ in 0..report.rounds(5) {
            let round = measure(&[work], 16, 1, requests).remove(0);
            measured.rates.extend(round.rates);
            measured.latencies.extend(round.latencies);
            limit.push(one_by_one(bare, &number, requests / 4));
        }
        let ratio = ratios(&measured, &limit);
        let latencies = &mut measured.latencies;
        report.add_timed(work.name, ratio, "of a transaction each", Promise::AtLeast(promise), latencies);
        let p99 = percentile(latencies, 99) / percentile(latencies, 50);
        report.add(&format!("{}: p99", work.name), Spread::of([p99]), "of p50", Promise::Below(5.0));
    }
    readers(report, &site, &create, &|| target.connect_as(READER));
}

/// Requests per second of 16 readers, alone and while others write without a pause.
fn readers(report: &mut Report, site: &Site, write: &Work<'_>, connect: &(dyn Fn() -> Client + Sync)) {
    let get = Work::new("GET by id", connect, |client, turn| {
        client.expect("GET", &format!("/dataconnection/{}", site.id(turn)), "", 200);
    });
    let requests = report.size(4_000, 32);
    let mut disturbed = Measured::default();
    let mut alone = Vec::new();
    for _ in 0..report.rounds(5) {
        alone.extend(measure(&[&get], 16, 1, requests).remove(0).rates);
        let is_over = AtomicBool::new(false);
        let round = std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    let mut client = (write.connect)();
                    while !is_over.load(Ordering::Relaxed) {
                        (write.send)(&mut client, 0);
                    }
                });
            }
            let round = measure(&[&get], 16, 1, requests).remove(0);
            is_over.store(true, Ordering::Relaxed);
            round
        });
        disturbed.rates.extend(round.rates);
        disturbed.latencies.extend(round.latencies);
    }
    let label = format!("GET by id, 16 readers beside {WRITERS} writers");
    let ratio = ratios(&disturbed, &alone);
    report.add_timed(&label, ratio, "of no writers", Promise::AtLeast(0.6), &mut disturbed.latencies);
}

fn create(client: &mut Client, site: &Site, number: usize) {
    let [one, other] = [site.tag(number), site.tag(number + 1)];
    let body = format!(
        "{{\"name\":\"new {number}\",\"type\":\"QvOdbcConnectorPackage.exe\",\"username\":\"reader\",\
         \"connectionstring\":\"CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db.example.com\",\
         \"tags\":[{{\"id\":\"{one}\"}},{{\"id\":\"{other}\"}}],\"customProperties\":[\
         {{\"value\":\"team1\",\"definition\":{{\"name\":\"Team\"}}}},\
         {{\"value\":\"new\",\"definition\":{{\"name\":\"Project\"}}}}]}}"
    );
    client.expect("POST", "/dataconnection", &body, 201);
}

/// A date later than the stored one passes, and is compared like any other.
fn update(client: &mut Client, site: &Site, number: usize) {
    let body = format!(
        "{{\"modifiedDate\":\"2199-01-01T00:00:00.000Z\",\"connectionstring\":\"CUSTOM CONNECT TO provider=x;turn={number}\"}}"
    );
    client.expect("PUT", &format!("/dataconnection/{}", site.id(number)), &body, 200);
}

fn one_by_one(write: &dyn Fn(usize), number: &dyn Fn() -> usize, requests: usize) -> f64 {
    let start = Instant::now();
    (0..requests).for_each(|_| write(number()));
    #[expect(clippy::cast_precision_loss, reason = "it is a small number")]
    (requests as f64 / start.elapsed().as_secs_f64())
}

/// The bare program: a connection to a database of its own, and a transaction for each write.
struct Bare {
    site: Site,
    database: Connection,
    team: String,
    project: String,
}

impl Bare {
    fn new(site: Site) -> Self {
        let database = Connection::open(site.database()).expect("the database");
        database
            .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;")
            .expect("a pragma");
        let [team, project] = ["Team", "Project"].map(|name| {
            let sql = "SELECT id FROM custom_property_definitions WHERE name = ?1";
            database.query_row(sql, [name], |row| row.get(0)).expect("a definition")
        });
        Self { site, database, team, project }
    }

    fn create(&self, number: usize) {
        self.run("BEGIN IMMEDIATE", params![]);
        let id = Site::new_id(number);
        let string = "CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db.example.com";
        let date = 1_800_000_000_000_i64;
        self.run(
            "INSERT INTO data_connections VALUES (?1, ?2, ?2, 'LAB\\root', 'lab\\root', ?3, ?4, ?4, ?5, lower(?5), \
             'QvOdbcConnectorPackage.exe', 'qvodbcconnectorpackage.exe', ?1, ?1, 'reader', 'reader', '', 0, 2)",
            params![id, date, self.site.owner(number), format!("new {number}"), string],
        );
        for tag in [self.site.tag(number), self.site.tag(number + 1)] {
            self.run("INSERT INTO data_connection_tags VALUES (?1, ?2)", params![id, tag]);
        }
        for (place, definition, value) in [(0, &self.team, "team1"), (1, &self.project, "new")] {
            self.run(
                "INSERT INTO data_connection_custom_properties VALUES (?1, ?2, ?3, ?3, 'LAB\\root', 'lab\\root', ?4, ?4, ?5)",
                params![Site::new_id(10_000_000 + 2 * number + place), id, date, value, definition],
            );
        }
        self.run("COMMIT", params![]);
    }

    fn update(&self, number: usize) {
        self.run("BEGIN IMMEDIATE", params![]);
        self.run(
            "UPDATE data_connections SET connectionstring = ?2, connectionstring_folded = ?2, modified_date = ?3 \
             WHERE id = ?1 AND modified_date <= 7226582400000",
            params![self.site.id(number), format!("custom connect to provider=x;turn={number}"), 1_800_000_000_000_i64],
        );
        self.run("COMMIT", params![]);
    }

    fn run(&self, sql: &str, parameters: impl rusqlite::Params) {
        self.database.prepare_cached(sql).expect("valid SQL").execute(parameters).expect("a change");
    }
}
