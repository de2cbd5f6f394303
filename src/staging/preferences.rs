//! The side that a user prefers where here and a site have both changed something.

use super::merge::Preference;
use crate::model::fold;
use std::str::FromStr;

/// The sides that a user prefers: in general, and for entities of certain names.
#[derive(Clone, Debug)]
pub struct Preferences {
    general: Preference,
    named: Vec<(String, Preference)>,
}

/// One preference, as a user writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    side: Preference,
    /// The entity's name, folded; `None` for all entities.
    name: Option<String>,
}

impl FromStr for Choice {
    type Err = String;

    /// Parses `here`, `there`, `here=NAME` or `there=NAME`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (side, name) = match text.split_once('=') {
            Some((side, name)) => (side, Some(name)),
            None => (text, None),
        };
        let side = match side {
            "here" => Preference::Target,
            "there" => Preference::Source,
            _ => return Err("write here, there, here=NAME or there=NAME".to_owned()),
        };
        match name {
            Some("") => Err("the name after = is missing".to_owned()),
            name => Ok(Self { side, name: name.map(fold) }),
        }
    }
}

impl Preferences {
    /// The preferences in a pull, in which here is the target.
    ///
    /// # Errors
    /// A message if two of them contradict each other.
    pub fn new(choices: &[Choice]) -> Result<Self, String> {
        let mut preferences = Self { general: Preference::Neither, named: Vec::new() };
        for Choice { side, name } in choices {
            let before = match name {
                Some(name) => preferences.named(name),
                None => Some(preferences.general).filter(|side| *side != Preference::Neither),
            };
            if before.is_some_and(|before| before != *side) {
                let of = name.as_ref().map_or_else(String::new, |name| format!(" for '{name}'"));
                return Err(format!("--take says both here and there{of}; leave one out"));
            }
            match name {
                Some(name) => preferences.named.push((name.clone(), *side)),
                None => preferences.general = *side,
            }
        }
        Ok(preferences)
    }

    /// The preference for entities of this name.
    #[must_use]
    pub fn of(&self, name: &str) -> Preference {
        self.named(&fold(name)).unwrap_or(self.general)
    }

    fn named(&self, folded: &str) -> Option<Preference> {
        self.named.iter().find(|(name, _)| name == folded).map(|(_, side)| *side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferences(choices: &[&str]) -> Result<Preferences, String> {
        let choices: Vec<Choice> =
            choices.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
        Preferences::new(&choices)
    }

    #[test]
    fn a_name_comes_before_the_general_preference() {
        let chosen = preferences(&["here", "there=Sales", "there=A=B"]).unwrap();
        for (name, expected) in [
            ("SALES", Preference::Source),
            ("a=b", Preference::Source),
            ("Ledger", Preference::Target),
        ] {
            assert_eq!(chosen.of(name), expected, "{name}");
        }
        assert_eq!(preferences(&[]).unwrap().of("Sales"), Preference::Neither);
    }

    #[test]
    fn mistakes_are_named() {
        for (choices, part) in [
            (&["prod"][..], "write here"),
            (&["here="], "name after ="),
            (&["here", "there"], "both here and there;"),
            (&["here=a", "there=A"], "both here and there for 'a'"),
        ] {
            let error = preferences(choices).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
