//! The characters that new values of a property may have, and the form in which values are
//! compared.

use super::{
    FieldErrors, Kind, Property, Syntax, code_point, fold, is_control, is_hidden, visible_name,
};

impl Kind {
    /// The form in which text of this kind is compared.
    #[must_use]
    pub fn folded(self, text: &str) -> String {
        if self.is_type_name() { fold(&visible_name(text)) } else { fold(text) }
    }

    /// Whether it is the name of a type, which is compared by its visible characters.
    #[must_use]
    pub const fn is_type_name(self) -> bool {
        matches!(self, Self::Text { syntax: Syntax::TypeName, .. })
    }
}

impl Property {
    /// The form in which a value of it is compared, and a text with it.
    #[must_use]
    pub fn folded(&self, text: &str) -> String {
        self.kind.folded(text)
    }

    /// Whether comparisons ignore invisible characters and the white space around the value, even
    /// if case counts.
    #[must_use]
    pub const fn is_type_name(&self) -> bool {
        self.kind.is_type_name()
    }

    /// Whether new values are checked for characters. Stored values can be older than this check.
    #[must_use]
    pub const fn checks_characters(&self) -> bool {
        matches!(self.kind, Kind::Text { syntax: Syntax::Line | Syntax::TypeName, .. })
    }

    /// Rejects a new value with a character that is not allowed.
    ///
    /// # Errors
    /// [`FieldErrors`] with the code point and position of the first such character.
    pub fn check_characters(&self, text: &str) -> Result<(), FieldErrors> {
        let (is_refused, what): (fn(char) -> bool, _) = match self.kind {
            Kind::Text { syntax: Syntax::Line, .. } => (is_control, "a control character"),
            Kind::Text { syntax: Syntax::TypeName, .. } => (is_hidden, "which is invisible"),
            _ => return Ok(()),
        };
        match text.chars().enumerate().find(|(_, character)| is_refused(*character)) {
            Some((index, character)) => {
                let (code, position) = (code_point(character), index + 1);
                Err(FieldErrors::one(
                    self.name,
                    format!("must not contain {code}, {what} (position {position}); remove it"),
                ))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{DATA_CONNECTION, USER};

    #[test]
    fn the_first_invalid_character_of_a_new_value_is_reported() {
        let [kind, name] = ["type", "name"].map(|name| DATA_CONNECTION.property(name).unwrap());
        let user_id = USER.property("userId").unwrap();
        let message = "type: must not contain U+200B, which is invisible (position 3); remove it";
        assert_eq!(kind.check_characters("fo\u{200b}lder\n").unwrap_err().to_string(), message);
        assert!(
            user_id
                .check_characters("an\nna")
                .unwrap_err()
                .to_string()
                .contains("userId: must not contain U+000A")
        );
        for (property, text) in [(kind, " a b "), (user_id, "a\u{200d}b"), (name, "a\nb")] {
            property.check_characters(text).unwrap();
        }
    }

    #[test]
    fn types_are_compared_by_their_visible_characters() {
        let [kind, name] = ["type", "name"].map(|name| DATA_CONNECTION.property(name).unwrap());
        assert_eq!(kind.folded(" Fol\u{200b}der\n"), "folder");
        assert_eq!(name.folded(" Folder"), " folder");
    }
}
