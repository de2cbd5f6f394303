//! API tokens, by their hashes.

use super::error::Error;
use super::snapshot::{Snapshot, read_date, read_id};
use super::users::UserName;
use super::write::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;
use uuid::Uuid;

/// What a token can be good for: everything that its user may do, or what of it changes nothing.
pub const TOKEN_SCOPES: [&str; 2] = ["all", "read"];

/// A token, without what makes it one.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// Its id, by which it can be revoked.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it is good for.
    pub scope: String,
    /// When it was made.
    pub created_date: Timestamp,
    /// When it ends.
    pub expires_date: Timestamp,
}

impl Snapshot<'_> {
    /// The user of the token and its scope, if the token is valid at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub fn token_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<(UserName, String)>, Error> {
        let mut sql = Sql::new(
            "SELECT u.user_directory, u.user_id, t.scope FROM api_tokens AS t JOIN users AS u ON u.id = t.user_id \
             WHERE t.token_hash = ",
        );
        sql.bind(Value::Text(token_hash.to_owned())).push(" AND t.expires_date > ").bind(Value::Date(now));
        sql.push(" AND t.created_date <= ").bind(Value::Date(now.latest_plausible()));
        self.first(&sql, |row| Ok((UserName { user_directory: row.get(0)?, user_id: row.get(1)? }, row.get(2)?)))
    }

    /// The tokens of a user, the oldest first; those that have ended, too.
    ///
    /// # Errors
    /// The database failed.
    pub fn tokens(&self, user: Uuid) -> Result<Vec<ApiToken>, Error> {
        let mut sql = Sql::new("SELECT id, name, scope, created_date, expires_date FROM api_tokens WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" ORDER BY created_date");
        self.all(&sql, |row| {
            Ok(ApiToken {
                id: read_id(row, 0)?,
                name: row.get(1)?,
                scope: row.get(2)?,
                created_date: read_date(row, 3)?,
                expires_date: read_date(row, 4)?,
            })
        })
    }
}

impl Write<'_> {
    /// Keeps a new token of a user's, by its hash.
    ///
    /// # Errors
    /// The database failed.
    pub fn add_token(&self, token_hash: &str, user: Uuid, token: &ApiToken) -> Result<(), Error> {
        let mut sql = Sql::new(
            "INSERT INTO api_tokens (token_hash, id, user_id, name, scope, created_date, expires_date) VALUES (",
        );
        sql.bind(Value::Text(token_hash.to_owned())).push(", ").bind(Value::Id(token.id)).push(", ");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Text(token.name.clone())).push(", ");
        sql.bind(Value::Text(token.scope.clone())).push(", ").bind(Value::Date(token.created_date)).push(", ");
        sql.bind(Value::Date(token.expires_date)).push(")");
        self.meter.count_entity()?;
        self.snapshot().execute(&sql)?;
        let ApiToken { id, name, scope, expires_date, .. } = token;
        self.record_sign_in("add token", user, &format!("token {id} '{name}' for {scope} until {expires_date}"))
    }

    /// Revokes a token of a user's, and tells whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub fn revoke_token(&self, user: Uuid, id: Uuid) -> Result<bool, Error> {
        let mut sql = Sql::new("DELETE FROM api_tokens WHERE user_id = ");
        sql.bind(Value::Id(user)).push(" AND id = ").bind(Value::Id(id));
        let was_there = self.snapshot().execute(&sql)? > 0;
        if was_there {
            self.record_sign_in("revoke token", user, &format!("token {id}"))?;
        }
        Ok(was_there)
    }
}
