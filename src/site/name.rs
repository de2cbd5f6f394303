//! The names of sites.

use std::fmt;
use std::str::FromStr;

/// Most characters of a name.
const LONGEST: usize = 40;

/// The name under which a site is known here. It is also the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SiteName(String);

/// Names that mean something else in commands.
const RESERVED: [&str; 1] = ["here"];

impl FromStr for SiteName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        let shown: String = text.chars().take(LONGEST + 1).collect();
        if text.is_empty()
            || text.len() > LONGEST
            || text.starts_with('-')
            || !text.chars().all(is_plain)
        {
            return Err(format!(
                "a site has a name of 1 to {LONGEST} lower-case letters, digits and hyphens, such \
                 as prod, not '{shown}'"
            ));
        }
        if RESERVED.contains(&text) {
            return Err(format!("'{text}' means this data folder; give the site another name"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for SiteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        for name in ["prod", "test-2", "0"] {
            assert_eq!(name.parse::<SiteName>().unwrap().to_string(), name);
        }
        let long = "a".repeat(LONGEST + 1);
        for name in ["", "-a", "Prod", "a/b", "..", "a b", "ä", "here", &long] {
            assert!(name.parse::<SiteName>().is_err(), "{name}");
        }
    }
}
