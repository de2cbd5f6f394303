//! `patchbay demo`: a site with sample data, on this machine alone, that keeps what is changed.

mod sample;

use super::serve::{lock, serve_prepared};
use super::{Exit, output::print};
use crate::config::Settings;
use crate::model::{DATA_CONNECTION, Document, Timestamp};
use crate::private::write_file;
use crate::query::Predicate;
use crate::secrets::{KeyRing, Place};
use crate::store::{Creation, Error, Store, UserName, Write};
use sample::{Kind, sample};
use std::io::{BufRead, IsTerminal};
use std::path::Path;
use uuid::Uuid;

/// Marks a folder as one that the demo may empty.
const MARK: &str = "demo";

/// What is asked of the folder that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Go on with it.
    GoOn,
    /// Empty it, if who started it says yes.
    AskAndReset,
    /// Empty it.
    Reset,
}

/// Serves the demo.
pub fn run(settings: &Settings, start: Start) -> Result<(), Exit> {
    if start != Start::GoOn {
        reset(&settings.data, start)?;
    }
    serve_prepared(settings, |store, key_ring| fill(&settings.data, store, key_ring))
}

/// Removes what a demo has left in a folder.
fn reset(data: &Path, start: Start) -> Result<(), Exit> {
    if !data.exists() {
        return Ok(());
    }
    let shown = data.display();
    if !data.join(MARK).exists() {
        return Err(Exit::Failure(format!("{shown} was not made by patchbay demo, and is left alone")));
    }
    drop(lock(data)?);
    if start == Start::AskAndReset && !is_confirmed(&format!("Remove everything in {shown}? Type yes: "))? {
        return Err(Exit::Failure("nothing was removed".to_owned()));
    }
    std::fs::remove_dir_all(data).map_err(|error| Exit::Failure(format!("can't remove {shown}: {error}")))
}

fn is_confirmed(question: &str) -> Result<bool, Exit> {
    if !std::io::stdin().is_terminal() {
        return Err(Exit::Usage("--reset asks on a terminal before it removes anything; --yes answers".to_owned()));
    }
    print(question)?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.map_err(|error| Exit::Failure(format!("can't read the answer: {error}")))?;
    Ok(answer.trim() == "yes")
}

/// Fills a new database, and leaves one alone that holds anything.
fn fill(data: &Path, store: &Store, key_ring: Option<&KeyRing>) -> Result<(), Exit> {
    let is_used = store.read(|snapshot| {
        let all = snapshot.count(&DATA_CONNECTION, &Predicate::True)?;
        Ok::<_, Error>(all > 0 || snapshot.has_passwords()?)
    });
    if is_used.map_err(|error| error.to_string())? || data.join(MARK).exists() {
        return Ok(());
    }
    let Some(key_ring) = key_ring else { return Err(Exit::Failure("the master key is missing".to_owned())) };
    let documents = documents(key_ring).map_err(|error| error.to_string())?;
    store.write_blocking(move |write| add_all(write, documents)).map_err(|error: Error| error.to_string())?;
    write_file(&data.join(MARK), b"patchbay demo --reset may remove this folder.\n")
        .map_err(|error| Exit::Failure(format!("can't write to {}: {error}", data.display())))
}

/// The whole sample, its secrets sealed.
fn documents(key_ring: &KeyRing) -> Result<Vec<Document>, Error> {
    let bodies =
        sample().into_iter().flat_map(|Kind { entity, bodies }| bodies.into_iter().map(move |body| (entity, body)));
    let document = |(entity, body)| {
        let mut document = Document::read(entity, body)?;
        let id = document.id.unwrap_or_else(Uuid::now_v7);
        document.id = Some(id);
        document.seal_secrets(|property, secret| {
            let place = Place { entity: entity.resource_type, property: property.name, id: &id.to_string() };
            key_ring.seal(place, secret).map_err(|error| Error::Unusable(error.to_string()))
        })?;
        Ok(document)
    };
    bodies.map(document).collect()
}

/// Adds the documents, in one transaction.
fn add_all(write: &Write<'_>, documents: Vec<Document>) -> Result<(), Error> {
    let author = write.actor(&UserName::repository())?;
    for mut document in documents {
        let id = document.id.unwrap_or_else(Uuid::now_v7);
        document.complete(id, &author, Timestamp::now())?;
        write.create(&Creation {
            document: &document,
            actor: &author,
            readable: &|_| Predicate::True,
            creatable: &Predicate::True,
            may: &|_| Predicate::True,
        })?;
    }
    Ok(())
}
