//! Lists of entities that are created at once, or not at all.

use super::backend::Backend;
use super::caller::Caller;
use super::entities::{Written, create_one, one, read_back};
use super::rule_checks;
use super::shown_privileges::Privileges;
use super::warnings::Warnings;
use crate::error::RequestError;
use crate::model::{Document, Entity, Key};
use crate::query::Predicate;
use crate::store::{Entry, Write};
use std::collections::HashMap;
use uuid::Uuid;

/// Bytes that entities which stay as they are may take in the reply. Each can be far longer than
/// what names it.
const MOST_KEPT: usize = 12 * 1024 * 1024;

/// Taken names that a refusal lists at most.
const MOST_NAMED: usize = 100;

/// How entities that are there already are treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// The list is refused.
    Refused,
    /// They stay as they are, and are in the reply with those that are made.
    Kept,
}

/// How a list is made.
pub struct Many<'a> {
    pub backend: &'a Backend,
    pub write: &'a Write<'a>,
    pub caller: &'a Caller,
    pub entity: &'static Entity,
    pub existing: Existing,
    pub privileges: Privileges,
    pub warnings: &'a Warnings,
}

/// One entity of the list.
enum Listed {
    Made(Written),
    Kept(Uuid),
}

impl Many<'_> {
    /// Makes all of the list, and gives it as JSON.
    ///
    /// # Errors
    /// The failure of the first entity that can't be made; `Conflict` that names those that are
    /// taken.
    pub fn make(&self, documents: Vec<Document>) -> Result<Vec<u8>, RequestError> {
        let mut listed = Vec::with_capacity(documents.len());
        let mut taken = Vec::new();
        for (index, document) in documents.into_iter().enumerate() {
            let name = document.natural_key().map(Key::Natural);
            match self.one(document) {
                Ok(one) => listed.push(one),
                // The others that are taken are to be named, too.
                Err(RequestError::Conflict(message)) => {
                    taken.push(format!("{}: {message}", place(index, name.as_ref())));
                }
                Err(failure) if taken.is_empty() => return Err(of(index, failure)),
                Err(_) => break,
            }
        }
        refuse(taken)?;
        refuse_repeated(&listed)?;
        self.check(&listed)?;
        let (mut json, mut kept) = (vec![b'['], 0);
        for (index, one) in listed.into_iter().enumerate() {
            if json.len() > 1 {
                json.push(b',');
            }
            let is_kept = matches!(one, Listed::Kept(_));
            let mut entry = self.entry(one)?.json;
            if is_kept {
                kept += entry.len();
                check_kept(kept)?;
            } else {
                self.warnings.add_to(index, &mut entry);
            }
            json.extend(entry);
        }
        json.push(b']');
        Ok(json)
    }

    fn one(&self, document: Document) -> Result<Listed, RequestError> {
        if self.existing == Existing::Kept
            && let Some(id) = self.write.snapshot().existing(&document, &self.caller.readable())?
        {
            return Ok(Listed::Kept(id));
        }
        create_one(self.backend, self.write, self.caller, document).map(Listed::Made)
    }

    fn check(&self, listed: &[Listed]) -> Result<(), RequestError> {
        let made = listed.iter().enumerate().filter_map(|(index, one)| match one {
            Listed::Made(written) => Some((index, written.id)),
            Listed::Kept(_) => None,
        });
        let (places, ids): (Vec<usize>, Vec<Uuid>) = made.unzip();
        let checked = rule_checks::check_written(self.write, self.caller, self.entity, &ids);
        checked.map_err(|(index, failure)| of(places[index], failure))
    }

    fn entry(&self, listed: Listed) -> Result<Entry, RequestError> {
        match listed {
            Listed::Made(written) => {
                read_back(self.write, self.caller, self.entity, written, self.privileges)
            }
            Listed::Kept(id) => {
                let selection = one(
                    self.caller,
                    self.entity,
                    Predicate::has_id(self.entity, id),
                    self.privileges,
                );
                let kept = self.write.snapshot().one(&selection)?;
                kept.ok_or_else(|| {
                    RequestError::internal(&"the existing entity just found is missing")
                })
            }
        }
    }
}

/// Which entity of the list it is, by its place and its name.
fn place(index: usize, name: Option<&Key>) -> String {
    name.map_or_else(|| format!("[{index}]"), |name| format!("[{index}] ({name})"))
}

fn check_kept(bytes: usize) -> Result<(), RequestError> {
    if bytes > MOST_KEPT {
        let message = "the entities of this list that already exist take more than 12 MiB in the \
                       response; send fewer at a time";
        return Err(RequestError::TooHeavy(message.to_owned()));
    }
    Ok(())
}

fn of(index: usize, failure: RequestError) -> RequestError {
    failure.within(index)
}

/// Refuses a list that names an entity twice.
fn refuse_repeated(listed: &[Listed]) -> Result<(), RequestError> {
    let mut seen = HashMap::with_capacity(listed.len());
    for (index, one) in listed.iter().enumerate() {
        let id = match one {
            Listed::Made(written) => written.id,
            Listed::Kept(id) => *id,
        };
        if let Some(earlier) = seen.insert(id, index) {
            return Err(RequestError::BadRequest(format!(
                "[{index}]: is the same entity as [{earlier}]; send it once"
            )));
        }
    }
    Ok(())
}

/// Names all that is taken, rather than one at a time.
fn refuse(mut taken: Vec<String>) -> Result<(), RequestError> {
    if taken.is_empty() {
        return Ok(());
    }
    let more = taken.len().saturating_sub(MOST_NAMED);
    taken.truncate(MOST_NAMED);
    let named = taken.join("; ");
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(RequestError::Conflict(format!(
        "{named}{rest}; existing=keep leaves them as they are and creates the others"
    )))
}
