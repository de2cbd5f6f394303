PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 17;
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
, context TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
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
, unmasked_number INTEGER NOT NULL DEFAULT 0) STRICT;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1796009307938, 1796009307938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22a7f-32b6-7609-94eb-e62209a7e3f8', 1796009308854, 1796009308938, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22a7f-32b6-7609-94eb-e62209a7e3f8', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22a7f-3215-70b3-8020-a1039861a77f', 1796009308693, 1796009308693, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22a7f-322d-756e-82fe-e1678d565268', 1796009308717, 1796009308717, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22a7f-3245-7473-89d4-9d3cf8f5380e', 1796009308741, 1796009308741, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a7f-3245-7473-89d4-9d3cf8f5380e', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a7f-3245-7473-89d4-9d3cf8f5380e', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a7f-3245-7473-89d4-9d3cf8f5380e', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a7f-3245-7473-89d4-9d3cf8f5380e', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22a7f-326d-76ed-b768-e5045eff2d49', 1796009308781, 1796009308781, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a7f-326d-76ed-b768-e5045eff2d49', '01a22a7f-326d-76ed-b768-e5045eff2d49', 'reader', 'reader', 'AQAAAAHs5CmONc+7ZmhS8B0U9uvKl7WVKm47RfHN8JfN0RlluIBon/Hm6uTi7ze2DoYLZFo9u6TBCX2+TGcaPicNWtMlg+KfB9v8+/WtLTM9sB/6NHEzF6VvLeem/YzT3PwXI6WTBnM=', 0, 0);
INSERT INTO data_connections VALUES ('01a22a7f-32cd-74ab-8633-1850c1564f42', 1796009308877, 1796009308877, 'LAB\anna', 'lab\anna', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a7f-32cd-74ab-8633-1850c1564f42', '01a22a7f-32cd-74ab-8633-1850c1564f42', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22a7f-326d-76ed-b768-e5045eff2d49', '01a22a7f-3215-70b3-8020-a1039861a77f');
INSERT INTO data_connection_tags VALUES ('01a22a7f-326d-76ed-b768-e5045eff2d49', '01a22a7f-322d-756e-82fe-e1678d565268');
INSERT INTO data_keys VALUES (1, 1796009308296, 'AQAAAAE+BefuXZP3IYsPBNwmNc2skwRWUNE3b9OTIVsSzUIDNcZdmCUvq10c6R93WU52WNIA0xLMdXyy4lPrG94SOAAxwW3jtm5fn38opMGhS0QAt4kXZSYQCw6FdL1nO5/Uy+crdrU9NkUfbWJ2LfVMTD2fIEXHPlqn00v9jWAt', 2);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1796009307940, 1796009307940, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1796009307958, 1796009307958, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22a7f-335b-752f-9b17-5351734aefff', 1796009309019, 1796009309019, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22a7f-32b6-7609-94eb-e62209a7e3f8', '$argon2id$v=19$m=19456,t=2,p=1$hYDM5pGXiUQKgmDEcFd2tg$93PForRyFyZpU0yQ7kwy0kIL8Og0xhfDeH2NNFC0K1A', 1796009309270);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 'ci', 'all', 0, 4102444800000, '');
INSERT INTO audit_entries VALUES (1, '01a22a7f-308d-7264-9e25-c05b7740118f', 1796009308301, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '360a52df0a06a145cc0314ce6ba8aa7f9c577442b801fa0b08e0c1053ab2c165');
INSERT INTO audit_entries VALUES (2, '01a22a7f-3216-769a-945b-1a014873f36e', 1796009308694, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-31f4-73ba-9a11-b3b74c57cae3', 'create', 'done', 'Tag', '01a22a7f-3215-70b3-8020-a1039861a77f', 'finance', 'finance', '', '', '{"createdDate":"2026-11-30T03:28:28.693Z","id":"01a22a7f-3215-70b3-8020-a1039861a77f","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.693Z","name":"finance","schemaPath":"Tag"}', '8675be74cc2e65c374622da92efef42bba00fd326fb42e86200f2169b182932f');
INSERT INTO audit_entries VALUES (3, '01a22a7f-322e-749b-8f55-89f3d15d9a5a', 1796009308718, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-3227-77b5-94c2-b5eec5e3b76f', 'create', 'done', 'Tag', '01a22a7f-322d-756e-82fe-e1678d565268', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-11-30T03:28:28.717Z","id":"01a22a7f-322d-756e-82fe-e1678d565268","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.717Z","name":"Prüfung","schemaPath":"Tag"}', '779d88b5b118597f9ed9ab9baea3433000559f171f64dd37774cee0dd4254f96');
INSERT INTO audit_entries VALUES (4, '01a22a7f-3247-75cc-adc9-46478709acfd', 1796009308743, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-323e-7319-91c2-40e48ef2fbcd', 'create', 'done', 'CustomPropertyDefinition', '01a22a7f-3245-7473-89d4-9d3cf8f5380e', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-11-30T03:28:28.741Z","description":"","id":"01a22a7f-3245-7473-89d4-9d3cf8f5380e","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.741Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', 'c3e9d06436e09fc8c88a8113aff07d9a81c8a6dfb4c8169091aec852025fdc6b');
INSERT INTO audit_entries VALUES (5, '01a22a7f-3281-7794-a393-5ebe128aaa23', 1796009308801, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-3262-722c-a704-9bd7fa9f4e43', 'create', 'done', 'DataConnection', '01a22a7f-326d-76ed-b768-e5045eff2d49', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T03:28:28.781Z","customProperties":{"$sha256":"34320b98a1907dca706cce81de59a36b3324e2bccd8bc7c96d24e777d106a949"},"engineObjectId":"01a22a7f-326d-76ed-b768-e5045eff2d49","id":"01a22a7f-326d-76ed-b768-e5045eff2d49","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.781Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a22a7f-3215-70b3-8020-a1039861a77f","name":"finance"},{"id":"01a22a7f-322d-756e-82fe-e1678d565268","name":"Prüfung"}],"type":"internet","username":"reader"}', 'ecfd6afbc5bc916bdfe02cec6d9984853091ac94645922f4ad75b50a0ff8ede6');
INSERT INTO audit_entries VALUES (6, '01a22a7f-32b7-72df-8114-73956882aa28', 1796009308855, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a7f-32ad-77cd-b0aa-f3d3fc790226', 'create', 'done', 'User', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-11-30T03:28:28.854Z","customProperties":[],"deleteProhibited":false,"id":"01a22a7f-32b6-7609-94eb-e62209a7e3f8","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.854Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', '1ed41e40c9535c6a79fd5c30767c251e028496793f4af5fc4c6c315f5efd937a');
INSERT INTO audit_entries VALUES (7, '01a22a7f-32cf-72de-bc60-bde16ce133bd', 1796009308879, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a7f-32ad-77cd-b0aa-f3d3fc790226', 'create', 'done', 'DataConnection', '01a22a7f-32cd-74ab-8633-1850c1564f42', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T03:28:28.877Z","customProperties":[],"engineObjectId":"01a22a7f-32cd-74ab-8633-1850c1564f42","id":"01a22a7f-32cd-74ab-8633-1850c1564f42","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-11-30T03:28:28.877Z","name":"of anna","owner":{"id":"01a22a7f-32b6-7609-94eb-e62209a7e3f8","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', '3920d13eb7b597ec588bf645e05aa743e9803fceaca07394023fbf955894c030');
INSERT INTO audit_entries VALUES (8, '01a22a7f-330c-761b-8281-62f3e046e7e4', 1796009308940, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-32fa-71ca-a45f-c569fae87202', 'update', 'done', 'User', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-30T03:28:28.854Z","roles":{"removed":[]}}', '{"modifiedDate":"2026-11-30T03:28:28.938Z","roles":{"added":[{"item":"ContentAdmin","position":0}]}}', '88a03ac4a585162324b08ca0b39518cb72f637188f34efe7e4729e8bb55cc33b');
INSERT INTO audit_entries VALUES (9, '01a22a7f-3323-711f-8b4f-d20bbfae1266', 1796009308963, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-331d-76e2-8259-52cb16cc32fc', 'create', 'done', 'Tag', '01a22a7f-3321-76f3-a9ca-53bdf7db4936', 'token=***', 'token=***', '', '', '{"createdDate":"2026-11-30T03:28:28.961Z","id":"01a22a7f-3321-76f3-a9ca-53bdf7db4936","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.961Z","name":{"$sealed":"e9115b34-09fd-45e7-91ca-00707d6fb48c","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '219b3b8d2582b4580b88876d82096833e14163537407f5fc3f5a5ef28e8c8535');
INSERT INTO audit_entries VALUES (10, '01a22a7f-3339-71dd-9aeb-19b0eedb8452', 1796009308985, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a7f-3333-7292-b864-6b41eb0d970b', 'delete', 'done', 'Tag', '01a22a7f-3321-76f3-a9ca-53bdf7db4936', 'token=***', 'token=***', '', '{"createdDate":"2026-11-30T03:28:28.961Z","id":"01a22a7f-3321-76f3-a9ca-53bdf7db4936","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.961Z","name":{"$sealed":"e9115b34-09fd-45e7-91ca-00707d6fb48c","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '', 'cc181e7ad36c0ac5e60a48f5e8811e26a3c4f186545e5552fd3234d065d88332');
INSERT INTO audit_entries VALUES (11, '01a22a7f-3458-7076-9add-a04359ce6f99', 1796009309272, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22a7f-32b6-7609-94eb-e62209a7e3f8', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', 'b5acc462eb59ef71c055c1a3e99e63b2fac0817169d0e8cbb8b4a5f791ad4779');
INSERT INTO audit_bounds VALUES (1, 0, '', 11, 'b5acc462eb59ef71c055c1a3e99e63b2fac0817169d0e8cbb8b4a5f791ad4779', 0);
INSERT INTO data_connection_custom_properties VALUES ('01a22a7f-3272-7271-9464-a2504a12218b', '01a22a7f-326d-76ed-b768-e5045eff2d49', 1796009308786, 1796009308786, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22a7f-3245-7473-89d4-9d3cf8f5380e');
INSERT INTO selection_items VALUES ('01a22a7f-335b-752f-9b17-535371483ab1', '01a22a7f-335b-752f-9b17-5351734aefff', 1796009309019, 1796009309019, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22a7f-326d-76ed-b768-e5045eff2d49', '01a22a7f-326d-76ed-b768-e5045eff2d49', 'Sales', 'sales');
INSERT INTO audit_secrets VALUES ('e9115b34-09fd-45e7-91ca-00707d6fb48c', 'AQAAAAFU1Ekxpjv9Dk1DfxBiYQNv70Tl/aK3Lh4jgsnp3ajavby7FPCx5BcSoDiLiFdCBsc7VlzWVTfh4ttnZgGlxTQ20D6N2TBIbPXxeJhBzQVOMXmGUUUdHyJhfDdN91VQVLY0kBRUmTz5XNMUxw==');
INSERT INTO audit_texts VALUES (1, '34320b98a1907dca706cce81de59a36b3324e2bccd8bc7c96d24e777d106a949', '', '[{"createdDate":"2026-11-30T03:28:28.786Z","definition":{"id":"01a22a7f-3245-7473-89d4-9d3cf8f5380e","name":"stage","valueType":"Text"},"id":"01a22a7f-3272-7271-9464-a2504a12218b","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:28:28.786Z","schemaPath":"CustomPropertyValue","value":"prod"}]');
INSERT INTO audit_texts VALUES (2, 'e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e', 'e9115b34-09fd-45e7-91ca-00707d6fb48c', '"token=***"');
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
CREATE TRIGGER system_rules_inserted AFTER INSERT ON system_rules WHEN NEW.disabled IS NOT 1
BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE TRIGGER system_rules_updated AFTER UPDATE ON system_rules
WHEN (OLD.disabled IS NOT 1 OR NEW.disabled IS NOT 1) AND (
    NEW.id IS NOT OLD.id
    OR NEW.created_date IS NOT OLD.created_date
    OR NEW.name IS NOT OLD.name
    OR NEW.category IS NOT OLD.category
    OR NEW.rule IS NOT OLD.rule
    OR NEW.resource_filter IS NOT OLD.resource_filter
    OR NEW.actions IS NOT OLD.actions
    OR NEW.disabled IS NOT OLD.disabled
    OR NEW.rule_context IS NOT OLD.rule_context
)
BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE TRIGGER system_rules_deleted AFTER DELETE ON system_rules WHEN OLD.disabled IS NOT 1
BEGIN UPDATE versions SET rules = rules + 1; END;
CREATE VIEW audit_log AS SELECT
    number AS rowid, number, id, created_date, user_name, user_name_folded, address, address_folded, request_id, request_id_folded,
    action, action_folded, outcome, outcome_folded, type, type_folded, object_id, object_id_folded, object_name,
    object_name_folded, detail, fold_text(detail) AS detail_folded, hash, hash_folded,
    before,
    CASE WHEN instr(before, '"$sha256":') = 0 THEN fold_text(before) ELSE (
        SELECT fold_text(json_group_object(part.key, json(
            CASE WHEN part.type = 'object' AND part.value ->> '$."$sha256"' IS NOT NULL
            THEN coalesce((SELECT text FROM audit_texts WHERE digest = part.value ->> '$."$sha256"'), '')
            ELSE before -> part.fullkey END)))
        FROM json_each(before) AS part
    ) END AS before_folded,
    after,
    CASE WHEN instr(after, '"$sha256":') = 0 THEN fold_text(after) ELSE (
        SELECT fold_text(json_group_object(part.key, json(
            CASE WHEN part.type = 'object' AND part.value ->> '$."$sha256"' IS NOT NULL
            THEN coalesce((SELECT text FROM audit_texts WHERE digest = part.value ->> '$."$sha256"'), '')
            ELSE after -> part.fullkey END)))
        FROM json_each(after) AS part
    ) END AS after_folded
FROM audit_entries;
COMMIT;
