//! The rights that a page has shown, as its form returns them.

use crate::error::RequestError;
use crate::http::extract::body::Form;

/// The rights that a page has shown, as its form returns them.
pub struct ShownRights {
    /// The version of the rules, if the page has shown a comparison.
    rules: Option<i64>,
    /// The digest of gains and losses, if the page has shown all of them.
    digest: Option<String>,
}

/// The rights that change now.
pub enum RightsNow<'r> {
    /// The comparison is complete. Has the digest of gains and losses, if the visitor may see them.
    Complete(Option<&'r str>),
    /// The comparison failed, or is not complete.
    Incomplete,
}

const OTHER_RULES: &str = "System rules were changed after you opened this page.";
const OTHER_RIGHTS: &str = "Users or resources were changed after you opened this page, so other \
                            rights change than those that you have seen.";
const NOT_COMPARED: &str = "This time, Patchbay could not determine which rights change, so it \
                            can't compare them with those that you have seen.";

impl ShownRights {
    /// Reads the fields that a page sends back.
    pub fn read(form: &Form) -> Self {
        let digest = Some(form.text("rights").to_owned()).filter(|digest| !digest.is_empty());
        Self { rules: form.text("rules").parse().ok(), digest }
    }

    /// Whether the page has shown rights, so that they must be compared again.
    pub const fn is_compared(&self) -> bool {
        self.rules.is_some() || self.digest.is_some()
    }

    /// Why the rights that change now may differ from those shown, if they may.
    pub fn outdated_by(&self, rules: Option<i64>, now: &RightsNow<'_>) -> Option<&'static str> {
        if self.rules.is_some_and(|shown| rules.is_some_and(|rules| rules != shown)) {
            return Some(OTHER_RULES);
        }
        let shown = self.digest.as_deref()?;
        match now {
            RightsNow::Incomplete => Some(NOT_COMPARED),
            RightsNow::Complete(digest) => (*digest != Some(shown)).then_some(OTHER_RIGHTS),
        }
    }

    /// Checks that the rules still have the version that was shown.
    ///
    /// # Errors
    /// `Outdated` if they have another version.
    pub fn check_rules(&self, now: i64) -> Result<(), RequestError> {
        match self.rules {
            Some(shown) if shown != now => Err(RequestError::Outdated(OTHER_RULES.to_owned())),
            _ => Ok(()),
        }
    }
}
