//! `/about/api/…`: the API described as QRS does, generated from the registry. Qlik-Cli for
//! PowerShell requests enums and relations before it shows its first reply (QRS reference, 2.5).

use crate::error::RequestError;
use crate::http::extract::call::Call;
use crate::model::{Default, Entity, Kind, Presence, Property, REGISTRY, Timestamp, did_you_mean};
use actix_web::HttpResponse;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// `GET /about/api/description`: the operations, each as its padded method and its path.
pub async fn description(call: Call) -> Result<HttpResponse, RequestError> {
    let method = call.query.get("method")?.unwrap_or_default().to_owned();
    let is_json =
        call.query.get("format")?.is_some_and(|format| format.eq_ignore_ascii_case("json"));
    let operations = call.state.operations.iter();
    let matching =
        operations.filter(|(own, _)| method.is_empty() || own.eq_ignore_ascii_case(&method));
    let line = |(method, path): &(&str, String)| {
        if is_json {
            json!({ "method": method, "path": path }).to_string()
        } else {
            format!("{method:<8}{path}")
        }
    };
    Ok(HttpResponse::Ok().json(matching.map(line).collect::<Vec<_>>()))
}

/// `GET /about/api/enums`: the enumerations, with the names of their numbers and the properties
/// that have them.
pub async fn enums(_: Call) -> HttpResponse {
    HttpResponse::Ok().json(enumerations())
}

fn enumerations() -> Map<String, Json> {
    let mut enums = Map::new();
    for (entity, property) in properties() {
        if let Kind::Enumeration(choices) = property.kind {
            let values: Vec<String> = choices
                .iter()
                .map(|choice| format!("{}: {}", choice.number, choice.names.first().unwrap_or(&"")))
                .collect();
            let usage = format!("{}.{}", entity.resource_type, property.name);
            enums.insert(usage.replace('.', ""), json!({ "values": values, "usages": [usage] }));
        }
    }
    enums
}

/// `GET /about/api/relations`: the properties that refer to other types.
pub async fn relations(_: Call) -> HttpResponse {
    let relation = |(entity, property): (&Entity, &Property)| match property.kind {
        Kind::Reference(target) | Kind::Links(target) | Kind::Elements(target) => {
            Some(format!("{}.{} > {}", entity.resource_type, property.name, target.resource_type))
        }
        _ => None,
    };
    HttpResponse::Ok().json(properties().filter_map(relation).collect::<Vec<_>>())
}

/// `GET /about/api/default/{type}`: an entity with default values.
pub async fn default(call: Call) -> Result<HttpResponse, RequestError> {
    let name = call.http.match_info().query("type");
    let entity =
        REGISTRY.iter().copied().find(|entity| entity.path.eq_ignore_ascii_case(name)).ok_or_else(
            || {
                let hint = did_you_mean(name, REGISTRY.iter().map(|entity| entity.path));
                RequestError::NotFound(format!("there is no type '{name}'; {hint}"))
            },
        )?;
    Ok(HttpResponse::Ok().json(blank(entity)))
}

/// Properties that are set on creation have the default values of .NET.
fn blank(entity: &'static Entity) -> Json {
    let mut json = Map::new();
    for property in entity.full() {
        json.insert(property.name.to_owned(), blank_value(property));
    }
    json.insert("schemaPath".to_owned(), entity.resource_type.into());
    Json::Object(json)
}

fn blank_value(property: &'static Property) -> Json {
    let default = match property.presence {
        Presence::Required => None,
        Presence::Optional(default) | Presence::ServerSet(default) => Some(default),
    };
    match (property.kind, default) {
        (Kind::Id, _) | (Kind::Text { .. }, Some(Default::OwnId)) => Uuid::nil().to_string().into(),
        // Year 1753, the first that SQL Server can store.
        (Kind::Date, _) => Timestamp::from_millis(-6_847_804_800_000).to_string().into(),
        (Kind::Text { .. }, Some(Default::Text(text))) => text.into(),
        (Kind::Text { .. } | Kind::Secret { .. }, _) => "".into(),
        (Kind::Boolean, Some(Default::Number(number))) => (number != 0).into(),
        (Kind::Integer { .. } | Kind::Enumeration(_), Some(Default::Number(number))) => {
            number.into()
        }
        (Kind::Integer { .. } | Kind::Enumeration(_), _) => 0.into(),
        (Kind::Boolean, _) => false.into(),
        (Kind::Reference(_), _) => Json::Null,
        (Kind::Strings { .. } | Kind::Links(_) | Kind::Elements(_), _) => Json::Array(Vec::new()),
    }
}

/// All properties of all types, and of their elements.
fn properties() -> impl Iterator<Item = (&'static Entity, &'static Property)> {
    let of = |entity: &'static Entity| entity.full().map(move |property| (entity, property));
    let mut elements: Vec<&'static Entity> = Vec::new();
    for property in REGISTRY.iter().copied().flat_map(Entity::full) {
        if let Kind::Elements(element) = property.kind
            && !elements.contains(&element)
        {
            elements.push(element);
        }
    }
    REGISTRY.iter().copied().chain(elements).flat_map(of)
}
