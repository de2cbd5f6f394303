//! `patchbay demo`: a site with sample data, for this machine only. It keeps changes.

mod sample;

use crate::command_error::CommandError;
use crate::config::{CERTIFICATES, DATABASE, Settings};
use crate::crypto::Place;
use crate::keys::{KeyRing, MASTER_KEY_FILE};
use crate::model::{DATA_CONNECTION, Document, Timestamp};
use crate::private_files::{create_folder, read_regular_text, write_file};
use crate::query::Predicate;
use crate::server::{LOCK, ReadSettings, lock, serve_prepared};
use crate::store::{Error, Origin, Snapshot, Store, Unrestricted, UserName, Write};
use crate::terminal::{complain, print};
use crate::tls::remove_authority;
use sample::{Kind, sample};
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use uuid::Uuid;

/// The file that marks a folder as a demo, and its text before and after the sample data is in the
/// database.
const MARK: &str = ".patchbay-demo";
const EMPTY: &str = "patchbay demo, not filled yet\n";
const FILLED: &str = "patchbay demo\n";

/// The database and the files that SQLite keeps beside it.
const DATABASE_FILES: [&str; 4] =
    [DATABASE, "patchbay.db-wal", "patchbay.db-shm", "patchbay.db-journal"];

#[cfg(unix)]
const SOCKETS: &[&str] = &[crate::server::SOCKET];
#[cfg(not(unix))]
const SOCKETS: &[&str] = &[];

/// What to do with an existing folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Use it.
    GoOn,
    /// Empty it if the user confirms.
    AskAndReset,
    /// Empty it.
    Reset,
}

/// Starts the demo.
pub fn run(settings: &Settings, again: ReadSettings, start: Start) -> Result<(), CommandError> {
    let data = &settings.data;
    if start != Start::GoOn {
        reset(data, start)?;
    }
    match mark(data) {
        None if !is_empty(data) => {
            let shown = data.display();
            return Err(CommandError::Failure(format!(
                "{shown} is not the folder of a demo; if it is a site, start it with patchbay \
                 serve --data {shown}"
            )));
        }
        None => {
            create_folder(data)
                .and_then(|()| write_file(&data.join(MARK), EMPTY.as_bytes()))
                .map_err(cannot_write(data))?;
        }
        Some(_) => {}
    }
    serve_prepared(settings, again, |store, key_ring| fill(data, store, key_ring))
}

/// Whether the folder is empty or missing, so that the demo may use it.
fn is_empty(data: &Path) -> bool {
    std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none())
}

/// The text of the mark of a folder, if this program wrote the mark.
fn mark(data: &Path) -> Option<String> {
    let text = read_regular_text(&data.join(MARK)).ok()?;
    [EMPTY, FILLED].contains(&text.as_str()).then_some(text)
}

fn cannot_write(data: &Path) -> impl Fn(std::io::Error) -> CommandError {
    move |error| CommandError::Failure(format!("can't write to {}: {error}", data.display()))
}

/// Removes the files of a demo from its folder.
fn reset(data: &Path, start: Start) -> Result<(), CommandError> {
    if !data.exists() {
        return Ok(());
    }
    let shown = data.display();
    if mark(data).is_none() {
        return Err(CommandError::Failure(format!(
            "{shown} is not the folder of a demo; nothing was removed"
        )));
    }
    // No server can start there while the question is open.
    let _lock = lock(data)?;
    if start == Start::AskAndReset
        && !is_confirmed(&format!("Remove the demo in {shown}? Type yes:"))?
    {
        return Err(CommandError::Failure("nothing was removed".to_owned()));
    }
    remove_demo(data).map_err(|error| {
        CommandError::Failure(format!("can't remove the demo in {shown}: {error}"))
    })?;
    let others = others_in(data);
    if !others.is_empty() {
        complain(&format!(
            "files that the demo did not make stay in {shown}: {}",
            others.join(", ")
        ));
    }
    Ok(())
}

/// Removes the files that a demo creates in its folder, except the mark. All other files stay.
fn remove_demo(data: &Path) -> std::io::Result<()> {
    write_file(&data.join(MARK), EMPTY.as_bytes())?;
    for name in DATABASE_FILES.iter().chain(SOCKETS).chain(&[MASTER_KEY_FILE]) {
        let path = data.join(name);
        // A folder of that name does not belong to the demo; of a link, the target stays.
        if path.symlink_metadata().is_ok_and(|file| !file.is_dir()) {
            std::fs::remove_file(path)?;
        }
    }
    remove_authority(&data.join(CERTIFICATES))
}

/// The names of the other files.
fn others_in(data: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> =
        names.filter(|name| ![MARK, LOCK].contains(&name.as_str())).collect();
    names.sort();
    names
}

fn is_confirmed(question: &str) -> Result<bool, CommandError> {
    if !std::io::stdin().is_terminal() {
        return Err(CommandError::Usage(
            "--reset asks before it removes anything, and standard input is not a terminal; --yes \
             removes it without a question"
                .to_owned(),
        ));
    }
    print([question])?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| CommandError::Failure(format!("can't read the answer: {error}")))?;
    Ok(answer.trim() == "yes")
}

/// Fills the database of a new demo, once.
fn fill(data: &Path, store: &Store, key_ring: Option<&KeyRing>) -> Result<(), CommandError> {
    if mark(data).is_some_and(|mark| mark == FILLED) {
        return Ok(());
    }
    let key_ring =
        key_ring.ok_or_else(|| CommandError::Failure("the master key is missing".to_owned()))?;
    let (documents, sealed) = documents(key_ring).map_err(|error| error.to_string())?;
    let term = key_ring.newest_term().unwrap_or_default();
    let count = |snapshot: &Snapshot<'_>| snapshot.count(&DATA_CONNECTION, &Predicate::True);
    let write = store.write_blocking(Origin::command("demo"), move |write| {
        // An earlier start may have been interrupted after this transaction.
        if count(&write.snapshot())? > 0 {
            return Ok(());
        }
        write.count_uses(term, sealed)?;
        add_all(write, documents)
    });
    write.map_err(|error: Error| error.to_string())?;
    write_file(&data.join(MARK), FILLED.as_bytes()).map_err(cannot_write(data))
}

/// The sample with its secrets sealed, and the number of secrets.
fn documents(key_ring: &KeyRing) -> Result<(Vec<Document>, u64), Error> {
    let mut sealed = 0;
    let bodies = sample()
        .into_iter()
        .flat_map(|Kind { entity, bodies }| bodies.into_iter().map(move |body| (entity, body)));
    let document = |(entity, body)| {
        let mut document = Document::read(entity, body)?;
        let id = document.id.unwrap_or_else(Uuid::now_v7);
        document.id = Some(id);
        document.seal_secrets(|property, secret| {
            let place = Place {
                entity: entity.resource_type,
                property: property.name,
                id: &id.to_string(),
            };
            sealed += 1;
            key_ring.seal(place, secret).map_err(|error| Error::Unusable(error.to_string()))
        })?;
        Ok::<_, Error>(document)
    };
    let documents = bodies.map(document).collect::<Result<_, Error>>()?;
    Ok((documents, sealed))
}

/// Adds the documents, in one transaction.
fn add_all(write: &Write<'_>, documents: Vec<Document>) -> Result<(), Error> {
    let author = write.actor(&UserName::repository())?;
    for mut document in documents {
        let id = document.id.unwrap_or_else(Uuid::now_v7);
        document.complete(id, &author, Timestamp::now())?;
        write.create(&Unrestricted(&author), &document)?;
    }
    Ok(())
}
