//! The rights that a page has shown, when its form comes back.

use crate::error::RequestError;
use crate::http::extract::body::Form;

/// The rights that a page has shown, as its form sends them back.
pub struct ShownRights {
    /// The version of the rules, if the page has shown what they say.
    rules: Option<i64>,
    /// The digest of what is gained and lost, if the page has shown all of it.
    digest: Option<String>,
}

/// The rights that change now.
pub enum RightsNow<'r> {
    /// They were worked out: the digest of what is gained and lost, if the visitor may see it.
    Complete(Option<&'r str>),
    /// They could not be worked out, or not all of them.
    Incomplete,
}

const OTHER_RULES: &str = "System rules were changed after you opened this page.";
const OTHER_RIGHTS: &str = "Users or resources were changed after you opened this page, so other \
                            rights change than those that you have seen.";
const NOT_COMPARED: &str = "This time, Patchbay could not work out which rights change, so it \
                            can't compare them with those that you have seen.";

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

    /// Refuses what was shown if the rules have another version.
    ///
    /// # Errors
    /// `Outdated` if so.
    pub fn check_rules(&self, now: i64) -> Result<(), RequestError> {
        match self.rules {
            Some(shown) if shown != now => Err(RequestError::Outdated(OTHER_RULES.to_owned())),
            _ => Ok(()),
        }
    }
}
