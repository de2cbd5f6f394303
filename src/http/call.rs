//! A call of the QRS API: what every one of them is asked before it is looked at, and on whose behalf it works.

use super::State;
use super::failure::Failure;
use super::query_string::QueryString;
use super::{identity, request_log, xrfkey};
use crate::model::{Actor, Entity};
use crate::policy::{Action, guard};
use crate::query::{self, Filter, Predicate};
use crate::store::{Selection, Snapshot, UserName, Write};
use actix_web::dev::Payload;
use actix_web::web::{Data, block};
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};
use uuid::Uuid;

/// The entity type that a route is for.
#[derive(Clone, Copy)]
pub struct EntityType(pub &'static Entity);

/// A request with a client certificate and a right Xrfkey.
pub struct Call {
    /// What the server works with.
    pub state: Data<State>,
    /// The parameters.
    pub query: QueryString,
    /// The request itself.
    pub request: HttpRequest,
}

impl FromRequest for Call {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl Call {
    fn admit(request: &HttpRequest) -> Result<Self, Failure> {
        identity::check_certificate(request)?;
        let query = QueryString::parse(request.query_string())?;
        xrfkey::check(request, &query)?;
        let state = request.app_data::<Data<State>>().cloned();
        let state = state.ok_or_else(|| Failure::internal(&"the routes have no state"))?;
        Ok(Self { state, query, request: request.clone() })
    }
}

/// A call about one entity type, on behalf of a user.
pub struct EntityCall {
    /// The call.
    pub call: Call,
    /// The entity type.
    pub entity: &'static Entity,
    /// Who asks.
    pub user: UserName,
}

impl FromRequest for EntityCall {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl EntityCall {
    fn admit(request: &HttpRequest) -> Result<Self, Failure> {
        let call = Call::admit(request)?;
        let user = identity::user(request)?;
        request_log::note_user(request, &user);
        let entity = request.app_data::<EntityType>().ok_or_else(|| Failure::internal(&"the route has no entity"))?;
        Ok(Self { call, entity: entity.0, user })
    }

    /// The id in the path. What is no GUID can't be the id of anything.
    ///
    /// # Errors
    /// It is no GUID.
    pub fn id(&self) -> Result<Uuid, Failure> {
        let text = self.call.request.match_info().query("id");
        Uuid::parse_str(text).map_err(|_| self.no_such(text))
    }

    /// That there is nothing of that id.
    #[must_use]
    pub fn no_such(&self, id: &str) -> Failure {
        Failure::NotFound(format!("there is no {} with the id {id}, or none that you may see", self.entity.noun))
    }

    /// The filter among the parameters; a blank one is none.
    ///
    /// # Errors
    /// It is no filter.
    pub fn filter(&self) -> Result<Option<BoundLater>, Failure> {
        let text = self.call.query.get("filter")?.unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(None);
        }
        let filter = query::parse(text, self.call.state.limits.filter).map_err(|problem| unparsable(text, &problem))?;
        Ok(Some(BoundLater { text: text.to_owned(), filter }))
    }

    /// Reads a few rows on behalf of the user, on this thread.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn read<T>(&self, read: impl FnOnce(&Snapshot<'_>, &Actor) -> Result<T, Failure>) -> Result<T, Failure> {
        let store = &self.call.state.store;
        let mut read = Some(read);
        loop {
            if let Some(result) = store.read(|snapshot| as_user(snapshot, &self.user, &mut read))? {
                return Ok(result);
            }
            self.make_user().await?;
        }
    }

    /// Reads any number of rows on behalf of the user, on a thread that may block.
    ///
    /// # Errors
    /// Whatever `read` fails with; the user is barred.
    pub async fn scan<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Snapshot<'_>, &Actor) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let (state, user) = (self.call.state.clone(), self.user.clone());
        let result = block(move || scan_as(&state, &user, read)).await;
        result.map_err(|error| Failure::internal(&error))?
    }

    /// Writes on behalf of the user, in one transaction.
    ///
    /// # Errors
    /// Whatever `work` fails with; the user is barred.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Write<'_>, &Actor) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let mut work = work;
        loop {
            let user = self.user.clone();
            let write = move |write: &Write<'_>| match write.snapshot().find_actor(&user)? {
                Some(actor) => check_active(&actor).and_then(|()| work(write, &actor)).map(Ok),
                None => Ok(Err(work)),
            };
            match self.call.state.store.write(write).await? {
                Ok(result) => return Ok(result),
                Err(undone) => work = undone,
            }
            self.make_user().await?;
        }
    }

    /// Makes the user, in a transaction of its own: he has been seen, whatever becomes of his request.
    async fn make_user(&self) -> Result<(), Failure> {
        let user = self.user.clone();
        self.call.state.store.write(move |write| Ok(write.actor(&user).map(drop)?)).await
    }
}

/// A filter that is bound once it is known who asks.
pub struct BoundLater {
    text: String,
    filter: Filter,
}

impl BoundLater {
    /// The condition that it puts on rows of `entity`.
    ///
    /// # Errors
    /// It names what is not there.
    pub fn bind(&self, entity: &'static Entity, actor: &Actor) -> Result<Predicate, Failure> {
        let readable = |entity| guard(actor, entity, Action::Read);
        query::bind(&self.text, &self.filter, entity, &readable).map_err(|problem| unparsable(&self.text, &problem))
    }
}

/// Reads any number of rows on behalf of `user`, whom it makes if nobody has seen him before. It blocks.
///
/// # Errors
/// Whatever `read` fails with; the user is barred.
pub fn scan_as<T>(
    state: &State,
    user: &UserName,
    read: impl FnOnce(&Snapshot<'_>, &Actor) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut read = Some(read);
    loop {
        if let Some(result) = state.store.scan(|snapshot| as_user(snapshot, user, &mut read))? {
            return Ok(result);
        }
        let user = user.clone();
        state.store.write_blocking(move |write| Ok::<_, Failure>(write.actor(&user).map(drop)?))?;
    }
}

/// Calls `read` for the user, if there is one of that name yet.
fn as_user<T>(
    snapshot: &Snapshot<'_>,
    user: &UserName,
    read: &mut Option<impl FnOnce(&Snapshot<'_>, &Actor) -> Result<T, Failure>>,
) -> Result<Option<T>, Failure> {
    let Some(actor) = snapshot.find_actor(user)? else { return Ok(None) };
    check_active(&actor)?;
    match read.take() {
        Some(read) => read(snapshot, &actor).map(Some),
        None => Ok(None),
    }
}

/// The words are QRS's own. The site's own accounts can't be barred, or nobody could undo it.
fn check_active(actor: &Actor) -> Result<(), Failure> {
    if actor.is_inactive && !actor.is_service_account {
        let message = "Forbidden: Your account is inactive. Contact your administrator to activate it.";
        return Err(Failure::Forbidden(message.to_owned()));
    }
    Ok(())
}

/// The first words are QRS's own.
pub fn unparsable(text: &str, problem: &query::Problem) -> Failure {
    const SHOWN: usize = 200;
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    Failure::BadRequest(format!("Cannot parse the expression: {shown}{more} ({problem})"))
}

/// What of `privileges` is to be told of each row that `actor` sees.
#[must_use]
pub fn privileges(actor: &Actor, entity: &'static Entity) -> Vec<(&'static str, Predicate)> {
    Action::ALL.into_iter().map(|action| (action.name(), guard(actor, entity, action))).collect()
}

/// Rows of `entity` that `actor` may read and that fulfil `condition`.
#[must_use]
pub fn visible(actor: &Actor, entity: &'static Entity, condition: Predicate) -> Predicate {
    Predicate::and([guard(actor, entity, Action::Read), condition])
}

/// One entity in full, if `actor` may read it.
#[must_use]
pub fn one(actor: &Actor, entity: &'static Entity, id: Predicate, with_privileges: bool) -> Selection {
    Selection {
        entity,
        form: crate::store::Form::Full,
        condition: visible(actor, entity, id),
        orders: Vec::new(),
        privileges: with_privileges.then(|| privileges(actor, entity)),
    }
}
