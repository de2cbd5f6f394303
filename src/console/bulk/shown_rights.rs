//! The rights that a page has shown, when its form comes back.

use super::rights::Rights;
use crate::error::Failure;
use crate::http::extract::body::Form;

/// The rights that a page has shown, as its form sends them back.
pub struct ShownRights {
    /// The version of the rules, if the page has shown what they say.
    rules: Option<i64>,
    /// The digest of what is gained and lost, if the page has shown all of it.
    digest: Option<String>,
}

const OTHER_RULES: &str = "System rules were changed meanwhile.";
const OTHER_RIGHTS: &str =
    "Users or resources were changed meanwhile, so the rights that change are no longer those that you have seen.";
const NOT_COMPARED: &str = "It could not be worked out this time which rights change, so they can't be compared with those that you have seen.";

impl ShownRights {
    /// Reads what a page sends back.
    pub fn read(form: &Form) -> Self {
        let digest = Some(form.text("rights").to_owned()).filter(|digest| !digest.is_empty());
        Self { rules: form.text("rules").parse().ok(), digest }
    }

    /// Whether they are to be compared with those that change when it is done.
    pub const fn is_compared(&self) -> bool {
        self.rules.is_some() || self.digest.is_some()
    }

    /// Why the rights that change now are not known to be those that were shown, if so.
    pub fn outdated_by(&self, now: &Rights) -> Option<&'static str> {
        if self.rules.is_some_and(|shown| now.rules().is_some_and(|rules| rules != shown)) {
            return Some(OTHER_RULES);
        }
        let shown = self.digest.as_deref()?;
        match now {
            Rights::Unknown(_) | Rights::Compared { digest: None, .. } => Some(NOT_COMPARED),
            _ => (now.digest() != Some(shown)).then_some(OTHER_RIGHTS),
        }
    }

    /// Refuses what was shown if the rules have another version.
    ///
    /// # Errors
    /// `Outdated` if so.
    pub fn check_rules(&self, now: i64) -> Result<(), Failure> {
        match self.rules {
            Some(shown) if shown != now => Err(Failure::Outdated(OTHER_RULES.to_owned())),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access_report::Changes;
    use crate::console::preview::rights_change;

    #[test]
    fn a_page_says_why_the_rights_are_not_those_that_it_has_shown() {
        let compared = |rules, digest: Option<&str>| Rights::Compared {
            rights_change: rights_change(Changes::default()),
            rules,
            digest: digest.map(ToOwned::to_owned),
        };
        let timeout = || Rights::Unknown("there was no time".to_owned());
        for (rules, digest, now, reason) in [
            (Some(1), Some("a"), compared(1, Some("a")), None),
            (Some(1), Some("a"), compared(2, Some("a")), Some(OTHER_RULES)),
            (Some(1), Some("a"), compared(1, Some("b")), Some(OTHER_RIGHTS)),
            (Some(1), Some("a"), Rights::Untouched, Some(OTHER_RIGHTS)),
            (Some(1), Some("a"), compared(1, None), Some(NOT_COMPARED)),
            (Some(1), Some("a"), compared(2, None), Some(OTHER_RULES)),
            (Some(1), Some("a"), timeout(), Some(NOT_COMPARED)),
            (Some(1), None, timeout(), None),
            (Some(1), None, compared(1, Some("a")), None),
            (None, None, compared(1, Some("a")), None),
        ] {
            let shown = ShownRights { rules, digest: digest.map(ToOwned::to_owned) };
            assert_eq!(shown.outdated_by(&now), reason, "{rules:?} {digest:?}");
        }
    }
}
