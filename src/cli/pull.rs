//! `patchbay pull`: brings in what a site has.

use super::operator::origin;
use super::pull_report;
use super::site::{of_site, prepare};
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::model::Entity;
use crate::site::{SiteFolder, SiteName};
use crate::staging::{Choice, Preferences, Pull, PullError, Pulled, Users};
use crate::store::OfflineDatabase;
use crate::terminal::print;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::time::Duration;

/// Examples for the help.
pub const EXAMPLES: &str = "\
Examples:
  patchbay pull prod
  patchbay pull prod --take there=Sales

Each entity is stored together with what it was on the site. So the next pull takes over what has
changed there since, keeps what has changed here, and names what has changed on both sides. Nothing
is deleted, and nothing is written to the site. Passwords are not pulled.

Exit codes: 0 done; 1 failed; 2 wrong arguments; 4 something is to be decided, or can't be stored
here; everything else is done.";

/// The site, and how to pull from it.
#[derive(Args)]
pub struct Aim {
    /// Name of the site (patchbay site list)
    site: SiteName,
    /// Which users to pull [default: all if the site has at most 10,000, else the owners]
    #[arg(long, value_name = "all|owners", hide_possible_values = true)]
    users: Option<UsersChoice>,
    /// Side that counts if both have changed something: here or there, for all entities or for
    /// those of a name; can be repeated
    #[arg(long, value_name = "here|there[=NAME]")]
    take: Vec<Choice>,
}

/// Which users to pull.
#[derive(Clone, Copy, ValueEnum)]
enum UsersChoice {
    All,
    Owners,
}

/// Pulls from a site into the database in the folder `data`.
pub fn pull(data: &Path, aim: &Aim) -> Result<(), CommandError> {
    let preferences = Preferences::new(&aim.take).map_err(CommandError::Usage)?;
    let sites = SiteFolder::of(data);
    let (client, mapping) = prepare(&aim.site, &sites.read(&aim.site)?, &sites)?;
    let path = data.join(DATABASE);
    let database = OfflineDatabase::open(&path)?;
    let pull = Pull {
        client: &client,
        site: &aim.site,
        database: &database,
        origin: &origin(&format!("pull {}", aim.site)),
        users: aim.users.map(|users| match users {
            UsersChoice::All => Users::All,
            UsersChoice::Owners => Users::Owners,
        }),
        mapping: &mapping,
        preferences: &preferences,
    };
    let bar = Bar::new();
    let Pulled { report, end } = pull.run(&mut |entity, done| bar.show(entity, done));
    drop(bar);
    let has_ended_early = end.is_err();
    print(pull_report::lines(&aim.site, &report, has_ended_early))?;
    match end {
        Err(PullError::Site(error)) => Err(of_site(
            &aim.site,
            &format!(
                "{error}; what was pulled so far is kept, and patchbay pull {} goes on",
                aim.site
            ),
        )),
        Err(PullError::Store(error)) => Err(error.into()),
        Ok(()) => pull_report::left_over(&aim.site, &report)
            .map_or(Ok(()), |message| Err(CommandError::Undecided(message))),
    }
}

/// The progress, if standard error is a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    fn show(&self, entity: &'static Entity, done: u64) {
        self.0.set_message(entity.counted(done));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
