//! How the rows of a condition are gone about.
//!
//! A condition is what a filter and the rules ask for together. SQLite can't know how many rows
//! each part of it is about: statements are planned before their values are bound. So the parts are
//! asked first, up to a few rows each.

use super::budget::Steps;
use super::error::Error;
use super::snapshot::Snapshot;
use crate::model::{Entity, Kind, Value};
use crate::query::{Operator, Predicate, Sql, Way};

/// So many rows are found and sorted sooner than all are gone through.
const FEW: i64 = 1_000;

/// Steps in which a part must have told whether it is about a few.
const PROBE: Steps = 20_000;

/// How rows are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Approach<'p> {
    /// By the part of the condition that few fulfil. Of those the other parts are asked, and what
    /// is left is sorted.
    ByFew(&'p Predicate),
    /// One after the other in the order that is asked for, each tested for all parts.
    InOrder,
    /// By a part of the filter, whichever SQLite chooses, the rules being asked of what it finds.
    ByFilter,
    /// By the parts that are about the row itself, for which all rows are gone through. Of what is
    /// found the other parts are asked.
    ByScan,
    /// By the sets of all rows that fulfil each part.
    BySets,
}

impl Approach<'_> {
    /// How a part of the condition is tested.
    pub(super) fn way(self, part: &Predicate) -> Way {
        let is_set = match self {
            Self::ByScan if part.is_about_row() => return Way::ByScan,
            Self::ByFew(few) => part == few,
            Self::InOrder | Self::ByScan => false,
            Self::ByFilter => matches!(part, Predicate::Any { .. }),
            Self::BySets => true,
        };
        if is_set { Way::BySet } else { Way::ByRow }
    }

    /// How rows are found where they can be neither by a part that few fulfil nor soon in order.
    pub(super) fn thorough(condition: &Predicate) -> Self {
        if condition.parts().iter().any(Predicate::is_about_row) {
            Self::ByScan
        } else {
            Self::BySets
        }
    }

    /// Whether rows are sorted once they are found, rather than found in their order.
    pub(super) const fn sorts(self) -> bool {
        matches!(self, Self::ByFew(_))
    }
}

impl Snapshot<'_> {
    /// A part of `condition` that few rows fulfil, if there is one.
    pub(super) fn few<'p>(
        &self,
        entity: &'static Entity,
        condition: &'p Predicate,
    ) -> Result<Option<&'p Predicate>, Error> {
        let mut parts: Vec<&Predicate> = condition.parts().iter().collect();
        // What is told without asking comes first, then what is soonest asked.
        parts.sort_by_key(|part| (!is_one_row(part), part.weight()));
        for part in parts {
            if self.at_most(entity, part, FEW)?.is_some() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// How many rows fulfil `part`, or somewhat more; nothing if they are more than `limit` or it
    /// takes long to tell.
    fn at_most(
        &self,
        entity: &'static Entity,
        part: &Predicate,
        limit: i64,
    ) -> Result<Option<i64>, Error> {
        match part {
            Predicate::False => Ok(Some(0)),
            Predicate::True
            | Predicate::Not(_)
            | Predicate::Compare { operator: Operator::Ne, .. } => Ok(None),
            part if is_one_row(part) => Ok(Some(1)),
            Predicate::And(parts) => {
                for part in parts {
                    if let Some(found) = self.at_most(entity, part, limit)? {
                        return Ok(Some(found));
                    }
                }
                Ok(None)
            }
            Predicate::Or(parts) => {
                let mut sum = 0;
                for part in parts {
                    // Each may be about as many, whatever the others are about: otherwise the time
                    // would tell of rows that the rules hide.
                    let Some(more) = self.at_most(entity, part, limit)? else { return Ok(None) };
                    sum += more;
                }
                Ok(Some(sum).filter(|sum| *sum <= limit))
            }
            _ => self.probe(entity, part, limit),
        }
    }

    fn probe(
        &self,
        entity: &'static Entity,
        part: &Predicate,
        limit: i64,
    ) -> Result<Option<i64>, Error> {
        let mut sql = Sql::new("SELECT count(*) FROM (");
        match part {
            Predicate::Any { relation, predicate } if relation.is_collection() => {
                sql.related_ids(relation, predicate);
            }
            _ => {
                sql.push("SELECT 1 FROM ").push(entity.table).push(" AS t0 WHERE ");
                sql.predicate_by(entity.table, "t0", part, |_| Way::BySet);
            }
        }
        sql.push(" LIMIT ").bind(Value::Integer(limit + 1)).push(") AS found");
        let steps = self.limit_steps(PROBE)?;
        let found = steps.outcome(self.first(&sql, |row| row.get::<i64>(0)))?.flatten();
        Ok(found.filter(|found| *found <= limit))
    }
}

const fn is_one_row(part: &Predicate) -> bool {
    matches!(
        part,
        Predicate::Compare { property, operator: Operator::Eq, .. } if matches!(
            property.kind,
            Kind::Id
        )
    )
}
