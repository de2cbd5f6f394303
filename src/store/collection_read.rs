//! The items of collections: one statement reads those of many rows.

use super::columns::Columns;
use super::json::{Object, write_scalar, write_text};
use super::sqlite::statement::Row;
use super::unreadable::WrongCell;
use crate::model::{Kind, LIST_ITEM, Property, Value};
use crate::query::Sql;
use uuid::Uuid;

/// Writes the JSON of an item from its row, unless a value in it can't be shown.
pub(super) type WriteItem = Box<dyn Fn(&mut Vec<u8>, &Row<'_>) -> Result<(), WrongCell>>;

/// The statement that reads the items of `collection` for the rows with these ids, each with its row's id in the first
/// column, and what writes an item.
pub(super) fn collection_statement(collection: &'static Property, ids: &[Uuid]) -> (Sql, WriteItem) {
    let mut sql = Sql::new("SELECT c.entity_id");
    let (write, order): (WriteItem, &str) = match collection.kind {
        Kind::Links(target) => {
            let shown = target.condensed().filter(|property| !property.is_collection());
            let columns = Columns::push(&mut sql, "e", 1, shown);
            sql.push(" FROM ").push(collection.column).push(" AS c LEFT JOIN ").push(target.table);
            sql.push(" AS e ON e.id = c.target_id");
            (Box::new(move |out, row| write_item(out, &columns, row, None)), "c.target_id")
        }
        Kind::Elements(element) => {
            let columns = Columns::push(&mut sql, "c", 1, element.full());
            sql.push(" FROM ").push(collection.column).push(" AS c");
            columns.push_joins(&mut sql, "c");
            (Box::new(move |out, row| write_item(out, &columns, row, Some(element.resource_type))), "c.id")
        }
        _ => {
            sql.push(", c.value FROM ").push(collection.column).push(" AS c");
            let write: WriteItem = Box::new(|out, row| {
                write_scalar(out, LIST_ITEM.kind, row.cell(1)).map_err(|why| WrongCell::new(LIST_ITEM.name, why))
            });
            (write, "c.position")
        }
    };
    sql.push(" WHERE c.entity_id IN (");
    push_ids(&mut sql, ids);
    sql.push(") ORDER BY c.entity_id, ").push(order);
    (sql, write)
}

fn write_item(out: &mut Vec<u8>, columns: &Columns, row: &Row<'_>, schema_path: Option<&str>) -> Result<(), WrongCell> {
    let mut object = Object::open(out);
    columns.write(&mut object, row, |_, _| Ok(()))?;
    if let Some(schema_path) = schema_path {
        write_text(object.key("schemaPath"), schema_path);
    }
    object.close();
    Ok(())
}

/// Adds the ids, padded to a power of two, so that there are few different statements.
pub(super) fn push_ids(sql: &mut Sql, ids: &[Uuid]) {
    let size = ids.len().next_power_of_two();
    let padding = ids.last().into_iter().cycle();
    for (index, id) in ids.iter().chain(padding).take(size).enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(Value::Id(*id));
    }
}
