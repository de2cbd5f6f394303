//! Brings the entities of a site in: new ones, and what has changed there.

use super::error::{PullError, TakeError};
use super::mapping::Mapping;
use super::merge::Preference;
use super::preferences::Preferences;
use super::references::id_of;
use super::report::{Report, TypeReport, name};
use super::rule_check::check_rules;
use super::take::{Taken, Taking};
use crate::model::{Entity, REGISTRY, USER, staged};
use crate::query::Predicate;
use crate::site::{Client, SiteName};
use crate::store::{self, OfflineDatabase, Origin, SelectQuery, UserName, Write};
use serde_json::Value as Json;
use std::collections::HashSet;
use uuid::Uuid;

/// The most entities that are written in one transaction, so that nobody waits for long.
const BATCH: usize = 200;

/// The memory of the entities of one transaction, about.
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// The most users that are pulled unasked.
pub const MOST_USERS: u64 = 10_000;

/// The users that are pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// All.
    All,
    /// Only those who own something that is pulled.
    Owners,
}

/// A pull from a site.
pub struct Pull<'a> {
    /// The client of the site.
    pub client: &'a Client,
    /// The name of the site.
    pub site: &'a SiteName,
    /// The database here.
    pub database: &'a OfflineDatabase<'a>,
    /// The command, for the audit log.
    pub origin: &'a Origin,
    /// The users to pull; `None` for all, or only for owners if there are more than
    /// [`MOST_USERS`].
    pub users: Option<Users>,
    /// How texts here are spelt on the site.
    pub mapping: &'a Mapping,
    /// The side to prefer where both sides have changed something.
    pub preferences: &'a Preferences,
}

/// The outcomes of the entities of one transaction.
struct TakenBatch {
    outcomes: Vec<Result<Taken, String>>,
    /// Rules that were disabled, by name, and why.
    faults: Vec<(String, String)>,
}

/// The result of a pull, and how it ended.
pub struct Pulled {
    /// The result.
    pub report: Report,
    /// Whether all of the site was read.
    pub end: Result<(), PullError>,
}

impl Pull<'_> {
    /// Pulls. Each entity is written together with what it was on the site, so a pull that ends
    /// early can simply be started again. `progress` is called with a type, and the number of its
    /// entities that are done.
    pub fn run(&self, progress: &mut dyn FnMut(&'static Entity, u64)) -> Pulled {
        let mut report = Report::default();
        let end = self.pull_all(&mut report, progress);
        Pulled { report, end }
    }

    fn pull_all(
        &self,
        report: &mut Report,
        progress: &mut dyn FnMut(&'static Entity, u64),
    ) -> Result<(), PullError> {
        let only_owners = self.only_owners(report)?;
        for entity in staged(REGISTRY) {
            if only_owners && entity.is_of_users() {
                continue;
            }
            let mut of_type = TypeReport::new(entity);
            let end = self.pull_type(&mut of_type, progress);
            report.types.push(of_type);
            end?;
        }
        Ok(())
    }

    fn only_owners(&self, report: &mut Report) -> Result<bool, PullError> {
        if self.users.is_none() {
            let users = self.client.count(&USER)?;
            report.too_many_users = (users > MOST_USERS).then_some(users);
        }
        Ok(self.users == Some(Users::Owners) || report.too_many_users.is_some())
    }

    fn pull_type(
        &self,
        report: &mut TypeReport,
        progress: &mut dyn FnMut(&'static Entity, u64),
    ) -> Result<(), PullError> {
        let entity = report.entity;
        let filter = entity.staging.and_then(|staging| staging.filter);
        let query: Vec<_> = filter.map(|filter| ("filter", filter)).into_iter().collect();
        let mut seen = HashSet::new();
        let (mut batch, mut bytes) = (Vec::new(), 0);
        progress(entity, 0);
        self.client.list(&format!("{}/full", entity.path), &query, |there| {
            // A list that changes while it is sent can have an entity twice.
            if id_of(&there).is_some_and(|id| !seen.insert(id)) {
                return Ok(());
            }
            bytes += memory(&there);
            batch.push(there);
            if batch.len() < BATCH && bytes < BATCH_BYTES {
                return Ok(());
            }
            bytes = 0;
            self.take(std::mem::take(&mut batch), report)?;
            progress(entity, seen.len() as u64);
            Ok::<_, PullError>(())
        })?;
        self.take(batch, report)?;
        report.gone_there = self.gone_there(entity, &seen)?;
        Ok(())
    }

    /// Takes these entities over, in one transaction.
    fn take(&self, batch: Vec<Json>, report: &mut TypeReport) -> Result<(), PullError> {
        let entity = report.entity;
        let mut mapped = Vec::with_capacity(batch.len());
        for mut there in batch {
            match self.mapping.to_here(entity, &mut there) {
                Ok(()) => mapped.push(there),
                Err(why) => report.add(&there, Err(why)),
            }
        }
        if mapped.is_empty() {
            return Ok(());
        }
        let taken =
            self.database.write(self.origin, |write| self.take_in(write, entity, &mapped))?;
        for (there, outcome) in mapped.iter().zip(taken.outcomes) {
            report.add(there, outcome);
        }
        report.disabled.extend(taken.faults);
        Ok(())
    }

    fn take_in(
        &self,
        write: &Write<'_>,
        entity: &'static Entity,
        batch: &[Json],
    ) -> Result<TakenBatch, store::Error> {
        let actor = write.actor(&UserName::repository())?;
        let site = self.site.to_string();
        let taking = Taking { write, site: &site, actor: &actor };
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut written: Vec<(Uuid, &Json)> = Vec::new();
        for there in batch {
            let preference = self.preference(entity, there);
            let taken = match write.attempt(|| taking.take(entity, there, preference)) {
                Ok(taken) => Ok(taken),
                Err(TakeError::Refused(why)) => Err(why),
                Err(TakeError::Store(error)) => return Err(error),
            };
            if let Ok(Taken::Created(id) | Taken::Changed(id)) = taken {
                written.push((id, there));
            }
            outcomes.push(taken);
        }
        let mut faults = Vec::new();
        if entity.is_of_rules() && !written.is_empty() {
            let ids: Vec<Uuid> = written.iter().map(|(id, _)| *id).collect();
            for (id, why) in check_rules(write, &ids)? {
                let rule = written.iter().find(|(written, _)| *written == id);
                faults.extend(rule.map(|(_, there)| (name(entity, there), why)));
            }
        }
        Ok(TakenBatch { outcomes, faults })
    }

    fn preference(&self, entity: &'static Entity, there: &Json) -> Preference {
        self.preferences.of(&name(entity, there))
    }

    /// The names of the entities that were on the site at an earlier pull, are no longer there, and
    /// are still here.
    fn gone_there(
        &self,
        entity: &'static Entity,
        seen: &HashSet<Uuid>,
    ) -> Result<Vec<String>, store::Error> {
        self.database.read(|snapshot| {
            let based = snapshot.based(&self.site.to_string(), entity)?;
            let gone = based.into_iter().filter(|(_, site_id)| !seen.contains(site_id));
            let gone: Vec<Uuid> = gone.map(|(id, _)| id).collect();
            let mut names = Vec::new();
            for some in gone.chunks(BATCH) {
                let condition = Predicate::has_id_among(entity, some.iter().copied());
                snapshot.each_value(&SelectQuery::full(entity, condition), &mut |json| {
                    names.push(name(entity, &json));
                    Ok(())
                })?;
            }
            Ok(names)
        })
    }
}

/// The memory that JSON takes, about.
fn memory(json: &Json) -> usize {
    let own = size_of::<Json>();
    own + match json {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(memory).sum(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, value)| size_of::<String>() + name.len() + memory(value))
            .sum(),
        _ => 0,
    }
}
