//! Writes single rows from values by property.

use super::error::Error;
use super::rights::Rights;
use super::write::Write;
use crate::model::{Document, Entity, Input, Kind, Property, Timestamp, Value, fold};
use crate::query::{Readable, Sql};
use uuid::Uuid;

/// The entity that is written, with the time and the user.
pub(super) struct Holder<'a> {
    /// Its type.
    pub entity: &'static Entity,
    /// Its id.
    pub id: Uuid,
    /// The time of the write.
    pub now: Timestamp,
    /// The rights of the user who writes it.
    pub rights: &'a dyn Rights,
}

/// Values by property.
pub(super) type Values = Vec<(&'static Property, Value)>;

impl Write<'_> {
    /// The values of the columns that `document` contains, with its references resolved.
    pub(super) fn values(
        &self,
        document: &Document,
        readable: Readable<'_>,
    ) -> Result<Values, Error> {
        let mut values = Vec::new();
        if let (Some(id), Some(property)) = (document.id, document.entity.id()) {
            values.push((property, Value::Id(id)));
        }
        for (property, input) in document.inputs() {
            match (property.kind, input) {
                (Kind::Reference(target), Input::Reference(key)) => {
                    let id = self.snapshot().resolve(target, key, readable);
                    values.push((
                        property,
                        Value::Id(id.map_err(|error| error.within(property.name))?),
                    ));
                }
                (_, Input::Value(value)) => values.push((property, value.clone())),
                _ => {}
            }
        }
        Ok(values)
    }

    /// Inserts a row with these values, as an element of the entity `holder` if there is one, and
    /// returns its id.
    pub(super) fn insert_row(
        &self,
        table: &str,
        holder: Option<Uuid>,
        values: &[(&'static Property, Value)],
    ) -> Result<Uuid, Error> {
        let mut columns = Sql::new("INSERT INTO ");
        columns.push(table).push(" (");
        let mut cells: Vec<Value> = Vec::new();
        if let Some(holder) = holder {
            columns.push("entity_id, ");
            cells.push(Value::Id(holder));
        }
        let mut id = Uuid::nil();
        for (index, (column, value)) in columns_of(values).into_iter().enumerate() {
            columns.push(if index == 0 { "" } else { ", " }).push(&column);
            if let ("id", Value::Id(own)) = (column.as_str(), &value) {
                id = *own;
            }
            cells.push(value);
        }
        columns.push(") VALUES (");
        for (index, value) in cells.into_iter().enumerate() {
            columns.push(if index == 0 { "" } else { ", " }).bind(value);
        }
        columns.push(")");
        self.snapshot().execute(&columns)?;
        Ok(id)
    }

    /// Changes these values of an element, and sets who changed it and when.
    pub(super) fn update_element(
        &self,
        table: &str,
        id: Uuid,
        holder: &Holder<'_>,
        values: &[(&'static Property, Value)],
    ) -> Result<(), Error> {
        let mut sql = Sql::new("UPDATE ");
        sql.push(table).push(" SET ");
        push_assignments(&mut sql, values, holder);
        sql.push(" WHERE entity_id = ")
            .bind(Value::Id(holder.id))
            .push(" AND id = ")
            .bind(Value::Id(id));
        self.snapshot().execute(&sql).map(drop)
    }
}

/// Adds `column = value` for each value, and for the user and the time.
pub(super) fn push_assignments(
    sql: &mut Sql,
    values: &[(&'static Property, Value)],
    holder: &Holder<'_>,
) {
    for (column, value) in columns_of(values) {
        sql.push(&column).push(" = ").bind(value).push(", ");
    }
    let name = holder.rights.actor().name();
    sql.push("modified_by_user_name_folded = ").bind(Value::Text(fold(&name)));
    sql.push(", modified_by_user_name = ").bind(Value::Text(name));
    sql.push(", modified_date = ").bind(Value::Date(holder.now));
}

/// The columns of these values; each text also has a folded column.
fn columns_of(values: &[(&'static Property, Value)]) -> Vec<(String, Value)> {
    let mut columns = Vec::with_capacity(values.len() * 2);
    for (property, value) in values {
        if let (Kind::Text { .. }, Value::Text(text)) = (property.kind, value) {
            columns
                .push((format!("{}_folded", property.column), Value::Text(property.folded(text))));
        }
        columns.push((property.column.to_owned(), value.clone()));
    }
    columns
}
