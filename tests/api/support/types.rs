//! The entity types in the program's OpenAPI document, with bodies for tests.

use crate::support::program;
use serde_json::{Value as Json, json};

/// Information about a type for tests of all types.
pub struct Type {
    pub path: String,
    pub schema_path: String,
    /// Returns a valid body for each number.
    pub body: Box<dyn Fn(usize) -> Json>,
    /// A valid change for a PUT.
    pub change: (String, String),
    /// A body with one invalid field, and the name of that field.
    pub invalid: (Json, String),
    /// The properties of the condensed form.
    pub condensed: Vec<String>,
    /// Whether two entities with the same body conflict, if known.
    pub is_unique: Option<bool>,
}

/// A type whose bodies need more than the document says, or about which more is known.
struct Known {
    path: &'static str,
    schema_path: &'static str,
    body: fn(usize) -> Json,
    change: (&'static str, &'static str),
    invalid: (fn() -> Json, &'static str),
    condensed: &'static [&'static str],
    is_unique: bool,
}

const KNOWN: [Known; 5] = [
    Known {
        path: "dataconnection",
        schema_path: "DataConnection",
        body: |n| {
            json!({
                "name": format!("c{n}"), "connectionstring": "lib://sales", "type": "internet"
            })
        },
        change: ("connectionstring", "lib://other"),
        invalid: (|| json!({"name": "", "connectionstring": "x", "type": "internet"}), "name"),
        condensed: &[
            "architecture",
            "connectionstring",
            "engineObjectId",
            "id",
            "logOn",
            "name",
            "type",
            "username",
        ],
        is_unique: true,
    },
    Known {
        path: "tag",
        schema_path: "Tag",
        body: |n| json!({"name": format!("t{n}")}),
        change: ("name", "other"),
        invalid: (|| json!({"name": "x".repeat(256)}), "name"),
        condensed: &["id", "name"],
        is_unique: false,
    },
    Known {
        path: "custompropertydefinition",
        schema_path: "CustomPropertyDefinition",
        body: |n| {
            json!({
                "name": format!("p{n}"), "choiceValues": ["a", "b"],
                "objectTypes": ["DataConnection"]
            })
        },
        change: ("description", "what it is for"),
        invalid: (|| json!({"name": "not an identifier"}), "name"),
        condensed: &["choiceValues", "id", "name", "valueType"],
        is_unique: true,
    },
    Known {
        path: "user",
        schema_path: "User",
        body: |n| json!({"userId": format!("u{n}"), "userDirectory": "LAB"}),
        change: ("name", "Somebody Else"),
        invalid: (|| json!({"userId": "u"}), "userDirectory"),
        condensed: &["id", "name", "userDirectory", "userDirectoryConnectorName", "userId"],
        is_unique: true,
    },
    Known {
        path: "systemrule",
        schema_path: "SystemRule",
        body: |n| {
            json!({
                "name": format!("r{n}"), "resourceFilter": "DataConnection_*", "actions": 2,
                "rule": "user.name = \"x\""
            })
        },
        change: ("comment", "what it is for"),
        invalid: (
            || {
                json!({
                    "name": "r", "resourceFilter": "Tag_*", "actions": 2, "rule": "user.name = "
                })
            },
            "rule",
        ),
        condensed: &[
            "actions",
            "category",
            "comment",
            "disabled",
            "id",
            "name",
            "resourceFilter",
            "rule",
            "subcategory",
            "type",
        ],
        is_unique: false,
    },
];

/// All types in the OpenAPI document.
pub fn types() -> Vec<Type> {
    let output = program().arg("openapi").output().unwrap();
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    let paths = document["paths"].as_object().unwrap().keys();
    let types = paths.filter_map(|path| path.strip_prefix('/')?.strip_suffix("/many"));
    let types: Vec<Type> = types.map(|path| Type::of(&document, path)).collect();
    assert!(KNOWN.iter().all(|known| types.iter().any(|kind| kind.path == known.path)));
    types
}

impl Type {
    fn of(document: &Json, path: &str) -> Self {
        match KNOWN.iter().find(|known| known.path == path) {
            Some(known) => Self::known(known),
            None => Self::described(document, path),
        }
    }

    fn known(known: &Known) -> Self {
        Self {
            path: known.path.to_owned(),
            schema_path: known.schema_path.to_owned(),
            body: Box::new(known.body),
            change: (known.change.0.to_owned(), known.change.1.to_owned()),
            invalid: ((known.invalid.0)(), known.invalid.1.to_owned()),
            condensed: known.condensed.iter().map(|name| (*name).to_owned()).collect(),
            is_unique: Some(known.is_unique),
        }
    }

    /// The information in the document: the properties that a create requires, the longest name,
    /// the condensed form.
    fn described(document: &Json, path: &str) -> Self {
        let created = &document["paths"][format!("/{path}")]["post"]["responses"]["201"];
        let reference = created["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
        let schema_path = reference.rsplit('/').next().unwrap().to_owned();
        let schemas = &document["components"]["schemas"];
        let create = schemas[format!("{schema_path}Create")].clone();
        let condensed =
            schemas[format!("{schema_path}Condensed")]["properties"].as_object().unwrap().keys();
        let mut condensed: Vec<String> =
            condensed.filter(|name| *name != "privileges").cloned().collect();
        condensed.sort();
        let longest =
            usize::try_from(create["properties"]["name"]["maxLength"].as_u64().unwrap()).unwrap();
        let mut invalid = body(&create, 1);
        invalid["name"] = json!("x".repeat(longest + 1));
        Self {
            path: path.to_owned(),
            schema_path,
            body: Box::new(move |number| body(&create, number)),
            change: ("name".to_owned(), "other".to_owned()),
            invalid: (invalid, "name".to_owned()),
            condensed,
            is_unique: None,
        }
    }
}

/// A body with the properties that a create requires.
fn body(create: &Json, number: usize) -> Json {
    let required = create["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    Json::Object(
        required
            .map(|name| (name.to_owned(), value(name, &create["properties"][name], number)))
            .collect(),
    )
}

fn value(name: &str, schema: &Json, number: usize) -> Json {
    if let Some(choices) = schema["enum"].as_array() {
        return choices[0].clone();
    }
    match schema["type"].as_str() {
        Some("string") if schema["pattern"].is_null() && schema["format"].is_null() => {
            json!(format!("{name} {number}"))
        }
        Some("integer") => schema["minimum"].clone(),
        Some("boolean") => json!(false),
        _ => panic!(
            "can't derive a value from the schema of {name}: tests/api/support/types.rs needs an \
             entry for its type"
        ),
    }
}

/// Where a type requires only a name, the document suffices, and must agree with the table.
#[test]
fn the_document_and_the_table_agree_about_types() {
    let output = program().arg("openapi").output().unwrap();
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    for known in types() {
        let derived = match known.path.as_str() {
            "custompropertydefinition" | "user" => continue,
            path => Type::described(&document, path),
        };
        assert_eq!(
            (&derived.schema_path, &derived.condensed),
            (&known.schema_path, &known.condensed)
        );
        let [own, other] = [&known, &derived].map(|kind| (kind.body)(1));
        assert!(other.as_object().unwrap().keys().all(|name| own.get(name).is_some()), "{other}");
    }
}
