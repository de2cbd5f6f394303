//! Fields of a body that are not properties. QRS ignores them silently, so a misspelt name goes
//! unnoticed.

use super::{CUSTOM_PROPERTY_DEFINITION, Document, Entity, Input, SYSTEM_RULE, USER};
use std::collections::BTreeSet;

/// The most names that one document keeps. More would not help a reader.
const MOST: usize = 20;

/// Fields that QRS adds to the JSON of each entity and element, so that clients send them back.
const OF_QRS: [&str; 7] = [
    "id",
    "createdDate",
    "modifiedDate",
    "modifiedByUserName",
    "schemaPath",
    "privileges",
    "impactSecurityAccess",
];

/// The field for warnings, which replies add, so that clients send it back.
const WARNINGS: &str = "warnings";
const WITH_WARNINGS: [&Entity; 3] = [&SYSTEM_RULE, &USER, &CUSTOM_PROPERTY_DEFINITION];

impl Document {
    /// Notes that no property has the name `name`.
    pub(super) fn ignore(&mut self, name: String) {
        let warnings = WITH_WARNINGS.contains(&self.entity).then_some(WARNINGS);
        let is_of_replies =
            OF_QRS.into_iter().chain(warnings).any(|own| own.eq_ignore_ascii_case(&name));
        if !is_of_replies && self.ignored.len() < MOST {
            self.ignored.push(name);
        }
    }

    /// Adds the ignored fields of the body, those of elements by a path such as
    /// `customProperties.valeu`, up to `most` in total.
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
