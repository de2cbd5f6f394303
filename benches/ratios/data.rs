//! A repository of any size, the same in every run: each connection has an owner, two tags and two
//! custom property values, and each owner, tag and project belongs to twenty connections. The
//! reader is no administrator, and at least twenty rules determine what the reader sees.

use crate::load::Target;
use crate::server::{Running, WITHOUT_CACHE};
use rusqlite::{Connection, Transaction, params};
use std::ops::Deref;
use std::path::PathBuf;
use tempfile::TempDir;

/// The number of connections with the same owner, tag or project.
pub const SHARE: usize = 20;

/// The number of custom property values that determine access; the reader is in the group of each.
pub const TEAMS: usize = 10;

/// The header of the user who reads.
pub const READER: &str = "UserDirectory=LAB; UserId=reader";

/// The header of an administrator.
pub const ADMINISTRATOR: &str = "UserDirectory=LAB; UserId=root";

/// Conditions as sites have them, with `{n}` for a number, and the actions that they grant. Those
/// that depend on more than the user are evaluated in SQL.
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

/// The condition of the rule with that number, and its actions.
pub fn condition(number: usize) -> (String, i64) {
    let (condition, actions) = CONDITIONS[number % CONDITIONS.len()];
    (condition.replace("{n}", &number.to_string()), actions)
}

/// The ids of a repository with that many connections.
pub struct Ids {
    pub rows: usize,
}

/// A data folder that holds a repository.
pub struct Site {
    pub folder: TempDir,
    ids: Ids,
}

impl Deref for Site {
    type Target = Ids;

    fn deref(&self) -> &Ids {
        &self.ids
    }
}

impl Site {
    /// Creates a repository with that many connections, a multiple of [`SHARE`], and that many
    /// rules.
    pub fn new(rows: usize, rules: usize) -> Self {
        let site = Self { folder: tempfile::tempdir().expect("a folder"), ids: Ids { rows } };
        {
            let (_server, target) = site.serve();
            make_rules(&target, rules);
        }
        let mut database = site.open();
        database
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")
            .expect("a pragma");
        let transaction = database.transaction().expect("a transaction");
        fill(&transaction, rows).expect("valid SQL");
        transaction.commit().expect("a commit");
        database
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .expect("a checkpoint");
        site
    }

    /// Starts a server on it without a response cache.
    pub fn serve(&self) -> (Running, Target) {
        self.serve_by(&[])
    }

    /// The same, with the command prefixed by `wrapper`.
    pub fn serve_by(&self, wrapper: &[&str]) -> (Running, Target) {
        self.reached(Running::start_by(wrapper, &self.folder, &WITHOUT_CACHE).0)
    }

    /// Starts a server on it with the usual response cache.
    pub fn serve_keeping(&self) -> (Running, Target) {
        self.reached(Running::start(&self.folder))
    }

    fn reached(&self, server: Running) -> (Running, Target) {
        let target = self.target(&server);
        (server, target)
    }

    /// The address and certificates of a server that runs on it.
    pub fn target(&self, server: &Running) -> Target {
        Target::new(server.address, &self.folder.path().join("certs"))
    }

    /// A connection to its database.
    pub fn open(&self) -> Connection {
        Connection::open(self.database()).expect("the database")
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("patchbay.db")
    }
}

impl Ids {
    /// The id of a connection, a different one each turn.
    pub fn id(&self, turn: usize) -> String {
        id(Table::Connections, turn * 7919 % self.rows)
    }

    /// The id of a tag that twenty connections have.
    pub fn tag(&self, number: usize) -> String {
        id(Table::Tags, number % (self.rows / SHARE))
    }

    /// The id of an owner.
    pub fn owner(&self, number: usize) -> String {
        id(Table::Users, number % (self.rows / SHARE))
    }

    /// An id that is not in use yet.
    pub fn new_id(number: usize) -> String {
        id(Table::Connections, 100_000_000 + number)
    }

    /// The id of one of an owner's connections, a different one each turn.
    pub fn id_of_owner(&self, owner: usize, turn: usize) -> String {
        id(Table::Connections, turn % SHARE * (self.rows / SHARE) + owner)
    }

    /// The number of an owner, a tag or a project, a different one each turn.
    pub fn shared(&self, turn: usize) -> usize {
        turn * 7919 % (self.rows / SHARE)
    }
}

/// The table of an id.
#[derive(Clone, Copy)]
enum Table {
    Users = 1,
    Tags,
    Connections,
    Values,
}

fn id(table: Table, number: usize) -> String {
    format!("{number:08x}-0000-7000-8000-{:012x}", pseudo_random(number) >> 20 << 4 | table as u64)
}

/// A pseudo-random number (`SplitMix64`).
fn pseudo_random(number: usize) -> u64 {
    let mixed = (number as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn make_rules(target: &Target, rules: usize) {
    let groups: Vec<String> = (0..TEAMS)
        .map(|team| format!("{{\"attributeType\": \"group\", \"attributeValue\": \"team{team}\"}}"))
        .collect();
    let reader = format!(
        "{{\"userDirectory\": \"LAB\", \"userId\": \"reader\", \"attributes\": [{}]}}",
        groups.join(",")
    );
    let administrator =
        "{\"userDirectory\": \"LAB\", \"userId\": \"root\", \"roles\": [\"RootAdmin\"]}";
    let rules: Vec<String> = (0..rules)
        .map(|number| {
            let (condition, actions) = condition(number);
            let condition = condition.replace('"', "\\\"");
            format!(
                "{{\"name\": \"rule {number}\", \"resourceFilter\": \"DataConnection_*\", \
                 \"actions\": {actions}, \"rule\": \"{condition}\"}}"
            )
        })
        .collect();
    // Users who may not read owners can't filter by them.
    let users = "{\"name\": \"users\", \"resourceFilter\": \"User_*\", \"actions\": 2, \"rule\": \
                 \"user.userDirectory = \\\"LAB\\\"\"}";
    let definitions = "[{\"name\": \"Team\", \"objectTypes\": [\"DataConnection\"]}, \
        {\"name\": \"Project\", \"objectTypes\": [\"DataConnection\"]}]";
    let mut repository = target.connect();
    repository.expect("POST", "/custompropertydefinition/many", definitions, 201);
    repository.expect("POST", "/user/many", &format!("[{reader},{administrator}]"), 201);
    repository.expect("POST", "/systemrule/many", &format!("[{users},{}]", rules.join(",")), 201);
}

/// Writes rows as the server would; through its API a million connections took many minutes.
fn fill(database: &Transaction<'_>, rows: usize) -> rusqlite::Result<()> {
    let definition = |name: &str| {
        let sql = "SELECT id FROM custom_property_definitions WHERE name = ?1";
        database.query_row(sql, [name], |row| row.get::<_, String>(0))
    };
    let definitions = [definition("Team")?, definition("Project")?];
    fill_owners_and_tags(database, rows)?;
    fill_connections(database, rows)?;
    fill_links(database, rows)?;
    fill_custom_properties(database, rows, &definitions)
}

fn fill_owners_and_tags(database: &Transaction<'_>, rows: usize) -> rusqlite::Result<()> {
    let mut user = database.prepare(
        "INSERT INTO users VALUES (?1, ?2, ?2, 'LAB\\root', 'lab\\root', ?3, ?3, 'LAB', 'lab', '', \
         '', ?3, ?3, 0, 0, 0, 0)",
    )?;
    let mut tag = database
        .prepare("INSERT INTO tags VALUES (?1, ?2, ?2, 'LAB\\root', 'lab\\root', ?3, ?3)")?;
    for number in 0..rows / SHARE {
        let date = date(number);
        user.execute(params![id(Table::Users, number), date, format!("owner{number}")])?;
        tag.execute(params![id(Table::Tags, number), date, format!("tag{number}")])?;
    }
    // Tags that are on a tenth of all connections, as on real sites.
    for number in 0..10 {
        let own = rows / SHARE + number;
        tag.execute(params![id(Table::Tags, own), date(own), format!("common{number}")])?;
    }
    Ok(())
}

fn fill_connections(database: &Transaction<'_>, rows: usize) -> rusqlite::Result<()> {
    let mut connection = database.prepare(
        "INSERT INTO data_connections VALUES (?1, ?2, ?2, 'LAB\\root', 'lab\\root', ?3, ?4, ?4, \
         ?5, lower(?5), 'QvOdbcConnectorPackage.exe', 'qvodbcconnectorpackage.exe', ?1, ?1, \
         'reader', 'reader', '', 0, 2)",
    )?;
    for number in 0..rows {
        let owner = id(Table::Users, number % (rows / SHARE));
        let string = format!(
            "CUSTOM CONNECT TO \
             \"provider=QvOdbcConnectorPackage.exe;driver=mysql;host=db{}.example.com;port=3306;db=sales{number};useSSL=true;allowNonSelectQueries=false;QueryTimeout=30\"",
            pseudo_random(number) % 5_000
        );
        let own = id(Table::Connections, number);
        connection.execute(params![own, date(number), owner, name(number), string])?;
    }
    Ok(())
}

fn fill_links(database: &Transaction<'_>, rows: usize) -> rusqlite::Result<()> {
    let mut link = database.prepare("INSERT INTO data_connection_tags VALUES (?1, ?2)")?;
    for number in 0..rows {
        let own = id(Table::Connections, number);
        link.execute([&own, &id(Table::Tags, number % (rows / SHARE))])?;
        link.execute([&own, &id(Table::Tags, rows / SHARE + number % 10)])?;
    }
    Ok(())
}

fn fill_custom_properties(
    database: &Transaction<'_>,
    rows: usize,
    [team, project]: &[String; 2],
) -> rusqlite::Result<()> {
    let mut value = database.prepare(
        "INSERT INTO data_connection_custom_properties VALUES (?1, ?2, ?3, ?3, 'LAB\\root', \
         'lab\\root', ?4, ?4, ?5)",
    )?;
    for number in 0..rows {
        let (own, date) = (id(Table::Connections, number), date(number));
        let values = [
            (2 * number, format!("team{}", number % TEAMS), team),
            (2 * number + 1, format!("project{}", number % (rows / SHARE)), project),
        ];
        for (number, text, definition) in values {
            value.execute(params![id(Table::Values, number), own, date, text, definition])?;
        }
    }
    Ok(())
}

/// The name of a connection: twenty names start with the same number, and the rest is
/// pseudo-random.
pub fn name(number: usize) -> String {
    format!("set {:06} connection {:04x}", number / SHARE, pseudo_random(number) % 0x10000)
        + &format!(" of {}", number % SHARE)
}

fn date(number: usize) -> i64 {
    1_700_000_000_000 + i64::try_from(number).unwrap_or(0)
}
