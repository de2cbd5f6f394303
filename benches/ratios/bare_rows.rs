//! The bare program with which lists are compared: the same rows and the same JSON, without HTTP,
//! filters and rules.

use rusqlite::{Connection, Row, params_from_iter};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const BATCH: usize = 256;

const CONNECTIONS: &str = "SELECT c.id, c.created_date, c.modified_date, c.modified_by_user_name, \
                           c.name, c.connectionstring, c.type, c.engine_object_id, c.username, \
                           c.log_on, c.architecture, u.id, u.user_id, u.user_directory, \
                           u.user_directory_connector_name, u.name FROM data_connections AS c \
                           CROSS JOIN users AS u ON u.id = c.owner_id";

/// Builds the JSON of all connections, one batch at a time, and returns its length in bytes.
pub fn list_all(database: &Connection) -> usize {
    list(database, &format!("{CONNECTIONS} ORDER BY c.created_date, c.id"), &[])
}

/// Builds the JSON of the connections with these ids, and returns its length in bytes.
pub fn list_some(database: &Connection, ids: &[String]) -> usize {
    list(database, &format!("{CONNECTIONS} WHERE c.id IN ({})", places(ids)), ids)
}

fn list(database: &Connection, sql: &str, parameters: &[String]) -> usize {
    let mut statement = database.prepare_cached(sql).expect("valid SQL");
    let mut rows = statement.query(params_from_iter(parameters)).expect("rows");
    let mut bytes = 0;
    loop {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(row) = rows.next().expect("a row")
        {
            batch.push(connection(row).expect("its columns"));
        }
        if batch.is_empty() {
            return bytes;
        }
        let ids: Vec<String> = batch.iter().map(|(id, _)| id.clone()).collect();
        let mut tags = items(database, TAGS, &ids, tag);
        let mut values = items(database, VALUES, &ids, value);
        for (id, mut json) in batch {
            json["tags"] = tags.remove(&id).unwrap_or_default().into();
            json["customProperties"] = values.remove(&id).unwrap_or_default().into();
            bytes += serde_json::to_vec(&json).expect("JSON").len();
        }
    }
}

fn places(ids: &[String]) -> String {
    vec!["?"; ids.len()].join(", ")
}

fn connection(row: &Row<'_>) -> rusqlite::Result<(String, Json)> {
    let text = |column: usize| row.get::<_, String>(column);
    let json = json!({
        "id": text(0)?, "createdDate": date(row, 1)?, "modifiedDate": date(row, 2)?,
        "modifiedByUserName": text(3)?,
        "name": text(4)?, "connectionstring": text(5)?, "type": text(6)?,
        "engineObjectId": text(7)?, "username": text(8)?,
        "logOn": row.get::<_, i64>(9)?, "architecture": row.get::<_, i64>(10)?,
        "owner": {
            "id": text(11)?, "userId": text(12)?, "userDirectory": text(13)?,
            "userDirectoryConnectorName": text(14)?,
            "name": text(15)?, "privileges": null,
        },
        "schemaPath": "DataConnection",
    });
    Ok((text(0)?, json))
}

fn date(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(patchbay::model::Timestamp::from_millis(row.get(column)?).to_string())
}

const TAGS: &str = "SELECT l.entity_id, t.id, t.name FROM data_connection_tags AS l JOIN tags AS t \
                    ON t.id = l.target_id WHERE l.entity_id IN ";

fn tag(row: &Row<'_>) -> rusqlite::Result<Json> {
    Ok(json!({
        "id": row.get::<_, String>(1)?, "name": row.get::<_, String>(2)?, "privileges": null
    }))
}

const VALUES: &str = "SELECT v.entity_id, v.id, v.created_date, v.modified_date, \
                      v.modified_by_user_name, v.value, d.id, d.name, d.value_type FROM \
                      data_connection_custom_properties AS v JOIN custom_property_definitions AS d \
                      ON d.id = v.definition_id WHERE v.entity_id IN ";

fn value(row: &Row<'_>) -> rusqlite::Result<Json> {
    let text = |column: usize| row.get::<_, String>(column);
    Ok(json!({
        "id": text(1)?, "createdDate": date(row, 2)?, "modifiedDate": date(row, 3)?,
        "modifiedByUserName": text(4)?,
        "value": text(5)?, "definition": {
            "id": text(6)?, "name": text(7)?, "valueType": text(8)?, "choiceValues": [],
            "privileges": null
        },
        "schemaPath": "CustomPropertyValue",
    }))
}

fn items(
    database: &Connection,
    sql: &str,
    ids: &[String],
    item: fn(&Row<'_>) -> rusqlite::Result<Json>,
) -> HashMap<String, Vec<Json>> {
    let mut statement =
        database.prepare_cached(&format!("{sql}({})", places(ids))).expect("valid SQL");
    let mut rows = statement.query(params_from_iter(ids)).expect("rows");
    let mut items: HashMap<String, Vec<Json>> = HashMap::new();
    while let Some(row) = rows.next().expect("a row") {
        items.entry(row.get(0).expect("an id")).or_default().push(item(row).expect("its columns"));
    }
    items
}
