//! The page *Access*: the verdict of each rule on a user, an action and a resource; all users with
//! rights to a resource; and all resources on which a user has an action.

use super::page;
use super::page_error::PageError;
use super::visit::{Frame, Visit};
use crate::access_report::{self, Resource, ResourceAccess, Site, UserAccess, Why};
use crate::error::RequestError;
use crate::http::extract::query_string::QueryString;
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

/// Most users that the page proposes.
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

/// What the form of the page asks about. Texts are empty if a field is not filled in.
struct AccessQuery {
    user: String,
    action: Action,
    entity: &'static Entity,
    /// The name of the resource.
    name: String,
    /// The id of the resource, if the page came with one and its name was not changed.
    id: String,
}

impl AccessQuery {
    fn read(query: &QueryString) -> Result<Self, RequestError> {
        let text =
            |name: &str| query.get(name).map(|text| text.unwrap_or_default().trim().to_owned());
        let name = text("name")?;
        let keeps_id = name == text("named")? || name.is_empty();
        Ok(Self {
            user: text("user")?,
            action: Action::named(&text("action")?).unwrap_or(Action::Read),
            entity: resource_type(&text("type")?).unwrap_or(&DATA_CONNECTION),
            id: if keeps_id { text("id")? } else { String::new() },
            name,
        })
    }

    /// Whether no resource is named.
    fn is_of_all(&self) -> bool {
        self.name.is_empty() && self.id.is_empty()
    }
}

/// `GET /console/why`.
pub async fn why(visit: Visit) -> Result<HttpResponse, PageError> {
    let query = AccessQuery::read(&visit.call.query)?;
    let users = visit.call.user.read_long(LongRead::Many, proposed).await?;
    let resource = resource(&visit, &query).await?;
    let mut shown = WhyPage::new(&visit, &query, users);
    if let Ok(Some(row)) = &resource {
        (shown.id, shown.name) = (row.id.to_string(), row.name.clone());
    }
    let answer = match resource {
        Ok(Some(row)) => {
            let resource = Resource { entity: query.entity, id: row.id };
            answer(&visit, &query, resource, &mut shown).await
        }
        Ok(None) if query.user.is_empty() => Ok(()),
        Ok(None) => all(&visit, &query, &mut shown).await,
        Err(failure) => Err(failure),
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

impl WhyPage {
    /// The page with its form filled in, and no answer yet.
    fn new(visit: &Visit, query: &AccessQuery, users: Vec<String>) -> Self {
        Self {
            frame: visit.frame(),
            users,
            actions: Action::ALL.iter().map(|own| (own.name(), *own == query.action)).collect(),
            types: REGISTRY
                .iter()
                .map(|own| (own.resource_type, capitalised(own.noun), *own == query.entity))
                .collect(),
            id: String::new(),
            name: query.name.clone(),
            user: query.user.clone(),
            fault: None,
            why: None,
            who: None,
            what: None,
        }
    }
}

/// The resource that the form names, if it names one.
///
/// # Errors
/// The outer error if the search fails. The inner error, which the page shows: `NotFound` if there
/// is no such resource, `BadRequest` if there are several.
async fn resource(
    visit: &Visit,
    query: &AccessQuery,
) -> Result<Result<Option<Tested>, RequestError>, RequestError> {
    let AccessQuery { entity, name, id, .. } = query;
    let mut found = find(visit, entity, id, name).await?;
    Ok(match (found.len(), found.pop()) {
        (0 | 1, Some(row)) => Ok(Some(row)),
        (_, Some(_)) => Err(RequestError::BadRequest(format!(
            "Several have the name {name}. Open the one that you mean from its list, and ask from \
             there."
        ))),
        (_, None) if query.is_of_all() => Ok(None),
        (_, None) => Err(RequestError::NotFound(format!(
            "There is no {} with that name or id, or you may not see it.",
            entity.noun
        ))),
    })
}

/// Looks up what each rule says about the user; without a user, who may do anything.
async fn answer(
    visit: &Visit,
    query: &AccessQuery,
    resource: Resource,
    shown: &mut WhyPage,
) -> Result<(), RequestError> {
    if query.user.is_empty() {
        shown.who = Some(answered(visit, move |site, _| site.who(resource, None, "")).await?);
        return Ok(());
    }
    let user: UserName = query.user.parse().map_err(RequestError::BadRequest)?;
    let action = query.action;
    shown.why = Some(answered(visit, move |site, _| site.why(&user, action, resource)).await?);
    Ok(())
}

/// Looks up on which resources the user has the action.
async fn all(visit: &Visit, query: &AccessQuery, shown: &mut WhyPage) -> Result<(), RequestError> {
    let user: UserName = query.user.parse().map_err(RequestError::BadRequest)?;
    let (action, entity) = (query.action, query.entity);
    shown.what =
        Some(answered(visit, move |site, _| site.what(&user, Some(action), entity, "")).await?);
    Ok(())
}

/// Answers a question of the visitor, after reserving memory for a long reply.
async fn answered<T: Send + 'static>(
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

/// The resource with that id, or else those with that name: at most two, since more than one are
/// too many.
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
