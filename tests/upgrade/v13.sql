PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 13;
CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_id_folded TEXT NOT NULL,
    user_directory TEXT NOT NULL,
    user_directory_folded TEXT NOT NULL,
    user_directory_connector_name TEXT NOT NULL,
    user_directory_connector_name_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    inactive INTEGER NOT NULL,
    removed_externally INTEGER NOT NULL,
    blacklisted INTEGER NOT NULL,
    delete_prohibited INTEGER NOT NULL
) STRICT;
CREATE TABLE user_roles (
    entity_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    PRIMARY KEY (entity_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE tags (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL
) STRICT;
CREATE TABLE user_tags (
    entity_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE custom_property_definitions (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    value_type TEXT NOT NULL,
    value_type_folded TEXT NOT NULL,
    description TEXT NOT NULL,
    description_folded TEXT NOT NULL
) STRICT;
CREATE TABLE custom_property_definition_choice_values (
    entity_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    PRIMARY KEY (entity_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE custom_property_definition_object_types (
    entity_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    PRIMARY KEY (entity_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE data_connections (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    connectionstring TEXT NOT NULL,
    connectionstring_folded TEXT NOT NULL,
    type TEXT NOT NULL,
    type_folded TEXT NOT NULL,
    engine_object_id TEXT NOT NULL,
    engine_object_id_folded TEXT NOT NULL,
    username TEXT NOT NULL,
    username_folded TEXT NOT NULL,
    password TEXT NOT NULL,
    log_on INTEGER NOT NULL,
    architecture INTEGER NOT NULL
) STRICT;
CREATE TABLE data_connection_tags (
    entity_id TEXT NOT NULL REFERENCES data_connections (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE data_keys (
    term INTEGER NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    sealed_key TEXT NOT NULL
, uses INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE key_derivation (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    salt TEXT NOT NULL,
    memory_kib INTEGER NOT NULL,
    iterations INTEGER NOT NULL,
    lanes INTEGER NOT NULL
) STRICT;
CREATE TABLE system_rules (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    category TEXT NOT NULL,
    category_folded TEXT NOT NULL,
    subcategory TEXT NOT NULL,
    subcategory_folded TEXT NOT NULL,
    type TEXT NOT NULL,
    type_folded TEXT NOT NULL,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    rule TEXT NOT NULL,
    rule_folded TEXT NOT NULL,
    resource_filter TEXT NOT NULL,
    resource_filter_folded TEXT NOT NULL,
    actions INTEGER NOT NULL,
    comment TEXT NOT NULL,
    comment_folded TEXT NOT NULL,
    disabled INTEGER NOT NULL,
    rule_context INTEGER NOT NULL,
    seed_id TEXT NOT NULL,
    seed_id_folded TEXT NOT NULL,
    version INTEGER NOT NULL
, error TEXT NOT NULL DEFAULT '', error_folded TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE system_rule_tags (
    entity_id TEXT NOT NULL REFERENCES system_rules (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE versions (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    rules INTEGER NOT NULL,
    users INTEGER NOT NULL
) STRICT;
CREATE TABLE selections (
    id TEXT NOT NULL PRIMARY KEY,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE passwords (
    user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    changed_date INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    expires_date INTEGER NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_failures (
    key TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_date INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE api_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    created_date INTEGER NOT NULL,
    expires_date INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_entries (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL,
    created_date INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    user_name_folded TEXT NOT NULL,
    address TEXT NOT NULL,
    address_folded TEXT GENERATED ALWAYS AS (lower(address)) VIRTUAL,
    request_id TEXT NOT NULL,
    request_id_folded TEXT GENERATED ALWAYS AS (lower(request_id)) VIRTUAL,
    action TEXT NOT NULL,
    action_folded TEXT GENERATED ALWAYS AS (lower(action)) VIRTUAL,
    outcome TEXT NOT NULL,
    outcome_folded TEXT GENERATED ALWAYS AS (lower(outcome)) VIRTUAL,
    type TEXT NOT NULL,
    type_folded TEXT GENERATED ALWAYS AS (lower(type)) VIRTUAL,
    object_id TEXT NOT NULL,
    object_id_folded TEXT GENERATED ALWAYS AS (lower(object_id)) VIRTUAL,
    object_name TEXT NOT NULL,
    object_name_folded TEXT NOT NULL,
    detail TEXT NOT NULL,
    detail_folded TEXT GENERATED ALWAYS AS (lower(detail)) VIRTUAL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    hash TEXT NOT NULL,
    hash_folded TEXT GENERATED ALWAYS AS (lower(hash)) VIRTUAL
) STRICT;
CREATE TABLE audit_bounds (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    before_number INTEGER NOT NULL,
    before_hash TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    last_hash TEXT NOT NULL
) STRICT;
CREATE TABLE credential_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES data_connections (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    is_used INTEGER NOT NULL,
    rules_version INTEGER NOT NULL,
    connection_date INTEGER NOT NULL,
    user_date INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "data_connection_custom_properties" (
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
CREATE TABLE "user_custom_properties" (
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
CREATE TABLE "user_attributes" (
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
CREATE TABLE "selection_items" (
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
CREATE TABLE audit_secrets (
    id TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL
) STRICT;
CREATE TABLE audit_texts (
    id INTEGER NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL,
    secret_id TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE audit_entry_texts (
    number INTEGER NOT NULL REFERENCES audit_entries (number) ON DELETE CASCADE,
    text_id INTEGER NOT NULL REFERENCES audit_texts (id),
    PRIMARY KEY (number, text_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_masks (
    record INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (record, number)
) STRICT, WITHOUT ROWID;
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795988732835, 1795988732835, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22945-3c7b-77f5-adf7-d2755bd2cd09', 1795988733051, 1795988733070, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22945-3c7b-77f5-adf7-d2755bd2cd09', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22945-3c5b-763c-ae46-5fca0e76c328', 1795988733019, 1795988733019, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22945-3c62-734a-99e8-162560d45ccd', 1795988733026, 1795988733026, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22945-3c67-76a2-9f09-d77d008c58ca', 1795988733031, 1795988733031, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22945-3c67-76a2-9f09-d77d008c58ca', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22945-3c67-76a2-9f09-d77d008c58ca', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22945-3c67-76a2-9f09-d77d008c58ca', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22945-3c67-76a2-9f09-d77d008c58ca', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22945-3c70-72a2-a105-bf3bb7e19fe0', 1795988733040, 1795988733040, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', 'reader', 'reader', 'AQAAAAGXVIogkdhq38WZkUgyA5pLUXJOVTNLVh8E2EeNVsBrkud0HLUC+Mz/Ce7JJuDdEJKz21Lhglpg4mq3pKMXjDEHYXQ2fu5yzKTTYOCCsFqUc+iE0ND9XeZCV4BEJvoTiYDwAjE=', 0, 0);
INSERT INTO data_connections VALUES ('01a22945-3c85-7145-a096-371007b31e21', 1795988733061, 1795988733061, 'LAB\anna', 'lab\anna', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22945-3c85-7145-a096-371007b31e21', '01a22945-3c85-7145-a096-371007b31e21', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22945-3c70-72a2-a105-bf3bb7e19fe0', '01a22945-3c5b-763c-ae46-5fca0e76c328');
INSERT INTO data_connection_tags VALUES ('01a22945-3c70-72a2-a105-bf3bb7e19fe0', '01a22945-3c62-734a-99e8-162560d45ccd');
INSERT INTO data_keys VALUES (1, 1795988732918, 'AQAAAAGL9mpZnmb6QMp71LewA1ynxFFP00JNxaGkBoE4t7gcqlfx3ltXxB0wxSfE8xBW7FWulGvL7YVGv9sb3KaBrujF3/mag4b5xGzhXP0OuWzPE66EtQsUAL24W5pmLAPB3omlc7CEDObENS2uBExWrJsYZhcF7reEQvbnDjT1', 2);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795988732836, 1795988732836, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795988732844, 1795988732844, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22945-3caa-75df-9c06-9b5736ab7895', 1795988733098, 1795988733098, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22945-3c7b-77f5-adf7-d2755bd2cd09', '$argon2id$v=19$m=19456,t=2,p=1$FBh10xmkAcTDHUvJRNoOSA$KB4dMqmZJl7CppJIrYfKjvjOS0TPV+xGFB8MUEi8aog', 1795988733176);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a22945-3bf6-72e3-bfc3-49a9f81c3f0d', 1795988732918, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '728f8e0f496456c028a9e9cf27723b24c8840113b418557e9d7feeced5faa630');
INSERT INTO audit_entries VALUES (2, '01a22945-3c5b-763c-ae46-5fcb62886e4e', 1795988733019, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c59-73f5-b491-5e366abf248d', 'create', 'done', 'Tag', '01a22945-3c5b-763c-ae46-5fca0e76c328', 'finance', 'finance', '', '', '{"createdDate":"2026-11-29T21:45:33.019Z","id":"01a22945-3c5b-763c-ae46-5fca0e76c328","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.019Z","name":"finance","schemaPath":"Tag"}', '91d7840995840dc04a13e96b60dff1aa6d847d37731a1dced16e834b5cec67d6');
INSERT INTO audit_entries VALUES (3, '01a22945-3c62-734a-99e8-16261a716b91', 1795988733026, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c61-7516-9a8c-3a7a4c094714', 'create', 'done', 'Tag', '01a22945-3c62-734a-99e8-162560d45ccd', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-11-29T21:45:33.026Z","id":"01a22945-3c62-734a-99e8-162560d45ccd","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.026Z","name":"Prüfung","schemaPath":"Tag"}', '048bd07dc5016634ed2b7f8a3389c0177f7f9624a68b97904f613fe5abb0a3b5');
INSERT INTO audit_entries VALUES (4, '01a22945-3c68-772b-ba9e-4fcc104ab23b', 1795988733032, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c66-734e-90ba-dba385d86866', 'create', 'done', 'CustomPropertyDefinition', '01a22945-3c67-76a2-9f09-d77d008c58ca', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-11-29T21:45:33.031Z","description":"","id":"01a22945-3c67-76a2-9f09-d77d008c58ca","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.031Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', '6b08878bf6b3824aec494a412be94b3eb35d912bd2fd9bc00d59ad2c1638059b');
INSERT INTO audit_entries VALUES (5, '01a22945-3c72-7734-828e-141fe9e2025b', 1795988733042, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c6f-7578-8e16-9dc04682ea1e', 'create', 'done', 'DataConnection', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-29T21:45:33.040Z","customProperties":{"$sha256":"02926a452ac40234c3c20216c001d3eea28607bcaacf3cb14fffe7fb190aded7"},"engineObjectId":"01a22945-3c70-72a2-a105-bf3bb7e19fe0","id":"01a22945-3c70-72a2-a105-bf3bb7e19fe0","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.040Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a22945-3c5b-763c-ae46-5fca0e76c328","name":"finance"},{"id":"01a22945-3c62-734a-99e8-162560d45ccd","name":"Prüfung"}],"type":"internet","username":"reader"}', '744f13ea10f9b195d248131548d9a25a4d3092b20030daaf02a64b15d8d15cbd');
INSERT INTO audit_entries VALUES (6, '01a22945-3c7c-77bf-b6f1-8bf879ba65b8', 1795988733052, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22945-3c7a-7686-a2db-5fe06ad8cd67', 'create', 'done', 'User', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-11-29T21:45:33.051Z","customProperties":[],"deleteProhibited":false,"id":"01a22945-3c7b-77f5-adf7-d2755bd2cd09","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.051Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', '1ea05e30b57a6642b784b9ab8131901f83bc3a8f3f55dffcfec431eda5e326dc');
INSERT INTO audit_entries VALUES (7, '01a22945-3c87-75e8-a949-551e7573b51d', 1795988733063, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22945-3c7a-7686-a2db-5fe06ad8cd67', 'create', 'done', 'DataConnection', '01a22945-3c85-7145-a096-371007b31e21', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-29T21:45:33.061Z","customProperties":[],"engineObjectId":"01a22945-3c85-7145-a096-371007b31e21","id":"01a22945-3c85-7145-a096-371007b31e21","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-11-29T21:45:33.061Z","name":"of anna","owner":{"id":"01a22945-3c7b-77f5-adf7-d2755bd2cd09","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', 'bc80375fd5cb2108867cbe40f2e6dd401fc2bedefe58c0417083410ce0d41584');
INSERT INTO audit_entries VALUES (8, '01a22945-3c8f-7027-b998-a7530486e4cb', 1795988733071, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c8d-77c8-b805-ce609637fef8', 'update', 'done', 'User', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-29T21:45:33.051Z","roles":{"removed":[]}}', '{"modifiedDate":"2026-11-29T21:45:33.070Z","roles":{"added":[{"item":"ContentAdmin","position":0}]}}', '861c99259a5babdbc066e4401fe1b89c0b69a19d5ef649cd4c0770588273f0a1');
INSERT INTO audit_entries VALUES (9, '01a22945-3c98-7133-b0ba-9766732b3b13', 1795988733080, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c96-76cb-8ebf-06a845f16e40', 'create', 'done', 'Tag', '01a22945-3c97-72fc-bdb0-ded42e3472ad', 'token=***', 'token=***', '', '', '{"createdDate":"2026-11-29T21:45:33.079Z","id":"01a22945-3c97-72fc-bdb0-ded42e3472ad","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.079Z","name":{"$sealed":"6b962414-3311-495f-af4e-1d112c6f3809","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', 'ff8885eb0c517f9690d1f20217e446ffc813e0fdcb455c9f50d50befa17baa1f');
INSERT INTO audit_entries VALUES (10, '01a22945-3ca0-71f6-9fdf-002b07059bb9', 1795988733088, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22945-3c9f-706c-bd02-7e03be942bfd', 'delete', 'done', 'Tag', '01a22945-3c97-72fc-bdb0-ded42e3472ad', 'token=***', 'token=***', '', '{"createdDate":"2026-11-29T21:45:33.079Z","id":"01a22945-3c97-72fc-bdb0-ded42e3472ad","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.079Z","name":{"$sealed":"6b962414-3311-495f-af4e-1d112c6f3809","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '', 'ee1a4c32f9cc01a54247016552cddee9b4637da490686ac43f8fa5ee59f26eb0');
INSERT INTO audit_entries VALUES (11, '01a22945-3cfd-759f-afee-fb369b5df5d6', 1795988733181, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22945-3c7b-77f5-adf7-d2755bd2cd09', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '688baca21d7363e9bc0852079b912eeb143551095f026a7064dfec7315d9839b');
INSERT INTO audit_bounds VALUES (1, 0, '', 11, '688baca21d7363e9bc0852079b912eeb143551095f026a7064dfec7315d9839b');
INSERT INTO data_connection_custom_properties VALUES ('01a22945-3c71-759f-8571-5c89121096b1', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', 1795988733041, 1795988733041, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22945-3c67-76a2-9f09-d77d008c58ca');
INSERT INTO selection_items VALUES ('01a22945-3caa-75df-9c06-9b59da78bc94', '01a22945-3caa-75df-9c06-9b5736ab7895', 1795988733098, 1795988733098, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', '01a22945-3c70-72a2-a105-bf3bb7e19fe0', 'Sales', 'sales');
INSERT INTO audit_secrets VALUES ('6b962414-3311-495f-af4e-1d112c6f3809', 'AQAAAAFYFvBVx8S8RcGkaA7XvSVSJ9kshRLnBPjZVX+QSFQOZ3AuDdk7wuxCCdcAl4ruBnNx7jzfGwA1/b8OT6utKW+3GzR+Vg4NOVtCKqruWNHtCxUvIDgVuFeriJliEQWYQGzWaH+pvwVArinKxw==');
INSERT INTO audit_texts VALUES (1, '02926a452ac40234c3c20216c001d3eea28607bcaacf3cb14fffe7fb190aded7', '', '[{"createdDate":"2026-11-29T21:45:33.041Z","definition":{"id":"01a22945-3c67-76a2-9f09-d77d008c58ca","name":"stage","valueType":"Text"},"id":"01a22945-3c71-759f-8571-5c89121096b1","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-29T21:45:33.041Z","schemaPath":"CustomPropertyValue","value":"prod"}]');
INSERT INTO audit_texts VALUES (2, 'e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e', '6b962414-3311-495f-af4e-1d112c6f3809', '"token=***"');
INSERT INTO audit_entry_texts VALUES (5, 1);
INSERT INTO audit_entry_texts VALUES (9, 2);
INSERT INTO audit_entry_texts VALUES (10, 2);
CREATE INDEX users_created ON users (created_date, id);
CREATE UNIQUE INDEX users_key ON users (user_directory_folded, user_id_folded);
CREATE INDEX users_user_id ON users (user_id_folded);
CREATE INDEX users_name ON users (name_folded);
CREATE INDEX user_roles_value ON user_roles (value_folded);
CREATE INDEX tags_created ON tags (created_date, id);
CREATE INDEX tags_name ON tags (name_folded);
CREATE INDEX user_tags_target ON user_tags (target_id);
CREATE INDEX custom_property_definitions_created ON custom_property_definitions (created_date, id);
CREATE UNIQUE INDEX custom_property_definitions_key ON custom_property_definitions (name_folded);
CREATE INDEX custom_property_definition_choice_values_value ON custom_property_definition_choice_values (value_folded);
CREATE INDEX custom_property_definition_object_types_value ON custom_property_definition_object_types (value_folded);
CREATE INDEX data_connections_created ON data_connections (created_date, id);
CREATE UNIQUE INDEX data_connections_key ON data_connections (name_folded);
CREATE INDEX data_connections_owner ON data_connections (owner_id);
CREATE INDEX data_connections_type ON data_connections (type_folded);
CREATE INDEX data_connections_modified ON data_connections (modified_date);
CREATE INDEX data_connection_tags_target ON data_connection_tags (target_id);
CREATE INDEX system_rules_created ON system_rules (created_date, id);
CREATE INDEX system_rules_name ON system_rules (name_folded);
CREATE INDEX system_rule_tags_target ON system_rule_tags (target_id);
CREATE TRIGGER system_rules_inserted AFTER INSERT ON system_rules BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE TRIGGER system_rules_updated AFTER UPDATE ON system_rules BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE TRIGGER system_rules_deleted AFTER DELETE ON system_rules BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE TRIGGER users_inserted AFTER INSERT ON users BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER users_updated AFTER UPDATE ON users BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_roles_inserted AFTER INSERT ON user_roles BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_roles_updated AFTER UPDATE ON user_roles BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_roles_deleted AFTER DELETE ON user_roles BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER custom_property_definitions_updated AFTER UPDATE ON custom_property_definitions BEGIN UPDATE versions SET users = users + 1; END;
CREATE INDEX selections_created ON selections (created_date, id);
CREATE INDEX selections_owner ON selections (owner_id);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_date);
CREATE INDEX sign_in_failures_last ON sign_in_failures (last_date);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
CREATE UNIQUE INDEX audit_entries_id ON audit_entries (id);
CREATE INDEX audit_entries_created ON audit_entries (created_date, id);
CREATE INDEX audit_entries_object ON audit_entries (object_id_folded);
CREATE INDEX audit_entries_user ON audit_entries (user_name_folded);
CREATE INDEX credential_tokens_user ON credential_tokens (user_id, created_date);
CREATE INDEX credential_tokens_created ON credential_tokens (created_date);
CREATE INDEX credential_tokens_connection ON credential_tokens (connection_id);
CREATE TRIGGER tags_updated_tokens AFTER UPDATE ON tags BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER tags_deleted_tokens AFTER DELETE ON tags BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER custom_property_definitions_updated_tokens AFTER UPDATE ON custom_property_definitions BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER custom_property_definitions_deleted_tokens AFTER DELETE ON custom_property_definitions BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER users_updated_tokens AFTER UPDATE ON users BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER users_deleted_tokens AFTER DELETE ON users BEGIN DELETE FROM credential_tokens; END;
CREATE INDEX data_connection_custom_properties_value ON data_connection_custom_properties (definition_id, value_folded);
CREATE INDEX user_custom_properties_value ON user_custom_properties (definition_id, value_folded);
CREATE TRIGGER user_custom_properties_inserted AFTER INSERT ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_updated AFTER UPDATE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_deleted AFTER DELETE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE INDEX user_attributes_value ON user_attributes (attribute_type_folded, attribute_value_folded);
CREATE TRIGGER user_attributes_inserted AFTER INSERT ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_updated AFTER UPDATE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_deleted AFTER DELETE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE INDEX audit_texts_digest ON audit_texts (digest, secret_id);
CREATE INDEX audit_texts_secret ON audit_texts (secret_id) WHERE secret_id <> '';
CREATE INDEX audit_entry_texts_text ON audit_entry_texts (text_id);
CREATE INDEX audit_masks_number ON audit_masks (number, record);
CREATE INDEX audit_entries_request ON audit_entries (request_id_folded);
CREATE VIEW audit_log AS SELECT
    number AS rowid, number, id, created_date, user_name, user_name_folded, address, address_folded, request_id, request_id_folded,
    action, action_folded, outcome, outcome_folded, type, type_folded, object_id, object_id_folded, object_name,
    object_name_folded, detail, fold_text(detail) AS detail_folded, hash, hash_folded,
    before,
    CASE WHEN instr(before, '"$sha256":') = 0 THEN fold_text(before) ELSE (
        SELECT fold_text(json_group_object(part.key, json(coalesce(
            (SELECT text FROM audit_texts WHERE part.type = 'object' AND digest = part.value ->> '$."$sha256"'),
            before -> part.fullkey))))
        FROM json_each(before) AS part
    ) END AS before_folded,
    after,
    CASE WHEN instr(after, '"$sha256":') = 0 THEN fold_text(after) ELSE (
        SELECT fold_text(json_group_object(part.key, json(coalesce(
            (SELECT text FROM audit_texts WHERE part.type = 'object' AND digest = part.value ->> '$."$sha256"'),
            after -> part.fullkey))))
        FROM json_each(after) AS part
    ) END AS after_folded
FROM audit_entries;
COMMIT;
