//! A million connections: what requests cost beside ten thousand, scans beside bare ones, the order, the list of everything, and the start.

use crate::data::{READER, Site};
use crate::footprint::mib;
use crate::load::{Client, Target, Work, measure};
use crate::reads::{Path, by_name, by_tag};
use crate::report::{Promise, Report, Spread};
use crate::server::Running;
use rusqlite::{Connection, Row, params_from_iter};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
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

/// Until the first answer of a server that was stopped in an orderly way.
fn starts(report: &mut Report, site: &Site) {
    report.part(&format!("Start with {} connections", site.rows));
    let times = (0..report.rounds(5)).map(|_| {
        let start = Instant::now();
        let (_server, target) = site.serve();
        target.connect_as(READER).expect("GET", &format!("/dataconnection/{}", site.id(1)), "", 200);
        milliseconds(start.elapsed())
    });
    report.add("start to first answer", Spread::of(times.collect::<Vec<f64>>()), "ms", Promise::Below(500.0));
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
        let mut measured = measure(&[&of_small, &of_large], 16, report.rounds(5), report.size(3_000, 32));
        let ratio = Spread::of(measured[0].rates.iter().zip(&measured[1].rates).map(|(small, large)| small / large));
        let unit = "of the small one";
        report.add_timed(name, ratio, unit, Promise::Below(1.5), &mut measured[1].latencies);
    }
}

/// What no index serves, and orders that one serves.
fn scans(report: &mut Report, site: &Site, target: &Target) {
    report.part(&format!("Scans and orders of {} connections, 1 client", site.rows));
    let mut client = target.connect_as(READER);
    let middle = site.rows / 2;
    let name = &crate::data::name(middle)[11..26];
    let path = format!("/dataconnection?filter=name%20so%20'{}'", name.replace(' ', "%20"));
    let times: Vec<f64> = (0..report.rounds(9)).map(|_| time(&mut client, &path)).collect();
    report.add("list by a part of the name that few have", Spread::of(times), "ms", Promise::Below(60.0));
    let times: Vec<f64> = (0..report.rounds(9))
        .map(|_| time(&mut client, "/dataconnection?filter=name%20so%20'nection'&take=20"))
        .collect();
    report.add("first 20 by a part of the name that all have", Spread::of(times), "ms", Promise::Below(60.0));
    let database = Connection::open(site.database()).expect("the database");
    let ratios = (0..report.rounds(5)).map(|_| {
        let path = format!("/dataconnection?filter=connectionstring%20so%20'sales{middle};'");
        time(&mut client, &path) / bare_scan(&database, &format!("%sales{middle};%"))
    });
    let ratios: Vec<f64> = ratios.collect();
    report.add("list by a part of the connection string", Spread::of(ratios), "of the bare scan", Promise::Below(5.0));
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
    let ids: Vec<String> =
        statement.query_map([pattern], |row| row.get(0)).expect("rows").map(Result::unwrap).collect();
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
        let (first, whole, bytes) = target.connect_as(READER).drain("/dataconnection/full?", meanwhile);
        firsts.push(milliseconds(first));
        grown.push(mib(most.saturating_sub(before)));
        let start = Instant::now();
        let bare = bare_list(site);
        ratios.push(rate(bytes, whole) / rate(bare, start.elapsed()));
    }
    report.add("first byte", Spread::of(firsts), "ms", Promise::Below(50.0));
    report.add("growth of memory", Spread::of(grown), "MiB", Promise::Below(32.0));
    report.add("bytes per second", Spread::of(ratios), "of the bare program", Promise::AtLeast(0.5));
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of large numbers")]
fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The bare program: the same JSON of all connections, a batch at a time; gives how many bytes it is.
fn bare_list(site: &Site) -> usize {
    let database = Connection::open(site.database()).expect("the database");
    let mut statement = database
        .prepare(
            "SELECT c.id, c.created_date, c.modified_date, c.modified_by_user_name, c.name, c.connectionstring, c.type, \
             c.engine_object_id, c.username, c.log_on, c.architecture, u.id, u.user_id, u.user_directory, \
             u.user_directory_connector_name, u.name FROM data_connections AS c CROSS JOIN users AS u ON u.id = c.owner_id \
             ORDER BY c.created_date, c.id",
        )
        .expect("valid SQL");
    let mut rows = statement.query([]).expect("rows");
    let mut bytes = 0;
    loop {
        let mut batch = Vec::new();
        while batch.len() < 256
            && let Some(row) = rows.next().expect("a row")
        {
            batch.push(connection(row).expect("its columns"));
        }
        if batch.is_empty() {
            return bytes;
        }
        let ids: Vec<String> = batch.iter().map(|(id, _)| id.clone()).collect();
        let mut tags = items(&database, TAGS, &ids, tag);
        let mut values = items(&database, VALUES, &ids, value);
        for (id, mut json) in batch {
            json["tags"] = tags.remove(&id).unwrap_or_default().into();
            json["customProperties"] = values.remove(&id).unwrap_or_default().into();
            bytes += serde_json::to_vec(&json).expect("JSON").len();
        }
    }
}

fn connection(row: &Row<'_>) -> rusqlite::Result<(String, Json)> {
    let text = |column: usize| row.get::<_, String>(column);
    let json = json!({
        "id": text(0)?, "createdDate": date(row, 1)?, "modifiedDate": date(row, 2)?, "modifiedByUserName": text(3)?,
        "name": text(4)?, "connectionstring": text(5)?, "type": text(6)?, "engineObjectId": text(7)?, "username": text(8)?,
        "logOn": row.get::<_, i64>(9)?, "architecture": row.get::<_, i64>(10)?,
        "owner": {
            "id": text(11)?, "userId": text(12)?, "userDirectory": text(13)?, "userDirectoryConnectorName": text(14)?,
            "name": text(15)?, "privileges": null,
        },
        "schemaPath": "DataConnection",
    });
    Ok((text(0)?, json))
}

fn date(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(patchbay::model::Timestamp::from_millis(row.get(column)?).to_string())
}

const TAGS: &str = "SELECT l.entity_id, t.id, t.name FROM data_connection_tags AS l JOIN tags AS t ON t.id = l.target_id \
     WHERE l.entity_id IN ";

fn tag(row: &Row<'_>) -> rusqlite::Result<Json> {
    Ok(json!({ "id": row.get::<_, String>(1)?, "name": row.get::<_, String>(2)?, "privileges": null }))
}

const VALUES: &str = "SELECT v.entity_id, v.id, v.created_date, v.modified_date, v.modified_by_user_name, v.value, d.id, d.name, \
     d.value_type FROM data_connection_custom_properties AS v JOIN custom_property_definitions AS d ON d.id = v.definition_id \
     WHERE v.entity_id IN ";

fn value(row: &Row<'_>) -> rusqlite::Result<Json> {
    let text = |column: usize| row.get::<_, String>(column);
    Ok(json!({
        "id": text(1)?, "createdDate": date(row, 2)?, "modifiedDate": date(row, 3)?, "modifiedByUserName": text(4)?,
        "value": text(5)?, "definition": { "id": text(6)?, "name": text(7)?, "valueType": text(8)?, "choiceValues": [], "privileges": null },
        "schemaPath": "CustomPropertyValue",
    }))
}

fn items(
    database: &Connection,
    sql: &str,
    ids: &[String],
    item: fn(&Row<'_>) -> rusqlite::Result<Json>,
) -> HashMap<String, Vec<Json>> {
    let places = vec!["?"; ids.len()].join(", ");
    let mut statement = database.prepare_cached(&format!("{sql}({places})")).expect("valid SQL");
    let mut rows = statement.query(params_from_iter(ids)).expect("rows");
    let mut items: HashMap<String, Vec<Json>> = HashMap::new();
    while let Some(row) = rows.next().expect("a row") {
        items.entry(row.get(0).expect("an id")).or_default().push(item(row).expect("its columns"));
    }
    items
}
