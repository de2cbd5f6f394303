//! The version of an entity from which a form was made. The form carries its values, so that a save
//! can find out who changed what since then.

use super::filled_in::overlaid;
use crate::crypto::digest;
use crate::http::extract::body::Form;
use crate::model::{Entity, Kind, MODIFIED_DATE, Property};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json};

/// The fields with the version and with its values.
const VERSION: &str = "version";
const BASE: &str = "base";

/// Most bytes of the values. With longer ones, some forms would no longer fit into a request.
const LONGEST: usize = 192 * 1024;

/// The properties of a referenced entity that a form shows or sends.
const PARTS_OF_REFERENCES: [&str; 4] = ["id", "name", "userDirectory", "userId"];

/// A version of an entity, as far as a form can change it.
#[derive(Clone)]
pub struct Origin {
    /// Its modified date.
    pub version: String,
    /// Its values by property. A secret is replaced by a digest, which changes with the secret and
    /// does not reveal it. `None` if the form does not carry the values, because they are too long
    /// or an older server made the page.
    pub values: Option<Json>,
}

impl Origin {
    /// The stored version. `sealed` has its sealed secrets.
    pub fn of(
        entity: &'static Entity,
        entry: &Json,
        sealed: &[(&'static Property, String)],
    ) -> Self {
        let open = entity.full().filter(|property| property.is_changeable());
        let values = open
            .map(|property| (property.name.to_owned(), own_value(property, &entry[property.name])));
        // Each sealing of a secret gives another sealed text, even for the same secret.
        let mark = |(property, sealed): &(&Property, String)| {
            let id = entry["id"].as_str().unwrap_or_default();
            (
                property.name.to_owned(),
                digest(format!("{id} {} {sealed}", property.name).as_bytes()).into(),
            )
        };
        let values: Map<String, Json> = values.chain(sealed.iter().map(mark)).collect();
        let version = entry[MODIFIED_DATE.name].as_str().unwrap_or_default().to_owned();
        Self { version, values: Some(Json::Object(values)) }
    }

    /// Reads the version from a form. A forged one does no harm: a save is checked against the
    /// stored version, and can contain only what the visitor may write anyway.
    pub fn read(form: &Form) -> Self {
        let values =
            URL_SAFE_NO_PAD.decode(form.text(BASE)).ok().filter(|json| json.len() <= LONGEST);
        let values =
            values.and_then(|json| serde_json::from_slice(&json).ok()).filter(Json::is_object);
        Self { version: form.text(VERSION).to_owned(), values }
    }

    /// The values, encoded for the field of the form; empty if they are too long.
    pub fn text(&self) -> String {
        let json = self.values.as_ref().map(Json::to_string).filter(|json| json.len() <= LONGEST);
        json.map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
    }

    /// The values, or those of `entry` if this version has none.
    pub fn values_or<'j>(&'j self, entry: &'j Json) -> &'j Json {
        self.values.as_ref().unwrap_or(entry)
    }

    /// The entity as it was in this version; unknown values are those of `entry`.
    pub fn shown(&self, entity: &'static Entity, entry: &Json) -> Json {
        let Some(values) = &self.values else { return entry.clone() };
        let mut values = values.clone();
        for secret in entity.secrets() {
            values.as_object_mut().and_then(|values| values.remove(secret.name));
        }
        overlaid(entry, &values)
    }
}

/// A value without the properties that the server sets.
fn own_value(property: &Property, value: &Json) -> Json {
    match (property.kind, value) {
        (Kind::Elements(element), Json::Array(items)) => {
            items.iter().map(|item| own_values(element, item)).collect()
        }
        (Kind::Links(_), Json::Array(items)) => items.iter().map(parts).collect(),
        (Kind::Reference(_), value) => parts(value),
        _ => value.clone(),
    }
}

fn own_values(element: &'static Entity, item: &Json) -> Json {
    let own = element.properties.iter().filter(|property| property.is_changeable());
    Json::Object(
        own.map(|property| (property.name.to_owned(), own_value(property, &item[property.name])))
            .collect(),
    )
}

/// The properties of a referenced entity that a form needs.
fn parts(value: &Json) -> Json {
    let part = |name: &str| Some((name.to_owned(), value.get(name)?.clone()));
    Json::Object(PARTS_OF_REFERENCES.into_iter().filter_map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, USER};
    use serde_json::json;

    fn form(fields: &[(&str, &str)]) -> Form {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_form_carries_the_values_of_its_version_back() {
        let entry = json!({
            "id": "1", "modifiedDate": "2026-01-01T00:00:00.000Z", "name": "é\u{202e}\"'<",
            "createdDate": "x", "privileges": ["read"],
            "owner": {
                "id": "2", "userDirectory": "LAB", "userId": "u", "name": "n", "privileges": null
            },
            "tags": [{"id": "3", "name": "t", "privileges": null}],
            "customProperties": [
                {
                    "id": "4", "createdDate": "x", "value": "v",
                    "definition": {"id": "5", "name": "d", "valueType": "Text"}
                }
            ],
        });
        let password = DATA_CONNECTION.secrets().next().unwrap();
        let origin = Origin::of(&DATA_CONNECTION, &entry, &[(password, "sealed".to_owned())]);
        let again = Origin::read(&form(&[("version", &origin.version), ("base", &origin.text())]));
        assert_eq!((&again.version, &again.values), (&origin.version, &origin.values));
        let values = again.values.unwrap();
        assert_eq!(
            values["owner"],
            json!({"id": "2", "userDirectory": "LAB", "userId": "u", "name": "n"})
        );
        assert_eq!(values["tags"], json!([{"id": "3", "name": "t"}]));
        assert_eq!(
            values["customProperties"],
            json!([{"value": "v", "definition": {"id": "5", "name": "d"}}])
        );
        assert!(values.get("createdDate").is_none() && values.get("privileges").is_none());
        assert_ne!(values["password"], "sealed");
        assert!(origin.shown(&DATA_CONNECTION, &entry).get("password").is_none());
    }

    #[test]
    fn values_that_are_too_long_or_invalid_are_left_out() {
        let entry = json!({"name": "x".repeat(LONGEST)});
        assert_eq!(Origin::of(&USER, &entry, &[]).text(), "");
        let long = URL_SAFE_NO_PAD.encode(entry.to_string());
        let list = URL_SAFE_NO_PAD.encode("[]");
        for text in ["", "%", "e30=", &long, &list] {
            assert!(Origin::read(&form(&[("base", text)])).values.is_none(), "{text}");
        }
    }
}
