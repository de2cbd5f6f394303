//! Finds the user that a request names, and creates new users.

use super::collection_read::push_ids;
use super::entity_row::EntityRow;
use super::error::Error;
use super::rights::Unrestricted;
use super::row_match::Page;
use super::snapshot::Snapshot;
use super::unreadable::WrongCell;
use super::write::Write;
use crate::model::{Actor, Document, Input, Timestamp, USER, Value, fold, is_control};
use crate::query::{Predicate, Sql};
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The name of a user in a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserName {
    /// The directory.
    pub user_directory: String,
    /// The user id within the directory.
    pub user_id: String,
}

/// The number of users whose lists one statement reads.
const BATCH: usize = 256;

impl Snapshot<'_> {
    /// The user with this name in any case, if one exists.
    ///
    /// # Errors
    /// [`Error::OtherSpelling`] if only a user of another name has the same folded name;
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn find_actor(&self, name: &UserName) -> Result<Option<Actor>, Error> {
        let actor = self.actors(&name.predicate(), Page { skip: 0, take: 1 })?.pop();
        actor.map(|actor| name.check_is_of(&actor).map(|()| actor)).transpose()
    }

    /// The users that fulfil `condition`, with everything that rules may ask about them, the oldest
    /// first.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if a user can't be read; [`Error::Database`] or [`Error::Unreachable`]
    /// if the database fails.
    pub fn actors(&self, condition: &Predicate, page: Page) -> Result<Vec<Actor>, Error> {
        if *condition == Predicate::False {
            return Ok(Vec::new());
        }
        let mut sql = Sql::new(
            "SELECT id, user_directory, user_id, name, delete_prohibited, inactive, blacklisted \
             FROM users AS t0 WHERE ",
        );
        sql.predicate("t0", condition).push(" ORDER BY created_date, id");
        page.push(&mut sql);
        let mut actors = Vec::new();
        self.each_row(&USER, &sql, |row| {
            actors.push(read_actor(row).map_err(|wrong| row.unreadable(wrong))?);
            Ok(())
        })?;
        actors.chunks_mut(BATCH).try_for_each(|batch| self.complete(batch))?;
        Ok(actors)
    }

    /// Adds roles, attributes and custom properties.
    fn complete(&self, actors: &mut [Actor]) -> Result<(), Error> {
        let ids: Vec<Uuid> = actors.iter().map(|actor| actor.id).collect();
        let place: HashMap<Uuid, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        let mut each =
            |select: &str,
             order: &str,
             add: fn(&mut Actor, &EntityRow<'_>) -> Result<(), WrongCell>| {
                let mut sql = Sql::new(select);
                sql.push(" WHERE v.entity_id IN (");
                push_ids(&mut sql, &ids);
                sql.push(") ORDER BY v.entity_id, ").push(order);
                self.each_row(&USER, &sql, |row| {
                    let added = row.id().and_then(|id| match place.get(&id) {
                        Some(place) => add(&mut actors[*place], row),
                        None => Ok(()),
                    });
                    added.map_err(|wrong| row.unreadable(wrong).into())
                })
            };
        each("SELECT v.entity_id, v.value FROM user_roles AS v", "v.position", |actor, row| {
            actor.roles.push(row.text(1, "roles")?);
            Ok(())
        })?;
        each(
            "SELECT v.entity_id, v.attribute_type, v.attribute_value FROM user_attributes AS v",
            "v.id",
            |actor, row| {
                actor.attributes.push((row.text(1, "attributes")?, row.text(2, "attributes")?));
                Ok(())
            },
        )?;
        each(
            "SELECT v.entity_id, d.name, v.value FROM user_custom_properties AS v \
             JOIN custom_property_definitions AS d ON d.id = v.definition_id",
            "v.id",
            |actor, row| {
                actor
                    .custom_properties
                    .push((row.text(1, "customProperties")?, row.text(2, "customProperties")?));
                Ok(())
            },
        )
    }

    /// The roles of the users who fulfil `condition`, in alphabetical order.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn roles(&self, condition: &Predicate) -> Result<Vec<String>, Error> {
        let mut sql = Sql::new(
            "SELECT DISTINCT v.value FROM user_roles AS v JOIN users AS t0 ON t0.id = v.entity_id \
             WHERE ",
        );
        sql.predicate("t0", condition).push(" ORDER BY v.value");
        self.all(&sql, |row| row.get(0))
    }
}

/// Reads a user without the lists.
fn read_actor(row: &EntityRow<'_>) -> Result<Actor, WrongCell> {
    Ok(Actor {
        id: row.id()?,
        user_directory: row.text(1, "userDirectory")?,
        user_id: row.text(2, "userId")?,
        display_name: row.text(3, "name")?,
        is_service_account: row.boolean(4, "deleteProhibited")?,
        is_inactive: row.boolean(5, "inactive")? || row.boolean(6, "blacklisted")?,
        ..Actor::nobody()
    })
}

impl Write<'_> {
    /// The user with this name, who is created if there is none (QRS reference, 4.4).
    ///
    /// # Errors
    /// [`Error::OtherSpelling`] if only a user of another name has the same folded name;
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn actor(&self, name: &UserName) -> Result<Actor, Error> {
        if let Some(actor) = self.snapshot().find_actor(name)? {
            return Ok(actor);
        }
        let mut document = Document::new(&USER);
        for (property, text) in [("userDirectory", &name.user_directory), ("userId", &name.user_id)]
        {
            if let Some(property) = USER.property(property) {
                document.set(property, Input::Value(Value::Text(text.clone())));
            }
        }
        let repository = UserName::repository();
        let author = self.snapshot().find_actor(&repository)?.ok_or(Error::NotFound)?;
        document.complete(Uuid::now_v7(), &author, Timestamp::now())?;
        let id = self.insert(&Unrestricted(&author), &document)?;
        self.record_creation(&USER, id)?;
        self.snapshot().find_actor(name)?.ok_or(Error::NotFound)
    }
}

impl FromStr for UserName {
    type Err = String;

    /// Parses `DIRECTORY\userid`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('\\');
        parts.and_then(|(user_directory, user_id)| Self::new(user_directory, user_id)).ok_or_else(
            || {
                let shown: String = text.chars().take(80).collect();
                format!(
                    "a user is written DIRECTORY\\userid, with up to 255 characters each and no \
                     control characters, not '{shown}'"
                )
            },
        )
    }
}

impl fmt::Display for UserName {
    /// Writes `DIRECTORY\userid`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\\{}", self.user_directory, self.user_id)
    }
}

impl UserName {
    /// The name with these two parts, each of 1 to 255 characters. `None` if a part is blank, too
    /// long, or has control characters, even around it.
    #[must_use]
    pub fn new(user_directory: &str, user_id: &str) -> Option<Self> {
        if [user_directory, user_id].iter().any(|part| part.contains(is_control)) {
            return None;
        }
        let [user_directory, user_id] = [user_directory, user_id].map(str::trim);
        let fits = |text: &str| !text.is_empty() && text.chars().count() <= 255;
        let name = Self { user_directory: user_directory.to_owned(), user_id: user_id.to_owned() };
        (fits(user_directory) && fits(user_id)).then_some(name)
    }

    /// The key for everything that is stored about the user, however a request spells the name.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self { user_directory: fold(&self.user_directory), user_id: fold(&self.user_id) }
    }

    /// Refuses a user whose name is equal only when folded.
    ///
    /// # Errors
    /// [`Error::OtherSpelling`] if the user does not have this name.
    pub fn check_is_of(&self, actor: &Actor) -> Result<(), Error> {
        if self.is_name_of(actor) { Ok(()) } else { Err(Error::OtherSpelling) }
    }

    /// Whether the user has this name, in any case. Folding alone does not identify a user: texts
    /// that fold to the same form can differ in more than case, such as σ and ς.
    fn is_name_of(&self, actor: &Actor) -> bool {
        differs_in_case_only(&self.user_directory, &actor.user_directory)
            && differs_in_case_only(&self.user_id, &actor.user_id)
    }

    /// The condition that a user has this name, in any case.
    pub(super) fn predicate(&self) -> Predicate {
        let is = |property: &str, text: &str| {
            let property = USER.property(property);
            property.map_or(Predicate::False, |property| {
                Predicate::equals(property, Value::Text(text.to_owned()))
            })
        };
        Predicate::and([is("userDirectory", &self.user_directory), is("userId", &self.user_id)])
    }

    /// The account for requests without a user (QRS reference, 4.2).
    #[must_use]
    pub fn repository() -> Self {
        Self { user_directory: "INTERNAL".to_owned(), user_id: "sa_repository".to_owned() }
    }
}

/// Whether two texts are equal both in lower case and in upper case.
fn differs_in_case_only(one: &str, other: &str) -> bool {
    one == other
        || (one.to_lowercase() == other.to_lowercase()
            && one.to_uppercase() == other.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(user_id: &str) -> UserName {
        UserName::new("LAB", user_id).unwrap()
    }

    #[test]
    fn a_name_matches_a_user_if_it_differs_in_case_only() {
        let is_name_of = |one: &str, other: &str| {
            name(one).is_name_of(&Actor {
                user_directory: "Lab".into(),
                user_id: other.into(),
                ..Actor::nobody()
            })
        };
        for (one, other) in
            [("anna", "ANNA"), ("ärna", "ÄRNA"), ("ΣΑΣ", "σας"), ("я", "Я"), ("Ꭰ", "ꭰ")]
        {
            assert!(is_name_of(one, other) && is_name_of(other, one), "{one} and {other}");
        }
        let others = [
            ("kim", "\u{212a}im"),
            ("å", "\u{212b}"),
            ("ω", "\u{2126}"),
            ("θ", "ϑ"),
            ("ivi", "ıvı"),
            ("fin", "ﬁn"),
            ("ß", "ss"),
            ("ß", "ẞ"),
            ("σ", "ς"),
        ];
        for (one, other) in others {
            assert!(!is_name_of(one, other) && !is_name_of(other, one), "{one} and {other}");
        }
    }

    proptest! {
        #[test]
        fn no_text_outside_ascii_differs_from_one_in_ascii_in_case_only(ascii in "[ -~]{1,4}",
            other in "[ -~ıſ\u{130}\u{212a}ﬀﬁﬂﬅﬆßẞŉǰ]{1,4}") {
            prop_assert_eq!(
                differs_in_case_only(&ascii, &other),
                ascii.eq_ignore_ascii_case(&other)
            );
        }
    }
}
