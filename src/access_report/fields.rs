//! Reads the requests of access reports from JSON.

use super::Error;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

/// The field names of all requests.
const NAMES: [&str; 20] = [
    "action",
    "actions",
    "auditLimit",
    "environmentAttributes",
    "includeNonGrantingRules",
    "outputObjectsPrivileges",
    "removed",
    "resourceFilter",
    "resourceProperties",
    "resourceRef",
    "resourceSkip",
    "resourceTake",
    "resourceType",
    "rules",
    "subjectProperties",
    "subjectRef",
    "userFilter",
    "userID",
    "userSkip",
    "userTake",
];

/// Reads a request. The case of field names is ignored, as in the bodies of entities.
///
/// # Errors
/// [`Error::Nonsense`] if the body is not an object, or if a field is unknown or of the wrong type;
/// the message names the field.
pub fn read<T: DeserializeOwned>(json: Json) -> Result<T, Error> {
    let Json::Object(fields) = json else {
        return Err(Error::Nonsense("the body must be a JSON object".to_owned()));
    };
    serde_path_to_error::deserialize(respelled(fields)).map_err(|error| {
        let (path, reason) = (error.path().to_string(), error.inner().to_string());
        let missing =
            reason.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        let reason = missing.map_or_else(|| reason.clone(), |name| format!("{name}: is required"));
        Error::Nonsense(if path == "." { reason } else { format!("{path}: {reason}") })
    })
}

/// The same object, with known names spelled as requests declare them. Items of lists are
/// unchanged: those of `rules` are entities.
fn respelled(fields: Map<String, Json>) -> Json {
    let spell = |name: String| match NAMES.iter().find(|known| known.eq_ignore_ascii_case(&name)) {
        Some(known) => (*known).to_owned(),
        None => name,
    };
    let respell = |(name, value)| match value {
        Json::Object(inner) => (spell(name), respelled(inner)),
        other => (spell(name), other),
    };
    Json::Object(fields.into_iter().map(respell).collect())
}
