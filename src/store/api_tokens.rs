//! API tokens, stored as hashes.

use super::error::Error;
use super::snapshot::Snapshot;
use super::sqlite::statement::Row;
use super::users::UserName;
use super::write::Write;
use crate::model::{Context, Timestamp, Value};
use crate::query::Sql;
use uuid::Uuid;

/// The scopes of a token: everything that its user may do, or only what changes nothing.
pub const TOKEN_SCOPES: [&str; 2] = ["all", "read"];

/// The contexts that a token can have. Tokens of earlier versions have an empty one.
pub const TOKEN_CONTEXTS: [&str; 3] = ["", Context::PLACES[0], Context::PLACES[1]];

/// A token without its secret.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// Its id, by which it can be revoked.
    pub id: Uuid,
    /// The name that its owner gave it.
    pub name: String,
    /// The scope of its rights.
    pub scope: String,
    /// The context of its requests unless a request states one. Requests with a token of an earlier
    /// version have the context of the front door.
    pub context: Option<Context>,
    /// When it was created.
    pub created_date: Timestamp,
    /// When it expires.
    pub expires_date: Timestamp,
}

/// The user and the rights of a token.
#[derive(Clone, Debug)]
pub struct TokenUser {
    /// The user.
    pub user: UserName,
    /// The scope of its rights.
    pub scope: String,
    /// The context of its requests unless a request states one.
    pub context: Option<Context>,
}

impl Snapshot<'_> {
    /// The user of the token, if the token is valid at `now`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn token_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<TokenUser>, Error> {
        let mut sql = Sql::new(
            "SELECT u.user_directory, u.user_id, t.scope, t.context FROM api_tokens AS t JOIN \
             users AS u ON u.id = t.user_id WHERE t.token_hash = ",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(" AND t.expires_date > ")
            .bind(Value::Date(now));
        sql.push(" AND t.created_date <= ").bind(Value::Date(now.latest_plausible()));
        self.first(&sql, |row| {
            let user = UserName { user_directory: row.get(0)?, user_id: row.get(1)? };
            Ok(TokenUser { user, scope: row.get(2)?, context: read_context(row, 3) })
        })
    }

    /// The tokens of a user, the oldest first, including expired ones.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn tokens(&self, user: Uuid) -> Result<Vec<ApiToken>, Error> {
        let mut sql = Sql::new(
            "SELECT id, name, scope, created_date, expires_date, context FROM api_tokens WHERE \
             user_id = ",
        );
        sql.bind(Value::Id(user)).push(" ORDER BY created_date");
        self.all(&sql, |row| {
            Ok(ApiToken {
                id: row.get(0)?,
                name: row.get(1)?,
                scope: row.get(2)?,
                created_date: row.get(3)?,
                expires_date: row.get(4)?,
                context: read_context(row, 5),
            })
        })
    }
}

impl Write<'_> {
    /// Stores a new token of a user by its hash.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn add_token(&self, token_hash: &str, user: Uuid, token: &ApiToken) -> Result<(), Error> {
        let mut sql = Sql::new(
            "INSERT INTO api_tokens (token_hash, id, user_id, name, scope, created_date, \
             expires_date, context) VALUES (",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(", ")
            .bind(Value::Id(token.id))
            .push(", ");
        sql.bind(Value::Id(user)).push(", ").bind(Value::Text(token.name.clone())).push(", ");
        sql.bind(Value::Text(token.scope.clone()))
            .push(", ")
            .bind(Value::Date(token.created_date))
            .push(", ");
        let context = token.context.map(Context::place).unwrap_or_default();
        sql.bind(Value::Date(token.expires_date))
            .push(", ")
            .bind(Value::Text(context.to_owned()))
            .push(")");
        self.meter.count_entity()?;
        self.snapshot().execute(&sql)?;
        let ApiToken { id, name, scope, expires_date, .. } = token;
        self.record_sign_in(
            "add token",
            user,
            &format!("token {id} '{name}' for {scope}, context {context}, until {expires_date}"),
        )
    }

    /// Revokes a token of a user. Returns whether it existed.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
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

fn read_context(row: &Row<'_>, column: usize) -> Option<Context> {
    Context::of_place(row.cell(column).text_or_empty())
}
