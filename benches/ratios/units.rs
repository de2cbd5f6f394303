//! Parts that need no server: filters, secrets, and JSON from rows.

use crate::bare_rows;
use crate::data::Site;
use crate::report::{Promise, Report, Spread};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use patchbay::crypto::{Key, Place};
use patchbay::keys::KeyRing;
use patchbay::model::{DATA_CONNECTION, Entity, fold};
use patchbay::query::{Limits, Predicate, Sql, bind, parse};
use patchbay::store::{Error, Form, Readers, SelectQuery, Store};
use secrecy::SecretString;
use std::hint::black_box;
use std::time::Instant;

const FILTER: &str = "name sw 'prod' and (type eq 'QvOdbcConnectorPackage.exe' or type eq \
                      'folder') and tags.name eq 'finance' and owner.userDirectory ne 'INTERNAL' \
                      and @Environment eq 'production'";

const PLACE: Place<'static> = Place {
    entity: "DataConnection",
    property: "password",
    id: "47693209-0b1a-4809-9346-d62677bbd997",
};

const SECRET: &str = "a password of a length that is nowadays usual, 64 characters long";

/// Work to measure, and work that bounds its speed.
struct Pair<'a> {
    name: &'static str,
    limit_name: &'static str,
    work: &'a dyn Fn(),
    limit: &'a dyn Fn(),
    /// The number of repetitions in a round.
    calls: u32,
}

pub fn run(report: &mut Report) {
    report.part("Parts");
    filters(report);
    sealing(report);
    rows_to_json(report);
}

fn filters(report: &mut Report) {
    compare(
        report,
        &Pair {
            name: "filter: parse, bind, render",
            limit_name: "folding the case of its text",
            work: &|| drop(black_box(compile(black_box(FILTER)))),
            limit: &|| drop(black_box(fold(black_box(FILTER)))),
            calls: 2_000,
        },
    );
}

fn sealing(report: &mut Report) {
    let ring = key_ring();
    let secret = SecretString::from(SECRET);
    let sealed = ring.seal(PLACE, &secret).expect("a key");
    let cipher = Aes256Gcm::new((&[7; 32]).into());
    let encrypted = cipher
        .encrypt((&[7; 12]).into(), Payload { msg: SECRET.as_bytes(), aad: b"" })
        .expect("room");
    compare(
        report,
        &Pair {
            name: "seal a password",
            limit_name: "bare AES-256-GCM",
            work: &|| drop(black_box(ring.seal(PLACE, black_box(&secret)))),
            limit: &|| {
                let payload = Payload { msg: black_box(SECRET.as_bytes()), aad: b"" };
                drop(black_box(cipher.encrypt((&[7; 12]).into(), payload)));
            },
            calls: 2_000,
        },
    );
    compare(
        report,
        &Pair {
            name: "open a password",
            limit_name: "bare AES-256-GCM",
            work: &|| drop(black_box(ring.unseal(PLACE, black_box(&sealed)))),
            limit: &|| {
                let payload = Payload { msg: black_box(&encrypted), aad: b"" };
                drop(black_box(cipher.decrypt((&[7; 12]).into(), payload)));
            },
            calls: 2_000,
        },
    );
}

fn rows_to_json(report: &mut Report) {
    let site = Site::new(2_000, 20);
    let database = site.open();
    let readers = Readers { points: 1, scans: 1, streams: 1, questions: 1 };
    let store = Store::open(&site.database(), readers, u64::MAX).expect("a store");
    let ids: Vec<String> = (0..20).map(|turn| site.id(turn)).collect();
    let twenty = selection(&ids);
    compare(
        report,
        &Pair {
            name: "20 connections in full, from rows to JSON",
            limit_name: "the bare program",
            work: &|| drop(black_box(to_json(&store, black_box(&twenty)))),
            limit: &|| {
                black_box(bare_rows::list_some(&database, black_box(&ids)));
            },
            calls: 100,
        },
    );
}

fn compare(report: &mut Report, pair: &Pair<'_>) {
    let times = measure(pair, report.rounds(31));
    report.add(pair.name, Spread::of(times.iter().map(|(work, _)| *work)), "µs", Promise::None);
    let label = format!("{}, beside {}", pair.name, pair.limit_name);
    let ratio = Spread::of(times.iter().map(|(work, limit)| work / limit));
    report.add(&label, ratio, "×", Promise::None);
}

fn compile(text: &str) -> Sql {
    let everything = |_: &'static Entity| Predicate::True;
    let filter = parse(text, Limits::default()).expect("a filter");
    let predicate = bind(text, &filter, &DATA_CONNECTION, &everything).expect("known names");
    let mut sql = Sql::default();
    sql.predicate("t0", &predicate);
    sql
}

fn selection(ids: &[String]) -> SelectQuery {
    let ids = ids.iter().map(|id| id.parse().expect("a GUID"));
    SelectQuery {
        entity: &DATA_CONNECTION,
        form: Form::Full,
        condition: Predicate::has_id_among(&DATA_CONNECTION, ids),
        orders: Vec::new(),
        page: None,
        privileges: None,
    }
}

fn to_json(store: &Store, selection: &SelectQuery) -> Result<usize, Error> {
    let mut bytes = 0;
    let mut count = |part: Vec<u8>| {
        bytes += part.len();
        Ok(())
    };
    store.read(|snapshot| snapshot.list(selection, &mut count))?;
    Ok(bytes)
}

fn key_ring() -> KeyRing {
    let master = Key::new(&[1; 32]);
    let sealed_key = KeyRing::new_data_key(&master, 1).expect("randomness");
    KeyRing::open(&master, [(1, sealed_key.as_str())].into_iter()).expect("the right key")
}

/// The microseconds of the work and of its bound, measured alternately.
fn measure(pair: &Pair<'_>, rounds: usize) -> Vec<(f64, f64)> {
    let time = |call: &dyn Fn()| {
        let start = Instant::now();
        (0..pair.calls).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(pair.calls)
    };
    (0..rounds).map(|_| (time(pair.work), time(pair.limit))).collect()
}
