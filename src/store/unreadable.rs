//! Messages about a row that can't be shown.

use super::cell::Cell;
use super::property_value::{BadCell, shown};
use crate::model::Entity;
use std::fmt;

/// A property whose value can't be shown, by its path in the JSON, such as `owner.name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongCell {
    path: String,
    why: BadCell,
}

/// A row that can't be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    entity: &'static Entity,
    /// In a form that can be shown.
    id: String,
    wrong: WrongCell,
}

impl WrongCell {
    /// The property with this name.
    pub fn new(name: &str, why: BadCell) -> Self {
        Self { path: name.to_owned(), why }
    }

    /// The same property, one level deeper in the path.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        Self { path: format!("{name}.{}", self.path), ..self }
    }

    /// The error for the row with this id.
    pub fn of(self, entity: &'static Entity, id: Cell<'_>) -> Unreadable {
        Unreadable { entity, id: shown(id), wrong: self }
    }
}

impl fmt::Display for WrongCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.why)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} {} can't be read: its {}", self.entity.resource_type, self.id, self.wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TAG;

    #[test]
    fn the_message_about_a_damaged_id_is_one_short_line() {
        for bytes in [&b"\xFF\n\x1B[31m"[..], &[b'a'; 5_000], "Ä".repeat(900).as_bytes()] {
            let message = WrongCell::new("name", BadCell::Text)
                .within("owner")
                .of(&TAG, Cell::Text(bytes))
                .to_string();
            assert!(message.len() < 300 && !message.contains(char::is_control), "{message}");
            assert!(
                message.starts_with("the Tag ")
                    && message.ends_with("its owner.name is not valid UTF-8 text")
            );
        }
    }
}
