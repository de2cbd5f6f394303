//! Creates a list of entities: all of them, or none.

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

/// The most bytes that existing entities may take in the response. Each can be far longer than the
/// item that names it.
const MOST_KEPT: usize = 12 * 1024 * 1024;

/// The most existing names that an error lists.
const MOST_NAMED: usize = 100;

/// The treatment of entities that already exist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// The list is refused.
    Refused,
    /// They stay unchanged, and the response contains them with the created ones.
    Kept,
}

/// How a list is created.
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
    /// Creates all of the list, and returns it as JSON.
    ///
    /// # Errors
    /// The error of the first entity that can't be created; [`RequestError::Conflict`] with the
    /// names that are already in use.
    pub fn make(&self, documents: Vec<Document>) -> Result<Vec<u8>, RequestError> {
        let mut listed = Vec::with_capacity(documents.len());
        let mut in_use = Vec::new();
        for (index, document) in documents.into_iter().enumerate() {
            let name = document.natural_key().map(Key::Natural);
            match self.one(document) {
                Ok(one) => listed.push(one),
                // The other names in use are to be listed, too.
                Err(RequestError::Conflict(message)) => {
                    in_use.push(format!("{}: {message}", place(index, name.as_ref())));
                }
                Err(failure) if in_use.is_empty() => return Err(of(index, failure)),
                Err(_) => break,
            }
        }
        refuse(in_use)?;
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

/// Identifies an entity of the list by its position and name.
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

/// Rejects a list that contains the same entity twice.
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

/// Lists all names in use, rather than one at a time.
fn refuse(mut in_use: Vec<String>) -> Result<(), RequestError> {
    if in_use.is_empty() {
        return Ok(());
    }
    let more = in_use.len().saturating_sub(MOST_NAMED);
    in_use.truncate(MOST_NAMED);
    let named = in_use.join("; ");
    let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(RequestError::Conflict(format!(
        "{named}{rest}; existing=keep leaves them as they are and creates the others"
    )))
}
