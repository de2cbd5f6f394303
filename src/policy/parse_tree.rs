//! A condition as JSON, for rule editors. QRS has such a response but does not document its form;
//! this one is Patchbay's.

use super::condition;
use super::condition::{Call, Comparison, Condition, Operand};
use crate::query::TextError;
use serde_json::{Value as Json, json};

/// The condition as a tree: `{"operator": "and", "operands": […]}`, comparisons with `left` and
/// `right`, calls with `function`, `subject` and `argument`. A blank condition is null.
///
/// # Errors
/// [`TextError`] if the text is not a condition.
pub fn parse_tree(text: &str) -> Result<Json, TextError> {
    if text.trim().is_empty() {
        return Ok(Json::Null);
    }
    condition::parse(text).map(|condition| tree(&condition))
}

fn tree(condition: &Condition) -> Json {
    let joined = |operator: &str, parts: &[Condition]| {
        json!({
            "operator": operator, "operands": parts.iter().map(tree).collect::<Vec<_>>()
        })
    };
    match condition {
        Condition::Or(parts) => joined("or", parts),
        Condition::And(parts) => joined("and", parts),
        Condition::Not(part) => json!({ "operator": "not", "operands": [tree(part)] }),
        Condition::Compare(Comparison { left, operator, right, .. }) => {
            json!({ "operator": operator.word(), "left": operand(left), "right": operand(right) })
        }
        Condition::Call(Call { subject, function, argument, .. }) => {
            json!({ "function": function, "subject": subject.to_string(), "argument": argument })
        }
    }
}

fn operand(operand: &Operand) -> Json {
    match operand {
        Operand::Reference(reference) => json!({ "reference": reference.to_string() }),
        Operand::Values(values) => json!({ "values": values }),
    }
}
