//! The sample: a company with five departments, whose connections are shared by rules.

use crate::model::{
    CUSTOM_PROPERTY_DEFINITION, DATA_CONNECTION, Entity, SYSTEM_RULE, TAG, USER, capitalised,
};
use serde_json::{Value as Json, json};

/// Entities of one type, as bodies of requests that would make them.
pub struct Kind {
    pub entity: &'static Entity,
    pub bodies: Vec<Json>,
}

const DIRECTORY: &str = "DEMO";

const DEPARTMENTS: [&str; 5] = ["sales", "finance", "operations", "people", "engineering"];

/// The job of a user in the department; it is in the user id, and in the attribute `group` beside
/// the department.
const JOBS: [&str; 4] = ["lead", "analyst", "developer", "trainee"];

const STAGES: [&str; 3] = ["dev", "test", "prod"];

/// The sources of data: name, department that owns it, connection and tags.
const SYSTEMS: [(&str, &str, Source, &[&str]); 20] = [
    ("Customer relations", "sales", Source::Odbc("mssql"), &["customer data", "nightly"]),
    ("Web shop", "sales", Source::Odbc("postgres"), &["customer data", "hourly"]),
    ("Quotes", "sales", Source::Rest("quotes"), &["hourly"]),
    ("Price lists", "sales", Source::Folder, &["files"]),
    ("General ledger", "finance", Source::Odbc("oracle"), &["audited", "nightly"]),
    ("Invoices", "finance", Source::Odbc("mssql"), &["audited", "customer data"]),
    ("Budget", "finance", Source::Folder, &["files"]),
    ("Exchange rates", "finance", Source::Internet, &["public"]),
    ("Warehouse", "operations", Source::Odbc("postgres"), &["hourly"]),
    ("Deliveries", "operations", Source::Odbc("mysql"), &["hourly", "customer data"]),
    ("Sensors", "operations", Source::Storage("s3"), &["files"]),
    ("Shop floor", "operations", Source::SystemOdbc, &["legacy"]),
    ("Staff", "people", Source::Odbc("oracle"), &["personal data", "audited"]),
    ("Applications", "people", Source::Rest("applications"), &["personal data"]),
    ("Time sheets", "people", Source::OleDb, &["personal data", "legacy"]),
    ("Builds", "engineering", Source::Rest("builds"), &["hourly"]),
    ("Telemetry", "engineering", Source::Odbc("bigquery"), &["nightly"]),
    ("Data lake", "engineering", Source::Storage("azure"), &["files"]),
    ("Feature usage", "engineering", Source::Odbc("snowflake"), &["nightly"]),
    ("Incidents", "engineering", Source::Odbc("redshift"), &["audited"]),
];

/// How a system is reached.
#[derive(Clone, Copy)]
enum Source {
    /// Qlik's own ODBC connectors, by their driver.
    Odbc(&'static str),
    /// A data source of the operating system.
    SystemOdbc,
    OleDb,
    Rest(&'static str),
    /// A web storage, by its provider.
    Storage(&'static str),
    Folder,
    Internet,
}

/// All of it, in the order in which it can be made.
pub fn sample() -> [Kind; 5] {
    [
        Kind { entity: &TAG, bodies: tags() },
        Kind { entity: &CUSTOM_PROPERTY_DEFINITION, bodies: definitions() },
        Kind { entity: &USER, bodies: users() },
        Kind { entity: &DATA_CONNECTION, bodies: connections() },
        Kind { entity: &SYSTEM_RULE, bodies: rules() },
    ]
}

/// Tags need not be unique, so connections name them by ids that are made of their places.
fn tag_id(name: &str) -> String {
    let place = tag_names().iter().position(|own| *own == name).unwrap_or_default();
    format!("7a900000-0000-4000-8000-{:012}", place + 1)
}

fn tag_names() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        SYSTEMS.iter().flat_map(|(_, _, _, tags)| tags.iter().copied()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn tags() -> Vec<Json> {
    tag_names().into_iter().map(|name| json!({ "id": tag_id(name), "name": name })).collect()
}

fn definitions() -> Vec<Json> {
    vec![
        json!({
            "name": "Department", "choiceValues": DEPARTMENTS, "objectTypes": [
                "DataConnection",
                "User"
            ],
            "description":
                "The department that something belongs to; rules share connections by it.",
        }),
        json!({
            "name": "Stage", "choiceValues": STAGES, "objectTypes": ["DataConnection"],
            "description": "How far a connection is on its way into production.",
        }),
        json!({
            "name": "Contact", "choiceValues": [], "objectTypes": ["DataConnection"],
            "description": "Whom to ask, in any words.",
        }),
    ]
}

fn property(name: &str, value: &str) -> Json {
    json!({ "value": value, "definition": { "name": name } })
}

fn users() -> Vec<Json> {
    let everyone =
        DEPARTMENTS.iter().flat_map(|department| JOBS.iter().map(move |job| (*department, *job)));
    let mut users: Vec<Json> = everyone
        .map(|(department, job)| {
            json!({
                "userDirectory": DIRECTORY, "userId": format!("{department}-{job}"),
                "name": format!(
                    "{} {job}",
                    capitalised(department)
                ),
                "attributes": [
                    { "attributeType": "group", "attributeValue": department },
                    { "attributeType": "group", "attributeValue": job },
                ],
                "customProperties": [property("Department", department)],
            })
        })
        .collect();
    users.push(json!({
        "userDirectory": DIRECTORY, "userId": "auditor", "name": "Auditor",
        "roles": ["AuditAdmin"]
    }));
    users.push(json!({
        "userDirectory": DIRECTORY, "userId": "former-trainee", "name": "Former trainee",
        "inactive": true
    }));
    users
}

fn connections() -> Vec<Json> {
    SYSTEMS.iter().flat_map(|system| STAGES.map(|stage| connection(*system, stage))).collect()
}

fn connection(
    (name, department, source, tags): (&str, &str, Source, &[&str]),
    stage: &str,
) -> Json {
    let slug = name.to_lowercase().replace(' ', "-");
    let owner = if stage == "prod" { "lead" } else { "developer" };
    let mut body = json!({
        "name": format!("{name} ({stage})"),
        "type": source.kind(),
        "connectionstring": source.connection_string(&slug, stage),
        "owner": { "userDirectory": DIRECTORY, "userId": format!("{department}-{owner}") },
        "tags": tags.iter().map(|tag| json!({ "id": tag_id(tag) })).collect::<Vec<_>>(),
        "customProperties": [
            property("Department", department), property("Stage", stage), property(
                "Contact",
                &format!("the {department} desk")
            ),
        ],
    });
    if matches!(source, Source::Odbc(_) | Source::Rest(_) | Source::Storage(_)) {
        body["username"] = format!("{slug}-{stage}").into();
        body["password"] = format!("sample password of {slug} {stage}").into();
    }
    body
}

impl Source {
    fn kind(self) -> &'static str {
        match self {
            Self::Odbc(_) => "QvOdbcConnectorPackage.exe",
            Self::SystemOdbc => "ODBC",
            Self::OleDb => "OLEDB",
            Self::Rest(_) => "QvRestConnector.exe",
            Self::Storage(_) => "QvWebStorageProviderConnectorPackage.exe",
            Self::Folder => "folder",
            Self::Internet => "internet",
        }
    }

    fn connection_string(self, slug: &str, stage: &str) -> String {
        let host = format!("{slug}.{stage}.example.com");
        match self {
            Self::Odbc(driver) => format!(
                "CUSTOM CONNECT TO \
                 \"provider=QvOdbcConnectorPackage.exe;driver={driver};host={host};db={};\"",
                slug.replace('-', "_")
            ),
            Self::SystemOdbc => format!("ODBC CONNECT TO [{slug}-{stage}]"),
            // The console warns of the password in clear text.
            Self::OleDb => format!(
                "OLEDB CONNECT TO [Provider=MSOLEDBSQL;Data Source={host};Initial \
                 Catalog=sheets;User ID=reader;Password=in-the-open]"
            ),
            Self::Rest(path) => format!(
                "CUSTOM CONNECT TO \
                 \"provider=QvRestConnector.exe;url=https://{host}/{path};timeout=30;method=GET;\""
            ),
            Self::Storage(provider) => format!(
                "CUSTOM CONNECT TO \
                 \"provider=QvWebStorageProviderConnectorPackage.exe;sourceType={provider};bucket={slug}-{stage};\""
            ),
            Self::Folder => format!("\\\\files.example.com\\{slug}\\{stage}\\"),
            Self::Internet => format!("https://{host}/daily.csv"),
        }
    }
}

/// Bits of QRS: read 2, update 4.
fn rules() -> Vec<Json> {
    let rule = |name: &str, actions: i64, condition: &str, comment: &str| {
        json!({
            "name": name, "category": "Security", "resourceFilter": "DataConnection_*",
            "actions": actions, "rule": condition,
            "comment": comment,
        })
    };
    vec![
        rule(
            "Departments read what is theirs",
            2,
            "user.group = resource.@Department",
            "Whoever is in a department sees its connections.",
        ),
        rule(
            "Developers change what is not in production",
            4,
            "user.group = \"developer\" and user.group = resource.@Department and resource.@Stage \
             != \"prod\"",
            "Production is for leads, who own it.",
        ),
        rule(
            "Everybody reads exchange rates",
            2,
            "resource.name like \"Exchange rates*\"",
            "Shared by name, with the whole company.",
        ),
    ]
}
