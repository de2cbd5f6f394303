//! Durable writes, compared with a bare program that runs the same SQL in a transaction for each;
//! and readers during writes.

use crate::bare_writes::{self, Kind};
use crate::data::{ADMINISTRATOR, READER, Site};
use crate::load::{Client, Measured, Target, Work, measure};
use crate::reads::ratios;
use crate::report::{Promise, Report, Spread, percentile};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 2_000;

/// The number of clients that write continuously while others read.
const WRITERS: usize = 4;

/// Delays each sync of a process by some milliseconds, like a disk that syncs reliably and has no
/// battery; needs strace.
const SLOW_DISK: [&str; 11] = [
    "strace",
    "-D",
    "-f",
    "-qq",
    "--seccomp-bpf",
    "-o",
    "/dev/null",
    "-e",
    "trace=fsync,fdatasync",
    "-e",
    "inject=fsync,fdatasync:delay_enter=2000",
];

/// A repository with a server, and one for the bare program.
struct Pair {
    served: Site,
    bare: Site,
    /// The number of the next write, so that nothing is written twice.
    turn: AtomicUsize,
}

pub fn run(report: &mut Report) {
    let site = || Site::new(report.size(ROWS, QUICK_ROWS), 20);
    let pair = Pair { served: site(), bare: site(), turn: AtomicUsize::new(0) };
    let title =
        format!("Writes to {} connections, synchronous = FULL, 16 clients", pair.served.rows);
    report.part(&title);
    {
        let (_server, target) = pair.served.serve();
        pair.compare(report, &target, &[]);
        pair.read_during_writes(report, &target);
    }
    if Command::new(SLOW_DISK[0]).arg("--version").output().is_err() {
        println!("(a slow disk is left out: there is no strace)");
        return;
    }
    report.part(&format!("{title}, each sync some milliseconds"));
    let (_server, target) = pair.served.serve_by(&SLOW_DISK);
    pair.compare(report, &target, &SLOW_DISK);
}

impl Pair {
    /// Creates and updates, compared with the bare program; both commands are prefixed by
    /// `wrapper`.
    fn compare(&self, report: &mut Report, target: &Target, wrapper: &[&str]) {
        let connect = || target.connect_as(ADMINISTRATOR);
        let create = Work::new("durable create", connect, |client, _| self.create(client));
        let update = Work::new("durable update with its conflict check", connect, |client, _| {
            self.update(client);
        });
        let requests = report.size(2_000, 32);
        for (work, kind, promise) in [(&create, Kind::Create, 4.0), (&update, Kind::Update, 3.0)] {
            let mut measured = Measured::default();
            let mut limit = Vec::new();
            for _ in 0..report.rounds(5) {
                let round = measure(&[work], 16, 1, requests).remove(0);
                measured.rates.extend(round.rates);
                measured.latencies.extend(round.latencies);
                let first = self.turn.fetch_add(requests / 4, Ordering::Relaxed);
                limit.push(bare_writes::rate(&self.bare, kind, first, requests / 4, wrapper));
            }
            let ratio = ratios(&measured, &limit);
            let latencies = &mut measured.latencies;
            report.add_timed(
                work.name,
                ratio,
                "of a transaction each",
                Promise::AtLeast(promise),
                latencies,
            );
            let p99 = percentile(latencies, 99) / percentile(latencies, 50);
            report.add(
                &format!("{}: p99", work.name),
                Spread::of([p99]),
                "of p50",
                Promise::Below(5.0),
            );
        }
    }

    /// Requests per second of 16 readers, alone and during continuous writes.
    fn read_during_writes(&self, report: &mut Report, target: &Target) {
        let connect = || target.connect_as(READER);
        let get = Work::new("GET by id", connect, |client, turn| {
            client.expect("GET", &format!("/dataconnection/{}", self.served.id(turn)), "", 200);
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
                        let mut client = target.connect_as(ADMINISTRATOR);
                        while !is_over.load(Ordering::Relaxed) {
                            self.create(&mut client);
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
        report.add_timed(
            &label,
            ratio,
            "of no writers",
            Promise::AtLeast(0.6),
            &mut disturbed.latencies,
        );
    }

    fn create(&self, client: &mut Client) {
        let number = self.turn.fetch_add(1, Ordering::Relaxed);
        let [one, other] = [self.served.tag(number), self.served.tag(number + 1)];
        let body = format!(
            "{{\"name\":\"new \
             {number}\",\"type\":\"QvOdbcConnectorPackage.exe\",\"username\":\"reader\",\"connectionstring\":\"CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db.example.com\",\"tags\":[{{\"id\":\"{one}\"}},{{\"id\":\"{other}\"}}],\"customProperties\":[{{\"value\":\"team1\",\"definition\":{{\"name\":\"Team\"}}}},{{\"value\":\"new\",\"definition\":{{\"name\":\"Project\"}}}}]}}"
        );
        client.expect("POST", "/dataconnection", &body, 201);
    }

    /// A date later than the stored one is accepted, and takes the same comparison.
    fn update(&self, client: &mut Client) {
        let number = self.turn.fetch_add(1, Ordering::Relaxed);
        let body = format!(
            "{{\"modifiedDate\":\"2199-01-01T00:00:00.000Z\",\"connectionstring\":\"CUSTOM CONNECT TO provider=x;turn={number}\"}}"
        );
        client.expect("PUT", &format!("/dataconnection/{}", self.served.id(number)), &body, 200);
    }
}
