//! The special treatment of an entity type is part of its declaration. No other code compares a
//! type with a particular one, or the name of a property with a text.

use crate::support::import_graph::{code, is_test, source_files};
use patchbay::model::{AUDIT_ENTRY, Entity, REGISTRY, SELECTION};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Rooms with code for all types alike.
const GENERIC: [&str; 10] = [
    "access_report",
    "console",
    "http",
    "keys",
    "openapi",
    "policy",
    "query",
    "service",
    "staging",
    "store",
];

/// A pattern of such comparisons, with an example.
struct Forbidden {
    pattern: String,
    example: &'static str,
}

/// The constants of the entity types, read from their declarations.
fn constants() -> BTreeSet<String> {
    let declaration = Regex::new(r"pub static ([A-Z_]+): Entity\b").unwrap();
    let files = source_files();
    let declared = files.iter().filter(|(file, _)| file.starts_with("model/"));
    declared
        .flat_map(|(_, text)| declaration.captures_iter(text).map(|found| found[1].to_owned()))
        .collect()
}

/// The names of properties with a role. Code must not look these names up in JSON: the declaration
/// has them.
fn names_of_roles() -> BTreeSet<&'static str> {
    let entities = REGISTRY.iter().copied().chain([&AUDIT_ENTRY, &SELECTION]);
    let properties = entities.flat_map(|entity: &Entity| entity.properties);
    properties.filter(|property| property.role.is_some()).map(|property| property.name).collect()
}

fn forbidden() -> Vec<Forbidden> {
    let constant =
        format!(r"&?(?:\w+::)*(?:{})\b", constants().into_iter().collect::<Vec<_>>().join("|"));
    let name = r"\.(?:name|resource_type|path|noun|table|column)";
    let roles = names_of_roles().into_iter().collect::<Vec<_>>().join("|");
    let of = |pattern: String, example: &'static str| Forbidden { pattern, example };
    vec![
        of(format!(r"[=!]=\s*[&*]*{constant}"), "if *entity == SYSTEM_RULE {"),
        of(format!(r"{constant}\s*[=!]="), "if USER != *target {"),
        of(format!(r"ptr::eq\([^)]*{constant}"), "std::ptr::eq(entity, &USER)"),
        of(
            format!(r"\[(?:\s*{constant}\s*,?)+\]\s*\.contains\("),
            "[&SYSTEM_RULE, &USER].contains(&entity)",
        ),
        of(
            format!(r#"(?:property|entity|target|element){name}\s*[=!]=\s*""#),
            "property.name == \"owner\"",
        ),
        of(
            format!(r#""\s*[=!]=\s*\*?(?:property|entity|target|element){name}\b"#),
            "\"roles\" != property.name",
        ),
        of(
            format!(
                r#"match\s[^{{;]*(?:property|entity|target|element){name}\b[^{{;]*\{{\s*\(?\s*""#
            ),
            "match (property.name, property.kind) {\n    (\"modifiedDate\", _) => {}",
        ),
        of(
            format!(
                r#"\[(?:\s*"\w+"\s*,?)+\]\s*\.contains\(&(?:property|entity|target|element){name}\)"#
            ),
            "[\"inactive\", \"blacklisted\"].contains(&property.name)",
        ),
        of(
            r#"\b(?:entity|target|element|other|definition)\s*\.property\(""#.to_owned(),
            "entity.property(\"attributes\").is_some()",
        ),
        of(
            format!(r#"\b(?:entry|row|before|after|stored|json|body|mine)\["(?:{roles})"\]"#),
            "entry[\"customProperties\"].as_array()",
        ),
    ]
}

#[test]
fn generic_code_compares_no_type_or_property_name() {
    let forbidden: Vec<Regex> =
        forbidden().iter().map(|one| Regex::new(&one.pattern).unwrap()).collect();
    let mut seen = 0;
    let mut found = Vec::new();
    for (file, text) in source_files().iter().filter(|(file, _)| !is_test(file)) {
        if !GENERIC.contains(&file.split('/').next().unwrap()) {
            continue;
        }
        seen += 1;
        let code = code(text);
        let all = forbidden.iter().filter_map(|pattern| pattern.find(&code));
        found.extend(all.map(|found| format!("{file}: {}", found.as_str())));
    }
    assert!(seen > 200, "{seen}");
    assert!(
        found.is_empty(),
        "the declaration of a type says what is special about it (docs/adding-an-entity.md): \
         {found:#?}"
    );
}

#[test]
fn no_page_template_compares_the_type() {
    let comparison = Regex::new(r#"\b(?:resource_type|noun|path)\s*[=!]=\s*""#).unwrap();
    assert!(comparison.is_match("{% if entity.resource_type == \"User\" %}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console/templates");
    let templates: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(templates.len() > 10);
    for template in templates {
        let text = fs::read_to_string(&template).unwrap();
        assert!(!comparison.is_match(&text), "{}", template.display());
    }
}

/// A check that finds nothing would be worthless.
#[test]
fn each_forbidden_comparison_is_found() {
    assert!(constants().len() > 8 && names_of_roles().len() > 8);
    for Forbidden { pattern, example } in forbidden() {
        let pattern = Regex::new(&pattern).unwrap();
        assert!(pattern.is_match(example), "{pattern} does not find {example}");
        for allowed in [
            "if *element == *entity {",
            "property.name == name",
            "if let Some(property) = USER.property(\"roles\") {",
            "fields.iter().find(|field| field.name == name)",
            "match property.kind {",
            "entity.with_role(Role::Owner)",
        ] {
            assert!(!pattern.is_match(allowed), "{pattern} finds {allowed}");
        }
    }
}
