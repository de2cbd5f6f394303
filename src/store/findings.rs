//! The faults of a database, as lines for people.

/// The number of lines that are kept: a database with damage everywhere must not fill the memory or
/// the terminal.
const MOST: usize = 1_000;

/// The findings, one line each. Beyond a limit they are only counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    lines: Vec<String>,
    more: u64,
}

impl Findings {
    /// Adds a finding.
    pub fn add(&mut self, line: impl Into<String>) {
        if self.lines.len() < MOST {
            self.lines.push(line.into());
        } else {
            self.more += 1;
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        other.lines.into_iter().for_each(|line| self.add(line));
        self.more += other.more;
    }

    /// Whether there are no findings.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The number of findings, including those that are only counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.more.saturating_add(u64::try_from(self.lines.len()).unwrap_or(u64::MAX))
    }

    /// The first `most` lines, followed by the number of the others.
    pub fn first(&self, most: usize) -> impl Iterator<Item = String> {
        let shown = most.min(self.lines.len());
        let more = self.count() - u64::try_from(shown).unwrap_or(0);
        let rest = (more > 0).then(|| format!("and {more} more"));
        self.lines[..shown].iter().cloned().chain(rest)
    }

    /// All lines that were kept, followed by the number of the others.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.first(MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_a_thousand_lines_findings_are_only_counted() {
        let mut findings = Findings::default();
        assert!(findings.is_empty() && findings.lines().count() == 0);
        (0..MOST + 5).for_each(|number| findings.add(format!("line {number}")));
        let mut more = Findings::default();
        more.add("one more");
        findings.extend(more.clone());
        assert_eq!((findings.count(), findings.lines().count()), (1_006, 1_001));
        assert_eq!(findings.lines().last().unwrap(), "and 6 more");
        assert_eq!(findings.first(2).collect::<Vec<_>>(), ["line 0", "line 1", "and 1004 more"]);
        more.extend(findings);
        assert_eq!((more.count(), more.lines().count()), (1_007, 1_001));
    }
}
