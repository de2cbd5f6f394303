-- Case folding is simple from here on: ß is no ss, and no character outside ASCII folds into ASCII. Text in ASCII folds as before. `fold_text` is the
-- program's. Should two names become equal, the second one keeps its earlier folded form.
UPDATE OR IGNORE users SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE users SET user_id_folded = fold_text(user_id)
    WHERE user_id GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND user_id_folded <> fold_text(user_id);
UPDATE OR IGNORE users SET user_directory_folded = fold_text(user_directory)
    WHERE user_directory GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND user_directory_folded <> fold_text(user_directory);
UPDATE OR IGNORE users SET user_directory_connector_name_folded = fold_text(user_directory_connector_name)
    WHERE user_directory_connector_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND user_directory_connector_name_folded <> fold_text(user_directory_connector_name);
UPDATE OR IGNORE users SET name_folded = fold_text(name)
    WHERE name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND name_folded <> fold_text(name);
UPDATE OR IGNORE user_roles SET value_folded = fold_text(value)
    WHERE value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_folded <> fold_text(value);
UPDATE OR IGNORE tags SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE tags SET name_folded = fold_text(name)
    WHERE name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND name_folded <> fold_text(name);
UPDATE OR IGNORE custom_property_definitions SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE custom_property_definitions SET name_folded = fold_text(name)
    WHERE name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND name_folded <> fold_text(name);
UPDATE OR IGNORE custom_property_definitions SET value_type_folded = fold_text(value_type)
    WHERE value_type GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_type_folded <> fold_text(value_type);
UPDATE OR IGNORE custom_property_definitions SET description_folded = fold_text(description)
    WHERE description GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND description_folded <> fold_text(description);
UPDATE OR IGNORE custom_property_definition_choice_values SET value_folded = fold_text(value)
    WHERE value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_folded <> fold_text(value);
UPDATE OR IGNORE custom_property_definition_object_types SET value_folded = fold_text(value)
    WHERE value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_folded <> fold_text(value);
UPDATE OR IGNORE data_connections SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE data_connections SET name_folded = fold_text(name)
    WHERE name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND name_folded <> fold_text(name);
UPDATE OR IGNORE data_connections SET connectionstring_folded = fold_text(connectionstring)
    WHERE connectionstring GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND connectionstring_folded <> fold_text(connectionstring);
UPDATE OR IGNORE data_connections SET type_folded = fold_text(type)
    WHERE type GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND type_folded <> fold_text(type);
UPDATE OR IGNORE data_connections SET engine_object_id_folded = fold_text(engine_object_id)
    WHERE engine_object_id GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND engine_object_id_folded <> fold_text(engine_object_id);
UPDATE OR IGNORE data_connections SET username_folded = fold_text(username)
    WHERE username GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND username_folded <> fold_text(username);
UPDATE OR IGNORE system_rules SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE system_rules SET category_folded = fold_text(category)
    WHERE category GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND category_folded <> fold_text(category);
UPDATE OR IGNORE system_rules SET subcategory_folded = fold_text(subcategory)
    WHERE subcategory GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND subcategory_folded <> fold_text(subcategory);
UPDATE OR IGNORE system_rules SET type_folded = fold_text(type)
    WHERE type GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND type_folded <> fold_text(type);
UPDATE OR IGNORE system_rules SET name_folded = fold_text(name)
    WHERE name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND name_folded <> fold_text(name);
UPDATE OR IGNORE system_rules SET rule_folded = fold_text(rule)
    WHERE rule GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND rule_folded <> fold_text(rule);
UPDATE OR IGNORE system_rules SET resource_filter_folded = fold_text(resource_filter)
    WHERE resource_filter GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND resource_filter_folded <> fold_text(resource_filter);
UPDATE OR IGNORE system_rules SET comment_folded = fold_text(comment)
    WHERE comment GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND comment_folded <> fold_text(comment);
UPDATE OR IGNORE system_rules SET seed_id_folded = fold_text(seed_id)
    WHERE seed_id GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND seed_id_folded <> fold_text(seed_id);
UPDATE OR IGNORE system_rules SET error_folded = fold_text(error)
    WHERE error GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND error_folded <> fold_text(error);
UPDATE OR IGNORE selections SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE audit_entries SET user_name_folded = fold_text(user_name)
    WHERE user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND user_name_folded <> fold_text(user_name);
UPDATE OR IGNORE audit_entries SET object_name_folded = fold_text(object_name)
    WHERE object_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND object_name_folded <> fold_text(object_name);
UPDATE OR IGNORE data_connection_custom_properties SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE data_connection_custom_properties SET value_folded = fold_text(value)
    WHERE value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_folded <> fold_text(value);
UPDATE OR IGNORE user_custom_properties SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE user_custom_properties SET value_folded = fold_text(value)
    WHERE value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND value_folded <> fold_text(value);
UPDATE OR IGNORE user_attributes SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE user_attributes SET attribute_type_folded = fold_text(attribute_type)
    WHERE attribute_type GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND attribute_type_folded <> fold_text(attribute_type);
UPDATE OR IGNORE user_attributes SET attribute_value_folded = fold_text(attribute_value)
    WHERE attribute_value GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND attribute_value_folded <> fold_text(attribute_value);
UPDATE OR IGNORE user_attributes SET external_id_folded = fold_text(external_id)
    WHERE external_id GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND external_id_folded <> fold_text(external_id);
UPDATE OR IGNORE selection_items SET modified_by_user_name_folded = fold_text(modified_by_user_name)
    WHERE modified_by_user_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND modified_by_user_name_folded <> fold_text(modified_by_user_name);
UPDATE OR IGNORE selection_items SET type_folded = fold_text(type)
    WHERE type GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND type_folded <> fold_text(type);
UPDATE OR IGNORE selection_items SET object_id_folded = fold_text(object_id)
    WHERE object_id GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND object_id_folded <> fold_text(object_id);
UPDATE OR IGNORE selection_items SET object_name_folded = fold_text(object_name)
    WHERE object_name GLOB '*[^' || char(1) || '-' || char(127) || ']*' AND object_name_folded <> fold_text(object_name);
