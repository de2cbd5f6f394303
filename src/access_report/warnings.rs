//! Warnings about rules: names that do not exist on the site, with those that are probably meant.
//! Only entities that the caller may read count as existing and are suggested, so warnings reveal
//! nothing that the caller could not read.

use crate::model::{
    Actor, CUSTOM_PROPERTY_DEFINITION, Entity, RuleSource, USER, fold, nearest_alike,
};
use crate::policy::{
    CustomProperty, Mention, Named, StoredAttribute, Warning, mentions, never_holds, shown,
};
use crate::query::{Predicate, Readable};
use crate::store::{Error, OfUsers, Page, RuleProperty, Snapshot};
use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The most warnings about one rule, and about all rules of a request, for a human reader.
const MOST_OF_RULE: usize = 20;
const MOST: usize = 200;

/// The time limit for finding them.
const PATIENCE: Duration = Duration::from_secs(2);

/// The most names that are compared with an unknown one.
const COMPARED: u32 = 200;

/// The roles that the rules of every QRS site mention, whether or not a user has them.
const ROLES: [&str; 6] =
    ["RootAdmin", "AuditAdmin", "ContentAdmin", "DeploymentAdmin", "HubAdmin", "SecurityAdmin"];

/// Attributes that directories usually provide, so that a rule may use them before a user has one.
const USUAL: [&str; 2] = ["group", "email"];

/// Names that people give to properties of a user, with QRS's names for them: too different for a
/// comparison of letters.
const OTHER_NAMES: [(&str, &str); 2] = [("username", "userId"), ("directory", "userDirectory")];

/// The names of a session's values, other than attributes and those in [`Actor::OF_CONNECTION`].
const OF_SESSION: [&str; 2] = ["osVersion", "context"];

/// The shortest suggestion for `user.environment`: almost any short name is near another one.
const SHORTEST: usize = 4;

/// The warnings about each of the rules. `session_attributes` are those that sessions provide,
/// according to the settings.
///
/// # Errors
/// The database failed.
pub fn rule_warnings<'r>(
    snapshot: &Snapshot<'_>,
    readable: Readable<'_>,
    session_attributes: &[String],
    rules: impl IntoIterator<Item = &'r RuleSource>,
) -> Result<Vec<Vec<Warning>>, Error> {
    let mut names = Names::new(snapshot, readable, session_attributes);
    let start = Instant::now();
    let mut left = MOST;
    let mut all = Vec::new();
    for rule in rules {
        let most = if start.elapsed() > PATIENCE { 0 } else { left.min(MOST_OF_RULE) };
        let warnings = names.warnings(rule, most)?;
        left -= warnings.len();
        all.push(warnings);
    }
    Ok(all)
}

/// The names on the site that the caller may read.
struct Names<'a> {
    snapshot: &'a Snapshot<'a>,
    readable: Readable<'a>,
    /// The attributes that sessions provide, according to the settings, for a caller who may read
    /// all users.
    session_attributes: &'a [String],
    /// The users that the caller may read.
    users: Predicate,
    /// The attributes and roles looked up so far.
    had: HashMap<(OfUsers, String), bool>,
    listed: HashMap<OfUsers, Vec<String>>,
    claims: Option<BTreeSet<String>>,
    custom_properties: Option<Vec<String>>,
}

impl<'a> Names<'a> {
    fn new(
        snapshot: &'a Snapshot<'a>,
        readable: Readable<'a>,
        session_attributes: &'a [String],
    ) -> Self {
        let users = readable(&USER);
        let session_attributes = if users == Predicate::True { session_attributes } else { &[] };
        let (had, listed) = (HashMap::new(), HashMap::new());
        Self {
            snapshot,
            readable,
            session_attributes,
            users,
            had,
            listed,
            claims: None,
            custom_properties: None,
        }
    }

    fn warnings(&mut self, rule: &RuleSource, most: usize) -> Result<Vec<Warning>, Error> {
        let mut warnings: Vec<Warning> = Vec::new();
        if most == 0 {
            return Ok(warnings);
        }
        for Mention { field, position, named } in mentions(rule) {
            if warnings.len() == most {
                break;
            }
            for message in self.messages(named)? {
                let warning = Warning { field, position, message };
                let is_new = !warnings.iter().any(|other| other.message == warning.message);
                if is_new && warnings.len() < most {
                    warnings.push(warning);
                }
            }
        }
        if warnings.is_empty() {
            warnings.extend(never_holds(rule));
        }
        Ok(warnings)
    }

    fn messages(&mut self, named: Named) -> Result<Vec<String>, Error> {
        let message = match named {
            Named::Wrong(message) => Some(message),
            Named::Resource(entity, id) => self.resource(entity, id)?,
            Named::UserAttribute(name) => self.user_attribute(&name)?,
            Named::StoredAttribute(attribute) => self.stored_attribute(&attribute)?,
            Named::SessionAttribute(name) => self.session_attribute(&name)?,
            Named::Role(role) => self.role(&role)?,
            Named::CustomProperty(property) => return self.custom_property(&property),
        };
        Ok(message.into_iter().collect())
    }

    fn resource(&self, entity: &'static Entity, id: Uuid) -> Result<Option<String>, Error> {
        let readable = (self.readable)(entity);
        let or_hidden = if readable == Predicate::True { "" } else { ", or you may not see it" };
        let is_there = self.snapshot.holds(entity, id, &readable)?;
        Ok((!is_there).then(|| format!("there is no {} with the id {id}{or_hidden}", entity.noun)))
    }

    fn user_attribute(&mut self, name: &str) -> Result<Option<String>, Error> {
        let mut of_session = Actor::OF_CONNECTION.into_iter().chain(OF_SESSION);
        let near = match of_session.find(|own| own.eq_ignore_ascii_case(name)) {
            Some(own) => Some(format!("environment.{own}")),
            None => self.near_property_of_user(name, &Actor::PROPERTIES)?,
        };
        let is_certain = self.sees_all_users();
        if (near.is_none() && !is_certain) || self.is_attribute(name)? || self.is_claim(name)? {
            return Ok(None);
        }
        let hint = near.map_or_else(
            || "; only a session could provide it".to_owned(),
            |near| did_you_mean(&near),
        );
        Ok(Some(format!("{} has an attribute {}{hint}", self.no_user(), shown(name))))
    }

    fn stored_attribute(&mut self, attribute: &StoredAttribute) -> Result<Option<String>, Error> {
        let StoredAttribute { name, properties, is_sure } = attribute;
        let near = if *is_sure {
            self.near_property_of_user(name, properties)?
        } else {
            self.near_attribute(name, properties)?
        };
        let is_certain = *is_sure && self.sees_all_users();
        if (near.is_none() && !is_certain) || self.is_attribute(name)? {
            return Ok(None);
        }
        let hint = near.map(|near| did_you_mean(&near)).unwrap_or_default();
        let nothing = match (*is_sure, self.sees_all_users()) {
            (true, _) => format!("{} has an attribute", self.no_user()),
            (false, true) => "no resource has a property".to_owned(),
            (false, false) => "no resource that you may see has a property".to_owned(),
        };
        Ok(Some(format!("{nothing} {}{hint}", shown(name))))
    }

    /// Sessions may provide any name, so a warning is given only for a name that is near another
    /// one.
    fn session_attribute(&mut self, name: &str) -> Result<Option<String>, Error> {
        let of_session: Vec<&str> = Actor::OF_CONNECTION.into_iter().chain(OF_SESSION).collect();
        if of_session.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Ok(None);
        }
        let long: Vec<&str> = of_session.into_iter().filter(|own| own.len() >= SHORTEST).collect();
        let Some(near) = self.near_attribute(name, &long)? else { return Ok(None) };
        if near.len() < SHORTEST || self.is_attribute(name)? || self.is_claim(name)? {
            return Ok(None);
        }
        Ok(Some(format!(
            "no session is known to provide an attribute {}{}",
            shown(name),
            did_you_mean(&near)
        )))
    }

    fn role(&mut self, role: &str) -> Result<Option<String>, Error> {
        if ROLES.iter().any(|own| fold(own) == fold(role)) {
            return Ok(None);
        }
        let listed = self.names_of_users(OfUsers::Roles)?;
        let names = ROLES.into_iter().chain(listed.iter().map(String::as_str));
        let Some(near) = meant(role, names).map(ToOwned::to_owned) else { return Ok(None) };
        if self.users_have(OfUsers::Roles, role)? {
            return Ok(None);
        }
        Ok(Some(format!("{} has the role {}{}", self.no_user(), shown(role), did_you_mean(&near))))
    }

    fn custom_property(&mut self, property: &CustomProperty) -> Result<Vec<String>, Error> {
        let definitions = (self.readable)(&CUSTOM_PROPERTY_DEFINITION);
        let Some(found) = self.snapshot.rule_property(&property.name, &definitions)? else {
            return Ok(self.unknown_property(property, &definitions)?.into_iter().collect());
        };
        let has_it = |entity: &&'static Entity| {
            found.types.iter().any(|own| own.eq_ignore_ascii_case(entity.resource_type))
        };
        if !property.of.iter().any(has_it) {
            let of: Vec<&str> = property.of.iter().map(|entity| entity.resource_type).collect();
            let message =
                format!("the custom property {} is not for {}", found.name, of.join(" or "));
            return Ok(if property.is_sure { vec![message] } else { Vec::new() });
        }
        let mut messages = Vec::new();
        for value in property.values.iter().filter(|value| found.has_choices && !value.is_empty()) {
            messages.extend(self.choice(&found, value)?);
        }
        Ok(messages)
    }

    fn unknown_property(
        &mut self,
        property: &CustomProperty,
        definitions: &Predicate,
    ) -> Result<Option<String>, Error> {
        if self.custom_properties.is_none() {
            self.custom_properties = Some(self.snapshot.rule_properties(definitions, COMPARED)?);
        }
        let names = self.custom_properties.iter().flatten().map(String::as_str);
        let near = meant(&property.name, names);
        let sees_all = *definitions == Predicate::True;
        if near.is_none() && !(sees_all && property.is_sure) {
            return Ok(None);
        }
        let hidden = if sees_all { "" } else { " that you may see" };
        let hint = near.map(did_you_mean).unwrap_or_default();
        Ok(Some(format!("there is no custom property {}{hidden}{hint}", shown(&property.name))))
    }

    fn choice(&self, property: &RuleProperty, value: &str) -> Result<Option<String>, Error> {
        if self.snapshot.has_choice(property, value)? {
            return Ok(None);
        }
        let choices = self.snapshot.choices(property, COMPARED)?;
        let hint =
            meant(value, choices.iter().map(String::as_str)).map(did_you_mean).unwrap_or_default();
        Ok(Some(format!(
            "the custom property {} has no value {}{hint}",
            property.name,
            shown(value)
        )))
    }

    /// The name of a property or an attribute that is probably meant.
    fn near_attribute(&mut self, name: &str, properties: &[&str]) -> Result<Option<String>, Error> {
        if USUAL.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            return Ok(None);
        }
        let of_sessions = self.session_attributes;
        let listed = self.names_of_users(OfUsers::Attributes)?;
        let listed = listed.iter().chain(of_sessions).map(String::as_str);
        let names = properties.iter().copied().chain(USUAL).chain(listed);
        Ok(meant(name, names).map(ToOwned::to_owned))
    }

    /// As [`Names::near_attribute`], if only a user can have the name.
    fn near_property_of_user(
        &mut self,
        name: &str,
        properties: &[&str],
    ) -> Result<Option<String>, Error> {
        let near = self.near_attribute(name, properties)?;
        let other = || OTHER_NAMES.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        Ok(near.or_else(|| other().map(|(_, own)| (*own).to_owned())))
    }

    fn is_attribute(&mut self, name: &str) -> Result<bool, Error> {
        let is_usual = USUAL.iter().any(|own| own.eq_ignore_ascii_case(name));
        Ok(is_usual || self.users_have(OfUsers::Attributes, name)?)
    }

    /// Whether the token of a session may contain, or has contained, this claim about its user, as
    /// far as a caller who may read all users may know.
    fn is_claim(&mut self, name: &str) -> Result<bool, Error> {
        if self.session_attributes.iter().any(|own| fold(own) == fold(name)) {
            return Ok(true);
        }
        Ok(self.claims()?.iter().any(|own| fold(own) == fold(name)))
    }

    fn claims(&mut self) -> Result<&BTreeSet<String>, Error> {
        if self.claims.is_none() {
            let sees_all = self.sees_all_users();
            self.claims = Some(if sees_all {
                self.snapshot.names_of_claims(COMPARED)?
            } else {
                BTreeSet::new()
            });
        }
        Ok(self.claims.get_or_insert_default())
    }

    fn users_have(&mut self, of: OfUsers, name: &str) -> Result<bool, Error> {
        let key = (of, fold(name));
        if let Some(had) = self.had.get(&key) {
            return Ok(*had);
        }
        let had = self.snapshot.is_name_of_users(of, name, &self.users)?;
        self.had.insert(key, had);
        Ok(had)
    }

    /// The attributes or roles of users. For a caller who may not read all users, those of the
    /// first ones.
    fn names_of_users(&mut self, of: OfUsers) -> Result<&[String], Error> {
        if !self.listed.contains_key(&of) {
            let names = match self.users {
                Predicate::True => self.snapshot.names_of_users(of, COMPARED)?,
                _ => self.names_of_some_users(of)?,
            };
            self.listed.insert(of, names);
        }
        Ok(self.listed.get(&of).map(Vec::as_slice).unwrap_or_default())
    }

    fn names_of_some_users(&self, of: OfUsers) -> Result<Vec<String>, Error> {
        let users = self.snapshot.actors(&self.users, Page { skip: 0, take: COMPARED })?;
        let names: BTreeSet<String> = match of {
            OfUsers::Attributes => {
                users.into_iter().flat_map(|user| user.attributes).map(|(name, _)| name).collect()
            }
            OfUsers::Roles => users.into_iter().flat_map(|user| user.roles).collect(),
        };
        Ok(names.into_iter().collect())
    }

    fn sees_all_users(&self) -> bool {
        self.users == Predicate::True
    }

    fn no_user(&self) -> &'static str {
        if self.sees_all_users() { "no user" } else { "no user that you may see" }
    }
}

fn did_you_mean(near: impl AsRef<str>) -> String {
    format!("; did you mean {}?", shown(near.as_ref()))
}

/// The name that is probably meant. A name that differs only in digits is not suggested: it is one
/// of a series.
fn meant<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let letters = |text: &str| fold(text).replace(char::is_numeric, "");
    let own = letters(name);
    nearest_alike(name, names.filter(|other| letters(other) != own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_differs_only_in_digits_is_not_suggested() {
        let names = ["Dept1", "Finance", "ContentAdmin"];
        for (name, expected) in [
            ("Dept2", None),
            ("Dept", None),
            ("Depts1", Some("Dept1")),
            ("Finanse", Some("Finance")),
            ("Contnetadmin", Some("ContentAdmin")),
            ("finance", None),
        ] {
            assert_eq!(meant(name, names.into_iter()), expected, "{name}");
        }
    }
}
