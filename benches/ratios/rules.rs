//! What security rules cost: lists of a user whom rules let see everything, beside an administrator's and the bare rows.

use crate::load::{Client, Target};
use crate::median;
use crate::server::{Running, ids};
use patchbay::model::{Actor, DATA_CONNECTION, RuleSource};
use patchbay::policy::RuleSet;
use rusqlite::Connection;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use uuid::Uuid;

const ROWS: usize = 10_000;
const TEAMS: usize = 10;

/// Conditions as sites have them, with `{n}` for a number. Those that ask for more than who the user is reach SQL.
const CONDITIONS: [(&str, i64); 10] = [
    ("resource.@Team = user.group", 2),
    ("user.roles = \"Role{n}\"", 15),
    ("resource.owner.group = user.group and resource.type != \"folder\"", 6),
    ("user.group = \"Group{n}\" and resource.type = \"QvOdbcConnectorPackage.exe\"", 2),
    ("resource.@Team = \"team{n}\" and user.name like \"reader*\"", 4),
    ("resource.name like \"connection {n}*\"", 8),
    ("resource.HasPrivilege(\"read\") and resource.type = \"Custom{n}\"", 16),
    ("user.userDirectory = \"LAB\" and resource.owner.userId = \"owner{n}\"", 14),
    ("user.environment.ip like \"10.{n}.*\"", 2),
    ("!(user.group = {\"team1\", \"Group{n}\"}) or resource.name = \"x{n}\"", 64),
];

fn condition(number: usize) -> (String, i64) {
    let (condition, actions) = CONDITIONS[number % CONDITIONS.len()];
    (condition.replace("{n}", &number.to_string()), actions)
}

pub fn run(is_quick: bool) {
    compile(is_quick);
    lists(is_quick);
}

/// Working out the guards of one user, of 200 rules and of 20.
fn compile(is_quick: bool) {
    let actor = Actor {
        user_directory: "LAB".to_owned(),
        display_name: "reader".to_owned(),
        attributes: (0..TEAMS).map(|team| ("group".to_owned(), format!("team{team}"))).collect(),
        ..Actor::nobody()
    };
    let [many, few] = [200, 20].map(|number| RuleSet::new(0, &(0..number).map(source).collect::<Vec<_>>()));
    let calls = if is_quick { 10 } else { 200 };
    let time = |rules: &RuleSet| {
        let start = Instant::now();
        (0..calls).for_each(|_| drop(black_box(rules.guards(black_box(&actor), &DATA_CONNECTION))));
        start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    };
    let (mut of_many, mut of_few): (Vec<f64>, Vec<f64>) =
        (0..if is_quick { 1 } else { 15 }).map(|_| (time(&many), time(&few))).unzip();
    let (of_many, of_few) = (median(&mut of_many), median(&mut of_few));
    println!("\nall guards of a user, 200 rules: {of_many:.0} µs, {:.1} times those of 20 rules", of_many / of_few);
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

fn lists(is_quick: bool) {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::start(&folder);
    let target = Target::new(server.address, &folder.path().join("certs"));
    let mut repository = target.connect();
    fill(&mut repository);
    let mut reader = target.connect_as("UserDirectory=LAB; UserId=reader");
    let mut administrator = target.connect_as("UserDirectory=LAB; UserId=root");
    println!("\n{:44} {:>10} {:>22} {:>16}", "list of 10,000, 20 rules", "ms", "of administrator's", "of bare rows");
    for path in ["/dataconnection", "/dataconnection?privileges=true", "/dataconnection/full?privileges=true"] {
        let mut figures: [Vec<f64>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..if is_quick { 1 } else { 9 } {
            figures[0].push(list(&mut reader, path));
            figures[1].push(list(&mut administrator, path));
            figures[2].push(bare_rows(&folder.path().join("patchbay.db")));
        }
        let [ours, administrators, bare] = figures.map(|mut figures| median(&mut figures));
        println!("{path:44} {ours:>10.1} {:>21.2}× {:>15.1}×", ours / administrators, ours / bare);
    }
}

/// The milliseconds of a list, which must be of everything.
fn list(client: &mut Client, path: &str) -> f64 {
    let start = Instant::now();
    let (status, body) = client.call("GET", path, "");
    let elapsed = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!((status, body.matches("\"engineObjectId\"").count()), (200, ROWS));
    elapsed
}

/// The milliseconds of reading the columns of all rows in the order of lists, and doing nothing with them.
fn bare_rows(path: &Path) -> f64 {
    let connection = Connection::open(path).expect("a database");
    let start = Instant::now();
    let sql = "SELECT id, name, connectionstring, type, engine_object_id, username, log_on, architecture \
         FROM data_connections ORDER BY created_date, id";
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

/// A team, an owner of the team and one of each connection; the reader is in every team.
fn fill(client: &mut Client) {
    make(client, "custompropertydefinition", "[{\"name\": \"Team\", \"objectTypes\": [\"DataConnection\"]}]");
    let group = |team: usize| format!("{{\"attributeType\": \"group\", \"attributeValue\": \"team{team}\"}}");
    let user = |name: &str, more: &str| format!("{{\"userDirectory\": \"LAB\", \"userId\": \"{name}\", {more}}}");
    let mut users: Vec<String> =
        (0..TEAMS).map(|team| user(&format!("owner{team}"), &format!("\"attributes\": [{}]", group(team)))).collect();
    let groups: Vec<String> = (0..TEAMS).map(group).collect();
    users.push(user("reader", &format!("\"attributes\": [{}]", groups.join(","))));
    users.push(user("root", "\"roles\": [\"RootAdmin\"]"));
    let users = make(client, "user", &format!("[{}]", users.join(",")));
    for start in (0..ROWS).step_by(500) {
        let mut bodies = String::from("[");
        for number in start..start + 500 {
            let separator = if number == start { "" } else { "," };
            let (team, owner) = (number % TEAMS, &users[number % TEAMS]);
            let _ = write!(
                bodies,
                "{separator}{{\"name\": \"connection {number}\", \"type\": \"QvOdbcConnectorPackage.exe\", \
                 \"connectionstring\": \"CUSTOM CONNECT TO provider=QvOdbcConnectorPackage.exe;host=db.example.com\", \
                 \"owner\": {{\"id\": \"{owner}\"}}, \
                 \"customProperties\": [{{\"value\": \"team{team}\", \"definition\": {{\"name\": \"Team\"}}}}]}}"
            );
        }
        bodies.push(']');
        make(client, "dataconnection", &bodies);
    }
    let rules: Vec<String> = (0..20)
        .map(|number| {
            let (condition, actions) = condition(number);
            let condition = condition.replace('"', "\\\"");
            format!(
                "{{\"name\": \"rule {number}\", \"resourceFilter\": \"DataConnection_*\", \"actions\": {actions}, \"rule\": \"{condition}\"}}"
            )
        })
        .collect();
    make(client, "systemrule", &format!("[{}]", rules.join(",")));
}

fn make(client: &mut Client, entity: &str, bodies: &str) -> Vec<String> {
    ids(client.call("POST", &format!("/{entity}/many"), bodies))
}
