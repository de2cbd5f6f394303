//! Calls of the QRS API: the checks that precede each of them, and the user that it acts for.

use super::entity_type::EntityType;
use super::query_string::QueryString;
use super::{body, own_parameters, xrfkey};
use crate::auth::credential::Claim;
use crate::error::RequestError;
use crate::http::State;
use crate::http::extract::named_user::note_user;
use crate::http::extract::source::source;
use crate::http::sign_in::authenticate::Proof;
use crate::http::sign_in::{authenticate, note_sign_in};
use crate::model::Entity;
use crate::query;
use crate::service::bound_filter::{BoundLater, unparsable};
use crate::service::caller::check_active;
use crate::service::entities::no_such;
use crate::service::rule_cache::ReadFrom;
use crate::service::selections;
use crate::service::shown_privileges::Privileges;
use crate::service::user_request::UserRequest;
use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::web::{self, Data};
use actix_web::{FromRequest, HttpRequest};
use serde_json::Value as Json;
use std::cell::OnceCell;
use std::future::{Ready, ready};
use std::sync::Arc;
use uuid::Uuid;

/// An authenticated request with a valid Xrfkey.
pub struct Call {
    /// The state of the server.
    pub state: Data<State>,
    /// The parameters.
    pub query: QueryString,
    /// The request itself.
    pub http: HttpRequest,
}

impl FromRequest for Call {
    type Error = RequestError;
    type Future = Ready<Result<Self, RequestError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl Call {
    fn admit(request: &HttpRequest) -> Result<Self, RequestError> {
        let (call, proof) = Self::proven(request)?;
        // Calls about entities check the user themselves.
        if let Proof::Visitor(visitor, _) = &proof {
            let rules = &call.state.backend.rules;
            call.state.backend.store.read(|snapshot| {
                let version = snapshot.versions()?.users;
                let actor = rules.actor(snapshot, &visitor.user, version, ReadFrom::Committed)?;
                actor.as_ref().map_or(Ok(()), check_active)
            })?;
        }
        Ok(call)
    }

    /// Authenticates a request. Returns the call with the proof of its user.
    fn proven(request: &HttpRequest) -> Result<(Self, Proof), RequestError> {
        let state = State::of(request)?;
        let mut proof = authenticate::check(authenticate::of(request)?, request, &state)?;
        let query = QueryString::parse(request.query_string())?;
        xrfkey::check(request, &query)?;
        own_parameters::check(request, &query)?;
        if let Proof::Visitor(visitor, _) = &mut proof {
            note_sign_in(request, visitor);
        }
        Ok((Self { state, query, http: request.clone() }, proof))
    }
}

/// A call about one entity type, on behalf of a user.
pub struct EntityCall {
    /// The state of the server.
    pub state: Data<State>,
    /// The parameters.
    pub query: QueryString,
    /// The request itself.
    pub http: HttpRequest,
    /// The entity type.
    pub entity: &'static Entity,
    /// The request without HTTP, which reads and writes for its user.
    pub user: UserRequest,
}

impl FromRequest for EntityCall {
    type Error = RequestError;
    type Future = Ready<Result<Self, RequestError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl EntityCall {
    fn admit(request: &HttpRequest) -> Result<Self, RequestError> {
        let entity = request
            .app_data::<EntityType>()
            .ok_or_else(|| RequestError::internal(&"the route has no entity"))?;
        Self::about(request, entity.0)
    }

    /// Authenticates a request that is about `entity`.
    ///
    /// # Errors
    /// `Unauthorized` if it is not authenticated, has a wrong Xrfkey or names no user; `BadRequest`
    /// if its parameters are wrong.
    pub fn about(request: &HttpRequest, entity: &'static Entity) -> Result<Self, RequestError> {
        let (call, proof) = Call::proven(request)?;
        let claim = proof.claim(request)?;
        note_user(request, &claim.user);
        Ok(Self::of(call, entity, claim))
    }

    /// The call about `entity` for the user of `claim`.
    pub fn of(call: Call, entity: &'static Entity, claim: Claim) -> Self {
        let Call { state, query, http } = call;
        let is_change = [Method::PUT, Method::DELETE].contains(http.method())
            && http.match_info().get("id").is_some();
        let user = UserRequest {
            backend: Arc::clone(&state.backend),
            entity,
            claim,
            privileges: query.privileges().unwrap_or(Privileges::Hidden),
            source: source(&http),
            changes: is_change.then(|| http.path().to_owned()),
            body_values: OnceCell::new(),
        };
        Self { state, query, http, entity, user }
    }

    /// The id in the path. A text that is not a GUID can't be the id of an entity.
    ///
    /// # Errors
    /// `NotFound` if the text is not a GUID.
    pub fn id(&self) -> Result<Uuid, RequestError> {
        let text = self.http.match_info().query("id");
        Uuid::parse_str(text).map_err(|_| self.no_such(text))
    }

    /// The error for an id that does not exist.
    #[must_use]
    pub fn no_such(&self, id: &str) -> RequestError {
        no_such(self.entity, id)
    }

    /// The filter in the parameters; a blank one is ignored. Below a selection, it applies to what
    /// is selected.
    ///
    /// # Errors
    /// `Unparsable` if it is not a filter; `NotFound` if the selection has no valid id.
    pub fn filter(&self) -> Result<BoundLater, RequestError> {
        let among = self.http.match_info().get("selection").map(selections::id).transpose()?;
        let text = self.query.get("filter")?.unwrap_or_default();
        if text.trim().is_empty() {
            return Ok(BoundLater { filter: None, among });
        }
        let filter = query::parse(text, self.state.backend.limits.filter)
            .map_err(|problem| unparsable(text, &problem))?;
        Ok(BoundLater { filter: Some((text.to_owned(), filter)), among })
    }

    /// Reads the JSON body of a request that changes nothing, and converts it with `understand`.
    ///
    /// # Errors
    /// Those of [`UserRequest::check_user`] and [`body::read`].
    pub async fn body<T: Send + 'static>(
        &self,
        payload: web::Payload,
        understand: impl FnOnce(Json) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.user.check_user()?;
        let body =
            body::read(&self.http, payload, self.state.backend.limits.body_bytes, understand)
                .await?;
        if let Some(values) = body::held_values(&self.http) {
            // Never fails: a call reads only one body.
            let _ = self.user.body_values.set(values);
        }
        Ok(body)
    }

    /// Reads the JSON body of a request that changes something, and converts it with `understand`.
    ///
    /// # Errors
    /// `Forbidden` if the token is for reading only; those of [`EntityCall::body`].
    pub async fn body_to_write<T: Send + 'static>(
        &self,
        payload: web::Payload,
        understand: impl FnOnce(Json) -> Result<T, RequestError> + Send + 'static,
    ) -> Result<T, RequestError> {
        self.user.check_scope()?;
        self.body(payload, understand).await
    }
}
