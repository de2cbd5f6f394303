//! Parsed system rules, ready to be evaluated.

use super::condition::{self, Condition};
use super::resource_filter::ResourceFilter;
use crate::model::{Action, Context, FieldErrors, RuleSource};
use crate::query::TextError;
use std::fmt::{self, Display};
use uuid::Uuid;

/// A parsed rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: Uuid,
    /// The condition; `None` is always true.
    pub condition: Option<Condition>,
    /// The text of the condition, for positions.
    pub text: String,
    /// The resources that it covers.
    pub filter: ResourceFilter,
    /// Whether its condition calls `HasPrivilege`.
    pub asks_privileges: bool,
    actions: i64,
    place: Place,
}

/// An error in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The field with the error.
    pub field: &'static str,
    /// The error and its position.
    pub problem: TextError,
}

impl Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl From<RuleError> for FieldErrors {
    fn from(fault: RuleError) -> Self {
        fault.problem.of_field(fault.field)
    }
}

/// Where a rule applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Everywhere,
    Hub,
    Qmc,
}

impl Rule {
    /// Parses a stored rule.
    ///
    /// # Errors
    /// [`RuleError`] with the field that can't be parsed, and the position in it.
    pub fn parse(source: &RuleSource) -> Result<Self, RuleError> {
        let filter = ResourceFilter::parse(&source.resource_filter);
        let condition =
            (!source.rule.trim().is_empty()).then(|| condition::parse(&source.rule)).transpose();
        let condition = condition.map_err(|problem| RuleError { field: "rule", problem })?;
        Ok(Self {
            id: source.id,
            asks_privileges: condition.as_ref().is_some_and(Condition::asks_privileges),
            condition,
            text: source.rule.clone(),
            filter: filter.map_err(|problem| RuleError { field: "resourceFilter", problem })?,
            actions: source.actions,
            place: match source.rule_context {
                1 => Place::Hub,
                2 => Place::Qmc,
                _ => Place::Everywhere,
            },
        })
    }

    /// Whether it grants `action` in `context`, to the users for whom its condition is true.
    #[must_use]
    pub const fn grants(&self, action: Action, context: Context) -> bool {
        self.holds_in(context) && action.is_in(self.actions)
    }

    /// Whether it applies to requests from this context.
    #[must_use]
    pub const fn holds_in(&self, context: Context) -> bool {
        match context {
            Context::Management => !matches!(self.place, Place::Hub),
            Context::App => !matches!(self.place, Place::Qmc),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(change: impl FnOnce(&mut RuleSource)) -> Result<Rule, RuleError> {
        let filter = "DataConnection_*".to_owned();
        let mut source =
            RuleSource { resource_filter: filter, actions: 2, ..RuleSource::blank(Uuid::nil()) };
        change(&mut source);
        Rule::parse(&source)
    }

    #[test]
    fn applies_in_the_contexts_of_its_setting() {
        for (rule_context, in_the_hub, in_the_qmc) in
            [(0, true, true), (1, true, false), (2, false, true)]
        {
            let rule = rule(|source| source.rule_context = rule_context).unwrap();
            let grants = |context| rule.grants(Action::Read, context);
            assert_eq!(
                (grants(Context::App), grants(Context::Management)),
                (in_the_hub, in_the_qmc),
                "{rule_context}"
            );
            assert!(!rule.grants(Action::Update, Context::App));
        }
    }

    #[test]
    fn a_blank_condition_is_none_and_an_invalid_one_has_a_position() {
        assert_eq!(rule(|source| source.rule = "  ".to_owned()).unwrap().condition, None);
        assert!(
            rule(|source| source.rule = "user.name = \"anna\"".to_owned())
                .unwrap()
                .condition
                .is_some()
        );
        let fault = rule(|source| source.rule = "user.name =".to_owned()).unwrap_err().to_string();
        assert!(fault.starts_with("rule: ") && fault.len() > "rule: ".len(), "{fault}");
        let fault = rule(|source| source.resource_filter = "?".to_owned()).unwrap_err().to_string();
        assert!(fault.starts_with("resourceFilter: "), "{fault}");
    }
}
