PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 16;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1796006656530, 1796006656530, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22a56-bacd-73a1-81a4-ce04def37a92', 1796006656717, 1796006656733, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22a56-bacd-73a1-81a4-ce04def37a92', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22a56-baa4-71de-b605-aadbc099b9bb', 1796006656676, 1796006656676, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22a56-bab3-70e0-bde2-5918e34e9f65', 1796006656691, 1796006656691, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22a56-bab9-723f-980a-a36a8b448e26', 1796006656697, 1796006656697, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a56-bab9-723f-980a-a36a8b448e26', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22a56-bab9-723f-980a-a36a8b448e26', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a56-bab9-723f-980a-a36a8b448e26', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22a56-bab9-723f-980a-a36a8b448e26', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', 1796006656703, 1796006656703, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', 'reader', 'reader', 'AQAAAAGREN1ppH85T4MCFa9ujo9xJVeEvgXdqsIdv345L2bONcCSsbyUdMFfcSdFaQFsN6lg1D5eMVFyRTJIp5HWYFSTmT+1pHxyyrjyme/4TsWkKWJVsTYprCean8eCOYgC3m28g20=', 0, 0);
INSERT INTO data_connections VALUES ('01a22a56-bad2-703a-aa66-a114d50bf2e6', 1796006656722, 1796006656722, 'LAB\anna', 'lab\anna', '01a22a56-bacd-73a1-81a4-ce04def37a92', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22a56-bad2-703a-aa66-a114d50bf2e6', '01a22a56-bad2-703a-aa66-a114d50bf2e6', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', '01a22a56-baa4-71de-b605-aadbc099b9bb');
INSERT INTO data_connection_tags VALUES ('01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', '01a22a56-bab3-70e0-bde2-5918e34e9f65');
INSERT INTO data_keys VALUES (1, 1796006656589, 'AQAAAAHueJbToJPWCVGASVQh593X+tHX23w5Cuk4yWzV80UQ6EvmTpW4JNPasDPLf5dWls89wtqD2kjolkCeO8jE033r/WzZ3Mp2ce0pzH52UsnwRWdoUuefu1NqQSm4DDKUpXMymf+40BPnK5i3RkVDcS2rabPy48b/qI8i1VPO', 2);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1796006656532, 1796006656532, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1796006656535, 1796006656535, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22a56-baf6-757a-901d-3faa30a78b33', 1796006656757, 1796006656757, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22a56-bacd-73a1-81a4-ce04def37a92', '$argon2id$v=19$m=19456,t=2,p=1$sdwU7g4+eXYCVhXa6adcfg$sa4UhYpj/b3ImGGkse8DbF5ggbBetJvSI1SPr/1Egdw', 1796006656828);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22a56-bacd-73a1-81a4-ce04def37a92', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22a56-bacd-73a1-81a4-ce04def37a92', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a22a56-ba4d-764d-85f5-d13c5c74281b', 1796006656589, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', 'ec886b590bb6d562eb2647f21f5c5079f5ee0457505b34e175015fb37be9e2e4');
INSERT INTO audit_entries VALUES (2, '01a22a56-baa9-7649-8f34-85b0c9b328c1', 1796006656677, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-ba9c-7380-959a-54a0bb6d0c85', 'create', 'done', 'Tag', '01a22a56-baa4-71de-b605-aadbc099b9bb', 'finance', 'finance', '', '', '{"createdDate":"2026-11-30T02:44:16.676Z","id":"01a22a56-baa4-71de-b605-aadbc099b9bb","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.676Z","name":"finance","schemaPath":"Tag"}', 'af487fd6c5c507f2a4fe5bf5bc3a1c6d2b465cd81e27c373fd77fdb60693af53');
INSERT INTO audit_entries VALUES (3, '01a22a56-bab4-7316-995c-84bab0df5173', 1796006656692, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-bab2-745d-9b9d-1d13304f931c', 'create', 'done', 'Tag', '01a22a56-bab3-70e0-bde2-5918e34e9f65', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-11-30T02:44:16.691Z","id":"01a22a56-bab3-70e0-bde2-5918e34e9f65","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.691Z","name":"Prüfung","schemaPath":"Tag"}', 'c06a6253fa7f32945fdcedee0e2ebce304e0960247be29b47de57d154a734a99');
INSERT INTO audit_entries VALUES (4, '01a22a56-baba-74d5-a709-c2bee186b793', 1796006656698, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-bab7-757d-b152-bd1fedc82c1f', 'create', 'done', 'CustomPropertyDefinition', '01a22a56-bab9-723f-980a-a36a8b448e26', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-11-30T02:44:16.697Z","description":"","id":"01a22a56-bab9-723f-980a-a36a8b448e26","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.697Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', '2c851a6415b5cd30364b2bc5d292d796ab8bb4805eccab03c3bd0843167c309a');
INSERT INTO audit_entries VALUES (5, '01a22a56-bac3-76a4-832f-cdc007090887', 1796006656707, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-babe-7389-a1db-4c765924346c', 'create', 'done', 'DataConnection', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T02:44:16.703Z","customProperties":{"$sha256":"c5c4aa67fd0ad8fe76049ff7fa79726dd20c6ff73d8c0c91eb9cb5ed265f49f9"},"engineObjectId":"01a22a56-babf-74e2-bb8d-e6a61e2fcd2e","id":"01a22a56-babf-74e2-bb8d-e6a61e2fcd2e","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.703Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a22a56-baa4-71de-b605-aadbc099b9bb","name":"finance"},{"id":"01a22a56-bab3-70e0-bde2-5918e34e9f65","name":"Prüfung"}],"type":"internet","username":"reader"}', 'aa1573d2cf21cca7bc12365e333a1c19efcfe4666f4281e4fc8a655e24267906');
INSERT INTO audit_entries VALUES (6, '01a22a56-bace-75e4-b351-b4b76c5a6db5', 1796006656718, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a56-bacb-709d-8c95-ffc89ac9976b', 'create', 'done', 'User', '01a22a56-bacd-73a1-81a4-ce04def37a92', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-11-30T02:44:16.717Z","customProperties":[],"deleteProhibited":false,"id":"01a22a56-bacd-73a1-81a4-ce04def37a92","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.717Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', '2065cb8615767d92225115bfbd8d50cb1ea5eb89c60e3d1c15f956468c16998d');
INSERT INTO audit_entries VALUES (7, '01a22a56-bad2-703a-aa66-a115d81315b0', 1796006656722, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22a56-bacb-709d-8c95-ffc89ac9976b', 'create', 'done', 'DataConnection', '01a22a56-bad2-703a-aa66-a114d50bf2e6', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-30T02:44:16.722Z","customProperties":[],"engineObjectId":"01a22a56-bad2-703a-aa66-a114d50bf2e6","id":"01a22a56-bad2-703a-aa66-a114d50bf2e6","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-11-30T02:44:16.722Z","name":"of anna","owner":{"id":"01a22a56-bacd-73a1-81a4-ce04def37a92","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', '1ea25a446dd26ffcf06828c3b7a85c096da9aa2a0d13f49de51ec23fcea126fb');
INSERT INTO audit_entries VALUES (8, '01a22a56-bade-71d4-afb6-0787208d9ccc', 1796006656734, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-badb-71c6-8b9d-2d30463e772d', 'update', 'done', 'User', '01a22a56-bacd-73a1-81a4-ce04def37a92', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-30T02:44:16.717Z","roles":{"removed":[]}}', '{"modifiedDate":"2026-11-30T02:44:16.733Z","roles":{"added":[{"item":"ContentAdmin","position":0}]}}', '9ba713682f76141ef842c436d7e279d288263105c78b6080560cb24956229110');
INSERT INTO audit_entries VALUES (9, '01a22a56-bae9-7770-8a90-a159f310e8ed', 1796006656745, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-bae6-744f-b96d-1031a0eaaa7b', 'create', 'done', 'Tag', '01a22a56-bae8-70e7-8d3f-9efaf5a8b39c', 'token=***', 'token=***', '', '', '{"createdDate":"2026-11-30T02:44:16.744Z","id":"01a22a56-bae8-70e7-8d3f-9efaf5a8b39c","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.744Z","name":{"$sealed":"c2893c11-6e39-4896-a568-edb5a31d7394","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', 'fb568556a7872671f20023370515b645d5bfc2f52b37bc5ac45c9f6710d44062');
INSERT INTO audit_entries VALUES (10, '01a22a56-baf0-7017-8be1-b18b8a5e0ab1', 1796006656752, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22a56-baed-741a-b0b4-f146f79a7f2a', 'delete', 'done', 'Tag', '01a22a56-bae8-70e7-8d3f-9efaf5a8b39c', 'token=***', 'token=***', '', '{"createdDate":"2026-11-30T02:44:16.744Z","id":"01a22a56-bae8-70e7-8d3f-9efaf5a8b39c","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.744Z","name":{"$sealed":"c2893c11-6e39-4896-a568-edb5a31d7394","$sha256":"e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e"},"schemaPath":"Tag"}', '', 'f436d1e8300ce79fd340cd083291ab5c8688a4affd52dd2fdeb5930d7c111fc8');
INSERT INTO audit_entries VALUES (11, '01a22a56-bb3d-72b5-aa05-fb6a9ddc5702', 1796006656829, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22a56-bacd-73a1-81a4-ce04def37a92', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '4bf9937734038b81d9e959122187ba0b0c6659e640b4d63c98e282926a2b40b9');
INSERT INTO audit_bounds VALUES (1, 0, '', 11, '4bf9937734038b81d9e959122187ba0b0c6659e640b4d63c98e282926a2b40b9', 0);
INSERT INTO data_connection_custom_properties VALUES ('01a22a56-bac1-7424-ae37-700392bc05a8', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', 1796006656705, 1796006656705, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22a56-bab9-723f-980a-a36a8b448e26');
INSERT INTO selection_items VALUES ('01a22a56-baf6-757a-901d-3facc7654ff3', '01a22a56-baf6-757a-901d-3faa30a78b33', 1796006656758, 1796006656758, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', '01a22a56-babf-74e2-bb8d-e6a61e2fcd2e', 'Sales', 'sales');
INSERT INTO audit_secrets VALUES ('c2893c11-6e39-4896-a568-edb5a31d7394', 'AQAAAAEo6E66TOH4fcQRwY2u5UwfR9U0GBskNhhk23+D/Yg9FIGvI+ZUzNEcghlN/2hmp66UvBhQJFCCaofKLCNdZ2UUyLLjBEOdTXGCvpQyNzHVZoQrdSuLNbJ6Z04ktcTbCqXSr3UprHanT3kg2w==');
INSERT INTO audit_texts VALUES (1, 'c5c4aa67fd0ad8fe76049ff7fa79726dd20c6ff73d8c0c91eb9cb5ed265f49f9', '', '[{"createdDate":"2026-11-30T02:44:16.705Z","definition":{"id":"01a22a56-bab9-723f-980a-a36a8b448e26","name":"stage","valueType":"Text"},"id":"01a22a56-bac1-7424-ae37-700392bc05a8","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-30T02:44:16.705Z","schemaPath":"CustomPropertyValue","value":"prod"}]');
INSERT INTO audit_texts VALUES (2, 'e2fc8fcca7683c22324bd8b99532660f7ebb5c23a2ec85dda335a22d6bd2cc4e', 'c2893c11-6e39-4896-a568-edb5a31d7394', '"token=***"');
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
