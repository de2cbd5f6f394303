//! Sessions that a trusted header or a JSON Web Token started. The same credential finds its
//! session again, so a client without a cookie jar leaves one row.

use super::error::Error;
use super::sign_in::{Session, read_session};
use super::snapshot::Snapshot;
use super::users::UserName;
use super::write::Write;
use crate::model::{Timestamp, Value};
use crate::query::Sql;

/// What is stored of the credential that starts a session.
#[derive(Clone, Debug)]
pub struct SessionBasis {
    /// The code by which the session of the credential is found.
    pub credential: String,
    /// The fingerprint of the settings that vouch for the user.
    pub source: String,
    /// The claims of a token about the user, as JSON.
    pub claims: String,
}

/// The maximum number of such sessions of a user; a new one replaces the oldest.
const SESSIONS: i64 = 5;

impl Snapshot<'_> {
    /// The session that this credential started, if it is valid at `now`.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn derived_session(
        &self,
        credential: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, Error> {
        self.first(&by_credential(credential, now), read_session)
    }

    /// Whether there are such sessions from sources other than these.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn has_derived_sessions_beside(&self, sources: &[String]) -> Result<bool, Error> {
        let mut sql = Sql::new("SELECT 1 FROM sessions WHERE credential <> ''");
        beside(&mut sql, sources);
        Ok(self.first(&sql, |_| Ok(()))?.is_some())
    }
}

impl Write<'_> {
    /// Starts a session of the user with this name, who is created if the name is new; or finds the
    /// session that this credential started. Returns `None` if the user is inactive or blacklisted.
    ///
    /// # Errors
    /// [`Error::OtherSpelling`] if only a user of another name has the same folded name;
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn begin_derived_session(
        &self,
        token_hash: &str,
        user: &UserName,
        session: &Session,
        basis: &SessionBasis,
    ) -> Result<Option<Session>, Error> {
        let actor = self.actor(user)?;
        if actor.is_barred() {
            return Ok(None);
        }
        self.purge_sessions(session.created_date)?;
        if let Some(existing) =
            self.snapshot().derived_session(&basis.credential, session.created_date)?
        {
            return Ok(Some(existing));
        }
        self.make_room(actor.id, "kind <> 'password'", SESSIONS)?;
        let mut sql = Sql::new(
            "INSERT INTO sessions (token_hash, id, user_id, created_date, expires_date, address, \
             kind, credential, source, claims) VALUES (",
        );
        sql.bind(Value::Text(token_hash.to_owned()))
            .push(", ")
            .bind(Value::Id(session.id))
            .push(", ");
        sql.bind(Value::Id(actor.id)).push(", ").bind(Value::Date(session.created_date)).push(", ");
        sql.bind(Value::Date(session.expires_date));
        for text in
            [&session.address, session.kind.name(), &basis.credential, &basis.source, &basis.claims]
        {
            sql.push(", ").bind(Value::Text(text.to_owned()));
        }
        sql.push(")");
        self.meter.count_entity()?;
        self.snapshot().execute(&sql)?;
        self.record_sign_in(
            "sign in",
            actor.id,
            &format!("session {} by {}", session.id, session.kind.name()),
        )?;
        Ok(Some(session.clone()))
    }

    /// Ends the sessions from sources other than these, for which no setting vouches any more.
    ///
    /// # Errors
    /// [`Error::Database`] or [`Error::Unreachable`] if the database fails.
    pub fn end_derived_sessions_beside(&self, sources: &[String]) -> Result<usize, Error> {
        let mut sql = Sql::new("DELETE FROM sessions WHERE credential <> ''");
        beside(&mut sql, sources);
        self.snapshot().execute(&sql)
    }
}

/// Selects the session of a credential.
pub(super) fn by_credential(credential: &str, now: Timestamp) -> Sql {
    // The index contains only rows that have a credential.
    let mut sql = Sql::new(
        "SELECT id, created_date, expires_date, address, kind FROM sessions WHERE credential <> '' \
         AND credential = ",
    );
    sql.bind(Value::Text(credential.to_owned()))
        .push(" AND expires_date > ")
        .bind(Value::Date(now));
    sql.push(" AND created_date <= ").bind(Value::Date(now.latest_plausible()));
    sql
}

/// Adds the condition that the source is not one of these.
fn beside(sql: &mut Sql, sources: &[String]) {
    for source in sources {
        sql.push(" AND source <> ").bind(Value::Text(source.clone()));
    }
}
