//! Renders predicates and orders as SQL. Equal predicates give equal text, so that prepared
//! statements are reused; values are always bound, in the order of the text.

use super::order::Order;
use super::predicate::{Operator, Pattern, Predicate};
use crate::model::{Kind, Property, Value, fold};
use serde_json::Value as Json;

/// The strategy for finding the rows that fulfil a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Tests one row at a time, at a cost that does not depend on the number of rows.
    ByRow,
    /// Computes the set of all ids of matching related rows. The cost is proportional to the size
    /// of the set, and SQLite can use the set to find the rows.
    BySet,
    /// Scans only the columns of the condition, in an index if one has them; for conditions on the
    /// row itself.
    ByScan,
}

/// The longest list of which each value is its own parameter.
const SHORT_LIST: usize = 32;

/// From this number of parameters on, each further list is a single parameter, however short:
/// SQLite allows 32,766 in all.
const MANY_PARAMETERS: usize = 4_000;

/// SQL text under construction, with the values of its parameters.
#[derive(Debug, Default)]
pub struct Sql {
    /// The text so far.
    pub text: String,
    /// The values of its parameters, in order; text that is compared in its folded form is already
    /// folded.
    pub parameters: Vec<Value>,
    aliases: usize,
}

impl Sql {
    /// Starts with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }

    /// Adds text as it is. It must come from the program, never from a client.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter.
    pub fn bind(&mut self, value: Value) -> &mut Self {
        self.parameters.push(value);
        self.push("?")
    }

    /// Adds rendered text with its parameters. The text must be complete, because its aliases are
    /// independent.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.parameters.extend_from_slice(&other.parameters);
        self.push(&other.text)
    }

    /// Adds the condition on the row `alias`, to be tested row by row.
    pub fn predicate(&mut self, alias: &str, predicate: &Predicate) -> &mut Self {
        self.predicate_in(alias, predicate, Way::ByRow)
    }

    /// Adds the condition on the row `alias` of `table`; `way` returns the strategy for each of its
    /// parts.
    pub fn predicate_by(
        &mut self,
        table: &str,
        alias: &str,
        predicate: &Predicate,
        way: impl Fn(&Predicate) -> Way,
    ) -> &mut Self {
        let (scanned, tested): (Vec<_>, Vec<_>) = predicate
            .parts()
            .iter()
            .map(|part| (part, way(part)))
            .partition(|(_, way)| *way == Way::ByScan);
        if !scanned.is_empty() {
            let scanned = scanned.into_iter().map(|(part, _)| (part, Way::ByRow)).collect();
            let inner = self.alias();
            self.push(alias)
                .push(".rowid IN (SELECT ")
                .push(&inner)
                .push(".rowid FROM ")
                .push(table);
            self.push(" AS ").push(&inner).push(" WHERE ").joined(&inner, scanned, " AND ");
            self.push(if tested.is_empty() { ")" } else { ") AND " });
        }
        self.joined(alias, tested, " AND ")
    }

    fn predicate_in(&mut self, alias: &str, predicate: &Predicate, way: Way) -> &mut Self {
        match predicate {
            Predicate::True => self.push("1 = 1"),
            Predicate::False => self.push("1 = 0"),
            Predicate::And(parts) if parts.is_empty() => self.push("1 = 1"),
            Predicate::Or(parts) if parts.is_empty() => self.push("1 = 0"),
            Predicate::And(parts) => self.joined(alias, each(parts, way), " AND "),
            Predicate::Or(parts) => self.joined(alias, each(parts, way), " OR "),
            Predicate::Not(part) => self.push("NOT (").predicate_in(alias, part, way).push(")"),
            Predicate::Compare { property, operator, value } => {
                self.compare(alias, property, *operator, value)
            }
            Predicate::In { property, values } => self.is_in(alias, property, values),
            Predicate::Match { property, pattern } => self.matches(alias, property, pattern),
            Predicate::Any { relation, predicate } => self.any(alias, relation, predicate, way),
        }
    }

    /// Adds the expression by which to sort the row `alias`. Values of a referenced row that the
    /// caller may not see are NULL, which comes first: without this statement, databases differ in
    /// where they sort NULL.
    pub fn order(&mut self, alias: &str, order: &Order) -> &mut Self {
        self.order_expression(alias, &order.steps, order.property);
        self.push(match (order.descending, order.steps.is_empty()) {
            (false, true) => " ASC",
            (true, true) => " DESC",
            (false, false) => " ASC NULLS FIRST",
            (true, false) => " DESC NULLS LAST",
        })
    }

    fn order_expression(
        &mut self,
        alias: &str,
        steps: &[(&'static Property, Predicate)],
        property: &Property,
    ) -> &mut Self {
        let [(step, visible), rest @ ..] = steps else { return self.column(alias, property) };
        let Kind::Reference(entity) = step.kind else { return self.push("NULL") };
        let inner = self.alias();
        self.push("(SELECT ").order_expression(&inner, rest, property);
        self.push(" FROM ").push(entity.table).push(" AS ").push(&inner);
        self.push(" WHERE ").push(&inner).push(".id = ").push(alias).push(".").push(step.column);
        self.push(" AND (").predicate(&inner, visible).push("))")
    }

    /// The cheapest part comes first: SQLite tests in this order and stops when the result is
    /// clear.
    fn joined(
        &mut self,
        alias: &str,
        mut parts: Vec<(&Predicate, Way)>,
        separator: &str,
    ) -> &mut Self {
        parts.sort_by_key(|(part, _)| cost(part));
        self.halves(alias, &parts, separator)
    }

    /// As a balanced tree, because a plain chain is as deep as it is long, and SQLite allows 1,000
    /// levels.
    fn halves(&mut self, alias: &str, parts: &[(&Predicate, Way)], separator: &str) -> &mut Self {
        match parts {
            [] => self,
            [(part, way)] => self.predicate_in(alias, part, *way),
            parts => {
                let (first, second) = parts.split_at(parts.len().div_ceil(2));
                self.push("(").halves(alias, first, separator).push(separator);
                self.halves(alias, second, separator).push(")")
            }
        }
    }

    fn compare(
        &mut self,
        alias: &str,
        property: &Property,
        operator: Operator,
        value: &Value,
    ) -> &mut Self {
        let Value::Text(text) = value else {
            return self.column(alias, property).push(symbol(operator)).bind(value.clone());
        };
        match operator {
            Operator::Sw => self.starts_with(alias, property, &fold(text)),
            Operator::Ew => self.test("ends_with_text", alias, property, fold(text)),
            Operator::So => self.test("contains_text", alias, property, fold(text)),
            _ => self
                .column(alias, property)
                .push(symbol(operator))
                .bind(Value::Text(property.folded(text))),
        }
    }

    /// Renders a range, because a bound `LIKE` can't use the index.
    fn starts_with(&mut self, alias: &str, property: &Property, prefix: &str) -> &mut Self {
        self.push("(").column(alias, property).push(" >= ").bind(Value::Text(prefix.to_owned()));
        if let Some(end) = successor(prefix) {
            self.push(" AND ").column(alias, property).push(" < ").bind(Value::Text(end));
        }
        self.push(")")
    }

    /// The store provides these functions. `LIKE` could take time proportional to the product of
    /// both lengths, and SQLite can't be interrupted during it.
    fn test(
        &mut self,
        function: &str,
        alias: &str,
        property: &Property,
        pattern: String,
    ) -> &mut Self {
        self.push(function)
            .push("(")
            .bind(Value::Text(pattern))
            .push(", ")
            .column(alias, property)
            .push(")")
    }

    fn matches(&mut self, alias: &str, property: &Property, pattern: &Pattern) -> &mut Self {
        match pattern {
            Pattern::Exactly(texts) => self
                .unfolded(alias, property)
                .one_of(texts.iter().cloned().map(Value::Text).collect()),
            Pattern::Wildcard(pattern) => {
                self.test("matches_wildcards", alias, property, fold(pattern))
            }
            Pattern::Regex(regex) => {
                self.push("matches_regex(").bind(Value::Text(regex.clone())).push(", ");
                self.unfolded(alias, property).push(")")
            }
        }
    }

    /// Adds the value without folding.
    fn unfolded(&mut self, alias: &str, property: &Property) -> &mut Self {
        if !property.is_type_name() {
            return self.push(alias).push(".").push(property.column);
        }
        self.push("visible_name(").push(alias).push(".").push(property.column).push(")")
    }

    fn is_in(&mut self, alias: &str, property: &Property, values: &[Value]) -> &mut Self {
        let folded = values.iter().map(|value| match value {
            Value::Text(text) => Value::Text(property.folded(text)),
            other => other.clone(),
        });
        self.column(alias, property).one_of(folded.collect())
    }

    /// Adds the test that the value before it is one of `values`. A long list is one parameter,
    /// whatever its length; short lists are padded to a few lengths, so that there are few
    /// different texts.
    fn one_of(&mut self, values: Vec<Value>) -> &mut Self {
        if values.is_empty() || values.len() > SHORT_LIST || self.parameters.len() > MANY_PARAMETERS
        {
            let list: Json = values.into_iter().map(json).collect();
            return self
                .push(" IN (SELECT value FROM json_each(")
                .bind(Value::Text(list.to_string()))
                .push("))");
        }
        let size = values.len().next_power_of_two();
        self.push(" IN (");
        for (index, value) in values.iter().cycle().take(size).enumerate() {
            self.push(if index == 0 { "" } else { ", " }).bind(value.clone());
        }
        self.push(")")
    }

    fn any(
        &mut self,
        alias: &str,
        relation: &Property,
        predicate: &Predicate,
        way: Way,
    ) -> &mut Self {
        let (key, relation, predicate) = match (relation.kind, predicate) {
            // The related rows of the referenced row are found by its id, which the reference
            // already contains.
            (Kind::Reference(_), Predicate::Any { relation: next, predicate })
                if next.is_collection() =>
            {
                (relation.column, *next, &**predicate)
            }
            (Kind::Reference(_), _) => (relation.column, relation, predicate),
            _ => ("id", relation, predicate),
        };
        match way {
            Way::ByRow | Way::ByScan => self.push("EXISTS ("),
            Way::BySet => self.push(alias).push(".").push(key).push(" IN ("),
        };
        let (inner, inner_key) = self.related(relation);
        self.push(" WHERE ");
        if way != Way::BySet {
            self.push(&inner_key).push(" = ").push(alias).push(".").push(key).push(" AND ");
        }
        self.predicate_in(&inner, predicate, way).push(")")
    }

    /// Adds the SELECT of the ids of related rows, up to its condition; returns the alias of the
    /// related row and the column of the ids.
    fn related(&mut self, relation: &Property) -> (String, String) {
        let inner = self.alias();
        let (key, from) = match relation.kind {
            Kind::Reference(target) => {
                (format!("{inner}.id"), format!("{} AS {inner}", target.table))
            }
            Kind::Links(target) => {
                let (link, links, target) = (self.alias(), relation.column, target.table);
                let from = format!(
                    "{links} AS {link} JOIN {target} AS {inner} ON {inner}.id = {link}.target_id"
                );
                (format!("{link}.entity_id"), from)
            }
            _ => (format!("{inner}.entity_id"), format!("{} AS {inner}", relation.column)),
        };
        self.push("SELECT ").push(&key).push(" FROM ").push(&from);
        (inner, key)
    }

    /// Adds the SELECT of the ids of the rows that `relation` relates to a row that fulfils
    /// `predicate`; an id can occur several times.
    pub fn related_ids(&mut self, relation: &Property, predicate: &Predicate) -> &mut Self {
        let (inner, _) = self.related(relation);
        self.push(" WHERE ").predicate_in(&inner, predicate, Way::BySet)
    }

    fn column(&mut self, alias: &str, property: &Property) -> &mut Self {
        self.push(alias).push(".").push(property.column);
        self.push(if matches!(property.kind, Kind::Text { .. }) { "_folded" } else { "" })
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }
}

fn each(parts: &[Predicate], way: Way) -> Vec<(&Predicate, Way)> {
    parts.iter().map(|part| (part, way)).collect()
}

/// A value in the form that columns hold.
fn json(value: Value) -> Json {
    match value {
        Value::Text(text) => text.into(),
        Value::Integer(number) => number.into(),
        Value::Boolean(value) => i64::from(value).into(),
        Value::Date(date) => date.millis().into(),
        Value::Id(id) => id.to_string().into(),
    }
}

/// The relative cost of a test: on a column of the row, on a referenced row, or on a collection.
fn cost(predicate: &Predicate) -> u8 {
    match predicate {
        Predicate::True | Predicate::False | Predicate::Compare { .. } | Predicate::In { .. } => 0,
        Predicate::Match { .. } => 1,
        Predicate::Not(part) => cost(part),
        Predicate::And(parts) | Predicate::Or(parts) => parts.iter().map(cost).max().unwrap_or(0),
        Predicate::Any { relation, predicate } => {
            let own = if relation.is_collection() { 3 } else { 2 };
            own + cost(predicate) / 3
        }
    }
}

const fn symbol(operator: Operator) -> &'static str {
    match operator {
        Operator::Ne => " <> ",
        Operator::Gt => " > ",
        Operator::Ge => " >= ",
        Operator::Lt => " < ",
        Operator::Le => " <= ",
        Operator::Eq | Operator::Sw | Operator::Ew | Operator::So => " = ",
    }
}

/// The smallest text greater than every text that starts with `prefix`, in the order of code
/// points, which is that of UTF-8.
fn successor(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}
