//! Fields of a body that no property has. QRS drops them without a word, and so a misspelt name
//! goes unnoticed.

use super::{CUSTOM_PROPERTY_DEFINITION, Document, Entity, Input, SYSTEM_RULE, USER};
use std::collections::BTreeSet;

/// Names that one document remembers. More are of no use to a reader.
const MOST: usize = 20;

/// What QRS puts into the JSON of each entity and element itself, so that clients send it back.
const OF_QRS: [&str; 7] = [
    "id",
    "createdDate",
    "modifiedDate",
    "modifiedByUserName",
    "schemaPath",
    "privileges",
    "impactSecurityAccess",
];

/// What replies add to what they point something out about, so that clients send it back, too.
const WARNINGS: &str = "warnings";
const WITH_WARNINGS: [&Entity; 3] = [&SYSTEM_RULE, &USER, &CUSTOM_PROPERTY_DEFINITION];

impl Document {
    /// Remembers that `name` is of no property.
    pub(super) fn ignore(&mut self, name: String) {
        let warnings = WITH_WARNINGS.contains(&self.entity).then_some(WARNINGS);
        let is_of_replies =
            OF_QRS.into_iter().chain(warnings).any(|own| own.eq_ignore_ascii_case(&name));
        if !is_of_replies && self.ignored.len() < MOST {
            self.ignored.push(name);
        }
    }

    /// Adds the fields of the body that were ignored, those of elements by a path such as
    /// `customProperties.valeu`, up to `most` altogether.
    pub fn ignored_fields(&self, fields: &mut BTreeSet<String>, most: usize) {
        let elements = self.inputs().filter_map(|(property, input)| match input {
            Input::Elements(elements) => Some((property, elements)),
            _ => None,
        });
        let of_elements = elements.flat_map(|(property, elements)| {
            let names = elements.iter().flat_map(|element| &element.ignored);
            names.map(|name| format!("{}.{name}", property.name))
        });
        for field in self.ignored.iter().cloned().chain(of_elements) {
            if fields.len() == most {
                return;
            }
            fields.insert(field);
        }
    }
}
