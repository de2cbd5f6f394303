//! System rules, ready to be asked.

use super::Action;
use super::condition::{self, Condition};
use super::resource_filter::ResourceFilter;
use crate::model::{Context, Invalid, RuleSource, SYSTEM_RULE, Value};
use crate::query::{Predicate, Problem};
use std::fmt::{self, Display};
use uuid::Uuid;

/// The stored rules that nobody can change or delete.
#[must_use]
pub fn read_only() -> Predicate {
    let kind = SYSTEM_RULE.property("type");
    kind.map_or(Predicate::False, |kind| Predicate::equals(kind, Value::Text("ReadOnly".to_owned())))
}

/// A rule whose texts have been understood.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: Uuid,
    /// The condition; none always holds.
    pub condition: Option<Condition>,
    /// The text of the condition, for positions.
    pub text: String,
    /// The resources.
    pub filter: ResourceFilter,
    /// Whether the condition asks for privileges, so that it may mean something else for each action.
    pub asks_privileges: bool,
    actions: i64,
    place: Place,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// The field that it is in.
    pub field: &'static str,
    /// What and where.
    pub problem: Problem,
}

impl Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl From<RuleFault> for Invalid {
    fn from(fault: RuleFault) -> Self {
        Self::one(fault.field, fault.problem.to_string())
    }
}

/// Where a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Everywhere,
    Hub,
    Qmc,
}

impl Rule {
    /// Understands a stored rule.
    ///
    /// # Errors
    /// The field that can't be understood, with the position in it.
    pub fn parse(source: &RuleSource) -> Result<Self, RuleFault> {
        let filter = ResourceFilter::parse(&source.resource_filter);
        let condition = (!source.rule.trim().is_empty()).then(|| condition::parse(&source.rule)).transpose();
        let condition = condition.map_err(|problem| RuleFault { field: "rule", problem })?;
        Ok(Self {
            id: source.id,
            asks_privileges: condition.as_ref().is_some_and(Condition::asks_privileges),
            condition,
            text: source.rule.clone(),
            filter: filter.map_err(|problem| RuleFault { field: "resourceFilter", problem })?,
            actions: source.actions,
            place: match source.rule_context {
                1 => Place::Hub,
                2 => Place::Qmc,
                _ => Place::Everywhere,
            },
        })
    }

    /// Whether it grants `action` in `context` to whom it grants anything.
    #[must_use]
    pub const fn grants(&self, action: Action, context: Context) -> bool {
        self.holds_in(context) && action.is_in(self.actions)
    }

    /// Whether it holds for those who ask from there.
    #[must_use]
    pub const fn holds_in(&self, context: Context) -> bool {
        match context {
            Context::Management => !matches!(self.place, Place::Hub),
            Context::App => !matches!(self.place, Place::Qmc),
        }
    }
}
