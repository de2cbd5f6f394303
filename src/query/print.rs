//! Writes a filter as text that parses to the same filter.

use super::filter::{Filter, Literal, Path, Term};
use std::fmt::{self, Display};

impl Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(parts) => write_joined(f, parts, " or "),
            Self::And(parts) => write_joined(f, parts, " and "),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Filter], separator: &str) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        match part {
            Filter::Term(_) | Filter::Not(_) => part.fmt(f)?,
            Filter::Or(_) | Filter::And(_) => write!(f, "({part})")?,
        }
    }
    Ok(())
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, self.operator.word(), self.value)
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "." };
            let at = if segment.is_custom_property { "@" } else { "" };
            write!(f, "{separator}{at}{}", segment.name)?;
        }
        Ok(())
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Quoted(text) => write!(f, "'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
            Self::Bare(word) => f.write_str(word),
        }
    }
}
