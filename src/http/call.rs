//! A call of the QRS API: what every one of them is asked before it is looked at, and on whose behalf it works.

use super::door::Proof;
use super::failure::Failure;
use super::front::note_sign_in;
use super::query_string::{Privileges, QueryString};
use super::{State, body, door, own_parameters, request_log, selections, trail, xrfkey};
use crate::auth::credential::{Claim, Scope};
use crate::model::Entity;
use crate::query::{self, Predicate};
use crate::service::bound_filter::{BoundLater, unparsable};
use crate::service::caller::{Caller, Unready, check_active};
use crate::service::outcome;
use crate::service::ready::{ROUNDS, unsteady};
use crate::service::rule_cache::Reading;
use crate::store::{Added, Form, Origin, Purpose, Selection, Snapshot, Weight, Write};
use actix_web::dev::Payload;
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest};
use serde_json::Value as Json;
use std::future::{Ready, ready};
use tokio::sync::RwLockWriteGuard;
use uuid::Uuid;

/// The entity type that a route is for.
#[derive(Clone, Copy)]
pub struct EntityType(pub &'static Entity);

/// A request that a door let in, with a right Xrfkey.
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
        let (call, proof) = Self::proven(request)?;
        // Whatever is asked; calls about entities see to it themselves.
        if let Proof::Visitor(visitor, _) = &proof {
            let known = &call.state.known;
            call.state.store.read(|snapshot| {
                let version = snapshot.versions()?.users;
                let actor = known.actor(snapshot, &visitor.user, version, Reading::Committed)?;
                actor.as_ref().map_or(Ok(()), check_active)
            })?;
        }
        Ok(call)
    }

    /// The call, and what let it in.
    fn proven(request: &HttpRequest) -> Result<(Self, Proof), Failure> {
        let state = State::of(request)?;
        let mut proof = door::check(door::of(request)?, request, &state)?;
        let query = QueryString::parse(request.query_string())?;
        xrfkey::check(request, &query)?;
        own_parameters::check(request, &query)?;
        if let Proof::Visitor(visitor, _) = &mut proof {
            note_sign_in(request, visitor);
        }
        Ok((Self { state, query, request: request.clone() }, proof))
    }
}

/// A call about one entity type, on behalf of a user.
pub struct EntityCall {
    /// The call.
    pub call: Call,
    /// The entity type.
    pub entity: &'static Entity,
    /// Who asks.
    pub claim: Claim,
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
        let entity = request.app_data::<EntityType>().ok_or_else(|| Failure::internal(&"the route has no entity"))?;
        Self::about(request, entity.0)
    }

    /// Admits a request that is about `entity`.
    ///
    /// # Errors
    /// No door lets it in, its Xrfkey is wrong, or it names nobody.
    pub fn about(request: &HttpRequest, entity: &'static Entity) -> Result<Self, Failure> {
        let (call, proof) = Call::proven(request)?;
        let claim = proof.claim(request)?;
        request_log::note_user(request, &claim.user);
        Ok(Self { call, entity, claim })
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
        no_such(self.entity, id)
    }

    /// The filter among the parameters; a blank one is none. Below a selection, it is about what is selected.
    ///
    /// # Errors
    /// It is no filter, or the selection has no id.
    pub fn filter(&self) -> Result<BoundLater, Failure> {
        let among = self.call.request.match_info().get("selection").map(selections::id).transpose()?;
        let text = self.call.query.get("filter")?.unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(BoundLater { filter: None, among });
        }
        let filter = query::parse(text, self.call.state.limits.filter).map_err(|problem| unparsable(text, &problem))?;
        Ok(BoundLater { filter: Some((text.to_owned(), filter)), among })
    }

    /// Reads the body of a request that changes nothing as JSON, and makes of it what `understand` does.
    ///
    /// # Errors
    /// As [`EntityCall::check_user`] and [`body::read`].
    pub async fn body<T: Send + 'static>(
        &self,
        payload: web::Payload,
        understand: impl FnOnce(Json) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_user()?;
        body::read(&self.call.request, payload, self.call.state.limits.body_bytes, understand).await
    }

    /// The same of a request that is to change something.
    ///
    /// # Errors
    /// `Forbidden` if the token is for reading only; as [`EntityCall::body`].
    pub async fn body_to_write<T: Send + 'static>(
        &self,
        payload: web::Payload,
        understand: impl FnOnce(Json) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_scope()?;
        self.body(payload, understand).await
    }

    /// Refuses a user who can't be let in, before a body is received. A user whom nobody has seen yet is created later, if the credential allows it.
    ///
    /// # Errors
    /// `Forbidden` if the user is inactive or blacklisted, `Unauthorized` if the user no longer exists.
    pub fn check_user(&self) -> Result<(), Failure> {
        let (state, claim) = (&self.call.state, &self.claim);
        let find = |snapshot: &Snapshot<'_>| Caller::find(state, snapshot, claim, None, Reading::Committed);
        match state.store.read(find)? {
            Err(Unready::Nobody) if !claim.credential.brings_users() => Err(no_such_user()),
            _ => Ok(()),
        }
    }

    fn check_scope(&self) -> Result<(), Failure> {
        match self.claim.scope {
            Scope::Read => Err(Failure::Forbidden("this token is for reading only".to_owned())),
            Scope::All => Ok(()),
        }
    }

    /// Writes on behalf of the user, in one transaction.
    ///
    /// # Errors
    /// Whatever `work` fails with; the user is barred.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_for(Purpose::Change, work).await
    }

    /// The same for work that is expected to weigh so much. It waits for its turn as long as its weight asks for.
    ///
    /// # Errors
    /// As [`EntityCall::write`].
    pub async fn write_weighing<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_with(Purpose::Change, expected, work).await
    }

    /// The same, for that purpose.
    ///
    /// # Errors
    /// As [`EntityCall::write`].
    pub async fn write_for<T: Send + 'static>(
        &self,
        purpose: Purpose,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.write_with(purpose, Weight::default(), work).await
    }

    async fn write_with<T: Send + 'static>(
        &self,
        purpose: Purpose,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.check_scope()?;
        let turn = self.turn_to_write_rules().await?;
        self.transact(turn.as_ref(), purpose, expected, work).await
    }

    /// Writes on behalf of the user, and undoes it: the answer is all that is left.
    ///
    /// # Errors
    /// Whatever `work` fails with; the user is barred.
    pub async fn try_out<T: Send + 'static>(
        &self,
        expected: Weight,
        work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.transact(None, Purpose::Change, expected, |write, caller| write.undone(|| work(write, caller))).await
    }

    /// Who has the turn to change system rules need not keep others from changing them.
    async fn transact<T: Send + 'static>(
        &self,
        turn: Option<&RwLockWriteGuard<'_, ()>>,
        purpose: Purpose,
        expected: Weight,
        mut work: impl FnOnce(&Write<'_>, &Caller) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        // The writer, for which others wait, need not work out what the user may do. What is wrong, it finds again.
        let ready = match turn {
            None => self.prepare().await,
            Some(_) => self.prepare_while_rules_stay().await,
        };
        let mut prepared = ready.ok();
        let bounds = self.bounds(purpose, expected, prepared.as_ref());
        if let Some(bounds) = &bounds {
            // A request of a user who has used the allowance up takes none of the writer's time.
            bounds.allowance.check(Added::default())?;
        }
        for round in 0..ROUNDS {
            let kept = match turn {
                None => self.keep_rules_after(round, &mut prepared).await?,
                Some(_) => None,
            };
            let (state, claim, prepared_before) = (self.call.state.clone(), self.claim.clone(), prepared.take());
            let held = body::held_values(&self.call.request);
            let write = move |write: &Write<'_>| {
                // What came of the body waits here for its turn, also for a client that has gone.
                let _held = (held, kept);
                let snapshot = write.snapshot();
                // The body may have taken its time.
                claim.check_credential(&snapshot)?;
                let (prepared, reading) = (prepared_before.as_ref(), Reading::Uncommitted);
                match Caller::find(&state, &snapshot, &claim, prepared, reading)? {
                    Ok(caller) => work(write, &caller).map(Ok),
                    Err(unready) => Ok(Err((work, unready))),
                }
            };
            let written = self.call.state.store.write_within(self.origin(), bounds.clone(), write).await;
            match written.map_err(|failure| outcome::explained(self, failure))? {
                Ok(result) => return Ok(result),
                Err((undone, unready)) => {
                    work = undone;
                    prepared = self.make_ready(unready).await?;
                }
            }
        }
        Err(unsteady())
    }

    /// Who it is and from where, for the audit trail.
    pub fn origin(&self) -> Origin {
        trail::origin(&self.call.request, &self.claim.user)
    }
}

pub fn no_such_user() -> Failure {
    Failure::Unauthorized("the user no longer exists".to_owned())
}

/// That there is nothing of that id.
#[must_use]
pub fn no_such(entity: &Entity, id: &str) -> Failure {
    Failure::NotFound(format!("there is no {} with the id {id}, or none that you may see", entity.noun))
}

/// One entity in full, if the caller may read it.
#[must_use]
pub fn one(caller: &Caller, entity: &'static Entity, id: Predicate, privileges: Privileges) -> Selection {
    Selection {
        entity,
        form: Form::Full,
        condition: caller.visible(entity, id),
        orders: Vec::new(),
        page: None,
        privileges: caller.told(entity, privileges),
    }
}
