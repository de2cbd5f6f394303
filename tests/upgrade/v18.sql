PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 18;
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
, kind TEXT NOT NULL DEFAULT 'password', credential TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '', claims TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1796010251992, 1796010251992, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22a8d-98dc-7618-b941-a759fc68dcf3', 1796010252508, 1796010252557, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22a8d-98dc-7618-b941-a759fc68dcf3', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22a8d-9884-74e4-9518-8c47fef24504', 1796010252420, 1796010252420, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22a8d-989a-7638-a84c-ca4a0577ef7f', 1796010252442, 1796010252442, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22a8d-98ad-71d5-b154-1ee75b63e46d', 1796010252461, 1796010252461, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a8d-98ad-71d5-b154-1ee75b63e46d', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a8d-98ad-71d5-b154-1ee75b63e46d', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a8d-98ad-71d5-b154-1ee75b63e46d', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a8d-98ad-71d5-b154-1ee75b63e46d', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22a8d-98c1-74aa-a99b-f06ff368497c', 1796010252481, 1796010252481, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a8d-98c1-74aa-a99b-f06ff368497c', '01a22a8d-98c1-74aa-a99b-f06ff368497c', 'reader', 'reader', 'AQAAAAHV0kJW62kgfYUkuIf4QLuA5GNu6zznf2189rGYfTdP1F5KLkqYrNUWdluZwklEGaCsZ7kBNTHF9NUwTtGezoTzXTEyTHNSOKsru5fTsWITJdoeNDd0MKDDr1OfR9JDXbAeUUc=', 0, 0);
INSERT INTO data_connections VALUES ('01a22a8d-98f0-7218-8578-43dfa6b02615', 1796010252528, 1796010252528, 'LAB\anna', 'lab\anna', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a8d-98f0-7218-8578-43dfa6b02615', '01a22a8d-98f0-7218-8578-43dfa6b02615', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22a8d-98c1-74aa-a99b-f06ff368497c', '01a22a8d-9884-74e4-9518-8c47fef24504');
INSERT INTO data_connection_tags VALUES ('01a22a8d-98c1-74aa-a99b-f06ff368497c', '01a22a8d-989a-7638-a84c-ca4a0577ef7f');
INSERT INTO data_keys VALUES (1, 1796010252158, 'AQAAAAEfLC5Ir8Wc9nrmRh/L/KoRLQP+kV9YjHEN51sDxiFdcWRfWSPqNL4OqA4QMM2F7KoGgIUHrReM2htkVUn5eMsAmTuXD0lNffs/zY0eMitrDKvVSUg3HUmRZFh1BPwksxpkkOBROVgeg7A2TZAmw5ilksSEfTgktsew1HKO', 2);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1796010252003, 1796010252003, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1796010252033, 1796010252033, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22a8d-994f-778a-8d37-9c975a6182e5', 1796010252623, 1796010252623, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22a8d-98dc-7618-b941-a759fc68dcf3', '$argon2id$v=19$m=19456,t=2,p=1$9nyDotfTpPTljvZ6cM/K3w$biZbNkR25xLnN7TQI83Ht1pQvMn0V1DNMLxXh+AzOps', 1796010252817);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 0, 4102444800000, '127.0.0.1', 'password', '', '', '');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 'ci', 'all', 0, 4102444800000, '');
INSERT INTO audit_entries VALUES (1, '01a22a8d-977e-75f0-ba62-83c6dffb30c9', 1796010252158, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '8aac3df02aca937fef239e64631a1f8db4063c4fecda09fb91a516752016fd37');
INSERT INTO audit_entries VALUES (2, '01a22a8d-9889-7782-9b71-1229b99522aa', 1796010252425, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-9877-703a-9498-abe66ba58ad9', 'create', 'done', 'Tag', '01a22a8d-9884-74e4-9518-8c47fef24504', 'finance', 'finance', '', '', '{"createdDate":"2026-11-30T03:44:12.420Z","id":"01a22a8d-9884-74e4-9518-8c47fef24504","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.420Z","name":"finance","schemaPath":"Tag"}', '8031ec9d8d972e8801ef8450ab28273651582d182e053d81140e619b48ccfa62');
INSERT INTO audit_entries VALUES (3, '01a22a8d-989a-7638-a84c-ca4bac452f28', 1796010252442, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-9894-7609-9d15-8dfb308b06db', 'create', 'done', 'Tag', '01a22a8d-989a-7638-a84c-ca4a0577ef7f', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-11-30T03:44:12.442Z","id":"01a22a8d-989a-7638-a84c-ca4a0577ef7f","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.442Z","name":"Prüfung","schemaPath":"Tag"}', '5e57371ccd7cb1c80537a2fce8d634b581581efc504d1767f671e3504bac119c');
INSERT INTO audit_entries VALUES (4, '01a22a8d-98ae-71ea-9f76-d75464c1b6a6', 1796010252462, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-98a8-7213-8b72-fecba339fa7c', 'create', 'done', 'CustomPropertyDefinition', '01a22a8d-98ad-71d5-b154-1ee75b63e46d', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-11-30T03:44:12.461Z","description":"","id":"01a22a8d-98ad-71d5-b154-1ee75b63e46d","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.461Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', '4b099137a99d4ae2abdb9fff7ef617d5c293a4eda64a1fdb61ba26b814587104');
INSERT INTO audit_entries VALUES (5, '01a22a8d-98c4-760b-bb76-8ee75abcc078', 1796010252484, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-98ba-719b-8647-a74a1c096d26', 'create', 'done', 'DataConnection', '01a22a8d-98c1-74aa-a99b-f06ff368497c', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T03:44:12.481Z","customProperties":{"$sha256":"4909f42e0e29d87bbecc2b10cc79b4601727c7c928c38a3041b72ad9b08e1663"},"engineObjectId":"01a22a8d-98c1-74aa-a99b-f06ff368497c","id":"01a22a8d-98c1-74aa-a99b-f06ff368497c","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.481Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a22a8d-9884-74e4-9518-8c47fef24504","name":"finance"},{"id":"01a22a8d-989a-7638-a84c-ca4a0577ef7f","name":"Prüfung"}],"type":"internet","username":"reader"}', 'e03d7dd71b6ed9487c642fcea721aefd34ae1d24edce2766f027f1c6327eb514');
INSERT INTO audit_entries VALUES (6, '01a22a8d-98e0-749c-9446-90bfcd05ef8f', 1796010252512, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a8d-98da-7100-9285-f9a2b89ee1f5', 'create', 'done', 'User', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-11-30T03:44:12.508Z","customProperties":[],"deleteProhibited":false,"id":"01a22a8d-98dc-7618-b941-a759fc68dcf3","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.508Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', 'af6490511f977f9e5b9bc683dc07d21dfcca2805fb5f2eef8af060a570300a6a');
INSERT INTO audit_entries VALUES (7, '01a22a8d-98f1-7636-977f-57c0fe208785', 1796010252529, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a8d-98da-7100-9285-f9a2b89ee1f5', 'create', 'done', 'DataConnection', '01a22a8d-98f0-7218-8578-43dfa6b02615', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T03:44:12.528Z","customProperties":[],"engineObjectId":"01a22a8d-98f0-7218-8578-43dfa6b02615","id":"01a22a8d-98f0-7218-8578-43dfa6b02615","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-11-30T03:44:12.528Z","name":"of anna","owner":{"id":"01a22a8d-98dc-7618-b941-a759fc68dcf3","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', '307d30bceea9f74385c7c3f92b62fd07794ff2909566db00385f717f8963f74a');
INSERT INTO audit_entries VALUES (8, '01a22a8d-990f-705a-b77c-69c9e4074c5c', 1796010252559, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-9908-71e1-a109-4c39e094aa2e', 'update', 'done', 'User', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-30T03:44:12.508Z","roles":{"removed":[]}}', '{"modifiedDate":"2026-11-30T03:44:12.557Z","roles":{"added":[{"item":"ContentAdmin","position":0}]}}', '5a07a8f6f40cb6d0d07a95764d7e711feab7f870e0ccad7a7906c93196b481ab');
INSERT INTO audit_entries VALUES (9, '01a22a8d-992c-76de-a3b6-c8226d4793c8', 1796010252588, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-9920-77cc-baf8-a73469cd2572', 'create', 'done', 'Tag', '01a22a8d-992a-7181-a449-c6b0238bd890', 'token=***', 'token=***', '', '', '{"createdDate":"2026-11-30T03:44:12.586Z","id":"01a22a8d-992a-7181-a449-c6b0238bd890","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.586Z","name":{"$sealed":"99eb7b56-76a7-49cf-80db-b6d1ea1302df","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '7a5ffe4dccf9638b4e03e3cca5b380f5f93a892adf1573148a385c704baa10e5');
INSERT INTO audit_entries VALUES (10, '01a22a8d-9942-742b-a68c-090eaf464bda', 1796010252610, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a8d-993a-7792-978b-8a782e672979', 'delete', 'done', 'Tag', '01a22a8d-992a-7181-a449-c6b0238bd890', 'token=***', 'token=***', '', '{"createdDate":"2026-11-30T03:44:12.586Z","id":"01a22a8d-992a-7181-a449-c6b0238bd890","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.586Z","name":{"$sealed":"99eb7b56-76a7-49cf-80db-b6d1ea1302df","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '', '82e698c8b3215f8a06972d6fe0a8ab750783d00ab11558817c9a42668b667877');
INSERT INTO audit_entries VALUES (11, '01a22a8d-9a12-759a-8348-397ec018349e', 1796010252818, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22a8d-98dc-7618-b941-a759fc68dcf3', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', 'cf7f2e61b6c47fea6476ab619a1d65941cbfbb27f951cc07928a2c4a9a7920b6');
INSERT INTO audit_bounds VALUES (1, 0, '', 11, 'cf7f2e61b6c47fea6476ab619a1d65941cbfbb27f951cc07928a2c4a9a7920b6', 0);
INSERT INTO data_connection_custom_properties VALUES ('01a22a8d-98c2-7748-ad55-6b31124f93e5', '01a22a8d-98c1-74aa-a99b-f06ff368497c', 1796010252482, 1796010252482, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22a8d-98ad-71d5-b154-1ee75b63e46d');
INSERT INTO selection_items VALUES ('01a22a8d-994f-778a-8d37-9c99ae9ee2db', '01a22a8d-994f-778a-8d37-9c975a6182e5', 1796010252623, 1796010252623, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22a8d-98c1-74aa-a99b-f06ff368497c', '01a22a8d-98c1-74aa-a99b-f06ff368497c', 'Sales', 'sales');
INSERT INTO audit_secrets VALUES ('99eb7b56-76a7-49cf-80db-b6d1ea1302df', 'AQAAAAFqgng6qPXHNYmCemoACYMO9o172Ng0/ZXA0HaP0c2fa05t1Amp8EW5ols/oljok/ThviSzh0GiiBJ1vdYmh6kCmOfcWgF0z3zPLk2SwQI35gcE7QC9oEP/NVqcSeScuDgTL0hK78+0FOxQ6Q==');
INSERT INTO audit_texts VALUES (1, '4909f42e0e29d87bbecc2b10cc79b4601727c7c928c38a3041b72ad9b08e1663', '', '[{"createdDate":"2026-11-30T03:44:12.482Z","definition":{"id":"01a22a8d-98ad-71d5-b154-1ee75b63e46d","name":"stage","valueType":"Text"},"id":"01a22a8d-98c2-7748-ad55-6b31124f93e5","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T03:44:12.482Z","schemaPath":"CustomPropertyValue","value":"prod"}]');
INSERT INTO audit_texts VALUES (2, 'e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e', '99eb7b56-76a7-49cf-80db-b6d1ea1302df', '"token=***"');
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
CREATE UNIQUE INDEX sessions_credential ON sessions (credential) WHERE credential <> '';
COMMIT;
