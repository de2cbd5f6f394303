//! Access: the verdict of each rule on a user, an action and a resource; and all who may do
//! anything to a resource.

use super::page;
use super::page_error::PageError;
use super::visit::{Frame, Visit};
use crate::access_report::{self, Resource, ResourceAccess, Site, UserAccess, Why};
use crate::error::RequestError;
use crate::model::{
    Action, DATA_CONNECTION, Entity, REGISTRY, USER, Value, capitalised, resource_type,
};
use crate::query::Predicate;
use crate::service::access_questions::ask;
use crate::service::caller::Caller;
use crate::service::reads::LongRead;
use crate::store::{Page, Snapshot, Tested, UserName};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use uuid::Uuid;

/// Users that the page proposes, and that it lists, at most.
const PROPOSED: u32 = 200;

#[derive(Template)]
#[template(path = "why.html")]
struct WhyPage {
    frame: Frame,
    user: String,
    users: Vec<String>,
    actions: Vec<(&'static str, bool)>,
    types: Vec<(&'static str, String, bool)>,
    name: String,
    id: String,
    fault: Option<String>,
    why: Option<Why>,
    who: Option<Vec<UserAccess>>,
    what: Option<Vec<ResourceAccess>>,
}

/// `GET /console/why`.
pub async fn why(visit: Visit) -> Result<HttpResponse, PageError> {
    let query = &visit.call.query;
    let text = |name: &str| query.get(name).map(|text| text.unwrap_or_default().trim().to_owned());
    let (user, action, kind, name) = (text("user")?, text("action")?, text("type")?, text("name")?);
    // The id that the form came with is meant as long as the name is still that of it.
    let (id, named) = (text("id")?, text("named")?);
    let id = if name == named || name.is_empty() { id } else { String::new() };
    let entity = resource_type(&kind).unwrap_or(&DATA_CONNECTION);
    let action = Action::named(&action).unwrap_or(Action::Read);
    let users = visit.call.user.read_long(LongRead::Many, proposed).await?;
    let mut resources = find(&visit, entity, &id, &name).await?;
    let several = (resources.len() > 1).then(|| {
        format!(
            "There are several of the name {name}; open the one that you mean in its list, and ask \
             from there."
        )
    });
    let resource = resources.pop().filter(|_| several.is_none());
    let mut shown = WhyPage {
        frame: visit.frame(),
        users,
        actions: Action::ALL.iter().map(|own| (own.name(), *own == action)).collect(),
        types: REGISTRY
            .iter()
            .map(|own| (own.resource_type, capitalised(own.noun), *own == entity))
            .collect(),
        id: resource.as_ref().map(|row| row.id.to_string()).unwrap_or_default(),
        name: resource.as_ref().map_or(name, |row| row.name.clone()),
        user: user.clone(),
        fault: None,
        why: None,
        who: None,
        what: None,
    };
    let answer = match resource {
        Some(row) => {
            answer(&visit, &user, action, Resource { entity, id: row.id }, &mut shown).await
        }
        None if several.is_some() => Err(RequestError::BadRequest(several.unwrap_or_default())),
        None if shown.name.is_empty() && id.is_empty() && user.is_empty() => Ok(()),
        None if shown.name.is_empty() && id.is_empty() => {
            all(&visit, &user, action, entity, &mut shown).await
        }
        None => Err(RequestError::NotFound(format!(
            "There is no {} of that name or id, or none that you may see.",
            entity.noun
        ))),
    };
    let status = match answer {
        Ok(()) => StatusCode::OK,
        Err(
            failure @ (RequestError::NotFound(_)
            | RequestError::BadRequest(_)
            | RequestError::Unparsable(_)
            | RequestError::Forbidden(_)),
        ) => {
            shown.fault = Some(failure.to_string());
            failure.status_code()
        }
        Err(failure) => return Err(failure.into()),
    };
    Ok(page(status, &shown)?)
}

/// What each rule says to a user; without one, which users may do anything.
async fn answer(
    visit: &Visit,
    user: &str,
    action: Action,
    resource: Resource,
    shown: &mut WhyPage,
) -> Result<(), RequestError> {
    if user.is_empty() {
        shown.who = Some(asked(visit, move |site, _| site.who(resource, None, "")).await?);
        return Ok(());
    }
    let name: UserName = user.parse().map_err(RequestError::BadRequest)?;
    shown.why = Some(asked(visit, move |site, _| site.why(&name, action, resource)).await?);
    Ok(())
}

/// To what a user may do it.
async fn all(
    visit: &Visit,
    user: &str,
    action: Action,
    entity: &'static Entity,
    shown: &mut WhyPage,
) -> Result<(), RequestError> {
    let name: UserName = user.parse().map_err(RequestError::BadRequest)?;
    shown.what =
        Some(asked(visit, move |site, _| site.what(&name, Some(action), entity, "")).await?);
    Ok(())
}

/// Asks a question of the visitor's, once there is memory for a long reply.
async fn asked<T: Send + 'static>(
    visit: &Visit,
    question: impl FnOnce(&Site<'_>, &Caller) -> Result<T, access_report::Error> + Send + 'static,
) -> Result<T, RequestError> {
    visit.call.reserve_long_reply().await?;
    ask(&visit.call.user, None, question).await
}

/// The users that the page proposes, as `DIRECTORY\userid`.
fn proposed(snapshot: &Snapshot<'_>, caller: &Caller) -> Result<Vec<String>, RequestError> {
    let visible = caller.visible(&USER, Predicate::True);
    let users = snapshot.actors(&visible, Page { skip: 0, take: PROPOSED })?;
    Ok(users.iter().map(crate::model::Actor::name).collect())
}

/// The resource that is meant, by its id or else by its name; several, if there are several of the
/// name.
async fn find(
    visit: &Visit,
    entity: &'static Entity,
    id: &str,
    name: &str,
) -> Result<Vec<Tested>, RequestError> {
    let condition = match (Uuid::parse_str(id), entity.name()) {
        (Ok(id), _) => Predicate::has_id(entity, id),
        (Err(_), Some(property)) if !name.is_empty() => {
            Predicate::equals(property, Value::Text(name.to_owned()))
        }
        _ => return Ok(Vec::new()),
    };
    let page = Page { skip: 0, take: 2 };
    let find = move |snapshot: &Snapshot<'_>, caller: &Caller| {
        Ok(snapshot.test_each(entity, &caller.visible(entity, condition), &[], page)?)
    };
    visit.call.user.read_long(LongRead::Many, find).await
}
