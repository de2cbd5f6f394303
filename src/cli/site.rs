//! `patchbay site`: the sites that the commands know.

use super::operator::origin;
use crate::command_error::CommandError;
use crate::config::DATABASE;
use crate::model::{CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, SYSTEM_RULE, TAG, USER};
use crate::site::{
    Client, Definition, Lacking, SecretSource, SignIn, SiteFolder, SiteName, Survey, UserHeader,
};
use crate::staging::Mapping;
use crate::store::{UserName, write_at};
use crate::terminal::print;
use clap::{ArgGroup, Args, Subcommand};
use std::fmt::Display;
use std::path::{Path, PathBuf, absolute};

/// The commands for sites.
#[derive(Subcommand)]
pub enum Command {
    /// Connect to a site, show what it has, and write down how it is reached
    #[command(after_help = ADD_HELP)]
    Add {
        /// Name for the site, such as prod
        name: SiteName,
        #[command(flatten)]
        site: Box<NewSite>,
        /// Replace the site of that name, if there is one; its tables `map` stay
        #[arg(long)]
        replace: bool,
    },
    /// List the sites
    List,
    /// Connect to a site, and show what it has and what the user may not do there
    Check {
        /// Name of the site
        name: SiteName,
    },
    /// Forget a site, and what was last the same here and there, without any change there
    Remove {
        /// Name of the site
        name: SiteName,
    },
}

const ADD_HELP: &str = "\
Examples:
  patchbay site add prod --url https://qlik-prod:4242 --certificates certs/prod \\
      --as 'INTERNAL\\sa_api'
  patchbay site add prod --url https://qlik-prod/jwt --token env:PROD_TOKEN

The certificates are those that the QMC exports: root.pem, client.pem and client_key.pem, or
root.cer and client.pfx. The folder certs of another Patchbay has them, too.";

/// How the place of a secret is written.
const PLACE: &str = "env:VARIABLE|file:PATH";

/// How a new site is reached.
#[derive(Args)]
#[command(group = ArgGroup::new("sign-in").required(true))]
pub struct NewSite {
    #[arg(
        long,
        value_name = "URL",
        help = "Address of the QRS, such as https://qlik-prod:4242, or of a virtual proxy"
    )]
    url: String,
    /// Address and port to connect to, if the name in the URL does not lead there
    #[arg(long, value_name = "IP:PORT")]
    connect: Option<String>,
    /// Folder with the certificates that the QMC exports
    #[arg(long, value_name = "DIR", group = "sign-in", requires = "user")]
    certificates: Option<PathBuf>,
    /// Place of the password of the exported key
    #[arg(long, value_name = PLACE, requires = "certificates")]
    certificate_password: Option<SecretSource>,
    /// User to act as, as 'DIRECTORY\userid'
    #[arg(long = "as", value_name = "USER", requires = "certificates")]
    user: Option<UserName>,
    /// Place of a JSON Web Token for a virtual proxy
    #[arg(long, value_name = PLACE, group = "sign-in")]
    token: Option<SecretSource>,
    /// Header that names the user to a virtual proxy, as NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE", group = "sign-in")]
    header: Option<UserHeader>,
    /// Certificate of the authority that issued the proxy's certificate [default: the authorities
    /// that the system trusts]
    #[arg(long, value_name = "FILE", conflicts_with = "certificates")]
    root: Option<PathBuf>,
}

impl NewSite {
    fn definition(self) -> Result<Definition, CommandError> {
        let root = self.root.as_deref().map(in_full).transpose()?;
        let sign_in = match (self.certificates, self.user, self.token, self.header) {
            (Some(folder), Some(user), ..) => {
                let password = self.certificate_password.map(with_full_path).transpose()?;
                SignIn::Certificate { folder: in_full(&folder)?, password, user }
            }
            (.., Some(token), _) => SignIn::Token { token: with_full_path(token)?, root },
            (.., Some(header)) => SignIn::Header { header, root },
            _ => {
                let message = "--certificates with --as, --token or --header is missing";
                return Err(CommandError::Usage(message.to_owned()));
            }
        };
        Definition::new(&self.url, self.connect.as_deref(), sign_in).map_err(CommandError::Usage)
    }
}

/// The path, independent of the current folder.
fn in_full(path: &Path) -> Result<PathBuf, CommandError> {
    absolute(path)
        .map_err(|error| CommandError::Failure(format!("can't use {}: {error}", path.display())))
}

fn with_full_path(source: SecretSource) -> Result<SecretSource, CommandError> {
    match source {
        SecretSource::File(path) => in_full(&path).map(SecretSource::File),
        SecretSource::Env(name) => Ok(SecretSource::Env(name)),
    }
}

/// Runs the command with the site files in the folder `data`.
pub fn run(data: &Path, command: Command) -> Result<(), CommandError> {
    let sites = SiteFolder::of(data);
    match command {
        Command::Add { name, site, replace } => {
            let file = sites.file(&name);
            if file.exists() && !replace {
                let file = file.display();
                return Err(CommandError::Failure(format!(
                    "there is a site {name} already ({file}); choose another name, or add \
                     --replace"
                )));
            }
            let mut definition = site.definition()?;
            if let (true, Ok(replaced)) = (replace, sites.read(&name)) {
                definition.map = replaced.map;
            }
            let mut lines = survey(&name, &definition, &sites)?;
            lines.push(format!("written: {}", sites.write(&name, &definition)?.display()));
            print(lines)
        }
        Command::List => list(&sites),
        Command::Check { name } => print(survey(&name, &sites.read(&name)?, &sites)?),
        Command::Remove { name } => {
            // A site that gets the same name later is another one.
            let database = data.join(DATABASE);
            if sites.file(&name).exists() && database.exists() {
                let origin = origin(&format!("site remove {name}"));
                write_at(&database, &origin, |write| write.forget_bases(&name.to_string()))?;
            }
            let file = sites.remove(&name)?;
            print([format!("removed: {}", file.display())])
        }
    }
}

/// One line for each site. A file that can't be read does not hide the other sites.
fn list(sites: &SiteFolder) -> Result<(), CommandError> {
    let names = sites.names()?;
    if names.is_empty() {
        return print(["there are no sites; add one with patchbay site add"]);
    }
    print(names.iter().map(|name| match sites.read(name) {
        Ok(definition) => format!("{name}  {}  {}", shown_url(&definition), user(&definition)),
        Err(error) => format!("{name}  {error}"),
    }))
}

/// Asks a site, and returns the lines that describe it.
fn survey(
    name: &SiteName,
    definition: &Definition,
    sites: &SiteFolder,
) -> Result<Vec<String>, CommandError> {
    let (client, _) = prepare(name, definition, sites)?;
    let survey = Survey::take(&client).map_err(|error| of_site(name, &error))?;
    Ok(described(name, &user(definition), &survey))
}

/// The client of a site, and how texts are spelt there; nothing is sent yet.
pub fn prepare(
    name: &SiteName,
    definition: &Definition,
    sites: &SiteFolder,
) -> Result<(Client, Mapping), CommandError> {
    let mapping = Mapping::new(&definition.map)
        .map_err(|why| of_site(name, &format!("{}: {why}", sites.file(name).display())))?;
    let client = Client::new(definition.clone(), sites).map_err(|error| of_site(name, &error))?;
    Ok((client, mapping))
}

/// An error that has to do with a site.
pub fn of_site(name: &SiteName, error: &impl Display) -> CommandError {
    CommandError::Failure(format!("{name}: {error}"))
}

fn described(name: &SiteName, user: &str, survey: &Survey) -> Vec<String> {
    let mut lines = vec![
        format!("{name}: repository {}, {user}", survey.version),
        format!(
            "{}, {}, {}, {} ({} of them custom), {}",
            DATA_CONNECTION.counted(survey.data_connections),
            TAG.counted(survey.tags),
            CUSTOM_PROPERTY_DEFINITION.counted(survey.custom_properties),
            SYSTEM_RULE.counted(survey.rules),
            survey.custom_rules,
            USER.counted(survey.users)
        ),
    ];
    if survey.own_connections > 0 {
        lines.push(format!(
            "of these, {} for the site's own logs and monitoring",
            DATA_CONNECTION.counted(survey.own_connections)
        ));
    }
    if survey.shows_passwords {
        let line = "the site shows the passwords of data connections to users who may read them";
        lines.push(line.to_owned());
    }
    if survey.lacking.is_empty() {
        lines.push("the user may create and change everything that a promotion can".to_owned());
    }
    lines.extend(survey.lacking.iter().map(|lacking| match lacking {
        Lacking::Create(entity) => format!("the user may not create {}s", entity.noun),
        Lacking::Update { entity, refused, of } => {
            format!("the user may not change {refused} of {}", entity.counted(*of))
        }
    }));
    lines
}

fn shown_url(definition: &Definition) -> String {
    let url = definition.url.as_str().trim_end_matches('/');
    definition.connect.map_or_else(|| url.to_owned(), |address| format!("{url} at {address}"))
}

/// Says as which user the commands act.
fn user(definition: &Definition) -> String {
    match &definition.sign_in {
        SignIn::Certificate { user, .. } => format!("as {user}"),
        SignIn::Token { .. } => "as the user of the token".to_owned(),
        SignIn::Header { header, .. } => format!("as {}", header.value),
    }
}
