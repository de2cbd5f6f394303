//! `GET /systemrule/explain`: may this user do this to that resource, and what does each rule say to it? An addition to QRS.

use super::call::EntityCall;
use super::caller::Caller;
use super::failure::Failure;
use crate::model::{Entity, REGISTRY, RuleSource, SYSTEM_RULE, USER, did_you_mean};
use crate::policy::{Action, Finding};
use crate::query::Predicate;
use crate::store::{Snapshot, UserName};
use actix_web::HttpResponse;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// What is asked.
struct Question {
    user: UserName,
    action: Action,
    entity: &'static Entity,
    id: Uuid,
}

/// Answers for who may read the user, the resource and the rules; what he may not read is not there for him.
pub async fn explain(call: EntityCall) -> Result<HttpResponse, Failure> {
    let question = Question::read(&call)?;
    let answer = call.scan(move |snapshot, caller| question.answer(snapshot, caller)).await?;
    Ok(HttpResponse::Ok().json(answer))
}

impl Question {
    fn read(call: &EntityCall) -> Result<Self, Failure> {
        let parameter = |name: &str, example: &str| {
            let value = call.call.query.get(name)?.filter(|value| !value.is_empty());
            value.ok_or_else(|| {
                Failure::BadRequest(format!("the query parameter {name} is missing, as in {name}={example}"))
            })
        };
        let user = parameter("user", "LAB\\anna")?;
        let (user_directory, user_id) = user
            .split_once('\\')
            .ok_or_else(|| Failure::BadRequest(format!("user must be DIRECTORY\\userid, not '{user}'")))?;
        let action = parameter("action", "read")?;
        let resource = parameter("resource", "DataConnection_<id>")?;
        let (entity, id) = parse_resource(resource)?;
        Ok(Self {
            user: UserName { user_directory: user_directory.to_owned(), user_id: user_id.to_owned() },
            action: Action::named(action).ok_or_else(|| {
                let hint = did_you_mean(action, Action::ALL.map(Action::name));
                Failure::BadRequest(format!("there is no action '{action}'; {hint}"))
            })?,
            entity,
            id,
        })
    }

    fn answer(&self, snapshot: &Snapshot<'_>, caller: &Caller) -> Result<Json, Failure> {
        let no_user = || Failure::NotFound("there is no such user, or none that you may see".to_owned());
        let mut actor = snapshot.find_actor(&self.user)?.ok_or_else(no_user)?;
        if !snapshot.holds(&USER, actor.id, &caller.guard(&USER, Action::Read))? {
            return Err(no_user());
        }
        actor.context = caller.actor.context;
        let visible = caller.guard(self.entity, Action::Read);
        let allowed = caller.rules().guard(&actor, self.entity, self.action);
        let Some([true, allowed]) = snapshot.test(self.entity, self.id, &[visible, allowed])?.as_deref().and_then(pair)
        else {
            let message = format!("there is no {} with the id {}, or none that you may see", self.entity.noun, self.id);
            return Err(Failure::NotFound(message));
        };
        let readable = caller.guard(&SYSTEM_RULE, Action::Read);
        let mut rules = Vec::new();
        for source in snapshot.rules()? {
            if snapshot.holds(&SYSTEM_RULE, source.id, &readable)? {
                let finding = crate::policy::explain(caller.rules(), &source, &actor, self.entity, self.action);
                rules.push(self.tell(snapshot, &source, finding)?);
            }
        }
        Ok(json!({
            "user": actor.name(), "action": self.action.name(), "allowed": allowed, "rules": rules,
            "resource": format!("{}_{}", self.entity.resource_type, self.id),
        }))
    }

    /// One rule's part of the answer.
    fn tell(&self, snapshot: &Snapshot<'_>, source: &RuleSource, finding: Finding) -> Result<Json, Failure> {
        let (grants, why, terms) = match finding {
            Finding::Disabled => (false, "the rule is disabled".to_owned(), Vec::new()),
            Finding::OtherCategory => (false, "only Security rules grant anything".to_owned(), Vec::new()),
            Finding::OtherAction => (false, "the rule does not grant this action".to_owned(), Vec::new()),
            Finding::OtherContext => (false, "the rule does not hold in this context".to_owned(), Vec::new()),
            Finding::Faulty(fault) => (false, format!("the rule can't be evaluated: {fault}"), Vec::new()),
            Finding::Asked { reach, condition, terms } => self.tell_terms(snapshot, reach, condition, terms)?,
        };
        Ok(json!({ "id": source.id.to_string(), "name": source.name, "grants": grants, "why": why, "terms": terms }))
    }

    fn tell_terms(
        &self,
        snapshot: &Snapshot<'_>,
        reach: Predicate,
        condition: Predicate,
        terms: Vec<(String, Predicate)>,
    ) -> Result<(bool, String, Vec<Json>), Failure> {
        let (texts, predicates): (Vec<String>, Vec<Predicate>) = terms.into_iter().unzip();
        let asked: Vec<Predicate> = [reach, condition].into_iter().chain(predicates).collect();
        let held = snapshot.test(self.entity, self.id, &asked)?.unwrap_or_default();
        let [reaches, holds] = pair(&held).unwrap_or_default();
        let why = match (reaches, holds) {
            (false, _) => "the resource filter does not cover the resource",
            (true, false) => "the condition is false",
            (true, true) => "the condition is true",
        };
        let terms = texts.iter().zip(held.iter().skip(2)).map(|(text, holds)| json!({ "term": text, "holds": holds }));
        Ok((reaches && holds, why.to_owned(), terms.collect()))
    }
}

fn pair(held: &[bool]) -> Option<[bool; 2]> {
    held.first_chunk().copied()
}

/// `DataConnection_<id>`, as in resource filters.
fn parse_resource(text: &str) -> Result<(&'static Entity, Uuid), Failure> {
    let wrong =
        || Failure::BadRequest(format!("resource must be a type and an id, such as DataConnection_<id>, not '{text}'"));
    let (kind, id) = text.split_once('_').ok_or_else(wrong)?;
    let entity =
        REGISTRY.into_iter().find(|entity| entity.resource_type.eq_ignore_ascii_case(kind)).ok_or_else(|| {
            let hint = did_you_mean(kind, REGISTRY.map(|entity| entity.resource_type));
            Failure::BadRequest(format!("there is no resource type '{kind}'; {hint}"))
        })?;
    Ok((entity, Uuid::parse_str(id).map_err(|_| wrong())?))
}
