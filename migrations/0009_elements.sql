-- The elements of an entity lie beside each other, so that one place is read for all of them, and what finds them by a value leads to their entity without
-- reading them. Their ids need be different within one entity only: the server makes them.

CREATE TABLE data_connection_custom_properties_new (
    id TEXT NOT NULL,
    entity_id TEXT NOT NULL REFERENCES data_connections (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    definition_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO data_connection_custom_properties_new (id, entity_id, created_date, modified_date, modified_by_user_name,
    modified_by_user_name_folded, value, value_folded, definition_id)
SELECT id, entity_id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded, value,
    value_folded, definition_id
FROM data_connection_custom_properties ORDER BY entity_id, id;
DROP TABLE data_connection_custom_properties;
ALTER TABLE data_connection_custom_properties_new RENAME TO data_connection_custom_properties;
CREATE INDEX data_connection_custom_properties_value ON data_connection_custom_properties (definition_id, value_folded);

CREATE TABLE user_custom_properties_new (
    id TEXT NOT NULL,
    entity_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    definition_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO user_custom_properties_new (id, entity_id, created_date, modified_date, modified_by_user_name,
    modified_by_user_name_folded, value, value_folded, definition_id)
SELECT id, entity_id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded, value,
    value_folded, definition_id
FROM user_custom_properties ORDER BY entity_id, id;
DROP TABLE user_custom_properties;
ALTER TABLE user_custom_properties_new RENAME TO user_custom_properties;
CREATE INDEX user_custom_properties_value ON user_custom_properties (definition_id, value_folded);
CREATE TRIGGER user_custom_properties_inserted AFTER INSERT ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_updated AFTER UPDATE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_deleted AFTER DELETE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;

CREATE TABLE user_attributes_new (
    id TEXT NOT NULL,
    entity_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    attribute_type TEXT NOT NULL,
    attribute_type_folded TEXT NOT NULL,
    attribute_value TEXT NOT NULL,
    attribute_value_folded TEXT NOT NULL,
    external_id TEXT NOT NULL,
    external_id_folded TEXT NOT NULL,
    PRIMARY KEY (entity_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO user_attributes_new (id, entity_id, created_date, modified_date, modified_by_user_name,
    modified_by_user_name_folded, attribute_type, attribute_type_folded, attribute_value, attribute_value_folded,
    external_id, external_id_folded)
SELECT id, entity_id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded,
    attribute_type, attribute_type_folded, attribute_value, attribute_value_folded, external_id, external_id_folded
FROM user_attributes ORDER BY entity_id, id;
DROP TABLE user_attributes;
ALTER TABLE user_attributes_new RENAME TO user_attributes;
CREATE INDEX user_attributes_value ON user_attributes (attribute_type_folded, attribute_value_folded);
CREATE TRIGGER user_attributes_inserted AFTER INSERT ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_updated AFTER UPDATE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_deleted AFTER DELETE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;

CREATE TABLE selection_items_new (
    id TEXT NOT NULL,
    entity_id TEXT NOT NULL REFERENCES selections (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    type TEXT NOT NULL,
    type_folded TEXT NOT NULL,
    object_id TEXT NOT NULL,
    object_id_folded TEXT NOT NULL,
    object_name TEXT NOT NULL,
    object_name_folded TEXT NOT NULL,
    PRIMARY KEY (entity_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO selection_items_new (id, entity_id, created_date, modified_date, modified_by_user_name,
    modified_by_user_name_folded, type, type_folded, object_id, object_id_folded, object_name, object_name_folded)
SELECT id, entity_id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded, type,
    type_folded, object_id, object_id_folded, object_name, object_name_folded
FROM selection_items ORDER BY entity_id, id;
DROP TABLE selection_items;
ALTER TABLE selection_items_new RENAME TO selection_items;
