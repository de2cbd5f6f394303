//! Fields of a body that no property has. QRS drops them without a word, and so a misspelt name goes unnoticed.

use super::{Document, Input, SYSTEM_RULE};
use std::collections::BTreeSet;

/// Names that one document remembers. More are of no use to a reader.
const MOST: usize = 20;

/// What QRS puts into the JSON of each entity and element itself, so that clients send it back.
const OF_QRS: [&str; 7] =
    ["id", "createdDate", "modifiedDate", "modifiedByUserName", "schemaPath", "privileges", "impactSecurityAccess"];

/// What replies add to a rule, so that clients send it back, too.
const OF_RULES: [&str; 1] = ["warnings"];

impl Document {
    /// Remembers that `name` is of no property.
    pub(super) fn ignore(&mut self, name: String) {
        let of_rules = OF_RULES.iter().filter(|_| *self.entity == SYSTEM_RULE);
        let is_of_replies = OF_QRS.iter().chain(of_rules).any(|own| own.eq_ignore_ascii_case(&name));
        if !is_of_replies && self.ignored.len() < MOST {
            self.ignored.push(name);
        }
    }

    /// Adds the fields of the body that were ignored, those of elements by a path such as `customProperties.valeu`, up to `most` altogether.
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
