PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 11;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795984287789, 1795984287789, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22901-69d0-737f-b888-a0629d2249a1', 1795984288208, 1795984288244, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22901-69d0-737f-b888-a0629d2249a1', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22901-696d-72ca-bd46-d5bd60b63423', 1795984288109, 1795984288109, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22901-697e-7433-824b-d17e94c3fd3a', 1795984288126, 1795984288126, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22901-69a1-7203-8055-6a16d0c22e2a', 1795984288161, 1795984288161, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22901-69a1-7203-8055-6a16d0c22e2a', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22901-69a1-7203-8055-6a16d0c22e2a', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22901-69a1-7203-8055-6a16d0c22e2a', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22901-69a1-7203-8055-6a16d0c22e2a', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22901-69b2-72a7-b7a9-90efb42f697e', 1795984288178, 1795984288178, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22901-69b2-72a7-b7a9-90efb42f697e', '01a22901-69b2-72a7-b7a9-90efb42f697e', 'reader', 'reader', 'AQAAAAHif84GZfXDN3/dte1dPxKoX11X9PTSHQLn7VSsKzTFDDx7cFYOdApuAGpZT7D75xnQBSXuxCmOYK07GL7e3fvM5DjONRvnkqcNjhSp3xvkUzx3q3MwJ61Z91IuuymAmjSflAs=', 0, 0);
INSERT INTO data_connections VALUES ('01a22901-69d3-74a9-9e48-7ab9f24a5592', 1795984288211, 1795984288211, 'LAB\anna', 'lab\anna', '01a22901-69d0-737f-b888-a0629d2249a1', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22901-69d3-74a9-9e48-7ab9f24a5592', '01a22901-69d3-74a9-9e48-7ab9f24a5592', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22901-69b2-72a7-b7a9-90efb42f697e', '01a22901-696d-72ca-bd46-d5bd60b63423');
INSERT INTO data_connection_tags VALUES ('01a22901-69b2-72a7-b7a9-90efb42f697e', '01a22901-697e-7433-824b-d17e94c3fd3a');
INSERT INTO data_keys VALUES (1, 1795984287950, 'AQAAAAEJEGKbkKYCMt5Rx74srjSxC41zJ5Np937Yrq3UExoSQRjqbd/9l56oHPTtRBWQXflRV7MX5kwnJdb5+J+0Q65tpUV4dsKKobwMKEYv4+qh4Lrou64OgM7z8s8OOa2kf51J3JV11q//iwP6e8rEhTspwXvfTs0X2n6ElLpQ', 1);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795984287800, 1795984287800, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795984287814, 1795984287814, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22901-6a1e-7395-8f00-84b54dcfc0b8', 1795984288286, 1795984288286, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22901-69d0-737f-b888-a0629d2249a1', '$argon2id$v=19$m=19456,t=2,p=1$Auuc4VEWQvDgE9rTCoQglA$4YvI7L3vx6sRzC8oSbV37kJ+uL4seen9fSJ5ClYDWVQ', 1795984288358);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22901-69d0-737f-b888-a0629d2249a1', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22901-69d0-737f-b888-a0629d2249a1', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a22901-68ce-74c8-ba37-a0d984fe26d7', 1795984287950, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '9ff3ea5ab8c4f3f1ae35cc003393e5990ad4281414275a2e33529a9f16de293e');
INSERT INTO audit_entries VALUES (2, '01a22901-696e-77b7-a61a-1aa71866e2f0', 1795984288110, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-6964-706f-bec1-a0ab8a04bb5d', 'create', 'done', 'Tag', '01a22901-696d-72ca-bd46-d5bd60b63423', 'finance', 'finance', '', '', '{"id":"01a22901-696d-72ca-bd46-d5bd60b63423","createdDate":"2026-11-29T20:31:28.109Z","modifiedDate":"2026-11-29T20:31:28.109Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"finance","schemaPath":"Tag"}', '86b763b441338a87910121c948f0a03b6feb7b2ccf9440122c666604fa1217c0');
INSERT INTO audit_entries VALUES (3, '01a22901-697e-7433-824b-d17ff4b25b7c', 1795984288126, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-697d-7011-af9f-bcef7c5c80b3', 'create', 'done', 'Tag', '01a22901-697e-7433-824b-d17e94c3fd3a', 'Prüfung', 'prüfung', '', '', '{"id":"01a22901-697e-7433-824b-d17e94c3fd3a","createdDate":"2026-11-29T20:31:28.126Z","modifiedDate":"2026-11-29T20:31:28.126Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"Prüfung","schemaPath":"Tag"}', 'b75df50c155e9aab5f5768fd97063621e35a7846af29928ef537643dab15edf5');
INSERT INTO audit_entries VALUES (4, '01a22901-69a2-7144-9b18-56409cbe8709', 1795984288162, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-6993-77af-be1b-761aa0d8ab62', 'create', 'done', 'CustomPropertyDefinition', '01a22901-69a1-7203-8055-6a16d0c22e2a', 'stage', 'stage', '', '', '{"id":"01a22901-69a1-7203-8055-6a16d0c22e2a","createdDate":"2026-11-29T20:31:28.161Z","modifiedDate":"2026-11-29T20:31:28.161Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"stage","valueType":"Text","choiceValues":["test","prod"],"objectTypes":["DataConnection","User"],"description":"","schemaPath":"CustomPropertyDefinition"}', '7e9d5cc6e14a955a30462913f33de326b65b9d3ab001e7cb32eb27680b7a0f2c');
INSERT INTO audit_entries VALUES (5, '01a22901-69b4-71c8-be34-b0acea9e3df4', 1795984288180, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-69b1-745b-b5c9-5c0025f26e8c', 'create', 'done', 'DataConnection', '01a22901-69b2-72a7-b7a9-90efb42f697e', 'Sales', 'sales', '', '', '{"id":"01a22901-69b2-72a7-b7a9-90efb42f697e","createdDate":"2026-11-29T20:31:28.178Z","modifiedDate":"2026-11-29T20:31:28.178Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[{"id":"01a22901-69b4-71c8-be34-b0abb57f733b","createdDate":"2026-11-29T20:31:28.179Z","modifiedDate":"2026-11-29T20:31:28.179Z","modifiedByUserName":"INTERNAL\\sa_repository","value":"prod","definition":{"id":"01a22901-69a1-7203-8055-6a16d0c22e2a","name":"stage","valueType":"Text"},"schemaPath":"CustomPropertyValue"}],"owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"name":"Sales","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a22901-69b2-72a7-b7a9-90efb42f697e","username":"reader","logOn":0,"architecture":0,"tags":[{"id":"01a22901-696d-72ca-bd46-d5bd60b63423","name":"finance"},{"id":"01a22901-697e-7433-824b-d17e94c3fd3a","name":"Prüfung"}],"schemaPath":"DataConnection"}', '67b2b99ae7df85b18f1df5b4894d75ca0d1478a4aeca542e8314ed136f0243fb');
INSERT INTO audit_entries VALUES (6, '01a22901-69d2-7143-8cd2-b1b0fa025149', 1795984288210, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22901-69cc-730e-ad1d-4625be3293fb', 'create', 'done', 'User', '01a22901-69d0-737f-b888-a0629d2249a1', 'LAB\anna', 'lab\anna', '', '', '{"id":"01a22901-69d0-737f-b888-a0629d2249a1","createdDate":"2026-11-29T20:31:28.208Z","modifiedDate":"2026-11-29T20:31:28.208Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[],"userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna","roles":[],"attributes":[],"inactive":false,"removedExternally":false,"blacklisted":false,"deleteProhibited":false,"tags":[],"schemaPath":"User"}', '1d36a825cd1665cffb56567e7e6d7dab2dfd3dd49a8a28acc421ebce7fb6d502');
INSERT INTO audit_entries VALUES (7, '01a22901-69d4-7239-9df3-faa30a212029', 1795984288212, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22901-69cc-730e-ad1d-4625be3293fb', 'create', 'done', 'DataConnection', '01a22901-69d3-74a9-9e48-7ab9f24a5592', 'of anna', 'of anna', '', '', '{"id":"01a22901-69d3-74a9-9e48-7ab9f24a5592","createdDate":"2026-11-29T20:31:28.211Z","modifiedDate":"2026-11-29T20:31:28.211Z","modifiedByUserName":"LAB\\anna","customProperties":[],"owner":{"id":"01a22901-69d0-737f-b888-a0629d2249a1","userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna"},"name":"of anna","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a22901-69d3-74a9-9e48-7ab9f24a5592","username":"","logOn":0,"architecture":0,"tags":[],"schemaPath":"DataConnection"}', '1a0fcbb8b99d5f647e69733d3668beaae818455b7f79ec132ff839e0061acb8a');
INSERT INTO audit_entries VALUES (8, '01a22901-69f7-71ee-8d6e-4ed40a27f983', 1795984288247, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-69f3-7147-b4b5-9a8dd00b9712', 'update', 'done', 'User', '01a22901-69d0-737f-b888-a0629d2249a1', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-29T20:31:28.208Z","roles":[]}', '{"modifiedDate":"2026-11-29T20:31:28.244Z","roles":["ContentAdmin"]}', '2f9d14fdbc40e445d7d7055830d0aa648c6375b64b498dd1adb3d2f76ee817d9');
INSERT INTO audit_entries VALUES (9, '01a22901-6a1f-75f0-b986-f21d1d8188e9', 1795984288287, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22901-6a08-77c8-80bc-bde1423e5464', 'create', 'done', 'Selection', '01a22901-6a1e-7395-8f00-84b54dcfc0b8', '', '', '', '', '{"id":"01a22901-6a1e-7395-8f00-84b54dcfc0b8","createdDate":"2026-11-29T20:31:28.286Z","modifiedDate":"2026-11-29T20:31:28.286Z","modifiedByUserName":"INTERNAL\\sa_repository","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"items":[{"id":"01a22901-6a1f-75f0-b986-f21c3485e79a","createdDate":"2026-11-29T20:31:28.287Z","modifiedDate":"2026-11-29T20:31:28.287Z","modifiedByUserName":"INTERNAL\\sa_repository","type":"DataConnection","objectID":"01a22901-69b2-72a7-b7a9-90efb42f697e","objectName":"Sales","schemaPath":"SelectionItem"}],"schemaPath":"Selection"}', '7126d86864da86898eeb878c8269b452714f4a5b4bafcb9e8b35f52ba13a0787');
INSERT INTO audit_entries VALUES (10, '01a22901-6a67-772e-9f87-f8353ea70b9a', 1795984288359, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22901-69d0-737f-b888-a0629d2249a1', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '280dc4439b7f4611dd078138af30d6dad110ffb6eec1ec7cf835dbc7cfc359c5');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, '280dc4439b7f4611dd078138af30d6dad110ffb6eec1ec7cf835dbc7cfc359c5');
INSERT INTO data_connection_custom_properties VALUES ('01a22901-69b4-71c8-be34-b0abb57f733b', '01a22901-69b2-72a7-b7a9-90efb42f697e', 1795984288179, 1795984288179, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22901-69a1-7203-8055-6a16d0c22e2a');
INSERT INTO selection_items VALUES ('01a22901-6a1f-75f0-b986-f21c3485e79a', '01a22901-6a1e-7395-8f00-84b54dcfc0b8', 1795984288287, 1795984288287, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22901-69b2-72a7-b7a9-90efb42f697e', '01a22901-69b2-72a7-b7a9-90efb42f697e', 'Sales', 'sales');
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
COMMIT;
