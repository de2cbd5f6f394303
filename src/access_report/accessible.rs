//! QRS's accessible objects: the resources of a type on which one user may do one action (QRS
//! reference, 2.6).

use super::audit::audited;
use super::{Error, Site, action, guards, read};
use crate::model::{Action, Entity, USER};
use crate::query::Predicate;
use crate::store::Page;
use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;
use uuid::Uuid;

/// A checked request.
#[derive(Clone, Debug)]
pub struct AccessibleObjects {
    /// The type of the resources.
    pub entity: &'static Entity,
    /// The attributes of the user's environment, as in the header `X-Qlik-Security`.
    pub environment_attributes: Option<String>,
    user: Uuid,
    action: Action,
    resource_filter: String,
}

/// The request as JSON.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessibleBody {
    /// The type of the resources.
    #[schema(required = true, nullable = false, min_length = 1)]
    resource_type: Option<String>,
    /// The id of the user.
    #[serde(rename = "userID")]
    #[schema(value_type = Uuid, required = true)]
    user_id: Option<Json>,
    /// The bit of the action.
    #[schema(value_type = i64, required = true)]
    action: Option<Json>,
    /// A filter for the resources.
    resource_filter: Option<String>,
    /// The environment of the user, as in the header `X-Qlik-Security`.
    environment_attributes: Option<String>,
}

impl AccessibleObjects {
    /// Reads `{"resourceType": …, "userID": …, "action": …, "resourceFilter": …,
    /// "environmentAttributes": …}`; the first three are required.
    ///
    /// # Errors
    /// [`Error::Nonsense`] if a field is missing or wrong; the message names the field and gives an
    /// example.
    pub fn read(json: Json) -> Result<Self, Error> {
        let AccessibleBody {
            resource_type,
            user_id,
            action,
            resource_filter,
            environment_attributes,
        } = read(json)?;
        Ok(Self {
            entity: audited(resource_type.as_deref())?,
            environment_attributes,
            user: read_user(user_id.unwrap_or_default())?,
            action: read_action(&action.unwrap_or_default())?,
            resource_filter: resource_filter.unwrap_or_default(),
        })
    }
}

fn read_user(json: Json) -> Result<Uuid, Error> {
    let wrong = |found: &str| {
        Error::Nonsense(format!("userID {found}: give the id of a user, as GET /qrs/user shows it"))
    };
    match json {
        Json::Null => Err(wrong("is missing")),
        Json::String(text) => Uuid::parse_str(text.trim()).map_err(|_| wrong("is not a GUID")),
        _ => Err(wrong("is not a string")),
    }
}

/// Reads one action by its bit or its name; the bit may be a string, as in all bodies.
fn read_action(json: &Json) -> Result<Action, Error> {
    let wrong = |found: &str| {
        let all = Action::ALL.map(|action| format!("{} ({})", action.bit(), action.name()));
        Error::Nonsense(format!("action {found}: give one of {}", all.join(", ")))
    };
    let bit = match json {
        Json::Null => return Err(wrong("is missing")),
        Json::String(text) => match text.trim().parse() {
            Ok(bit) => Some(bit),
            Err(_) => {
                return action(text.trim()).map_err(|_| wrong("is not the name of an action"));
            }
        },
        json => json.as_i64(),
    };
    let found = bit.and_then(|bit| Action::ALL.into_iter().find(|action| action.bit() == bit));
    found.ok_or_else(|| wrong("is not the bit of one action"))
}

impl Site<'_> {
    /// Selects the resources that the caller may read and on which the user of the request may do
    /// the action.
    ///
    /// # Errors
    /// [`Error::NotThere`] if the caller can't see this user; [`Error::Unparsable`] if the filter
    /// is invalid; [`Error::Store`] if the database failed.
    pub fn accessible(&self, request: &AccessibleObjects) -> Result<Predicate, Error> {
        let user = Predicate::and([(self.readable)(&USER), Predicate::has_id(&USER, request.user)]);
        let mut actor =
            self.snapshot.actors(&user, Page { skip: 0, take: 1 })?.pop().ok_or_else(|| {
                Error::NotThere(format!(
                    "userID: there is no user with the id {}, or you may not see it",
                    request.user
                ))
            })?;
        (self.situation)(&mut actor);
        let visible = self.select(request.entity, "resourceFilter", &request.resource_filter)?;
        let granted = guards(self.rules, &actor, request.entity)[request.action as usize].clone();
        Ok(Predicate::and([visible, granted]))
    }
}
