//! Writes a condition as text that parses to the same condition.

use super::condition::{Call, Comparator, Comparison, Condition, Operand, Reference, Root};
use std::fmt::{self, Display};

impl Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => write_joined(f, parts, " or "),
            Self::And(parts) => write_joined(f, parts, " and "),
            Self::Not(part) => write!(f, "!({part})"),
            Self::Compare(comparison) => comparison.fmt(f),
            Self::Call(call) => call.fmt(f),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Condition], separator: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        match part {
            Condition::Or(_) | Condition::And(_) => write!(f, "({part})")?,
            _ => part.fmt(f)?,
        }
    }
    Ok(())
}

impl Comparator {
    /// The operator as written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::StrictlyEqual => "==",
            Self::Different => "!=",
            Self::StrictlyDifferent => "!==",
            Self::Like => "like",
            Self::Matches => "matches",
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.left, self.operator.word(), self.right)
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}(", self.subject, self.function)?;
        if let Some(argument) = &self.argument {
            write!(f, "\"{argument}\"")?;
        }
        f.write_str(")")
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reference(reference) => reference.fmt(f),
            Self::Values(values) => match values.as_slice() {
                [value] => write!(f, "\"{value}\""),
                values => write!(f, "{{\"{}\"}}", values.join("\", \"")),
            },
        }
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.root {
            Root::User => "user",
            Root::Resource => "resource",
        })?;
        for name in &self.path {
            write!(f, ".{}{}", if name.is_custom_property { "@" } else { "" }, name.text)?;
        }
        Ok(())
    }
}
