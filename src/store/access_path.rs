//! Chooses how to find the rows of a condition.
//!
//! A condition combines a filter with the rules. SQLite can't estimate how many rows each part
//! matches, because it plans statements before values are bound. So each part is probed first, up
//! to a limited number of rows.

use super::budget::Steps;
use super::error::Error;
use super::snapshot::Snapshot;
use crate::model::{Entity, Kind, Value};
use crate::query::{Operator, Predicate, Sql, Way};

/// Finding and sorting up to this many rows is faster than going through all rows.
const FEW: i64 = 1_000;

/// The steps within which a probe must tell whether a part matches few rows.
const PROBE: Steps = 20_000;

/// How rows are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AccessPath<'p> {
    /// By the part of the condition that few rows match. These rows are tested for the other parts
    /// and then sorted.
    ByFew(&'p Predicate),
    /// One after the other in the requested order, each tested for all parts.
    InOrder,
    /// By a part of the filter, which SQLite chooses. The rows found are tested for the rules.
    ByFilter,
    /// By a scan of all rows, testing the parts that concern the row itself first. The rows found
    /// are tested for the other parts.
    ByScan,
    /// By the sets of all rows that match each part.
    BySets,
}

impl AccessPath<'_> {
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

    /// How rows are found if no part matches few rows and going in order is too slow.
    pub(super) fn thorough(condition: &Predicate) -> Self {
        if condition.parts().iter().any(Predicate::is_about_row) {
            Self::ByScan
        } else {
            Self::BySets
        }
    }

    /// Whether rows are sorted after they are found.
    pub(super) const fn sorts(self) -> bool {
        matches!(self, Self::ByFew(_))
    }
}

impl Snapshot<'_> {
    /// A part of `condition` that few rows match, if there is one.
    pub(super) fn few<'p>(
        &self,
        entity: &'static Entity,
        condition: &'p Predicate,
    ) -> Result<Option<&'p Predicate>, Error> {
        let mut parts: Vec<&Predicate> = condition.parts().iter().collect();
        // The parts that need no query come first, then the cheapest.
        parts.sort_by_key(|part| (!is_one_row(part), part.weight()));
        for part in parts {
            if self.at_most(entity, part, FEW)?.is_some() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }

    /// The number of rows that match `part`, or an upper bound; `None` if it exceeds `limit` or
    /// takes too long to find out.
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
                    // Each part may match up to the limit, whatever the others match: otherwise the
                    // duration would reveal rows that the rules hide.
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
