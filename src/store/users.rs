//! Who asks: finding the user that a request names, and making him at first sight.

use super::error::Error;
use super::snapshot::{Snapshot, read_id};
use super::writer::Write;
use crate::model::{Actor, Document, Input, Timestamp, USER, Value, fold};
use crate::query::{Predicate, Sql};
use uuid::Uuid;

/// How a request names a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserName {
    /// The directory.
    pub user_directory: String,
    /// The user id within the directory.
    pub user_id: String,
}

impl Snapshot<'_> {
    /// The user of that name, whatever its case, if he has been seen before.
    ///
    /// # Errors
    /// The database failed.
    pub fn find_actor(&self, name: &UserName) -> Result<Option<Actor>, Error> {
        let mut sql = Sql::new(
            "SELECT id, user_directory, user_id, delete_prohibited, inactive OR blacklisted, name FROM users \
             WHERE user_directory_folded = ",
        );
        sql.bind(Value::Text(fold(&name.user_directory)));
        sql.push(" AND user_id_folded = ").bind(Value::Text(fold(&name.user_id)));
        let found = self.first(&sql, |row| {
            let actor = Actor {
                id: read_id(row, 0)?,
                user_directory: row.get(1)?,
                user_id: row.get(2)?,
                display_name: row.get(5)?,
                is_service_account: row.get(3)?,
                is_inactive: row.get(4)?,
                ..Actor::nobody()
            };
            Ok(actor)
        })?;
        let Some(mut actor) = found else { return Ok(None) };
        let mut sql = Sql::new("SELECT value FROM user_roles WHERE entity_id = ");
        sql.bind(Value::Id(actor.id)).push(" ORDER BY position");
        actor.roles = self.all(&sql, |row| row.get(0))?;
        actor.attributes =
            self.pairs("SELECT attribute_type, attribute_value FROM user_attributes WHERE entity_id = ", actor.id)?;
        actor.custom_properties = self.pairs(
            "SELECT d.name, v.value FROM user_custom_properties AS v \
             JOIN custom_property_definitions AS d ON d.id = v.definition_id WHERE v.entity_id = ",
            actor.id,
        )?;
        Ok(Some(actor))
    }

    fn pairs(&self, select: &str, user: Uuid) -> Result<Vec<(String, String)>, Error> {
        let mut sql = Sql::new(select);
        sql.bind(Value::Id(user));
        self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl Write<'_> {
    /// The user of that name, who is made if nobody has seen him before (QRS reference, 4.4).
    ///
    /// # Errors
    /// The database failed.
    pub fn actor(&self, name: &UserName) -> Result<Actor, Error> {
        if let Some(actor) = self.snapshot().find_actor(name)? {
            return Ok(actor);
        }
        let mut document = Document::new(&USER);
        for (property, text) in [("userDirectory", &name.user_directory), ("userId", &name.user_id)] {
            if let Some(property) = USER.property(property) {
                document.set(property, Input::Value(Value::Text(text.clone())));
            }
        }
        let repository = UserName::repository();
        let author = self.snapshot().find_actor(&repository)?.ok_or(Error::NotFound)?;
        document.complete(Uuid::now_v7(), &author, Timestamp::now())?;
        self.insert(&document, &author, &|_| Predicate::True)?;
        self.snapshot().find_actor(name)?.ok_or(Error::NotFound)
    }
}

impl UserName {
    /// The account as which a request without a user acts (QRS reference, 4.2).
    #[must_use]
    pub fn repository() -> Self {
        Self { user_directory: "INTERNAL".to_owned(), user_id: "sa_repository".to_owned() }
    }
}
