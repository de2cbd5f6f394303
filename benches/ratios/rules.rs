//! The cost of security rules: compared with an administrator's lists and with bare rows, by the
//! number of rules, and by the number of users.

use crate::data::{ADMINISTRATOR, READER, Site, TEAMS, condition};
use crate::load::{Client, Work, measure};
use crate::reads::{Path, by_tag, ratios};
use crate::report::{Promise, Report, Spread};
use patchbay::model::{Actor, DATA_CONNECTION, RuleSource};
use patchbay::policy::RuleSet;
use rusqlite::Connection;
use std::hint::black_box;
use std::time::Instant;
use uuid::Uuid;

const LISTED: usize = 10_000;
const ROWS: usize = 100_000;
const QUICK_ROWS: usize = 2_000;
const USERS: usize = 1_000;

pub fn run(report: &mut Report) {
    compile(report);
    lists(report);
    numbers(report);
}

/// Building the guards of one user, with 200 rules and with 20.
fn compile(report: &mut Report) {
    let actor = Actor {
        user_directory: "LAB".to_owned(),
        display_name: "reader".to_owned(),
        attributes: (0..TEAMS).map(|team| ("group".to_owned(), format!("team{team}"))).collect(),
        ..Actor::nobody()
    };
    let [many, few] =
        [200, 20].map(|number| RuleSet::new(0, &(0..number).map(source).collect::<Vec<_>>()));
    let calls = report.size(200, 10);
    let time = |rules: &RuleSet| {
        let start = Instant::now();
        (0..calls).for_each(|_| drop(black_box(rules.guards(black_box(&actor), &DATA_CONNECTION))));
        #[expect(clippy::cast_precision_loss, reason = "it is a small number")]
        (start.elapsed().as_secs_f64() * 1e6 / calls as f64)
    };
    let times: Vec<(f64, f64)> =
        (0..report.rounds(15)).map(|_| (time(&many), time(&few))).collect();
    report.part("Working out all guards of a user, once");
    report.add("20 rules", Spread::of(times.iter().map(|(_, few)| *few)), "µs", Promise::None);
    report.add("200 rules", Spread::of(times.iter().map(|(many, _)| *many)), "µs", Promise::None);
    let ratio = Spread::of(times.iter().map(|(many, few)| many / few));
    report.add("200 rules", ratio, "of 20 rules", Promise::None);
}

fn source(number: usize) -> RuleSource {
    let (rule, actions) = condition(number);
    RuleSource {
        category: "Security".to_owned(),
        rule,
        resource_filter: "DataConnection_*".to_owned(),
        actions,
        ..RuleSource::blank(Uuid::from_u128(number as u128 + 1))
    }
}

/// Lists of all connections, for a user whom rules allow to see all of them.
fn lists(report: &mut Report) {
    let site = Site::new(report.size(LISTED, QUICK_ROWS), 20);
    let (_server, target) = site.serve();
    let mut reader = target.connect_as(READER);
    let mut administrator = target.connect_as(ADMINISTRATOR);
    report.part(&format!("Lists of all {} connections, 20 rules", site.rows));
    for path in [
        "/dataconnection",
        "/dataconnection?privileges=true",
        "/dataconnection/full?privileges=true",
    ] {
        let mut times = Vec::new();
        for _ in 0..report.rounds(9) {
            let administrators = list(&mut administrator, path, site.rows);
            times.push((
                list(&mut reader, path, site.rows),
                administrators,
                bare_rows(&site.database()),
            ));
        }
        let of_administrator =
            Spread::of(times.iter().map(|(ours, administrators, _)| ours / administrators));
        report.add(path, of_administrator, "of administrator", Promise::Below(3.0));
        report.add(
            path,
            Spread::of(times.iter().map(|(ours, _, bare)| ours / bare)),
            "of bare rows",
            Promise::None,
        );
    }
}

/// The milliseconds of a list, which must be complete.
fn list(client: &mut Client, path: &str, rows: usize) -> f64 {
    let start = Instant::now();
    let (status, body) = client.call("GET", path, "");
    let elapsed = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!((status, body.matches("\"engineObjectId\"").count()), (200, rows));
    elapsed
}

/// The milliseconds for reading the columns of all rows in the order of lists, without using them.
fn bare_rows(path: &std::path::Path) -> f64 {
    let connection = Connection::open(path).expect("a database");
    let start = Instant::now();
    let sql = "SELECT id, name, connectionstring, type, engine_object_id, username, log_on, \
               architecture FROM data_connections ORDER BY created_date, id";
    let mut statement = connection.prepare(sql).expect("valid SQL");
    let mut rows = statement.query([]).expect("rows");
    let mut bytes = 0;
    while let Some(row) = rows.next().expect("a row") {
        for column in 0..6 {
            bytes += row.get_ref(column).and_then(|cell| Ok(cell.as_str()?.len())).expect("a text");
        }
    }
    black_box(bytes);
    start.elapsed().as_secs_f64() * 1000.0
}

/// The same requests under more rules, and by more users.
fn numbers(report: &mut Report) {
    let rows = report.size(ROWS, QUICK_ROWS);
    let [few, many] = [20, 200].map(|rules| Site::new(rows, rules));
    report.part(&format!("{rows} connections, 16 clients, by the number of rules and of users"));
    by_number_of_rules(report, &few, &many);
    by_number_of_users(report, &few);
}

fn by_number_of_rules(report: &mut Report, few: &Site, many: &Site) {
    let ((_few_server, few_target), (_many_server, many_target)) = (few.serve(), many.serve());
    for (name, path) in [
        (
            "GET by id",
            (|site: &Site, turn: usize| format!("/dataconnection/{}", site.id(turn))) as Path,
        ),
        ("GET by id with privileges", |site, turn| {
            format!("/dataconnection/{}?privileges=true", site.id(turn))
        }),
        ("list of 20, full, by tag", |site, turn| by_tag(site, turn, "full")),
    ] {
        let of_few = Work::new(
            name,
            || few_target.connect_as(READER),
            move |client, turn| client.expect("GET", &path(few, turn), "", 200),
        );
        let of_many = Work::new(
            name,
            || many_target.connect_as(READER),
            move |client, turn| client.expect("GET", &path(many, turn), "", 200),
        );
        let requests = report.size(4_000, 32);
        let mut measured = measure(&[&of_few, &of_many], 16, report.rounds(7), requests);
        let limit = measured[0].rates.clone();
        let ratio = Spread::of(limit.iter().zip(&measured[1].rates).map(|(few, many)| few / many));
        let label = format!("{name}: cost under 200 rules");
        let promise = Promise::Below(1.3);
        report.add_timed(&label, ratio, "of 20 rules", promise, &mut measured[1].latencies);
    }
}

/// Each user reads connections that the user owns.
fn by_number_of_users(report: &mut Report, site: &Site) {
    let (_server, target) = site.serve();
    let users = report.size(USERS, 20);
    let own =
        |user: usize, turn: usize| format!("/dataconnection/{}", site.id_of_owner(user, turn));
    let one = Work::new(
        "one user",
        || target.connect_as("UserDirectory=LAB; UserId=owner0"),
        |client, turn| client.expect("GET", &own(0, turn), "", 200),
    );
    let each = Work::new(
        "users in turn",
        || target.connect_as(READER),
        |client, turn| {
            let user = turn % users;
            client.become_user(&format!("UserDirectory=LAB; UserId=owner{user}"));
            client.expect("GET", &own(user, turn), "", 200);
        },
    );
    let mut measured = measure(&[&one, &each], 16, report.rounds(7), report.size(4_000, 32));
    let limit = measured[0].rates.clone();
    let label = format!("GET by id by {users} users in turn");
    let ratio = ratios(&measured[1], &limit);
    let promise = Promise::AtLeast(0.8);
    report.add_timed(&label, ratio, "of one user", promise, &mut measured[1].latencies);
}
