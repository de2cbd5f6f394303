//! What is wrong with a body, said field by field.

use std::fmt;

/// One thing that is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The JSON path of the field, such as `customProperties[0].definition.id`; empty for the body itself.
    pub field: String,
    /// What is wrong and what would be right. Never repeats a secret.
    pub message: String,
}

/// A body that can't be taken, with the faults that were found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid {
    faults: Vec<Fault>,
    /// How many there are beyond those.
    more: usize,
}

/// So many faults are kept; the rest is only counted: a short body can have very many.
const KEPT: usize = 100;

/// Messages show this many faults.
const SHOWN: usize = 10;

impl Invalid {
    /// A body with one fault.
    pub fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { faults: vec![Fault { field: field.into(), message: message.into() }], more: 0 }
    }

    /// The faults, as far as they are kept.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Adds the faults of another part of the body.
    pub fn add(&mut self, other: Self) {
        self.more += other.more;
        for fault in other.faults {
            if self.faults.len() < KEPT {
                self.faults.push(fault);
            } else {
                self.more += 1;
            }
        }
    }

    /// What was read, if it has no fault.
    ///
    /// # Errors
    /// `Invalid` with the faults if there are any.
    pub fn or<T>(self, read: T) -> Result<T, Self> {
        if self.faults.is_empty() { Ok(read) } else { Err(self) }
    }

    /// The same faults, one level further down.
    #[must_use]
    pub fn within(mut self, prefix: &str) -> Self {
        for fault in &mut self.faults {
            fault.field = match fault.field.as_str() {
                "" => prefix.to_owned(),
                field if field.starts_with('[') => format!("{prefix}{field}"),
                field => format!("{prefix}.{field}"),
            };
        }
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().take(SHOWN).enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let field = if fault.field.is_empty() { "body" } else { &fault.field };
            write!(f, "{separator}{field}: {}", fault.message)?;
        }
        match self.faults.len().saturating_sub(SHOWN) + self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl From<Vec<Fault>> for Invalid {
    fn from(faults: Vec<Fault>) -> Self {
        let mut invalid = Self::default();
        invalid.add(Self { faults, more: 0 });
        invalid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_many_faults_are_counted_and_few_are_kept() {
        let mut all = Invalid::default();
        for index in 0..1_000 {
            let mut two = Invalid::one("name", "is missing");
            two.add(Invalid::one("", "is wrong"));
            all.add(two.within(&format!("[{index}]")));
        }
        assert_eq!(all.clone().into_faults().len(), KEPT);
        let message = all.to_string();
        assert!(message.starts_with("[0].name: is missing; [0]: is wrong; [1].name: "), "{message}");
        assert!(message.ends_with("; and 1990 more"), "{message}");
        assert_eq!(all.clone().or(()), Err(all));
        assert_eq!(Invalid::default().or(1), Ok(1));
    }
}
