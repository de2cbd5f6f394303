//! `patchbay explain`: shows who may do what, and why, also while the server runs.

use crate::access_report;
use crate::access_report::{
    Draft, DraftChanges, DraftWarning, Resource, ResourceAccess, Site, Triple, UserAccess, Why,
};
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::model::{Action, Actor, Context, Entity, REGISTRY};
use crate::policy::RuleSet;
use crate::query::{Limits, Predicate};
use crate::store::{self, UserName};
use crate::terminal::{json_lines, print};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The question. Its kind follows from the arguments that are given.
#[derive(Args)]
pub struct Question {
    /// User, as 'DIRECTORY\userid'
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    #[arg(long, value_name = "RESOURCE", help = "Resource, as DataConnection_<id>")]
    resource: Option<String>,
    /// Action, such as read
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    #[arg(
        long = "type",
        value_name = "TYPE",
        help = "Type of the resources of --user, such as DataConnection"
    )]
    resource_type: Option<String>,
    /// Only users or resources that match this filter (docs/filters.md)
    #[arg(long, value_name = "FILTER", default_value = "", hide_default_value = true)]
    filter: String,
    /// File with a draft of rules, in JSON as for POST /systemrule/explain/changes
    #[
        arg(
            long,
            value_name = "FILE",
            conflicts_with_all = ["user", "resource", "action", "resource_type", "filter"]
        )
    ]
    changes: Option<PathBuf>,
    /// Show rules and stored texts that matched with the case folding of earlier versions and no
    /// longer match
    #[
        arg(
            long,
            conflicts_with_all = [
                "user",
                "resource",
                "action",
                "resource_type",
                "filter",
                "changes"
            ]
        )
    ]
    folding: bool,
    /// Context in which the users work: the management console (qmc) or the hub
    #[arg(long, value_enum, default_value_t = Origin::Qmc)]
    context: Origin,
    /// Format of the answer
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

/// The context of a user.
#[derive(Clone, Copy, ValueEnum)]
enum Origin {
    Qmc,
    Hub,
}

/// The format of an answer.
#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Text for people
    Text,
    /// JSON as in the API
    Json,
}

/// Examples for the help.
pub const EXAMPLES: &str = r"Examples:
  May a user do something, and why:
    patchbay explain --user 'LAB\anna' --action read --resource DataConnection_<id>
  Which users may do something:
    patchbay explain --resource DataConnection_<id> --action update
  What may a user do:
    patchbay explain --user 'LAB\anna' --type DataConnection
  What would a draft of rules change:
    patchbay explain --changes draft.json
  Which users and rules does an upgrade compare differently:
    patchbay explain --folding";

/// Answers from the database in `data`.
pub fn explain(data: &Path, question: &Question) -> Result<(), CommandError> {
    let answer = store::read_at(&data.join(DATABASE), |snapshot| {
        let rules = RuleSet::new(0, &snapshot.rules(&Predicate::True)?);
        let context = match question.context {
            Origin::Qmc => Context::Management,
            Origin::Hub => Context::App,
        };
        let site = Site {
            snapshot,
            rules: &rules,
            readable: &|_| Predicate::True,
            situation: &|actor: &mut Actor| actor.context = context,
            limits: Limits::default(),
            session_attributes: &[],
        };
        question.answer(&site)
    });
    let lines = answer.map_err(|error| match error {
        access_report::Error::Store(_) | access_report::Error::NotThere(_) => {
            CommandError::Failure(error.to_string())
        }
        _ => CommandError::Usage(error.to_string()),
    })?;
    print(lines)
}

impl Question {
    fn answer(&self, site: &Site<'_>) -> Result<Vec<String>, access_report::Error> {
        if self.folding {
            return self.write(&access_report::unmatched(site.snapshot)?, |lines| {
                or_say("all texts that matched before still match", lines.clone())
            });
        }
        let action = self.action.as_deref().map(access_report::action).transpose()?;
        let user = self.user.as_deref().map(read_user).transpose()?;
        let resource = self.resource.as_deref().map(str::parse::<Resource>).transpose()?;
        match (&self.changes, user, resource, action) {
            (Some(file), ..) => {
                self.write(&site.changes(&read_draft(file)?, &Predicate::True)?, changes_lines)
            }
            (None, Some(user), Some(resource), Some(action)) => {
                self.write(&site.why(&user, action, resource)?, why_lines)
            }
            (None, Some(_), Some(_), None) => Err(access_report::Error::Nonsense(
                "--user with --resource needs an action, such as --action read".to_owned(),
            )),
            (None, None, Some(resource), action) => {
                self.write(&site.who(resource, action, &self.filter)?, |users| users_lines(users))
            }
            (None, Some(user), None, action) => self.what(site, &user, action),
            (None, None, None, _) => Err(access_report::Error::Nonsense(
                "a question is missing; give --user, --resource or --changes".to_owned(),
            )),
        }
    }

    fn what(
        &self,
        site: &Site<'_>,
        user: &UserName,
        action: Option<Action>,
    ) -> Result<Vec<String>, access_report::Error> {
        let types: Vec<&'static Entity> = match &self.resource_type {
            Some(name) => vec![access_report::entity(name)?],
            None if self.filter.is_empty() => REGISTRY.to_vec(),
            None => {
                return Err(access_report::Error::Nonsense(
                    "--filter needs --type, the type of the resources".to_owned(),
                ));
            }
        };
        let mut found = Vec::new();
        for entity in types {
            found.extend(site.what(user, action, entity, &self.filter)?);
        }
        self.write(&found, |resources| resources_lines(resources))
    }

    fn write<T: Serialize>(
        &self,
        answer: &T,
        to_lines: impl FnOnce(&T) -> Vec<String>,
    ) -> Result<Vec<String>, access_report::Error> {
        match self.format {
            Form::Text => Ok(to_lines(answer)),
            Form::Json => json_lines(answer)
                .map_err(|error| access_report::Error::Nonsense(error.to_string())),
        }
    }
}

fn read_user(text: &str) -> Result<UserName, access_report::Error> {
    text.parse().map_err(access_report::Error::Nonsense)
}

fn read_draft(file: &Path) -> Result<Draft, access_report::Error> {
    let wrong =
        |message: String| access_report::Error::Nonsense(format!("{}: {message}", file.display()));
    let text = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let json =
        serde_json::from_slice(&text).map_err(|error| wrong(format!("not valid JSON: {error}")))?;
    Draft::read(json).map_err(|error| wrong(error.to_string()))
}

fn why_lines(why: &Why) -> Vec<String> {
    let may = match (why.allowed, why.barred) {
        (true, _) => "may",
        (false, true) => "is barred and may not",
        (false, false) => "may not",
    };
    let mut lines = vec![format!("{} {may} {} {}", why.user, why.action, why.resource)];
    for rule in &why.rules {
        let mark = if rule.grants == Some(true) { "yes" } else { "no " };
        lines.push(format!("  {mark}  {}: {}", rule.name, rule.why));
        for term in &rule.terms {
            let mark = if term.holds == Some(true) { "true " } else { "false" };
            lines.push(format!("         {mark}  {}", term.term));
        }
        lines.extend(rule.warnings.iter().map(|warning| format!("         note   {warning}")));
    }
    lines
}

fn users_lines(users: &[UserAccess]) -> Vec<String> {
    let lines = users.iter().map(|user| format!("{}: {}", user.user, user.privileges.join(", ")));
    or_say("nobody may", lines.collect())
}

fn resources_lines(resources: &[ResourceAccess]) -> Vec<String> {
    let line = |found: &ResourceAccess| {
        format!("{} {}: {}", found.resource, found.name, found.privileges.join(", "))
    };
    or_say("nothing", resources.iter().map(line).collect())
}

/// Returns the lines, or these words if there are no lines.
fn or_say(words: &str, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() { vec![words.to_owned()] } else { lines }
}

fn changes_lines(DraftChanges { changes, warnings }: &DraftChanges) -> Vec<String> {
    let more = if changes.complete { "" } else { " at least" };
    let mut lines =
        vec![format!("gained:{more} {}, lost:{more} {}", changes.gained_count, changes.lost_count)];
    for (mark, triples) in [('+', &changes.gained), ('-', &changes.lost)] {
        let line = |Triple { user, resource, name, action }: &Triple| {
            format!("{mark} {user} {action} {resource} {name}")
        };
        lines.extend(triples.iter().map(line));
    }
    lines.extend(
        warnings
            .iter()
            .map(|DraftWarning { index, warning }| format!("note: rules[{index}].{warning}")),
    );
    lines
}
