//! Who visits the console: he has signed in, by a session or through a proxy, and comes as a manager does, not from the hub.

use super::trouble::Trouble;
use crate::auth::token::token_hash;
use crate::http::body::Form;
use crate::http::call::{Call, EntityCall, EntityType};
use crate::http::caller::Claim;
use crate::http::door::Door;
use crate::http::failure::Failure;
use crate::http::front::Credential;
use crate::http::query_string::QueryString;
use crate::http::{State, request_log};
use crate::model::{Entity, REGISTRY, USER, capitalised};
use crate::store::SessionKind;
use actix_web::dev;
use actix_web::http::Method;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest};
use secrecy::{ExposeSecret, SecretString};
use std::future::{Ready, ready};

/// The field of a form that no page elsewhere can know.
const TOKEN: &str = "token";

/// A visit to one page.
pub struct Visit {
    /// The visit as a call about an entity type, or about users where a page is about none.
    pub call: EntityCall,
    token: String,
}

/// What surrounds every page.
pub struct Frame {
    /// The user, as `DIRECTORY\userid`.
    pub user: String,
    /// What forms must send back.
    pub token: String,
    /// Where the console can be gone to.
    pub sections: Vec<Section>,
}

/// A part of the console.
pub struct Section {
    pub title: String,
    pub href: String,
    pub is_current: bool,
}

impl FromRequest for Visit {
    type Error = Trouble;
    type Future = Ready<Result<Self, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

impl Visit {
    fn admit(request: &HttpRequest) -> Result<Self, Trouble> {
        let state = State::of(request)?;
        let Door::Front(front) = Door::of(request)? else {
            return Err(Failure::internal(&"the console is at the front door").into());
        };
        let Some(mut visitor) = front.signed_in(request, &state)? else {
            return Err(Trouble::SignIn(wanted(request)));
        };
        visitor.note_sign_in(request);
        let claim = Claim::of_manager(visitor);
        request_log::note_user(request, &claim.user);
        let secret = match &claim.credential {
            Credential::Session(hash, SessionKind::Password | SessionKind::Header) => {
                format!("form of session {hash}")
            }
            Credential::Header => {
                let key = state.form_key.expose_secret();
                format!("form of {key} {}", claim.user)
            }
            // The console takes neither tokens, nor the sessions that they began, nor certificates.
            Credential::Session(_, SessionKind::Jwt)
            | Credential::Token(_)
            | Credential::Jwt(_)
            | Credential::Certificate => {
                return Err(Trouble::SignIn(wanted(request)));
            }
        };
        let query = QueryString::parse(request.query_string())?;
        let entity = request.app_data::<EntityType>().map_or(&USER, |entity| entity.0);
        let call = EntityCall { call: Call { state, query, request: request.clone() }, entity, claim };
        Ok(Self { call, token: token_hash(&SecretString::from(secret)) })
    }

    /// Refuses a session that makes nothing by which a user comes in later on.
    ///
    /// # Errors
    /// As [`Credential::check_may_give_access`].
    pub fn check_may_give_access(&self) -> Result<(), Failure> {
        self.call.claim.credential.check_may_give_access()
    }

    /// Reads the form that was sent, if it is one that the console gave to this visitor.
    ///
    /// # Errors
    /// `Forbidden` if it is not, or the user is inactive or blacklisted; as [`Form::read`].
    pub async fn form(&self, payload: Payload) -> Result<Form, Trouble> {
        self.call.check_user()?;
        let longest = self.call.call.state.limits.body_bytes;
        let form = Form::read(&self.call.call.request, payload, longest).await?;
        if form.text(TOKEN) == self.token {
            return Ok(form);
        }
        let message = "This form was not made for this session, or is from before the last sign-in. Go back, load the page again and send it once more.";
        Err(Failure::Forbidden(message.to_owned()).into())
    }

    /// What surrounds the page.
    pub fn frame(&self) -> Frame {
        let path = self.call.call.request.path();
        let section = |title: String, href: String| {
            let is_current = path == href || path.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/'));
            Section { title, href, is_current }
        };
        let mut sections: Vec<Section> =
            REGISTRY.into_iter().map(|entity| section(plural(entity), format!("/console/{}", entity.path))).collect();
        sections.push(section("Why".to_owned(), "/console/why".to_owned()));
        sections.push(section("Account".to_owned(), "/console/account".to_owned()));
        Frame { user: self.call.claim.user.to_string(), token: self.token.clone(), sections }
    }
}

/// Where a visitor wanted to go: the page that he asked for. A form that he sent is lost.
fn wanted(request: &HttpRequest) -> String {
    if request.method() == Method::GET { request.uri().to_string() } else { "/console".to_owned() }
}

/// How headings call several of a type: `Data connections`.
pub fn plural(entity: &Entity) -> String {
    format!("{}s", capitalised(entity.noun))
}
