PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 9;
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
CREATE TABLE user_attributes (
    id TEXT NOT NULL PRIMARY KEY,
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
    external_id_folded TEXT NOT NULL
) STRICT;
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
CREATE TABLE user_custom_properties (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    definition_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE
) STRICT;
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
CREATE TABLE data_connection_custom_properties (
    id TEXT NOT NULL PRIMARY KEY,
    entity_id TEXT NOT NULL REFERENCES data_connections (id) ON DELETE CASCADE,
    created_date INTEGER NOT NULL,
    modified_date INTEGER NOT NULL,
    modified_by_user_name TEXT NOT NULL,
    modified_by_user_name_folded TEXT NOT NULL,
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    definition_id TEXT NOT NULL REFERENCES custom_property_definitions (id) ON DELETE CASCADE
) STRICT;
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
CREATE TABLE selection_items (
    id TEXT NOT NULL PRIMARY KEY,
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
    object_name_folded TEXT NOT NULL
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
    before_folded TEXT GENERATED ALWAYS AS (lower(before)) VIRTUAL,
    after TEXT NOT NULL,
    after_folded TEXT GENERATED ALWAYS AS (lower(after)) VIRTUAL,
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795647727408, 1795647727408, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a214f1-e7f3-72f3-82c5-f53c68d165ef', 1795647727603, 1795647727622, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a214f1-e7f3-72f3-82c5-f53c68d165ef', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a214f1-e7d1-751b-baac-aa531b35c5cd', 1795647727569, 1795647727569, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a214f1-e7d6-70b2-b517-e26a731cbf3f', 1795647727574, 1795647727574, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a214f1-e7e0-74d4-82d7-871093648f6e', 1795647727584, 1795647727584, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a214f1-e7e0-74d4-82d7-871093648f6e', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a214f1-e7e0-74d4-82d7-871093648f6e', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a214f1-e7e0-74d4-82d7-871093648f6e', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a214f1-e7e0-74d4-82d7-871093648f6e', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a214f1-e7e8-70b9-a989-db82fb52abf2', 1795647727592, 1795647727592, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a214f1-e7e8-70b9-a989-db82fb52abf2', '01a214f1-e7e8-70b9-a989-db82fb52abf2', 'reader', 'reader', 'AQAAAAEH4T2D7Lw7rYRylDrtNBfZnV8uhfPeaB9jhE02MlIDINDRxrrF+hzcP2nwX8oy1jdnW/vQO6AiGqXqY4zoRV7lTZpBnxGkArsDQqrtGWACcHZMyNYARPswk8qeAKcP2bqg+Cg=', 0, 0);
INSERT INTO data_connections VALUES ('01a214f1-e7f8-72f8-ba20-c6127cccb736', 1795647727608, 1795647727608, 'LAB\anna', 'lab\anna', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a214f1-e7f8-72f8-ba20-c6127cccb736', '01a214f1-e7f8-72f8-ba20-c6127cccb736', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a214f1-e7e8-70b9-a989-db82fb52abf2', '01a214f1-e7d1-751b-baac-aa531b35c5cd');
INSERT INTO data_connection_tags VALUES ('01a214f1-e7e8-70b9-a989-db82fb52abf2', '01a214f1-e7d6-70b2-b517-e26a731cbf3f');
INSERT INTO data_connection_custom_properties VALUES ('01a214f1-e7e9-77ed-86d9-bf8553ccec55', '01a214f1-e7e8-70b9-a989-db82fb52abf2', 1795647727593, 1795647727593, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a214f1-e7e0-74d4-82d7-871093648f6e');
INSERT INTO data_keys VALUES (1, 1795647727440, 'AQAAAAH3fOWfcDVbqgKZQOLzDu7xgpBj4YKu8MAQP3IE+iAMI8ZpeOm3icESg19lz3NDbyeCl/HbWS/MukxifdbTmS53rtIxG41G009pioJ0gE5FAwUd3wu19zyX2ltoWWN9jFNHi2U7RnAy4AlUgVJWBA7Evo1iYWHJrg45BXyO', 1);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795647727409, 1795647727409, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795647727416, 1795647727416, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a214f1-e827-7442-a201-a7e51ba5c151', 1795647727655, 1795647727655, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO selection_items VALUES ('01a214f1-e827-7442-a201-a7e7235cb531', '01a214f1-e827-7442-a201-a7e51ba5c151', 1795647727655, 1795647727655, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a214f1-e7e8-70b9-a989-db82fb52abf2', '01a214f1-e7e8-70b9-a989-db82fb52abf2', 'Sales', 'sales');
INSERT INTO passwords VALUES ('01a214f1-e7f3-72f3-82c5-f53c68d165ef', '$argon2id$v=19$m=19456,t=2,p=1$eDKMY6wJ0FL4Bp64t4NLWQ$0V9+sBjZGB559T6bSwKLGjVIN0S8XGexby+w5vDFSB8', 1795647727829);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a214f1-e750-72b7-81f9-d8c6561e8314', 1795647727440, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '2d5365c0c9ec8ea7778dce529118fe8e93eb00efc3edaad2dfd9989e63071cec');
INSERT INTO audit_entries VALUES (2, '01a214f1-e7d2-7136-a006-9832f27c9301', 1795647727570, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e7cf-75a8-ab9a-7b0e6f86e803', 'create', 'done', 'Tag', '01a214f1-e7d1-751b-baac-aa531b35c5cd', 'finance', 'finance', '', '', '{"id":"01a214f1-e7d1-751b-baac-aa531b35c5cd","createdDate":"2026-11-25T23:02:07.569Z","modifiedDate":"2026-11-25T23:02:07.569Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"finance","schemaPath":"Tag"}', 'eb4b50e791675ea205aead3999cbe3f511cbd9f702f2841fd7c91925c4973905');
INSERT INTO audit_entries VALUES (3, '01a214f1-e7d6-70b2-b517-e26b026586db', 1795647727574, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e7d6-70b2-b517-e26921d2c50f', 'create', 'done', 'Tag', '01a214f1-e7d6-70b2-b517-e26a731cbf3f', 'Prüfung', 'prüfung', '', '', '{"id":"01a214f1-e7d6-70b2-b517-e26a731cbf3f","createdDate":"2026-11-25T23:02:07.574Z","modifiedDate":"2026-11-25T23:02:07.574Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"Prüfung","schemaPath":"Tag"}', '011d5d953f9f080e6c80ff09c06c25ae9db9a59637e11399480dc83458ef71a4');
INSERT INTO audit_entries VALUES (4, '01a214f1-e7e1-7082-aaef-d06cb63af4a9', 1795647727585, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e7df-7529-b847-c39d491020f0', 'create', 'done', 'CustomPropertyDefinition', '01a214f1-e7e0-74d4-82d7-871093648f6e', 'stage', 'stage', '', '', '{"id":"01a214f1-e7e0-74d4-82d7-871093648f6e","createdDate":"2026-11-25T23:02:07.584Z","modifiedDate":"2026-11-25T23:02:07.584Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"stage","valueType":"Text","choiceValues":["test","prod"],"objectTypes":["DataConnection","User"],"description":"","schemaPath":"CustomPropertyDefinition"}', 'e4208de88107edaf0bb9991aa8065e8a9c35988507922cda73270cab38d7c679');
INSERT INTO audit_entries VALUES (5, '01a214f1-e7ea-730c-be6e-691cb91443ab', 1795647727594, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e7e7-74c2-8648-252f8efebbf4', 'create', 'done', 'DataConnection', '01a214f1-e7e8-70b9-a989-db82fb52abf2', 'Sales', 'sales', '', '', '{"id":"01a214f1-e7e8-70b9-a989-db82fb52abf2","createdDate":"2026-11-25T23:02:07.592Z","modifiedDate":"2026-11-25T23:02:07.592Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[{"id":"01a214f1-e7e9-77ed-86d9-bf8553ccec55","createdDate":"2026-11-25T23:02:07.593Z","modifiedDate":"2026-11-25T23:02:07.593Z","modifiedByUserName":"INTERNAL\\sa_repository","value":"prod","definition":{"id":"01a214f1-e7e0-74d4-82d7-871093648f6e","name":"stage","valueType":"Text"},"schemaPath":"CustomPropertyValue"}],"owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"name":"Sales","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a214f1-e7e8-70b9-a989-db82fb52abf2","username":"reader","logOn":0,"architecture":0,"tags":[{"id":"01a214f1-e7d1-751b-baac-aa531b35c5cd","name":"finance"},{"id":"01a214f1-e7d6-70b2-b517-e26a731cbf3f","name":"Prüfung"}],"schemaPath":"DataConnection"}', '25947d51ee28d4f78c3c7f38ec98a8a20aa5144a498bb47a8e849a974fe46e64');
INSERT INTO audit_entries VALUES (6, '01a214f1-e7f4-719f-baa3-addbaab4b915', 1795647727604, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a214f1-e7f2-71f6-9148-26728bc77937', 'create', 'done', 'User', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 'LAB\anna', 'lab\anna', '', '', '{"id":"01a214f1-e7f3-72f3-82c5-f53c68d165ef","createdDate":"2026-11-25T23:02:07.603Z","modifiedDate":"2026-11-25T23:02:07.603Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[],"userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna","roles":[],"attributes":[],"inactive":false,"removedExternally":false,"blacklisted":false,"deleteProhibited":false,"tags":[],"schemaPath":"User"}', 'ffa2dbd2c301a83a726455a0d7b5b69264892cc3899809cea7181b93e32b59e7');
INSERT INTO audit_entries VALUES (7, '01a214f1-e7f9-74ea-9258-5960eeebbb72', 1795647727609, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a214f1-e7f2-71f6-9148-26728bc77937', 'create', 'done', 'DataConnection', '01a214f1-e7f8-72f8-ba20-c6127cccb736', 'of anna', 'of anna', '', '', '{"id":"01a214f1-e7f8-72f8-ba20-c6127cccb736","createdDate":"2026-11-25T23:02:07.608Z","modifiedDate":"2026-11-25T23:02:07.608Z","modifiedByUserName":"LAB\\anna","customProperties":[],"owner":{"id":"01a214f1-e7f3-72f3-82c5-f53c68d165ef","userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna"},"name":"of anna","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a214f1-e7f8-72f8-ba20-c6127cccb736","username":"","logOn":0,"architecture":0,"tags":[],"schemaPath":"DataConnection"}', '9b1ab21b130f416c8e5bfd7eeffb74c1c4ddcf3a7a2a822713706149e7b989a8');
INSERT INTO audit_entries VALUES (8, '01a214f1-e807-7124-b698-aa4e8398d341', 1795647727623, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e805-705f-ac95-625be91a43a6', 'update', 'done', 'User', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-25T23:02:07.603Z","roles":[]}', '{"modifiedDate":"2026-11-25T23:02:07.622Z","roles":["ContentAdmin"]}', '3ae008e2a63716821de304e220084fad45a15ebea2b9113a6afdf8bb931f5003');
INSERT INTO audit_entries VALUES (9, '01a214f1-e828-7675-852a-92b8c3de2874', 1795647727656, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a214f1-e810-71f0-822c-2ec269ba0b78', 'create', 'done', 'Selection', '01a214f1-e827-7442-a201-a7e51ba5c151', '', '', '', '', '{"id":"01a214f1-e827-7442-a201-a7e51ba5c151","createdDate":"2026-11-25T23:02:07.655Z","modifiedDate":"2026-11-25T23:02:07.655Z","modifiedByUserName":"INTERNAL\\sa_repository","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"items":[{"id":"01a214f1-e827-7442-a201-a7e7235cb531","createdDate":"2026-11-25T23:02:07.655Z","modifiedDate":"2026-11-25T23:02:07.655Z","modifiedByUserName":"INTERNAL\\sa_repository","type":"DataConnection","objectID":"01a214f1-e7e8-70b9-a989-db82fb52abf2","objectName":"Sales","schemaPath":"SelectionItem"}],"schemaPath":"Selection"}', '063ba80aa01843cfa8b2e07fc8d6e0c8b2c0967cdcd126a732624ec3865d22ec');
INSERT INTO audit_entries VALUES (10, '01a214f1-e8d7-73d9-b1ed-072933712948', 1795647727832, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a214f1-e7f3-72f3-82c5-f53c68d165ef', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', 'b47ac518f4ddfaeabccc3a32ea2269517f4d087325a7056f4552d60e792c122f');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, 'b47ac518f4ddfaeabccc3a32ea2269517f4d087325a7056f4552d60e792c122f');
CREATE INDEX users_created ON users (created_date, id);
CREATE UNIQUE INDEX users_key ON users (user_directory_folded, user_id_folded);
CREATE INDEX users_user_id ON users (user_id_folded);
CREATE INDEX users_name ON users (name_folded);
CREATE INDEX user_roles_value ON user_roles (value_folded);
CREATE INDEX user_attributes_entity ON user_attributes (entity_id);
CREATE INDEX user_attributes_value ON user_attributes (attribute_type_folded, attribute_value_folded);
CREATE INDEX tags_created ON tags (created_date, id);
CREATE INDEX tags_name ON tags (name_folded);
CREATE INDEX user_tags_target ON user_tags (target_id);
CREATE INDEX custom_property_definitions_created ON custom_property_definitions (created_date, id);
CREATE UNIQUE INDEX custom_property_definitions_key ON custom_property_definitions (name_folded);
CREATE INDEX custom_property_definition_choice_values_value ON custom_property_definition_choice_values (value_folded);
CREATE INDEX custom_property_definition_object_types_value ON custom_property_definition_object_types (value_folded);
CREATE INDEX user_custom_properties_entity ON user_custom_properties (entity_id);
CREATE INDEX user_custom_properties_value ON user_custom_properties (definition_id, value_folded);
CREATE INDEX data_connections_created ON data_connections (created_date, id);
CREATE UNIQUE INDEX data_connections_key ON data_connections (name_folded);
CREATE INDEX data_connections_owner ON data_connections (owner_id);
CREATE INDEX data_connections_type ON data_connections (type_folded);
CREATE INDEX data_connections_modified ON data_connections (modified_date);
CREATE INDEX data_connection_tags_target ON data_connection_tags (target_id);
CREATE INDEX data_connection_custom_properties_entity ON data_connection_custom_properties (entity_id);
CREATE INDEX data_connection_custom_properties_value ON data_connection_custom_properties (definition_id, value_folded);
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
CREATE TRIGGER user_attributes_inserted AFTER INSERT ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_updated AFTER UPDATE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_attributes_deleted AFTER DELETE ON user_attributes BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_inserted AFTER INSERT ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_updated AFTER UPDATE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER user_custom_properties_deleted AFTER DELETE ON user_custom_properties BEGIN UPDATE versions SET users = users + 1; END;
CREATE TRIGGER custom_property_definitions_updated AFTER UPDATE ON custom_property_definitions BEGIN UPDATE versions SET users = users + 1; END;
CREATE INDEX selections_created ON selections (created_date, id);
CREATE INDEX selections_owner ON selections (owner_id);
CREATE INDEX selection_items_entity ON selection_items (entity_id, type_folded);
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
COMMIT;
