//! Audits of rules: `/systemrule/explain…`, which are additions to QRS, and
//! `/systemrule/security/…`, which QRS has, too. The answers come from the room `access_report`.

use crate::access_report::{AccessibleObjects, AuditRequest, Draft, MatrixRequest, Resource, Site};
use crate::auth::security_header::SecurityHeader;
use crate::error::RequestError;
use crate::http::extract::call::EntityCall;
use crate::model::{Action, SYSTEM_RULE};
use crate::service::access_questions;
use crate::service::access_questions::answer;
use crate::service::caller::Caller;
use crate::store::{Form, SelectQuery, UserName};
use crate::{access_report, policy};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Payload;

/// `GET /systemrule/explain`: whether a user may take an action on a resource, with the verdict of
/// each rule.
pub async fn why(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let user = user(&call)?;
    let action = access_report::action(required(&call, "action", "read")?)?;
    let resource = resource(&call)?;
    let situation = situation_of(&call)?;
    let answer = ask(&call, situation, move |site, _| site.why(&user, action, resource)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// `GET /systemrule/explain/users`: the users who may take an action, or any action, on a resource.
pub async fn who(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let (resource, action, filter) = (resource(&call)?, action(&call)?, filter(&call)?);
    let situation = situation_of(&call)?;
    let answer = ask(&call, situation, move |site, _| site.who(resource, action, &filter)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// `GET /systemrule/explain/resources`: the resources on which a user may take an action, or any
/// action.
pub async fn what(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let (user, action, filter) = (user(&call)?, action(&call)?, filter(&call)?);
    let entity = access_report::entity(required(&call, "type", "DataConnection")?)?;
    let situation = situation_of(&call)?;
    let answer =
        ask(&call, situation, move |site, _| site.what(&user, action, entity, &filter)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

/// `POST /systemrule/explain/changes`: the rights that users would gain and lose under changed
/// rules.
pub async fn changes(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let draft = call.body(payload, |json| Ok(Draft::read(json)?)).await?;
    let answer = ask(&call, None, move |site, caller| {
        site.changes(&draft, &caller.guard(&SYSTEM_RULE, Action::Create))
    })
    .await?;
    Ok(HttpResponse::Created().json(answer))
}

/// `POST /systemrule/security/audit`: the rules that apply to users and resources.
pub async fn audit(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let request: AuditRequest = call.body(payload, |json| Ok(access_report::read(json)?)).await?;
    let situation = situation(request.environment_attributes.as_deref())?;
    let answer = ask(&call, situation, move |site, _| site.audit(&request)).await?;
    Ok(HttpResponse::Created().json(answer))
}

/// `POST /systemrule/security/audit/matrix`: the actions that users may take on resources.
pub async fn matrix(call: EntityCall, payload: Payload) -> Result<HttpResponse, RequestError> {
    let request: MatrixRequest = call.body(payload, |json| Ok(access_report::read(json)?)).await?;
    let situation = situation(request.environment_attributes.as_deref())?;
    let answer = ask(&call, situation, move |site, caller| {
        site.matrix(&request, |entity| caller.grants(entity).guards.to_guards())
    });
    Ok(HttpResponse::Created().json(answer.await?))
}

/// `POST /systemrule/security/audit/accessibleobjects`: the resources on which a user may take an
/// action, in the condensed form. The reply is streamed like a list, so it needs no limit of its
/// own.
pub async fn accessible_objects(
    call: EntityCall,
    payload: Payload,
) -> Result<HttpResponse, RequestError> {
    let request = call.body(payload, |json| Ok(AccessibleObjects::read(json)?)).await?;
    let situation = situation(request.environment_attributes.as_deref())?;
    let privileges = call.query.privileges()?;
    let limits = call.state.backend.limits.filter;
    let mut response = call
        .stream(move |snapshot, caller, sink| {
            let selection = SelectQuery {
                entity: request.entity,
                form: Form::Condensed,
                condition: answer(snapshot, caller, situation.as_ref(), limits, |site, _| {
                    site.accessible(&request)
                })?,
                orders: Vec::new(),
                page: None,
                privileges: caller.privilege_columns(request.entity, privileges),
            };
            Ok(snapshot.list(&selection, &mut |part| sink.part(part))?)
        })
        .await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// `GET /systemrule/security/referenceduserroles`: all roles.
pub async fn roles(call: EntityCall) -> Result<HttpResponse, RequestError> {
    Ok(HttpResponse::Ok().json(ask(&call, None, |site, _| site.roles()).await?))
}

/// `GET /systemrule/security/parsetree`: the condition in the parameter `rule` as a tree.
pub async fn parse_tree(call: EntityCall) -> Result<HttpResponse, RequestError> {
    let rule = required(&call, "rule", "user.roles = \"RootAdmin\"")?;
    let tree = policy::parse_tree(rule).map_err(|problem| problem.of_field("rule"))?;
    Ok(HttpResponse::Ok().json(tree))
}

/// Answers a question about the site from one snapshot, after reserving memory for a long reply.
async fn ask<T: Send + 'static>(
    call: &EntityCall,
    situation: Option<SecurityHeader>,
    question: impl FnOnce(&Site<'_>, &Caller) -> Result<T, access_report::Error> + Send + 'static,
) -> Result<T, RequestError> {
    call.reserve_long_reply().await?;
    access_questions::ask(&call.user, situation, question).await
}

/// Parses the context and the attributes of the audited users, written as in `X-Qlik-Security`.
fn situation(attributes: Option<&str>) -> Result<Option<SecurityHeader>, RequestError> {
    let attributes = attributes.filter(|attributes| !attributes.trim().is_empty());
    let wrong = |message| RequestError::BadRequest(format!("environmentAttributes {message}"));
    attributes.map(|attributes| SecurityHeader::parse(attributes).map_err(wrong)).transpose()
}

fn situation_of(call: &EntityCall) -> Result<Option<SecurityHeader>, RequestError> {
    situation(call.query.get("environmentattributes")?)
}

fn required<'c>(call: &'c EntityCall, name: &str, example: &str) -> Result<&'c str, RequestError> {
    let value = call.query.get(name)?.filter(|value| !value.is_empty());
    value.ok_or_else(|| {
        RequestError::BadRequest(format!(
            "the query parameter {name} is missing; for example, {name}={example}"
        ))
    })
}

fn user(call: &EntityCall) -> Result<UserName, RequestError> {
    let text = required(call, "user", "LAB\\anna")?;
    text.parse().map_err(RequestError::BadRequest)
}

fn resource(call: &EntityCall) -> Result<Resource, RequestError> {
    Ok(required(call, "resource", "DataConnection_<id>")?.parse()?)
}

fn action(call: &EntityCall) -> Result<Option<Action>, RequestError> {
    let name = call.query.get("action")?.filter(|name| !name.is_empty());
    Ok(name.map(access_report::action).transpose()?)
}

fn filter(call: &EntityCall) -> Result<String, RequestError> {
    Ok(call.query.get("filter")?.unwrap_or_default().to_owned())
}
