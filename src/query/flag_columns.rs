//! Several predicates as boolean columns of one statement.

use super::predicate::Predicate;
use super::sql::Sql;

/// The most alternatives that are searched for ones that several predicates share.
const LOOKED_THROUGH: usize = 500;

/// Predicates as columns of a statement about the row `t0`. They are rendered once, for any number
/// of statements. Equal predicates share a column, an alternative of several predicates has its own
/// column, and a constant predicate has no column.
#[derive(Debug)]
pub struct FlagColumns {
    columns: Sql,
    count: usize,
    flags: Vec<Flag>,
}

/// How the columns show whether a predicate is true.
#[derive(Clone, Debug)]
enum Flag {
    Always,
    Never,
    /// True if any of these columns is true.
    Any(Vec<usize>),
}

impl FlagColumns {
    /// The columns for `predicates`.
    pub fn new<'p>(predicates: impl IntoIterator<Item = &'p Predicate>) -> Self {
        let predicates: Vec<&Predicate> = predicates.into_iter().collect();
        let mut different: Vec<&Predicate> = Vec::new();
        for predicate in &predicates {
            if !different.contains(predicate) {
                different.push(predicate);
            }
        }
        let shared = shared(&different);
        let mut columns = Self { columns: Sql::default(), count: 0, flags: Vec::new() };
        let places: Vec<usize> = shared.iter().map(|part| columns.column(part)).collect();
        let flags: Vec<Flag> =
            different.iter().map(|predicate| columns.flag(predicate, &shared, &places)).collect();
        let place = |predicate| different.iter().position(|other| *other == predicate);
        let places = predicates.into_iter().filter_map(place);
        columns.flags = places.map(|place| flags[place].clone()).collect();
        columns
    }

    fn column(&mut self, predicate: &Predicate) -> usize {
        self.columns.push(", (").predicate("t0", predicate).push(&format!(") AS q{}", self.count));
        self.count += 1;
        self.count - 1
    }

    fn flag(&mut self, predicate: &Predicate, shared: &[&Predicate], columns: &[usize]) -> Flag {
        match predicate {
            Predicate::True => return Flag::Always,
            Predicate::False => return Flag::Never,
            _ => {}
        }
        let mut any = Vec::new();
        let mut own = Vec::new();
        for part in predicate.alternatives() {
            match shared.iter().position(|other| *other == part) {
                Some(place) => any.push(columns[place]),
                None => own.push(part),
            }
        }
        if any.is_empty() {
            return Flag::Any(vec![self.column(predicate)]);
        }
        if !own.is_empty() {
            any.push(self.column(&Predicate::or(own.into_iter().cloned())));
        }
        Flag::Any(any)
    }

    /// The number of columns.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Appends the columns, named `q0`, `q1` and so on, to the statement.
    pub fn push(&self, sql: &mut Sql) {
        sql.append(&self.columns);
    }

    /// For each predicate, the SQL over the column names for whether it is true.
    pub fn terms(&self) -> impl Iterator<Item = String> {
        self.flags.iter().map(|flag| match flag {
            Flag::Always => "TRUE".to_owned(),
            Flag::Never => "FALSE".to_owned(),
            Flag::Any(columns) => {
                let columns: Vec<String> =
                    columns.iter().map(|column| format!("q{column}")).collect();
                format!("({})", columns.join(" OR "))
            }
        })
    }

    /// The predicates that are true for a row, given the values of its columns.
    pub fn read<'q>(
        &'q self,
        is_true: impl Fn(usize) -> bool + 'q,
    ) -> impl Iterator<Item = bool> + 'q {
        self.flags.iter().map(move |flag| match flag {
            Flag::Always => true,
            Flag::Never => false,
            Flag::Any(columns) => columns.iter().any(|column| is_true(*column)),
        })
    }
}

/// The alternatives that occur in more than one of `predicates`. The predicates are distinct, so
/// each alternative is a proper part of at least one of them.
fn shared<'p>(predicates: &[&'p Predicate]) -> Vec<&'p Predicate> {
    let parts = || predicates.iter().flat_map(|predicate| predicate.alternatives());
    if parts().count() > LOOKED_THROUGH {
        return Vec::new();
    }
    let mut seen: Vec<&Predicate> = Vec::new();
    let mut shared: Vec<&Predicate> = Vec::new();
    for part in parts() {
        if !seen.contains(&part) {
            seen.push(part);
        } else if !shared.contains(&part) {
            shared.push(part);
        }
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DATA_CONNECTION, Value};

    fn is(name: &str, value: &str) -> Predicate {
        Predicate::equals(DATA_CONNECTION.property(name).unwrap(), Value::Text(value.to_owned()))
    }

    #[test]
    fn an_alternative_of_several_predicates_has_one_column() {
        let (name, kind, user) = (is("name", "a"), is("type", "b"), is("username", "c"));
        let either = |parts: &[&Predicate]| Predicate::or(parts.iter().copied().cloned());
        let predicates = [
            Predicate::True,
            either(&[&name, &kind]),
            either(&[&kind, &user]),
            Predicate::False,
            either(&[&name, &kind]),
            kind.clone(),
            user,
        ];
        let columns = FlagColumns::new(&predicates);
        let mut sql = Sql::default();
        columns.push(&mut sql);
        let parameters: Vec<String> =
            sql.parameters.iter().map(|value| format!("{value:?}")).collect();
        assert_eq!(columns.count(), 3, "{}", sql.text);
        assert_eq!(parameters, [r#"Text("b")"#, r#"Text("c")"#, r#"Text("a")"#]);
        let terms: Vec<String> = columns.terms().collect();
        assert_eq!(
            terms,
            ["TRUE", "(q0 OR q2)", "(q0 OR q1)", "FALSE", "(q0 OR q2)", "(q0)", "(q1)"]
        );
        let holds: Vec<bool> = columns.read(|column| column == 2).collect();
        assert_eq!(holds, [true, true, false, false, true, false, false]);
    }
}
