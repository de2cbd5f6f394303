//! Whose rights a change of several entities changes. It is worked out in three steps: which users
//! and rows have to be looked at, on a reading connection; what they may do before and after, in
//! the transaction that makes the change and is undone; and what users gain and lose elsewhere who
//! are changed themselves, on a reading connection again.

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
    /// Rules can't ask about anything that changes.
    Untouched,
    /// The visitor may not read all rules and users, so the answer would tell what the hidden ones
    /// say.
    Withheld,
    /// The users whom the visitor may read, and what they gain and lose.
    Compared {
        rights_change: RightsChange,
        /// The version of the rules that were asked.
        rules: i64,
        /// The digest of all that is gained and lost; nothing if not all of it was looked at.
        digest: Option<String>,
    },
    /// It could not be worked out.
    Unknown(String),
}

impl Rights {
    /// The version of the rules that were asked, if the page shows what they say.
    pub const fn rules(&self) -> Option<i64> {
        match self {
            Self::Compared { rules, .. } => Some(*rules),
            _ => None,
        }
    }

    /// The digest of what is gained and lost, if the page shows all of it.
    pub fn digest(&self) -> Option<&str> {
        match self {
            Self::Compared { digest, .. } => digest.as_deref(),
            _ => None,
        }
    }

    /// Why a page that has shown others is outdated by these, if so.
    pub fn outdate(&self, shown: &ShownRights) -> Option<&'static str> {
        let now = match self {
            Self::Unknown(_) | Self::Compared { digest: None, .. } => RightsNow::Incomplete,
            _ => RightsNow::Complete(self.digest()),
        };
        shown.outdated_by(self.rules(), &now)
    }
}

/// The rights that the transaction looks at, beside what it changes.
pub enum Question {
    /// None.
    Nothing,
    /// Those of the users of a watch.
    Watched(Watch),
    /// The rules themselves change.
    Rules,
    /// The visitor may not ask.
    Withheld,
    /// It could not be worked out which.
    Unknown(String),
}

/// What the transaction has found out.
pub enum Answer {
    Nothing,
    Watched {
        watch: Watch,
        changes: Changes,
        /// The users who are changed themselves, before and after.
        users: Vec<[Actor; 2]>,
        /// The version of the rules.
        version: i64,
    },
    /// All rules as they are afterwards, and their version before.
    Rules(Vec<RuleSource>, i64),
    Withheld,
    Unknown(String),
}

/// So long the rights before a change may take, and as long those after it. Others who write wait
/// meanwhile. A debug build is many times slower.
const PATIENCE: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(10) } else { Duration::from_millis(250) };

/// So many steps of SQLite they may take, of which it does some ten millions a second: what is too
/// much is too much on a quick machine as well.
const STEPS: i32 = 5_000_000;

const TOO_MUCH: &str = "there are too many users and resources that rules may treat differently, \
                        and other writers would have to wait for the comparison. Select fewer.";

impl Question {
    /// The rights that a bulk action may change.
    ///
    /// # Errors
    /// The database failed, or no turn came to ask it.
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
            // Rules don't ask about what is gone.
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
        // A preview tries values that nothing has.
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

    /// How long it keeps the writer at most.
    pub fn weight(&self) -> Weight {
        let millis = u64::try_from(PATIENCE.as_millis()).unwrap_or_default();
        match self {
            Self::Watched(watch) if !watch.is_empty() => Weight::of_millis(2 * millis),
            _ => Weight::default(),
        }
    }

    /// Does `work`, and tells what it changes of the rights.
    ///
    /// # Errors
    /// Whatever `work` fails with; the database failed.
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
        let before = known(soon(&snapshot, || {
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
        let compared = known(soon(&snapshot, || answer(&snapshot, caller, None, limits, compare)))?;
        let rights_change = match compared {
            Ok((changes, users)) => Answer::Watched { watch, changes, users, version },
            Err(reason) => Answer::Unknown(reason),
        };
        Ok((rows, rights_change))
    }
}

impl Answer {
    /// Whose rights change, with what is yet to be looked at.
    ///
    /// # Errors
    /// The database failed, or no turn came to ask it.
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
                // What there was time for differs from one time to the next.
                let digest = changes.complete.then(|| digest(&json));
                Rights::Compared { rights_change: rights_change(changes), rules, digest }
            }
            Err(reason) => Rights::Unknown(reason),
        })
    }
}

/// The names of the properties that are written, also of those that any change sets.
fn written(entity: &'static Entity, bulk_action: &BulkAction) -> Vec<&'static str> {
    let set_anyway = entity.set_by_change.iter().map(|(name, _)| *name);
    bulk_action.properties(entity).into_iter().chain(set_anyway).collect()
}

/// Answers a question on a reading connection. The memory of the reply is reserved already.
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

/// Answers a question while others who write wait.
fn soon<T>(
    snapshot: &Snapshot<'_>,
    question: impl FnOnce() -> Result<T, RequestError>,
) -> Result<T, RequestError> {
    let limit = snapshot.limit(STEPS, PATIENCE)?;
    limit.outcome(question())?.ok_or_else(|| RequestError::Unavailable(TOO_MUCH.to_owned()))
}

/// The answer to a question about rights, or why there is none though the change itself can go on.
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
    fn a_page_says_why_the_rights_are_not_those_that_it_has_shown() {
        let compared = |rules, digest: Option<&str>| Rights::Compared {
            rights_change: rights_change(Changes::default()),
            rules,
            digest: digest.map(ToOwned::to_owned),
        };
        let timeout = || Rights::Unknown("there was no time".to_owned());
        let (other_rules, other_rights) =
            ("System rules were changed", "Users or resources were changed");
        let not_compared = "This time, Patchbay could not work out";
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
