//! The quirks of real sites, and how they change what is sent.

use clap::ValueEnum;
use serde_json::{Map, Value as Json, json};

/// A quirk of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Quirk {
    /// A byte order mark before each reply
    Bom,
    /// Names of fields begin with a capital
    PascalCase,
    /// Names stand for the numbers of enumerations
    EnumNames,
    /// Numbers and truth values are texts
    Texts,
    /// Fields that are not documented
    UnknownFields,
    /// `privileges` is null
    NoPrivileges,
    /// Lists are reversed, and have their last entity twice
    Unordered,
    /// Dates without fraction, with seven digits of it, or with an offset
    Dates,
    /// Passwords of connections are shown in clear
    Passwords,
    /// Passwords of connections are shown masked
    MaskedPasswords,
    /// Replies come in many small pieces
    Pieces,
    /// The connection is closed after each reply
    Closes,
    /// Every other request is answered with 503 first, or 429 with Retry-After
    Busy,
    /// The connection breaks before the first reply to each address
    Drops,
    /// The second list of data connections breaks off in the middle; `site add` reads the first
    BreaksOff,
    /// Replies take a moment
    Slow,
    /// Errors are HTML pages
    HtmlErrors,
    /// Each request is sent to a page to sign in
    Redirects,
    /// Rights are asked for at an address that does not exist
    NoPreviews,
    /// Only TLS 1.2
    Tls12,
}

/// The numbers with names, by field.
const ENUMERATIONS: [(&str, &[&str]); 3] = [
    ("logOn", &["LOG_ON_SERVICE_USER", "LOG_ON_CURRENT_USER"]),
    ("architecture", &["Undefined", "x86", "x64"]),
    ("ruleContext", &["BothQlikSenseAndQMC", "QlikSenseOnly", "QMCOnly"]),
];

impl Quirk {
    /// Changes an entity before it is sent; `number` is its place in the list.
    pub fn change(self, entity: &mut Json, number: usize) {
        match self {
            Self::PascalCase => rename(entity),
            Self::EnumNames => each_field(entity, &mut |name, value| {
                let names = ENUMERATIONS.iter().find(|(field, _)| *field == name);
                let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
                if let (Some((_, names)), Some(number)) = (names, number) {
                    *value = names[number].into();
                }
            }),
            Self::Texts => each_field(entity, &mut |_, value| {
                if value.is_number() || value.is_boolean() {
                    *value = value.to_string().into();
                }
            }),
            Self::UnknownFields => {
                entity["references"] = json!([{"id": "x", "kind": 7}]);
                entity["ofTheFuture"] = json!({"deep": [null, 1.5]});
            }
            Self::NoPrivileges => entity["privileges"] = Json::Null,
            Self::Dates => each_field(entity, &mut |name, value| {
                if name.ends_with("Date") {
                    *value = DATES[number % DATES.len()].into();
                }
            }),
            Self::Passwords => set_password(entity, "canary-of-a-password"),
            Self::MaskedPasswords => set_password(entity, "********"),
            _ => {}
        }
    }
}

const DATES: [&str; 5] = [
    "2026-11-20T08:00:00Z",
    "2026-11-20T08:00:00.123Z",
    "2026-11-20T08:00:00.1234567Z",
    "2026-11-20T10:00:00.123+02:00",
    "1753-01-01T00:00:00.000Z",
];

fn set_password(entity: &mut Json, password: &str) {
    if entity.get("connectionstring").is_some() {
        entity["password"] = password.into();
    }
}

/// Calls `change` with the name and value of each field, however deep.
fn each_field(json: &mut Json, change: &mut impl FnMut(&str, &mut Json)) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|item| each_field(item, change)),
        Json::Object(fields) => {
            for (name, value) in fields {
                change(name, value);
                each_field(value, change);
            }
        }
        _ => {}
    }
}

fn rename(json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(rename),
        Json::Object(fields) => {
            let renamed: Map<String, Json> = std::mem::take(fields)
                .into_iter()
                .map(|(name, mut value)| {
                    rename(&mut value);
                    (name[..1].to_ascii_uppercase() + &name[1..], value)
                })
                .collect();
            *fields = renamed;
        }
        _ => {}
    }
}
