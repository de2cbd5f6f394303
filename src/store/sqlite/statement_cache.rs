//! Caches the prepared statements of each connection. SQLite reports the memory of each statement;
//! all connections together keep within a limit.
//!
//! One half of the memory is divided evenly: a connection may always keep its part. The other half
//! is for any connections that need more.

use super::statement::Statement;
use crate::memory;
use crate::store::error::Error;
use rusqlite::{Connection, StatementStatus};
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The maximum number of statements of a connection.
const MOST: usize = 256;

/// The memory for the statements of several connections.
#[derive(Debug)]
pub struct StatementMemory {
    /// Bytes up to which any connection may exceed its part.
    common: u64,
    /// Bytes that each connection may always keep.
    own: u64,
    used: AtomicU64,
}

impl StatementMemory {
    /// Divides `bytes` among `connections`.
    pub fn new(bytes: u64, connections: u32) -> Arc<Self> {
        let common = bytes / 2;
        Arc::new(Self {
            common,
            own: common / u64::from(connections.max(1)),
            used: AtomicU64::new(0),
        })
    }

    /// Bytes of all statements that are kept.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}

/// A connection with its prepared statements.
pub struct CachedConnection {
    connection: Connection,
    kept: RefCell<Kept>,
    /// The version of the rules that the statements belong to.
    rules: Cell<i64>,
    memory: Arc<StatementMemory>,
}

/// The statements that rusqlite keeps. Its own order and capacity do not consider memory.
#[derive(Debug, Default)]
struct Kept {
    statements: Vec<KeptStatement>,
    bytes: u64,
    /// Increases with each use.
    clock: u64,
    is_outdated: bool,
}

#[derive(Debug)]
struct KeptStatement {
    text: Box<str>,
    bytes: u64,
    last_used: u64,
}

impl CachedConnection {
    /// Creates a connection whose statements count towards the shared memory.
    pub fn new(connection: Connection, memory: &Arc<StatementMemory>) -> Self {
        // This type chooses the statements to keep, so rusqlite must not.
        connection.set_prepared_statement_cache_capacity(4 * MOST);
        Self {
            connection,
            kept: RefCell::default(),
            rules: Cell::new(0),
            memory: Arc::clone(memory),
        }
    }

    /// The connection itself.
    pub(super) const fn raw(&self) -> &Connection {
        &self.connection
    }

    /// The connection itself, to change it.
    pub(super) const fn raw_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Whether a transaction is in progress. SQLite may have ended it: it rolls all of it back when
    /// the disk fails.
    pub fn is_in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Runs a statement that controls the transaction, which is always kept prepared.
    pub fn control(&self, text: &str) -> Result<(), Error> {
        self.connection.prepare_cached(text)?.execute([])?;
        Ok(())
    }

    /// Prepares a statement and keeps it as long as there is memory for it.
    pub fn prepare_kept(&self, text: &str) -> Result<Statement<'_>, Error> {
        let statement = self.connection.prepare_cached(text)?;
        let mut kept = self.kept.borrow_mut();
        if !kept.note_use(text) {
            let used = u64::try_from(statement.get_status(StatementStatus::MemUsed)).unwrap_or(0);
            self.memory.used.fetch_add(kept.add(text, used), Ordering::Relaxed);
        }
        // The steps of earlier executions don't count against its budget.
        statement.reset_status(StatementStatus::VmStep);
        Ok(Statement::new(statement))
    }

    /// Whether a statement is kept.
    pub fn is_kept(&self, text: &str) -> bool {
        self.kept.borrow().find(text).is_some()
    }

    /// Sets the version of the rules that statements belong to. Statements kept before are mostly
    /// useless from then on.
    pub fn note_rules(&self, version: i64) {
        if self.rules.replace(version) != version {
            self.kept.borrow_mut().is_outdated = true;
        }
    }

    /// Removes the least recently used statements until the rest fit into the memory. No statement
    /// may be in use.
    pub fn trim(&self) {
        let mut kept = self.kept.borrow_mut();
        let is_outdated = std::mem::take(&mut kept.is_outdated);
        while is_outdated || kept.statements.len() > MOST || self.is_over(kept.bytes) {
            let Some(oldest) = kept.take_oldest() else { break };
            self.memory.used.fetch_sub(oldest.bytes, Ordering::Relaxed);
            // This takes the statement out of the cache of rusqlite and does not put it back.
            if let Ok(statement) = self.connection.prepare_cached(&oldest.text) {
                statement.discard();
            }
        }
    }

    fn is_over(&self, own: u64) -> bool {
        own > self.memory.own && self.memory.used() > self.memory.common
    }
}

impl Drop for CachedConnection {
    fn drop(&mut self) {
        self.memory.used.fetch_sub(self.kept.borrow().bytes, Ordering::Relaxed);
    }
}

impl Kept {
    fn find(&self, text: &str) -> Option<usize> {
        // Few texts have the same length, and comparing those is faster than hashing a long one.
        self.statements.iter().position(|statement| *statement.text == *text)
    }

    /// Notes a use. Returns whether the statement is kept.
    fn note_use(&mut self, text: &str) -> bool {
        self.clock += 1;
        let Some(place) = self.find(text) else { return false };
        self.statements[place].last_used = self.clock;
        true
    }

    /// Adds a statement, and returns its bytes.
    fn add(&mut self, text: &str, used: u64) -> u64 {
        // rusqlite keeps a copy of the text.
        let bytes = used + 2 * memory::text(text) as u64;
        self.bytes += bytes;
        self.statements.push(KeptStatement { text: text.into(), bytes, last_used: self.clock });
        bytes
    }

    fn take_oldest(&mut self) -> Option<KeptStatement> {
        let (place, _) =
            self.statements.iter().enumerate().min_by_key(|(_, statement)| statement.last_used)?;
        let oldest = self.statements.swap_remove(place);
        self.bytes -= oldest.bytes;
        Some(oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    fn connections(bytes: u64, number: u32) -> (Arc<StatementMemory>, Vec<CachedConnection>) {
        let memory = StatementMemory::new(bytes, number);
        let open = |_| CachedConnection::new(Connection::open_in_memory().unwrap(), &memory);
        let connections = (0..number).map(open).collect();
        (memory, connections)
    }

    fn run(connection: &CachedConnection, number: usize, terms: usize) -> String {
        let text = format!("SELECT {number} WHERE 1 IN ({})", vec!["?"; terms].join(", "));
        let mut statement = connection.prepare_kept(&text).unwrap();
        let values = vec![Value::Integer(1); terms];
        let found: i64 =
            statement.query(&values).unwrap().next_row().unwrap().unwrap().get(0).unwrap();
        assert_eq!(usize::try_from(found), Ok(number));
        text
    }

    #[test]
    fn all_connections_together_keep_within_the_memory() {
        const ROOM: u64 = 2 << 20;
        let (memory, connections) = connections(ROOM, 4);
        for number in 0..400 {
            // The first connection takes what it can before the others come.
            let connection = if number < 100 { &connections[0] } else { &connections[number % 4] };
            run(connection, number, 300);
            connection.trim();
            assert!(memory.used() <= ROOM, "{number}: {}", memory.used());
        }
        assert!(memory.used() > ROOM / 4, "{}", memory.used());
        let own: Vec<u64> =
            connections.iter().map(|connection| connection.kept.borrow().bytes).collect();
        assert!(own.iter().all(|own| *own > memory.own / 2), "each has its part: {own:?}");
        drop(connections);
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn recently_used_statements_stay() {
        let (memory, connections) = connections(1 << 20, 1);
        let connection = &connections[0];
        let often = run(connection, 0, 100);
        for number in 1..MOST * 2 {
            run(connection, number, 1);
            run(connection, 0, 100);
            connection.trim();
        }
        assert!(connection.is_kept(&often));
        assert!(connection.kept.borrow().statements.len() <= MOST);
        let large = run(connection, 0, 10_000);
        assert!(memory.used() > 1 << 20);
        connection.trim();
        assert!(
            !connection.is_kept(&large) && memory.used() <= 1 << 20,
            "one that is larger than all memory is not kept"
        );
    }

    #[test]
    fn a_new_version_of_the_rules_clears_the_cache() {
        let (memory, connections) = connections(1 << 20, 1);
        let connection = &connections[0];
        connection.note_rules(1);
        connection.trim();
        run(connection, 1, 10);
        connection.note_rules(1);
        connection.trim();
        assert!(memory.used() > 0);
        connection.note_rules(2);
        connection.trim();
        assert_eq!(memory.used(), 0);
    }
}
