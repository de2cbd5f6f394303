//! The bare program with which durable writes are compared: the same SQL without HTTP, in a
//! transaction for each write. It is a separate process, so that its disk can be slowed down like
//! the server's.

use crate::data::{Ids, Site};
use rusqlite::{Connection, params};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The argument that makes this program the bare one.
pub const NAME: &str = "bare-writes";

/// The kind of write.
#[derive(Clone, Copy)]
pub enum Kind {
    Create,
    Update,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
        }
    }
}

/// The writes per second in a repository without a server: `requests` of them, numbered from
/// `first`, with the command prefixed by `wrapper`.
pub fn rate(site: &Site, kind: Kind, first: usize, requests: usize, wrapper: &[&str]) -> f64 {
    let program = std::env::current_exe().expect("its own path");
    let mut words = wrapper.iter().map(std::ffi::OsStr::new).chain([program.as_os_str()]);
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).args([NAME, kind.name()]).arg(site.database());
    command.args([site.rows, first, requests].map(|number| number.to_string()));
    let output = command.output().expect("the bare program runs");
    let seconds = String::from_utf8_lossy(&output.stdout).trim().parse::<f64>().expect("seconds");
    #[expect(clippy::cast_precision_loss, reason = "it is a small number")]
    (requests as f64 / seconds)
}

/// Runs the bare program, which prints how many seconds it took.
pub fn run(arguments: &[String]) {
    let [kind, database, numbers @ ..] = arguments else { panic!("what to write, and where") };
    let numbers: Vec<usize> =
        numbers.iter().map(|number| number.parse().expect("a number")).collect();
    let &[rows, first, requests] = numbers.as_slice() else {
        panic!("how many there are, the first number, and how many to write")
    };
    let bare = Bare::open(Path::new(database), rows);
    let start = Instant::now();
    for number in first..first + requests {
        if kind == Kind::Create.name() { bare.create(number) } else { bare.update(number) }
    }
    println!("{}", start.elapsed().as_secs_f64());
}

/// A connection to the database, with a transaction for each write.
struct Bare {
    ids: Ids,
    database: Connection,
    team: String,
    project: String,
}

impl Bare {
    fn open(database: &Path, rows: usize) -> Self {
        let database = Connection::open(database).expect("the database");
        database
            .execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;",
            )
            .expect("a pragma");
        let [team, project] = ["Team", "Project"].map(|name| {
            let sql = "SELECT id FROM custom_property_definitions WHERE name = ?1";
            database.query_row(sql, [name], |row| row.get(0)).expect("a definition")
        });
        Self { ids: Ids { rows }, database, team, project }
    }

    fn create(&self, number: usize) {
        self.run("BEGIN IMMEDIATE", params![]);
        let id = Ids::new_id(number);
        let string = "CUSTOM CONNECT TO \
                      provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db.example.com";
        let date = 1_800_000_000_000_i64;
        self.run(
            "INSERT INTO data_connections VALUES (?1, ?2, ?2, 'LAB\\root', 'lab\\root', ?3, ?4, \
             ?4, ?5, lower(?5), 'QvOdbcConnectorPackage.exe', 'qvodbcconnectorpackage.exe', ?1, \
             ?1, 'reader', 'reader', '', 0, 2)",
            params![id, date, self.ids.owner(number), format!("new {number}"), string],
        );
        for tag in [self.ids.tag(number), self.ids.tag(number + 1)] {
            self.run("INSERT INTO data_connection_tags VALUES (?1, ?2)", params![id, tag]);
        }
        for (place, definition, value) in [(0, &self.team, "team1"), (1, &self.project, "new")] {
            self.run(
                "INSERT INTO data_connection_custom_properties VALUES (?1, ?2, ?3, ?3, \
                 'LAB\\root', 'lab\\root', ?4, ?4, ?5)",
                params![Ids::new_id(10_000_000 + 2 * number + place), id, date, value, definition],
            );
        }
        self.run("COMMIT", params![]);
    }

    fn update(&self, number: usize) {
        self.run("BEGIN IMMEDIATE", params![]);
        self.run(
            "UPDATE data_connections SET connectionstring = ?2, connectionstring_folded = ?2, \
             modified_date = ?3 WHERE id = ?1 AND modified_date <= 7226582400000",
            params![
                self.ids.id(number),
                format!("custom connect to provider=x;turn={number}"),
                1_800_000_000_000_i64
            ],
        );
        self.run("COMMIT", params![]);
    }

    fn run(&self, sql: &str, parameters: impl rusqlite::Params) {
        self.database
            .prepare_cached(sql)
            .expect("valid SQL")
            .execute(parameters)
            .expect("a change");
    }
}
