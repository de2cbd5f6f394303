//! Paths to fields of a body.

use std::fmt;

/// The path to a field of a body, such as `customProperties[0].definition.id`. It is empty for the
/// body itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPath(Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The property with this name or, if a request changes several entities, the entity with this
    /// name.
    Name(String),
    /// An item of a list, counted from 0.
    Item(usize),
}

impl FieldPath {
    /// The steps, starting at the body.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The name of the property, if the path leads to a property of the body itself.
    #[must_use]
    pub fn property(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Step::Name(name)] => Some(name),
            _ => None,
        }
    }

    /// The same path, with `step` in front.
    #[must_use]
    pub fn within(mut self, step: impl Into<Step>) -> Self {
        self.0.insert(0, step.into());
        self
    }
}

impl From<&[Step]> for FieldPath {
    fn from(steps: &[Step]) -> Self {
        Self(steps.to_vec())
    }
}

/// The property with this name; the body itself if the name is empty.
impl From<&str> for FieldPath {
    fn from(name: &str) -> Self {
        if name.is_empty() { Self::default() } else { Self(vec![name.into()]) }
    }
}

impl From<&str> for Step {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl From<usize> for Step {
    fn from(place: usize) -> Self {
        Self::Item(place)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            let separator = if place > 0 && matches!(step, Step::Name(_)) { "." } else { "" };
            write!(f, "{separator}{step}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Item(place) => write!(f, "[{place}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_displayed_as_clients_write_it() {
        let id = FieldPath::from("id").within("definition").within(0).within("customProperties");
        for (path, text, property) in [
            (FieldPath::from(""), "", None),
            (FieldPath::from("name"), "name", Some("name")),
            (FieldPath::from("").within(3), "[3]", None),
            (FieldPath::from("").within(3).within("tags"), "tags[3]", None),
            (id.clone(), "customProperties[0].definition.id", None),
            (id.within(2), "[2].customProperties[0].definition.id", None),
        ] {
            assert_eq!((path.to_string().as_str(), path.property()), (text, property));
        }
    }
}
