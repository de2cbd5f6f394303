//! Texts that are spelt differently on a site, such as hosts and owners: the tables `map` of a site
//! file. They are applied in both directions, so each must lead back.

use super::facet::{label, labelled};
use crate::model::{
    Entity, Kind, OWNER, Property, REGISTRY, Role, did_you_mean, field_of, fold_char,
    is_same_folded, staged,
};
use crate::site::MapTables;
use serde_json::Value as Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How texts here are spelt on a site.
#[derive(Debug, Default)]
pub struct Mapping(Vec<Table>);

/// The texts of one property.
#[derive(Debug)]
struct Table {
    /// The name of the property, or of a custom property with an `@` before it.
    name: String,
    /// The texts on the site with those here, the longest on the site first.
    to_here: Vec<(String, String)>,
    /// The texts here with those on the site, the longest here first.
    to_site: Vec<(String, String)>,
}

/// The way in which texts are replaced.
#[derive(Clone, Copy)]
enum Extent {
    /// Each word or group of words in the text.
    Words,
    /// Only the text as a whole; an asterisk at the end stands for the rest.
    Whole,
}

impl Mapping {
    /// Reads the tables of a site file.
    ///
    /// # Errors
    /// A message that names the table and the text, if there is no such property, or if two texts
    /// are the same on one side.
    pub fn new(tables: &MapTables) -> Result<Self, String> {
        let table = |(name, pairs): (&String, &BTreeMap<String, String>)| {
            check_name(name)?;
            let to_site = longest_first(pairs.iter());
            check_pairs(name, &to_site)?;
            let to_here = longest_first(pairs.iter().map(|(here, there)| (there, here)));
            Ok(Table { name: name.clone(), to_here, to_site })
        };
        tables.iter().map(table).collect::<Result<_, String>>().map(Self)
    }

    /// Replaces the texts of the site in an entity, as the site shows it, by those of here.
    ///
    /// # Errors
    /// A message that names the property, if its text would not come back as it was.
    pub fn to_here(&self, entity: &'static Entity, json: &mut Json) -> Result<(), String> {
        if self.0.is_empty() {
            return Ok(());
        }
        if entity.is_of_users() {
            self.user(entity, json)?;
        }
        for property in entity.properties {
            let Some(value) = field_mut(json, property.name) else { continue };
            match property.kind {
                Kind::Text { .. } if !property.fixed => self.text(entity, property, value)?,
                Kind::Reference(target) if target.is_of_users() => self.user(target, value)?,
                Kind::Elements(element) if property.has_role(Role::CustomProperties) => {
                    for item in value.as_array_mut().into_iter().flatten() {
                        self.custom_property(element, item)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn text(
        &self,
        entity: &'static Entity,
        property: &'static Property,
        value: &mut Json,
    ) -> Result<(), String> {
        let extent = if entity.name() == Some(property) { Extent::Whole } else { Extent::Words };
        let Json::String(text) = value else { return Ok(()) };
        *text = self
            .table(property.name)
            .map_or_else(|| Ok(text.clone()), |table| table.to_here(text, extent))?;
        Ok(())
    }

    /// Replaces directory and id of a user, who may be an owner.
    fn user(&self, users: &'static Entity, json: &mut Json) -> Result<(), String> {
        let Some(table) = self.table(OWNER.name) else { return Ok(()) };
        let Some(name) = label(users, json) else { return Ok(()) };
        for (property, text) in labelled(users, &table.to_here(&name, Extent::Whole)?) {
            if let Some(value) = field_mut(json, property.name) {
                *value = text.into();
            }
        }
        Ok(())
    }

    fn custom_property(&self, element: &'static Entity, item: &mut Json) -> Result<(), String> {
        let with_role = |role| element.with_role(role);
        let (Some(definition), Some(value)) = (with_role(Role::Definition), with_role(Role::Value))
        else {
            return Ok(());
        };
        let Kind::Reference(definitions) = definition.kind else { return Ok(()) };
        let name = field_of(item, definition.name).and_then(|json| label(definitions, json));
        let table = name.and_then(|name| self.table(&format!("@{name}")));
        if let (Some(table), Some(Json::String(text))) = (table, field_mut(item, value.name)) {
            *text = table.to_here(text, Extent::Whole)?;
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Option<&Table> {
        self.0.iter().find(|table| is_same_folded(&table.name, name))
    }
}

impl Table {
    /// The text of here for one of the site.
    ///
    /// # Errors
    /// A message if it would not come back as it was.
    fn to_here(&self, text: &str, extent: Extent) -> Result<String, String> {
        let here = replaced(text, &self.to_here, extent);
        let back = replaced(&here, &self.to_site, extent);
        if is_same_folded(&back, text) {
            return Ok(here);
        }
        let of_here = |pair: &&(String, String)| {
            let without = (pair.0.clone(), String::new());
            !is_same_folded(&replace_words(text, &[without]), text)
        };
        let why = self.to_site.iter().find(of_here).map_or_else(String::new, |(here, _)| {
            format!(": the site has '{here}', which is a text of here")
        });
        Err(format!(
            "{}: its text would not come back as it is by map.{}{why}",
            self.name, self.name
        ))
    }
}

/// Copies pairs, those with the longest first text first.
fn longest_first<'t>(
    pairs: impl Iterator<Item = (&'t String, &'t String)>,
) -> Vec<(String, String)> {
    let mut sorted: Vec<_> = pairs.map(|(from, to)| (from.clone(), to.clone())).collect();
    sorted.sort_by_key(|(from, _)| Reverse(from.chars().count()));
    sorted
}

/// The text with the first text of each pair replaced by the second. The pairs are sorted by
/// length, the longest first.
fn replaced(text: &str, pairs: &[(String, String)], extent: Extent) -> String {
    match extent {
        Extent::Words => replace_words(text, pairs),
        Extent::Whole => replace_whole(text, pairs),
    }
}

/// Replaces a whole text.
fn replace_whole(text: &str, pairs: &[(String, String)]) -> String {
    for (from, to) in pairs {
        if is_same_folded(from, text) {
            return to.clone();
        }
        if let (Some(start), Some(new_start)) = (from.strip_suffix('*'), to.strip_suffix('*'))
            && let Some(length) = length_of_start(text, start)
        {
            return format!("{new_start}{}", &text[length..]);
        }
    }
    text.to_owned()
}

/// Replaces words and groups of words, from left to right, the longest first.
fn replace_words(text: &str, pairs: &[(String, String)]) -> String {
    let mut replaced = String::with_capacity(text.len());
    let (mut rest, mut before) = (text, None);
    while let Some(first) = rest.chars().next() {
        let found = pairs.iter().find_map(|(from, to)| {
            let length = length_of_start(rest, from).filter(|length| *length > 0)?;
            let ends = !rest[length..].chars().next().is_some_and(is_of_word);
            (ends && !before.is_some_and(continues_before)).then_some((length, to.as_str()))
        });
        let (length, new) = found.unwrap_or((first.len_utf8(), &rest[..first.len_utf8()]));
        replaced.push_str(new);
        before = rest[..length].chars().next_back();
        rest = &rest[length..];
    }
    replaced
}

/// The bytes of the beginning of a text that is `start`, ignoring case; `None` if it begins
/// differently.
fn length_of_start(text: &str, start: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for expected in start.chars() {
        let (_, letter) = letters.next()?;
        if fold_char(letter) != fold_char(expected) {
            return None;
        }
    }
    Some(letters.next().map_or(text.len(), |(place, _)| place))
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

/// Whether a word that follows is the end of a longer name, such as a host in a domain.
fn continues_before(letter: char) -> bool {
    is_of_word(letter) || letter == '.'
}

fn check_name(name: &str) -> Result<(), String> {
    if name.strip_prefix('@').is_some_and(|name| !name.is_empty()) {
        return Ok(());
    }
    let is_mapped = |property: &&'static Property| {
        let is_text = matches!(property.kind, Kind::Text { .. }) && property.is_changeable();
        is_text || property.refers_to_user()
    };
    let properties = staged(REGISTRY).into_iter().flat_map(|entity| entity.properties);
    let names: BTreeSet<&str> =
        properties.filter(is_mapped).map(|property| property.name).collect();
    if names.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let hint = did_you_mean(name, names.iter().copied());
    Err(format!("map.{name}: there is no property of that name; {hint}"))
}

fn check_pairs(name: &str, pairs: &[(String, String)]) -> Result<(), String> {
    for (index, (here, there)) in pairs.iter().enumerate() {
        if here.is_empty() || there.is_empty() {
            return Err(format!("map.{name}: a text is empty"));
        }
        if here.ends_with('*') != there.ends_with('*') {
            return Err(format!(
                "map.{name}: '{here}' and '{there}' must both end with *, or neither"
            ));
        }
        let same = |(_, other): &&(String, String)| is_same_folded(other, there);
        if let Some((other, _)) = pairs[..index].iter().find(same) {
            return Err(format!(
                "map.{name}: '{other}' and '{here}' are both '{there}' on the site"
            ));
        }
        let same = |(other, _): &&(String, String)| is_same_folded(other, here);
        if pairs[..index].iter().any(|pair| same(&pair)) {
            return Err(format!("map.{name}: '{here}' is there twice, in different case"));
        }
    }
    Ok(())
}

/// A field of an object, to be changed; its name in any case.
fn field_mut<'j>(json: &'j mut Json, name: &str) -> Option<&'j mut Json> {
    let mut fields = json.as_object_mut()?.iter_mut();
    fields.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, USER};
    use proptest::prelude::*;
    use serde_json::json;

    fn tables(json: &Json) -> MapTables {
        serde_json::from_value(json.clone()).unwrap()
    }

    fn mapping(json: &Json) -> Mapping {
        Mapping::new(&tables(json)).unwrap()
    }

    fn to_here(mapping: &Mapping, text: &str) -> Result<String, String> {
        let mut json = json!({ "ConnectionString": text });
        mapping.to_here(&DATA_CONNECTION, &mut json)?;
        Ok(json["ConnectionString"].as_str().unwrap().to_owned())
    }

    #[test]
    fn whole_words_are_replaced_in_any_case() {
        let mapping = mapping(&json!({"connectionstring": {
            "db.test": "db.prod", "db.test.example": "db.prod.example",
            r"\\files-test\qlik": r"\\files\qlik", "ä": "ö"
        }}));
        for (there, here) in [
            ("host=db.prod;x", "host=db.test;x"),
            ("HOST=DB.PROD.EXAMPLE", "HOST=db.test.example"),
            ("db.prod.example.com", "db.test.example.com"),
            ("mydb.prod", "mydb.prod"),
            ("my.db.prod", "my.db.prod"),
            ("db.prod-2", "db.prod-2"),
            ("db.prod_2;Ö", "db.prod_2;ä"),
            (r"\\FILES\qlik\sales", r"\\files-test\qlik\sales"),
            ("", ""),
        ] {
            assert_eq!(to_here(&mapping, there).as_deref(), Ok(here), "{there}");
        }
        let error = to_here(&mapping, "host=db.test").unwrap_err();
        assert_eq!(
            error,
            "connectionstring: its text would not come back as it is by map.connectionstring: the \
             site has 'db.test', which is a text of here"
        );
    }

    #[test]
    fn users_and_values_of_custom_properties_are_replaced_as_a_whole() {
        let mapping = mapping(&json!({
            "owner": {r"TEST\robot": r"CORP\svc", r"TEST\*": r"CORP\*"},
            "@Stage": {"test": "prod"}, "name": {"Sales test": "Sales"}
        }));
        let mut connection = json!({
            "name": "Sales", "owner": {"userDirectory": "corp", "userId": "SVC"},
            "customProperties": [
                {"value": "prod", "definition": {"name": "stage"}},
                {"value": "prod", "definition": {"name": "other"}}
            ]
        });
        mapping.to_here(&DATA_CONNECTION, &mut connection).unwrap();
        assert_eq!(
            connection,
            json!({
                "name": "Sales test", "owner": {"userDirectory": "TEST", "userId": "robot"},
                "customProperties": [
                    {"value": "test", "definition": {"name": "stage"}},
                    {"value": "prod", "definition": {"name": "other"}}
                ]
            })
        );
        let mut user = json!({"UserDirectory": "CORP", "UserId": "anna", "name": "Anna"});
        mapping.to_here(&USER, &mut user).unwrap();
        assert_eq!(user, json!({"UserDirectory": "TEST", "UserId": "anna", "name": "Anna"}));
        let mut other = json!({"userDirectory": "LAB", "userId": "anna"});
        mapping.to_here(&USER, &mut other).unwrap();
        assert_eq!(other["userDirectory"], "LAB");
    }

    #[test]
    fn mistakes_are_named() {
        for (json, part) in [
            (json!({"conectionstring": {"a": "b"}}), "map.conectionstring: there is no property"),
            (json!({"@": {"a": "b"}}), "map.@: there is no property"),
            (json!({"name": {"a": ""}}), "map.name: a text is empty"),
            (json!({"name": {"a": "c", "b": "C"}}), "are both 'C' on the site"),
            (json!({"name": {"a": "c", "A": "d"}}), "twice, in different case"),
            (json!({"owner": {r"A\*": r"B\b"}}), "must both end with *"),
        ] {
            let error = Mapping::new(&tables(&json)).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_text_comes_back_or_is_refused(
            pairs in prop::collection::btree_map("[ab.]{1,3}", "[ab.]{1,3}", 0..4),
            text in "[ab.; ]{0,12}",
        ) {
            let all = BTreeMap::from([("connectionstring".to_owned(), pairs)]);
            let Ok(mapping) = Mapping::new(&all) else { return Ok(()) };
            if let Ok(here) = to_here(&mapping, &text) {
                let table = mapping.table("connectionstring");
                let back = table.map_or_else(
                    || here.clone(),
                    |table| replaced(&here, &table.to_site, Extent::Words),
                );
                prop_assert!(is_same_folded(&back, &text));
            }
        }
    }
}
