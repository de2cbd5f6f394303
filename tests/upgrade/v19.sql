PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 19;
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
CREATE TABLE site_bases (
    site TEXT NOT NULL,
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (site, type, id)
) STRICT;
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1796103279074, 1796103279074, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a23019-124e-7309-8faa-214267e987ce', 1796103279182, 1796103279194, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a23019-124e-7309-8faa-214267e987ce', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a23019-1237-73a5-aa19-227b433230c6', 1796103279159, 1796103279159, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a23019-123b-737f-9308-1ab0fade2036', 1796103279163, 1796103279163, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a23019-123f-7528-9c8a-a04ae6d45209', 1796103279167, 1796103279167, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a23019-123f-7528-9c8a-a04ae6d45209', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a23019-123f-7528-9c8a-a04ae6d45209', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a23019-123f-7528-9c8a-a04ae6d45209', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a23019-123f-7528-9c8a-a04ae6d45209', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a23019-1243-7476-a88b-a08cf85dc7fa', 1796103279171, 1796103279171, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a23019-1243-7476-a88b-a08cf85dc7fa', '01a23019-1243-7476-a88b-a08cf85dc7fa', 'reader', 'reader', 'AQAAAAH3hnR+VHIRjs5udjILbSY4m/FLQOTP/6LMPnGz9Pj/f9PhEhgF5FzAiIxXeiMqLWm/hDU/Dt/iUPoa0hCJACnL1NUixPjurujKPznWh1aUN1IbLZ3W+xMyoO4YxaFnrQaCcfk=', 0, 0);
INSERT INTO data_connections VALUES ('01a23019-1252-74c9-ad49-c4761481683f', 1796103279186, 1796103279186, 'LAB\anna', 'lab\anna', '01a23019-124e-7309-8faa-214267e987ce', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a23019-1252-74c9-ad49-c4761481683f', '01a23019-1252-74c9-ad49-c4761481683f', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a23019-1243-7476-a88b-a08cf85dc7fa', '01a23019-1237-73a5-aa19-227b433230c6');
INSERT INTO data_connection_tags VALUES ('01a23019-1243-7476-a88b-a08cf85dc7fa', '01a23019-123b-737f-9308-1ab0fade2036');
INSERT INTO data_keys VALUES (1, 1796103279116, 'AQAAAAF/aKKxtIfOMml8SVejp0yOes6ouFsMvNVXjR1aKMlrmiVACtyDwFf9L/u/jfOM0b49IuwUKFNxv+Qs9n4DbwpoQTkKmoR1q90jMwRoKfUp20h794sh0d1jwx2L8wJ6JTcc5YmrXdBZ1xnxDo/MIb3Yw6D6+HeRRDxe+aDm', 2);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1796103279075, 1796103279075, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1796103279078, 1796103279078, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a23019-1265-70a1-9566-717d20816857', 1796103279205, 1796103279205, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a23019-124e-7309-8faa-214267e987ce', '$argon2id$v=19$m=19456,t=2,p=1$FS8wSSGIsJQMFQuNO6ZgnQ$SdDXV11Yk+dYvAf+ILq+nmBrNtgdnudxLPkBkWa+KfI', 1796103279253);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a23019-124e-7309-8faa-214267e987ce', 0, 4102444800000, '127.0.0.1', 'password', '', '', '');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a23019-124e-7309-8faa-214267e987ce', 'ci', 'all', 0, 4102444800000, '');
INSERT INTO audit_entries VALUES (1, '01a23019-120c-7635-a349-2a70647c5165', 1796103279116, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '5d38e19affcf86d01554048f838970cfce2c91fc2f2b4039defa6f955947221e');
INSERT INTO audit_entries VALUES (2, '01a23019-1237-73a5-aa19-227caced8150', 1796103279159, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-1231-748d-9ac6-05641311d573', 'create', 'done', 'Tag', '01a23019-1237-73a5-aa19-227b433230c6', 'finance', 'finance', '', '', '{"createdDate":"2026-12-01T05:34:39.159Z","id":"01a23019-1237-73a5-aa19-227b433230c6","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.159Z","name":"finance","schemaPath":"Tag"}', 'c312a4ceb86aa601f8b5a7eecc70fc7ab885eb5bd54d5357300d97dcd29fd58f');
INSERT INTO audit_entries VALUES (3, '01a23019-123c-708a-b6e0-4b00b4c2cc24', 1796103279164, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-123a-70a9-b131-5a488b2c3abe', 'create', 'done', 'Tag', '01a23019-123b-737f-9308-1ab0fade2036', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-12-01T05:34:39.163Z","id":"01a23019-123b-737f-9308-1ab0fade2036","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.163Z","name":"Prüfung","schemaPath":"Tag"}', '0605963bf3d65efd16ee8a9994df17dc4d42bcd7530338e67463aa6e6f5a01fa');
INSERT INTO audit_entries VALUES (4, '01a23019-1240-730c-8c27-0ba6dbb91901', 1796103279168, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-123e-764e-9f6b-966eec5a48f1', 'create', 'done', 'CustomPropertyDefinition', '01a23019-123f-7528-9c8a-a04ae6d45209', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-12-01T05:34:39.167Z","description":"","id":"01a23019-123f-7528-9c8a-a04ae6d45209","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.167Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', 'f18fe236b650b81766ea22840080b561f35da1b6026feed7dad66fe3a365ae40');
INSERT INTO audit_entries VALUES (5, '01a23019-1245-7576-8e4a-ca803ff47ccb', 1796103279173, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-1242-7121-9c37-f201964cafee', 'create', 'done', 'DataConnection', '01a23019-1243-7476-a88b-a08cf85dc7fa', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-12-01T05:34:39.171Z","customProperties":{"$sha256":"b26c7ed94f8805b4ae49a0d2b306e20330955148a04444c49cbf6176fe7813aa"},"engineObjectId":"01a23019-1243-7476-a88b-a08cf85dc7fa","id":"01a23019-1243-7476-a88b-a08cf85dc7fa","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.171Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a23019-1237-73a5-aa19-227b433230c6","name":"finance"},{"id":"01a23019-123b-737f-9308-1ab0fade2036","name":"Prüfung"}],"type":"internet","username":"reader"}', '6a77b025243d3076c1538df823e090fe4b8390a9aa6357a059396f22c3fddd62');
INSERT INTO audit_entries VALUES (6, '01a23019-124f-7112-87d6-eb5716a8eac5', 1796103279183, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a23019-124c-76e5-9b77-d496f66d7ffc', 'create', 'done', 'User', '01a23019-124e-7309-8faa-214267e987ce', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-12-01T05:34:39.182Z","customProperties":[],"deleteProhibited":false,"id":"01a23019-124e-7309-8faa-214267e987ce","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.182Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', '953df97d72966374cfe10c8e9cd9480deda538f978ece532626e17c1f5bf7f4c');
INSERT INTO audit_entries VALUES (7, '01a23019-1252-74c9-ad49-c4773cd3d908', 1796103279186, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a23019-124c-76e5-9b77-d496f66d7ffc', 'create', 'done', 'DataConnection', '01a23019-1252-74c9-ad49-c4761481683f', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-12-01T05:34:39.186Z","customProperties":[],"engineObjectId":"01a23019-1252-74c9-ad49-c4761481683f","id":"01a23019-1252-74c9-ad49-c4761481683f","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-12-01T05:34:39.186Z","name":"of anna","owner":{"id":"01a23019-124e-7309-8faa-214267e987ce","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', 'a457feb53985af770c0e2e532f7ebd39138fcefc74cf39e6f854c50372e9689e');
INSERT INTO audit_entries VALUES (8, '01a23019-125a-75f0-85d6-980421fe1e3e', 1796103279194, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-1257-72b3-acff-4e3ae41b8eb8', 'update', 'done', 'User', '01a23019-124e-7309-8faa-214267e987ce', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-12-01T05:34:39.182Z","roles":{"removed":[]}}', '{"modifiedDate":"2026-12-01T05:34:39.194Z","roles":{"added":[{"item":"ContentAdmin","position":0}]}}', 'be112918b8d5061ed40bb04f21033808179cd323d7e07d711998d475a8aa2d99');
INSERT INTO audit_entries VALUES (9, '01a23019-125e-7602-9112-27e38461d5b3', 1796103279198, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-125d-76a0-b575-83f9a639fe26', 'create', 'done', 'Tag', '01a23019-125e-7602-9112-27e2b0f63d89', 'token=***', 'token=***', '', '', '{"createdDate":"2026-12-01T05:34:39.198Z","id":"01a23019-125e-7602-9112-27e2b0f63d89","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.198Z","name":{"$sealed":"74883a0a-5de9-48be-81f9-adaa3fb33773","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', 'a30980607fb5ca816d89492137fee82f5625c9a792f2139e8ccfea091ed0c806');
INSERT INTO audit_entries VALUES (10, '01a23019-1262-73f3-8f1c-1fb418b712f4', 1796103279202, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a23019-1261-7696-99df-bd7080af02fd', 'delete', 'done', 'Tag', '01a23019-125e-7602-9112-27e2b0f63d89', 'token=***', 'token=***', '', '{"createdDate":"2026-12-01T05:34:39.198Z","id":"01a23019-125e-7602-9112-27e2b0f63d89","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.198Z","name":{"$sealed":"74883a0a-5de9-48be-81f9-adaa3fb33773","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '', '330da37c766fc873a4653bcc1a49c3f70dc9d4e650d5f8e49600651bbd16b5eb');
INSERT INTO audit_entries VALUES (11, '01a23019-1296-730d-8eab-4f47d40b6fa7', 1796103279254, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a23019-124e-7309-8faa-214267e987ce', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended; by the user root (0) of this machine', '', '', 'a64f1e73fe860d068ccfbcad88f447dda269938d6b197acbe63ca3b3a9ac8322');
INSERT INTO audit_bounds VALUES (1, 0, '', 11, 'a64f1e73fe860d068ccfbcad88f447dda269938d6b197acbe63ca3b3a9ac8322', 0);
INSERT INTO data_connection_custom_properties VALUES ('01a23019-1244-7414-aaa3-3f8a932b5f3e', '01a23019-1243-7476-a88b-a08cf85dc7fa', 1796103279172, 1796103279172, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a23019-123f-7528-9c8a-a04ae6d45209');
INSERT INTO selection_items VALUES ('01a23019-1265-70a1-9566-717f38e0e9ae', '01a23019-1265-70a1-9566-717d20816857', 1796103279205, 1796103279205, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a23019-1243-7476-a88b-a08cf85dc7fa', '01a23019-1243-7476-a88b-a08cf85dc7fa', 'Sales', 'sales');
INSERT INTO audit_secrets VALUES ('74883a0a-5de9-48be-81f9-adaa3fb33773', 'AQAAAAEBw5ULvwCHpVAhbQzeysEA8DQBgzmUDPgL65PZW1nlPbp/Wdkj9SIjDJwrzDG2W0++CPMbLrtPXEfDUp527IVS0+TLUawIMKMDKNeJpI+Y0EGlL8ZNkAOvP3/JrzGlk/q7MFQln0MeHhQSiA==');
INSERT INTO audit_texts VALUES (1, 'b26c7ed94f8805b4ae49a0d2b306e20330955148a04444c49cbf6176fe7813aa', '', '[{"createdDate":"2026-12-01T05:34:39.172Z","definition":{"id":"01a23019-123f-7528-9c8a-a04ae6d45209","name":"stage","valueType":"Text"},"id":"01a23019-1244-7414-aaa3-3f8a932b5f3e","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-12-01T05:34:39.172Z","schemaPath":"CustomPropertyValue","value":"prod"}]');
INSERT INTO audit_texts VALUES (2, 'e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e', '74883a0a-5de9-48be-81f9-adaa3fb33773', '"token=***"');
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
CREATE INDEX site_bases_site_id ON site_bases (site, site_id);
COMMIT;
