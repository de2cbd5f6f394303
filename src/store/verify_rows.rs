//! Verifies every row: whether the API can show it, whether filters find it, and whether the rows
//! that it refers to exist.

use super::error::Error;
use super::findings::Findings;
use super::property_value::{self, PropertyValue, shown};
use super::select_query::SelectQuery;
use super::snapshot::Snapshot;
use super::sqlite::migrations::NEWEST;
use super::sqlite::schema::{columns_of, references_of};
use super::sqlite::statement::Row;
use super::unreadable::Unreadable;
use super::verified_tables::{Table, entities, tables};
use crate::model::{Kind, MODIFIED_DATE};
use crate::query::{Predicate, Sql};
use std::collections::BTreeSet;

/// The columns of a table that one statement reads, with their positions.
struct Plan<'t> {
    table: &'t Table,
    columns: Vec<Planned>,
    /// Which texts are folded as by this program.
    folding: Folding,
}

struct Planned {
    name: &'static str,
    kind: Kind,
    place: usize,
    folded: Option<usize>,
}

/// Which folded columns can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Folding {
    /// All of them.
    Current,
    /// Those of ASCII texts, except names of types. A step to a newer schema may fold others again.
    Earlier,
}

impl Snapshot<'_> {
    /// Reports each value that the API could not show, and each text that filters would not find,
    /// by table, row and column. A table that can't be read is reported, and the others are
    /// verified nevertheless.
    #[must_use]
    pub fn row_faults(&self) -> Findings {
        let mut findings = Findings::default();
        let schema = self.schema();
        let folding =
            if matches!(schema, Ok(NEWEST)) { Folding::Current } else { Folding::Earlier };
        for table in tables() {
            if let Err(error) = self.verify_table(&table, folding, &mut findings) {
                findings.add(format!("row: {}: not all rows could be read: {error}", table.name));
            }
        }
        // The code that serves requests decides in the end. It knows only the newest schema.
        if findings.is_empty() && matches!(schema, Ok(NEWEST)) {
            self.verify_by_serving(&mut findings);
        }
        findings
    }

    /// Reports each reference to a row that does not exist, by table, row and column.
    #[must_use]
    pub fn reference_faults(&self) -> Findings {
        let mut findings = Findings::default();
        for table in tables() {
            if let Err(error) = self.verify_references(&table, &mut findings) {
                findings.add(format!(
                    "references: {}: not all rows could be read: {error}",
                    table.name
                ));
            }
        }
        findings
    }

    fn verify_table(
        &self,
        table: &Table,
        folding: Folding,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let stored = self.columns_of_table(table.name)?;
        if stored.is_empty() {
            // The comparison of schemas reports a missing table, unless it belongs to a later
            // schema.
            return Ok(());
        }
        let (sql, plan) = plan(table, &stored, folding);
        let mut statement = self.prepare(&sql)?;
        let mut rows = statement.query(&[])?;
        while let Some(row) = rows.next_row()? {
            plan.verify(&row, findings);
        }
        Ok(())
    }

    fn verify_references(&self, table: &Table, findings: &mut Findings) -> Result<(), Error> {
        let sql = references_of(table.name);
        let references: Vec<(String, String, String)> =
            self.all(&sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for (column, parent, key) in references {
            let lost = format!(
                "SELECT {} FROM {} AS c WHERE NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE \
                 p.{key} = c.{column})",
                table.key.join(", "),
                table.name
            );
            let mut statement = self.prepare(&Sql::new(&lost))?;
            let mut rows = statement.query(&[])?;
            while let Some(row) = rows.next_row()? {
                let row = key_of(table, &row);
                findings.add(format!(
                    "references: {row}: {column} refers to a row of {parent} that does not exist"
                ));
            }
        }
        Ok(())
    }

    fn columns_of_table(&self, table: &str) -> Result<BTreeSet<String>, Error> {
        Ok(self.all(&columns_of(table), |row| row.get(0))?.into_iter().collect())
    }

    fn verify_by_serving(&self, findings: &mut Findings) {
        for entity in entities() {
            let mut note = |unreadable: Unreadable| {
                findings.add(format!("row: {unreadable}"));
                Ok(())
            };
            if let Err(error) =
                self.each_unreadable(&SelectQuery::full(entity, Predicate::True), &mut note)
            {
                findings.add(format!("row: {}: not all rows could be read: {error}", entity.table));
            }
        }
    }
}

impl Plan<'_> {
    fn verify(&self, row: &Row<'_>, findings: &mut Findings) {
        for column in &self.columns {
            let fault = match property_value::read(column.kind, row.cell(column.place)) {
                Err(why) => Some(format!("{} {why}", column.name)),
                Ok(PropertyValue::Date(date))
                    if column.name == MODIFIED_DATE.column && !date.has_room() =>
                {
                    Some(format!(
                        "{} is so late that no later date can follow, so the row can't be changed",
                        column.name
                    ))
                }
                Ok(PropertyValue::Text(text)) => self.fault_of_folded(row, column, text),
                Ok(_) => None,
            };
            if let Some(fault) = fault {
                findings.add(format!("row: {}: {fault}", key_of(self.table, row)));
            }
        }
    }

    fn fault_of_folded(&self, row: &Row<'_>, column: &Planned, text: &str) -> Option<String> {
        let is_always_comparable = || text.is_ascii() && !column.kind.is_type_name();
        let folded =
            column.folded.filter(|_| self.folding == Folding::Current || is_always_comparable())?;
        let is_right = property_value::read_text(row.cell(folded))
            .is_ok_and(|folded| folded == column.kind.folded(text));
        let name = column.name;
        (!is_right).then(|| {
            format!("{name}_folded is not {name} in its folded form, so filters don't find the row")
        })
    }
}

/// The statement that reads the stored columns of `table`.
fn plan<'t>(table: &'t Table, stored: &BTreeSet<String>, folding: Folding) -> (Sql, Plan<'t>) {
    let mut names: Vec<String> = table.key.iter().map(|key| (*key).to_owned()).collect();
    let mut columns = Vec::new();
    for &(name, kind) in table.columns.iter().filter(|(name, _)| stored.contains(*name)) {
        names.push(name.to_owned());
        let place = names.len() - 1;
        // SQLite generates the folded forms of some columns; they are not stored.
        let folded = format!("{name}_folded");
        let folded = stored.contains(&folded).then(|| {
            names.push(folded);
            names.len() - 1
        });
        columns.push(Planned { name, kind, place, folded });
    }
    let sql = Sql::new(&format!("SELECT {} FROM {}", names.join(", "), table.name));
    (sql, Plan { table, columns, folding })
}

/// Describes a row by its key columns, which come first.
fn key_of(table: &Table, row: &Row<'_>) -> String {
    let mut text = table.name.to_owned();
    for place in 0..table.key.len() {
        text.push_str(if place == 0 { " " } else { "/" });
        text.push_str(&shown(row.cell(place)));
    }
    text
}
