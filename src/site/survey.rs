//! A survey of a site: its entities, and the rights that the user of the commands lacks there.

use super::client::Client;
use super::error::SiteError;
use crate::model::{
    CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, Entity, SYSTEM_RULE, TAG, USER, field_of, text_of,
};
use serde_json::{Value as Json, json};

/// The entities of a site, as far as the user sees them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The version of QRS.
    pub version: String,
    /// Data connections, including those of the site itself.
    pub data_connections: u64,
    /// Of these, the connections of the site itself, such as those of its log folders.
    pub own_connections: u64,
    /// Whether the site sends passwords of connections to those who may read them.
    pub shows_passwords: bool,
    /// Tags.
    pub tags: u64,
    /// Custom property definitions.
    pub custom_properties: u64,
    /// Rules.
    pub rules: u64,
    /// Of these, the custom rules.
    pub custom_rules: u64,
    /// Users.
    pub users: u64,
    /// Rights that the user lacks there.
    pub lacking: Vec<Lacking>,
}

/// Something that the user may not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lacking {
    /// Create entities of a type.
    Create(&'static Entity),
    /// Change some of the entities.
    Update {
        /// Their type.
        entity: &'static Entity,
        /// How many they may not change.
        refused: u64,
        /// How many they see.
        of: u64,
    },
}

/// Entities of one type, counted.
struct Counted {
    entity: &'static Entity,
    all: u64,
    refused: u64,
    own: u64,
    with_password: u64,
}

impl Counted {
    const fn new(entity: &'static Entity) -> Self {
        Self { entity, all: 0, refused: 0, own: 0, with_password: 0 }
    }

    fn add(&mut self, json: &Json) {
        self.all += 1;
        let is_own = self.entity.is_own(json);
        self.own += u64::from(is_own);
        self.with_password += u64::from(!text_of(json, "password").is_empty());
        let privileges = field_of(json, "privileges").and_then(Json::as_array);
        // Without privileges, the site does not say.
        let refused = privileges.is_some_and(|privileges| {
            let is_update =
                |name: &Json| name.as_str().is_some_and(|name| name.eq_ignore_ascii_case("update"));
            !privileges.iter().any(is_update)
        });
        self.refused += u64::from(refused && !is_own);
    }
}

impl Survey {
    /// Asks the site. The list of its data connections is read once, and not kept.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn take(client: &Client) -> Result<Self, SiteError> {
        let about = client.get("about", &[])?;
        let version = text_of(&about, "buildVersion").to_owned();
        if version.is_empty() {
            return Err(SiteError::Reply(
                "the reply to /qrs/about names no version; check that the url leads to QRS"
                    .to_owned(),
            ));
        }
        let connections = counted(client, &DATA_CONNECTION)?;
        let definitions = counted(client, &CUSTOM_PROPERTY_DEFINITION)?;
        let rules = counted(client, &SYSTEM_RULE)?;
        let mut survey = Self {
            version,
            data_connections: connections.all,
            own_connections: connections.own,
            shows_passwords: connections.with_password > 0,
            tags: client.count(&TAG)?,
            custom_properties: definitions.all,
            rules: client.count(&SYSTEM_RULE)?,
            custom_rules: rules.all,
            users: client.count(&USER)?,
            lacking: Vec::new(),
        };
        let updates = [
            (&DATA_CONNECTION, connections),
            (&CUSTOM_PROPERTY_DEFINITION, definitions),
            (&SYSTEM_RULE, rules),
        ];
        for (entity, Counted { all: of, refused, .. }) in updates {
            survey.lacking.extend((refused > 0).then_some(Lacking::Update { entity, refused, of }));
        }
        for (entity, body) in samples() {
            let path = format!("{}/previewcreateprivilege", entity.path);
            if client.ask(&path, &body)? == Some(json!(false)) {
                survey.lacking.push(Lacking::Create(entity));
            }
        }
        Ok(survey)
    }
}

/// Counts the entities of a type; of rules, only those that the site does not have for itself.
fn counted(client: &Client, entity: &'static Entity) -> Result<Counted, SiteError> {
    let mut counted = Counted::new(entity);
    let filter = entity.staging.and_then(|staging| staging.filter);
    let query: Vec<_> = filter
        .map(|filter| ("filter", filter))
        .into_iter()
        .chain([("privileges", "true")])
        .collect();
    client.list(&format!("{}/full", entity.path), &query, |json| {
        counted.add(&json);
        Ok::<_, SiteError>(())
    })?;
    Ok(counted)
}

/// Entities as a promotion creates them. They are only asked about.
fn samples() -> [(&'static Entity, Json); 4] {
    let name = "Patchbay asks";
    let connection = json!({"name": name, "connectionstring": "x", "type": "folder"});
    let definition = json!({
        "name": "PatchbayAsks", "valueType": "Text", "objectTypes": ["DataConnection"]
    });
    let rule = json!({
        "name": name, "type": "Custom", "category": "Security", "actions": 2,
        "rule": "user.name = \"nobody\"", "resourceFilter": "DataConnection_*", "ruleContext": 0
    });
    [
        (&DATA_CONNECTION, connection),
        (&TAG, json!({ "name": name })),
        (&CUSTOM_PROPERTY_DEFINITION, definition),
        (&SYSTEM_RULE, rule),
    ]
}
