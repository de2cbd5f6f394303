//! Reads the items of collections: one statement for many rows.

use super::columns::Columns;
use super::json::{JsonList, JsonObject};
use super::property_value::{PropertyValue, read};
use super::sqlite::statement::Row;
use super::unreadable::WrongCell;
use crate::model::{Kind, LIST_ITEM, Property, Value};
use crate::query::Sql;
use uuid::Uuid;

/// Adds the item of a row to a list, unless it has a value that can't be shown.
pub(super) type AddItem<L> = Box<dyn Fn(&mut L, &Row<'_>) -> Result<(), WrongCell>>;

/// The statement that reads the items of `collection` for the rows with these ids, with the id of
/// the row in the first column; and the function that adds an item to its list.
pub(super) fn collection_statement<L: JsonList>(
    collection: &'static Property,
    ids: &[Uuid],
) -> (Sql, AddItem<L>) {
    let mut sql = Sql::new("SELECT c.entity_id");
    let (add, order): (AddItem<L>, &str) = match collection.kind {
        Kind::Links(target) => {
            let shown = target.condensed().filter(|property| !property.is_collection());
            let columns = Columns::push(&mut sql, "e", 1, shown);
            sql.push(" FROM ").push(collection.column).push(" AS c LEFT JOIN ").push(target.table);
            sql.push(" AS e ON e.id = c.target_id");
            (Box::new(move |list, row| add_object(list, &columns, row, None)), "c.target_id")
        }
        Kind::Elements(element) => {
            let columns = Columns::push(&mut sql, "c", 1, element.full());
            sql.push(" FROM ").push(collection.column).push(" AS c");
            columns.push_joins(&mut sql, "c");
            (
                Box::new(move |list, row| {
                    add_object(list, &columns, row, Some(element.resource_type))
                }),
                "c.id",
            )
        }
        _ => {
            sql.push(", c.value FROM ").push(collection.column).push(" AS c");
            let add: AddItem<L> = Box::new(|list, row| {
                let value = read(LIST_ITEM.kind, row.cell(1))
                    .map_err(|why| WrongCell::new(LIST_ITEM.name, why))?;
                list.push(value);
                Ok(())
            });
            (add, "c.position")
        }
    };
    sql.push(" WHERE c.entity_id IN (");
    push_ids(&mut sql, ids);
    sql.push(") ORDER BY c.entity_id, ").push(order);
    (sql, add)
}

fn add_object<L: JsonList>(
    list: &mut L,
    columns: &Columns,
    row: &Row<'_>,
    schema_path: Option<&str>,
) -> Result<(), WrongCell> {
    list.push_object(|object| {
        // Items have no collections of their own.
        columns.write(object, row, |_| Ok(L::default()))?;
        if let Some(schema_path) = schema_path {
            object.add("schemaPath", PropertyValue::Text(schema_path));
        }
        Ok(())
    })
}

/// Adds the ids, padded to a power of two, so that there are few different statements.
pub(super) fn push_ids(sql: &mut Sql, ids: &[Uuid]) {
    let size = ids.len().next_power_of_two();
    let padding = ids.last().into_iter().cycle();
    for (index, id) in ids.iter().chain(padding).take(size).enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(Value::Id(*id));
    }
}
