//! What replies point out about rules that a request writes. It is looked up before the write, so that neither the writer nor the thread that answers has to.

use crate::access::rule_warnings;
use crate::http::call::EntityCall;
use crate::model::RuleSource;
use crate::policy::Warning;

/// What is pointed out about each rule that a request writes, in their order.
#[derive(Debug, Default)]
pub struct RuleWarnings(Vec<Vec<Warning>>);

impl RuleWarnings {
    /// Looks it up for the rules as they would be. A rule is written all the same if that fails.
    pub async fn of(call: &EntityCall, rules: Vec<RuleSource>) -> Self {
        let found = call.scan(move |snapshot, caller| Ok(rule_warnings(snapshot, &caller.readable(), &rules)?));
        Self(found.await.unwrap_or_else(|failure| {
            tracing::debug!(%failure, "what rules name could not be looked up");
            Vec::new()
        }))
    }

    /// Adds the warnings about one rule to its JSON, which is an object, as the field `warnings`; nothing if there are none.
    pub fn add_to(&self, index: usize, json: &mut Vec<u8>) {
        let Some(warnings) = self.0.get(index).filter(|warnings| !warnings.is_empty()) else { return };
        if let (Ok(list), Some(b'}')) = (serde_json::to_vec(warnings), json.last()) {
            json.pop();
            json.extend(b",\"warnings\":");
            json.extend(list);
            json.push(b'}');
        }
    }

    /// The warnings about each rule.
    pub fn into_each(self) -> impl Iterator<Item = Vec<Warning>> {
        self.0.into_iter()
    }
}
