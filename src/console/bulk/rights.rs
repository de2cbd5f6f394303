//! Finds out whose rights change with several entities, in three steps: a reader finds the users
//! and rows to compare; the transaction of the change, which is rolled back, compares their rights
//! before and after; and a reader finds what changed users gain and lose on other rows.

use super::change::{BulkAction, Row};
use super::shown_rights::{RightsNow, ShownRights};
use crate::access_report;
use crate::access_report::{Changes, Rewrite, Site, Watch};
use crate::console::preview::{RightsChange, rights_change};
use crate::console::visit::Visit;
use crate::crypto::digest;
use crate::error::RequestError;
use crate::model::{Action, Actor, Defines, Entity, RuleSource, SYSTEM_RULE};
use crate::query::{Limits, Predicate};
use crate::service::access_questions::{answer, may_invent};
use crate::service::caller::Caller;
use crate::service::reads::LongRead;
use crate::store::{Snapshot, Weight, Write};
use std::time::Duration;
use uuid::Uuid;

/// Whose rights change.
pub enum Rights {
    /// No rule can depend on the changed properties.
    Untouched,
    /// The visitor may not read all rules and users, so the answer would reveal the content of
    /// hidden ones.
    Withheld,
    /// What the users that the visitor may read gain and lose.
    Compared {
        rights_change: RightsChange,
        /// The version of the rules that were compared.
        rules: i64,
        /// The digest of all gains and losses; `None` if the comparison is not complete.
        digest: Option<String>,
    },
    /// Unknown, with the reason.
    Unknown(String),
}

impl Rights {
    /// The version of the rules, if the page shows a comparison.
    pub const fn rules(&self) -> Option<i64> {
        match self {
            Self::Compared { rules, .. } => Some(*rules),
            _ => None,
        }
    }

    /// The digest of gains and losses, if the page shows all of them.
    pub fn digest(&self) -> Option<&str> {
        match self {
            Self::Compared { digest, .. } => digest.as_deref(),
            _ => None,
        }
    }

    /// Why a page that has shown `shown` is outdated, if it is.
    pub fn outdate(&self, shown: &ShownRights) -> Option<&'static str> {
        let now = match self {
            Self::Unknown(_) | Self::Compared { digest: None, .. } => RightsNow::Incomplete,
            _ => RightsNow::Complete(self.digest()),
        };
        shown.outdated_by(self.rules(), &now)
    }
}

/// The rights that the transaction has to compare.
pub enum Question {
    /// None.
    Nothing,
    /// Those of certain users on certain rows.
    Watched(Watch),
    /// The rules themselves change.
    Rules,
    /// The visitor may not see them.
    Withheld,
    /// Unknown, with the reason.
    Unknown(String),
}

/// The result of the transaction.
pub enum Answer {
    Nothing,
    Watched {
        watch: Watch,
        changes: Changes,
        /// The users that change themselves, before and after.
        users: Vec<[Actor; 2]>,
        /// The version of the rules.
        version: i64,
    },
    /// All rules after the change, and their version before it.
    Rules(Vec<RuleSource>, i64),
    Withheld,
    Unknown(String),
}

/// The time limit for computing the rights before a change, and again for those after it. Other
/// writers wait during this time. A debug build is many times slower.
const PATIENCE: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(10) } else { Duration::from_millis(250) };

/// The limit in steps of SQLite, which does some ten millions of them per second, so that the limit
/// is about the same on a fast machine.
const STEPS: i32 = 5_000_000;

const TOO_MUCH: &str = "there are too many users and resources that rules may treat differently, \
                        and other writers would have to wait for the comparison. Select fewer.";

impl Question {
    /// Finds out which rights a bulk action may change.
    ///
    /// # Errors
    /// If the database fails; `Unavailable` if no turn came in time.
    pub async fn of(
        visit: &Visit,
        bulk_action: &BulkAction,
        ids: &[Uuid],
    ) -> Result<Self, RequestError> {
        let entity = visit.call.entity;
        let rewrite = match (bulk_action, entity.defines) {
            (BulkAction::Delete, Defines::Rights) => {
                visit.call.reserve_long_reply().await?;
                return Ok(Self::Rules);
            }
            (BulkAction::Delete, Defines::CustomProperties) => {
                Some(Rewrite::Definitions(ids.to_vec()))
            }
            // Rules can't depend on deleted entities.
            (BulkAction::Delete, Defines::Users | Defines::Nothing) => None,
            (BulkAction::Change(_), _) => Rewrite::of(
                entity,
                ids.to_vec(),
                &written(entity, bulk_action),
                bulk_action.owner(),
            ),
        };
        let Some(rewrite) = rewrite else { return Ok(Self::Nothing) };
        visit.call.reserve_long_reply().await?;
        // A preview may try new values, which could reveal the content of rules.
        let watch = ask(visit, move |site, caller| {
            may_invent(caller).then(|| site.watch(&rewrite)).transpose()
        })
        .await;
        Ok(match known(watch)? {
            Ok(Some(watch)) => Self::Watched(watch),
            Ok(None) => Self::Withheld,
            Err(reason) => Self::Unknown(reason),
        })
    }

    /// The most time that the comparison keeps the writer busy.
    pub fn weight(&self) -> Weight {
        let millis = u64::try_from(PATIENCE.as_millis()).unwrap_or_default();
        match self {
            Self::Watched(watch) if !watch.is_empty() => Weight::of_millis(2 * millis),
            _ => Weight::default(),
        }
    }

    /// Runs `work`, and compares the rights before and after it.
    ///
    /// # Errors
    /// The errors of `work`; if the database fails.
    pub fn around(
        self,
        write: &Write<'_>,
        caller: &Caller,
        limits: Limits,
        work: impl FnOnce() -> Result<Vec<Row>, RequestError>,
    ) -> Result<(Vec<Row>, Answer), RequestError> {
        let snapshot = write.snapshot();
        let watch = match self {
            Self::Watched(watch) => watch,
            Self::Rules => {
                let version = snapshot.versions()?.rules;
                return Ok((work()?, Answer::Rules(snapshot.rules(&Predicate::True)?, version)));
            }
            Self::Withheld => return Ok((work()?, Answer::Withheld)),
            Self::Nothing => return Ok((work()?, Answer::Nothing)),
            Self::Unknown(reason) => return Ok((work()?, Answer::Unknown(reason))),
        };
        let version = snapshot.versions()?.rules;
        let before = known(within_limits(&snapshot, || {
            answer(&snapshot, caller, None, limits, |site, _| site.rights(&watch))
        }))?;
        let rows = work()?;
        let before = match before {
            Ok(before) => before,
            Err(reason) => return Ok((rows, Answer::Unknown(reason))),
        };
        let compare = |site: &Site<'_>, _: &Caller| {
            Ok((site.changes_since(&before)?, site.users_changed_since(&before)?))
        };
        let compared =
            known(within_limits(&snapshot, || answer(&snapshot, caller, None, limits, compare)))?;
        let rights_change = match compared {
            Ok((changes, users)) => Answer::Watched { watch, changes, users, version },
            Err(reason) => Answer::Unknown(reason),
        };
        Ok((rows, rights_change))
    }
}

impl Answer {
    /// Completes the comparison on a reading connection.
    ///
    /// # Errors
    /// If the database fails; `Unavailable` if no turn came in time.
    pub async fn complete(self, visit: &Visit) -> Result<Rights, RequestError> {
        let (changes, rules) = match self {
            Self::Withheld => return Ok(Rights::Withheld),
            Self::Nothing => return Ok(Rights::Untouched),
            Self::Unknown(reason) => return Ok(Rights::Unknown(reason)),
            Self::Watched { changes, users, version, .. } if users.is_empty() => {
                (Ok(changes), version)
            }
            Self::Watched { watch, mut changes, users, version } => {
                let elsewhere = ask(visit, move |site, _| site.changes_of_users(&users, &watch));
                let merged = known(elsewhere.await)?.map(|elsewhere| {
                    changes.merge(elsewhere);
                    changes
                });
                (merged, version)
            }
            Self::Rules(rules, version) => {
                let compare = move |site: &Site<'_>, caller: &Caller| {
                    site.changes_to(rules, &caller.guard(&SYSTEM_RULE, Action::Create))
                };
                (known(ask(visit, compare).await)?, version)
            }
        };
        Ok(match changes {
            Ok(changes) => {
                let json =
                    serde_json::to_vec(&changes).map_err(|error| RequestError::internal(&error))?;
                // An incomplete comparison depends on the time that it took.
                let digest = changes.complete.then(|| digest(&json));
                Rights::Compared { rights_change: rights_change(changes), rules, digest }
            }
            Err(reason) => Rights::Unknown(reason),
        })
    }
}

/// The names of the properties that are written, including those that every change sets.
fn written(entity: &'static Entity, bulk_action: &BulkAction) -> Vec<&'static str> {
    let set_anyway = entity.set_by_change.iter().map(|(name, _)| *name);
    bulk_action.properties(entity).into_iter().chain(set_anyway).collect()
}

/// Answers a question on a reading connection. The memory for the reply is reserved already.
async fn ask<T: Send + 'static>(
    visit: &Visit,
    question: impl FnOnce(&Site<'_>, &Caller) -> Result<T, access_report::Error> + Send + 'static,
) -> Result<T, RequestError> {
    let limits = visit.call.state.backend.limits.filter;
    visit
        .call
        .user
        .read_long(LongRead::Question, move |snapshot, caller| {
            answer(snapshot, caller, None, limits, question)
        })
        .await
}

/// Answers a question within the limits that apply while other writers wait.
fn within_limits<T>(
    snapshot: &Snapshot<'_>,
    question: impl FnOnce() -> Result<T, RequestError>,
) -> Result<T, RequestError> {
    let limit = snapshot.limit(STEPS, PATIENCE)?;
    limit.outcome(question())?.ok_or_else(|| RequestError::Unavailable(TOO_MUCH.to_owned()))
}

/// Separates failed comparisons, which don't prevent the change, from other errors.
fn known<T>(answer: Result<T, RequestError>) -> Result<Result<T, String>, RequestError> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(
            RequestError::BadRequest(reason)
            | RequestError::Forbidden(reason)
            | RequestError::Unavailable(reason),
        ) => Ok(Err(reason)),
        Err(RequestError::Unparsable(unparsable)) => Ok(Err(unparsable.to_string())),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::extract::body::Form;

    #[test]
    fn a_page_gives_the_reason_if_the_rights_differ_from_those_shown() {
        let compared = |rules, digest: Option<&str>| Rights::Compared {
            rights_change: rights_change(Changes::default()),
            rules,
            digest: digest.map(ToOwned::to_owned),
        };
        let timeout = || Rights::Unknown("there was no time".to_owned());
        let (other_rules, other_rights) =
            ("System rules were changed", "Users or resources were changed");
        let not_compared = "This time, Patchbay could not determine";
        for (rules, digest, now, reason) in [
            ("1", "a", compared(1, Some("a")), None),
            ("1", "a", compared(2, Some("a")), Some(other_rules)),
            ("1", "a", compared(1, Some("b")), Some(other_rights)),
            ("1", "a", Rights::Untouched, Some(other_rights)),
            ("1", "a", Rights::Withheld, Some(other_rights)),
            ("1", "a", compared(1, None), Some(not_compared)),
            ("1", "a", compared(2, None), Some(other_rules)),
            ("1", "a", timeout(), Some(not_compared)),
            ("1", "", timeout(), None),
            ("1", "", compared(1, Some("a")), None),
            ("", "", compared(1, Some("a")), None),
        ] {
            let fields = [("rules", rules), ("rights", digest)];
            let form =
                Form::from_iter(fields.map(|(name, text)| (name.to_owned(), text.to_owned())));
            let outdated = now.outdate(&ShownRights::read(&form));
            let is_right = reason.map_or(outdated.is_none(), |reason| {
                outdated.is_some_and(|why| why.starts_with(reason))
            });
            assert!(is_right, "{rules} {digest}: {outdated:?} is not {reason:?}");
        }
    }
}
