PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 8;
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
) STRICT;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795551226147, 1795551226147, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a20f31-696b-74e9-958a-de1df53acbc5', 1795551226219, 1795551226226, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a20f31-696b-74e9-958a-de1df53acbc5', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a20f31-695a-7245-bcca-6860490585d9', 1795551226202, 1795551226202, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a20f31-695d-7665-8290-a4b598724e1b', 1795551226205, 1795551226205, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a20f31-6960-7203-9f76-0455ded7e0b3', 1795551226208, 1795551226208, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a20f31-6960-7203-9f76-0455ded7e0b3', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a20f31-6960-7203-9f76-0455ded7e0b3', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a20f31-6960-7203-9f76-0455ded7e0b3', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a20f31-6960-7203-9f76-0455ded7e0b3', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a20f31-6963-709f-862d-3ee02af33aa5', 1795551226211, 1795551226211, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a20f31-6963-709f-862d-3ee02af33aa5', '01a20f31-6963-709f-862d-3ee02af33aa5', 'reader', 'reader', 'AQAAAAGm1F/b+VV1zA5uyfcGeSfUyemQLVTi/2y4KcXUc4yB8NkwMCnbaybp9sNrXuHuWsZAzcYPU9hgmJDjNa6pCFz1K1lKK4wwRFBxM9GbzW6NKN9KVtTiJEy75Bbt8OrEm0KJFSM=', 0, 0);
INSERT INTO data_connections VALUES ('01a20f31-696d-702a-b513-d2bcea79be92', 1795551226221, 1795551226221, 'LAB\anna', 'lab\anna', '01a20f31-696b-74e9-958a-de1df53acbc5', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a20f31-696d-702a-b513-d2bcea79be92', '01a20f31-696d-702a-b513-d2bcea79be92', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a20f31-6963-709f-862d-3ee02af33aa5', '01a20f31-695a-7245-bcca-6860490585d9');
INSERT INTO data_connection_tags VALUES ('01a20f31-6963-709f-862d-3ee02af33aa5', '01a20f31-695d-7665-8290-a4b598724e1b');
INSERT INTO data_connection_custom_properties VALUES ('01a20f31-6964-7539-85c4-8277dee8531b', '01a20f31-6963-709f-862d-3ee02af33aa5', 1795551226212, 1795551226212, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a20f31-6960-7203-9f76-0455ded7e0b3');
INSERT INTO data_keys VALUES (1, 1795551226161, 'AQAAAAHR59mruHib709S1opd8xRYz6fdE5XIEHJp2XwcBIzAji1e330fX7qj0MA5VPSvtG8QH6g2eD6llHoCGjZbn0vOkxZ3sMxBsqg2c/ZC+UYaL69avib1hukFQU56B15fhZsxgtehyswY7M28xsosjb3o8jwr7jjuZNmUTdVF');
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795551226148, 1795551226148, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795551226152, 1795551226152, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a20f31-6976-75c0-a3c0-873786dc0fea', 1795551226229, 1795551226229, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO selection_items VALUES ('01a20f31-6976-75c0-a3c0-87390ae20959', '01a20f31-6976-75c0-a3c0-873786dc0fea', 1795551226230, 1795551226230, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a20f31-6963-709f-862d-3ee02af33aa5', '01a20f31-6963-709f-862d-3ee02af33aa5', 'Sales', 'sales');
INSERT INTO passwords VALUES ('01a20f31-696b-74e9-958a-de1df53acbc5', '$argon2id$v=19$m=19456,t=2,p=1$DjaZMNt3pJJabeI5rFecrw$t6GKtq/24S/0U3nQ7jpOhgDyaJAiaEVEvPvgOnwUUDE', 1795551226273);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a20f31-696b-74e9-958a-de1df53acbc5', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a20f31-696b-74e9-958a-de1df53acbc5', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a20f31-6931-7730-9c18-0e8a47d3910a', 1795551226161, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '098af6a1131d0296c7e54fb61d92a51b0b78384e19d2cf7e2faa210ff7461606');
INSERT INTO audit_entries VALUES (2, '01a20f31-695a-7245-bcca-686126df52e5', 1795551226202, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-6958-75be-b675-85800680a86c', 'create', 'done', 'Tag', '01a20f31-695a-7245-bcca-6860490585d9', 'finance', 'finance', '', '', '{"createdDate":"2026-11-24T20:13:46.202Z","id":"01a20f31-695a-7245-bcca-6860490585d9","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.202Z","name":"finance","schemaPath":"Tag"}', '59c73602ce07f2798f953e9a3e403c1d0615172bda53e46dce2b6a96a384293a');
INSERT INTO audit_entries VALUES (3, '01a20f31-695d-7665-8290-a4b652d6884c', 1795551226205, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-695d-7665-8290-a4b4f1fd8c0f', 'create', 'done', 'Tag', '01a20f31-695d-7665-8290-a4b598724e1b', 'Prüfung', 'prüfung', '', '', '{"createdDate":"2026-11-24T20:13:46.205Z","id":"01a20f31-695d-7665-8290-a4b598724e1b","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.205Z","name":"Prüfung","schemaPath":"Tag"}', '0f3d0cef51bdbc39af6061e6857ad9744540a0ec8ea325d39d4efd9019e31287');
INSERT INTO audit_entries VALUES (4, '01a20f31-6960-7203-9f76-04564bec5828', 1795551226208, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-695f-7632-a67f-b60c3398a9a4', 'create', 'done', 'CustomPropertyDefinition', '01a20f31-6960-7203-9f76-0455ded7e0b3', 'stage', 'stage', '', '', '{"choiceValues":["test","prod"],"createdDate":"2026-11-24T20:13:46.208Z","description":"","id":"01a20f31-6960-7203-9f76-0455ded7e0b3","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.208Z","name":"stage","objectTypes":["DataConnection","User"],"schemaPath":"CustomPropertyDefinition","valueType":"Text"}', '44f880d625877062b6e3e9a7c37b797bb950c66e269bab2d4b9f819c1163a609');
INSERT INTO audit_entries VALUES (5, '01a20f31-6965-7146-b983-293ebe7a998b', 1795551226213, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-6962-711e-9cc7-baf6001656f6', 'create', 'done', 'DataConnection', '01a20f31-6963-709f-862d-3ee02af33aa5', 'Sales', 'sales', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-24T20:13:46.211Z","customProperties":[{"createdDate":"2026-11-24T20:13:46.212Z","definition":{"id":"01a20f31-6960-7203-9f76-0455ded7e0b3","name":"stage","valueType":"Text"},"id":"01a20f31-6964-7539-85c4-8277dee8531b","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.212Z","schemaPath":"CustomPropertyValue","value":"prod"}],"engineObjectId":"01a20f31-6963-709f-862d-3ee02af33aa5","id":"01a20f31-6963-709f-862d-3ee02af33aa5","logOn":0,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.211Z","name":"Sales","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"DataConnection","tags":[{"id":"01a20f31-695a-7245-bcca-6860490585d9","name":"finance"},{"id":"01a20f31-695d-7665-8290-a4b598724e1b","name":"Prüfung"}],"type":"internet","username":"reader"}', '6b7c9e9ae9a2100c8ae57c001912e782dec5eb0d541aa659582c730fa04d7bf4');
INSERT INTO audit_entries VALUES (6, '01a20f31-696c-71ec-ac7b-3bc726a852f8', 1795551226220, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a20f31-696a-735c-9891-59d1366550c4', 'create', 'done', 'User', '01a20f31-696b-74e9-958a-de1df53acbc5', 'LAB\anna', 'lab\anna', '', '', '{"attributes":[],"blacklisted":false,"createdDate":"2026-11-24T20:13:46.219Z","customProperties":[],"deleteProhibited":false,"id":"01a20f31-696b-74e9-958a-de1df53acbc5","inactive":false,"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.219Z","name":"anna","removedExternally":false,"roles":[],"schemaPath":"User","tags":[],"userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"}', 'dfef3dd9f6194438545726d0e7a310e45b33478eca936a50134e766dc638d1a7');
INSERT INTO audit_entries VALUES (7, '01a20f31-696e-7272-905b-94af60c509c2', 1795551226222, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a20f31-696a-735c-9891-59d1366550c4', 'create', 'done', 'DataConnection', '01a20f31-696d-702a-b513-d2bcea79be92', 'of anna', 'of anna', '', '', '{"architecture":0,"connectionstring":"lib://sales","createdDate":"2026-11-24T20:13:46.221Z","customProperties":[],"engineObjectId":"01a20f31-696d-702a-b513-d2bcea79be92","id":"01a20f31-696d-702a-b513-d2bcea79be92","logOn":0,"modifiedByUserName":"LAB\\anna","modifiedDate":"2026-11-24T20:13:46.221Z","name":"of anna","owner":{"id":"01a20f31-696b-74e9-958a-de1df53acbc5","name":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","userId":"anna"},"schemaPath":"DataConnection","tags":[],"type":"internet","username":""}', '251210cd13d1a97caa3d30a770660b19eae45b0805a7f673b3b011b5712f7768');
INSERT INTO audit_entries VALUES (8, '01a20f31-6973-70c7-b3ad-82ef29c68741', 1795551226227, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-6971-73d4-9b25-0cde034db29b', 'update', 'done', 'User', '01a20f31-696b-74e9-958a-de1df53acbc5', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-24T20:13:46.219Z","roles":[]}', '{"modifiedDate":"2026-11-24T20:13:46.226Z","roles":["ContentAdmin"]}', '7754100990bd946c94da5fef9c18598e80145d69a13fd830931346757babe547');
INSERT INTO audit_entries VALUES (9, '01a20f31-6976-75c0-a3c0-873a448d3d2e', 1795551226230, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f31-6974-704f-9781-c3207a7aa0d3', 'create', 'done', 'Selection', '01a20f31-6976-75c0-a3c0-873786dc0fea', '', '', '', '', '{"createdDate":"2026-11-24T20:13:46.229Z","id":"01a20f31-6976-75c0-a3c0-873786dc0fea","items":[{"createdDate":"2026-11-24T20:13:46.230Z","id":"01a20f31-6976-75c0-a3c0-87390ae20959","modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.230Z","objectID":"01a20f31-6963-709f-862d-3ee02af33aa5","objectName":"Sales","schemaPath":"SelectionItem","type":"DataConnection"}],"modifiedByUserName":"INTERNAL\\sa_repository","modifiedDate":"2026-11-24T20:13:46.229Z","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","name":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","userId":"sa_repository"},"schemaPath":"Selection"}', 'd841b1ef187a921f7d1f4801f7bb4841c92f526de000e875e9d085e31c00fa35');
INSERT INTO audit_entries VALUES (10, '01a20f31-69a2-72fd-9572-c6517e166ec0', 1795551226274, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a20f31-696b-74e9-958a-de1df53acbc5', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '0fec0b0d8adeb851fc85f58525852b81a963a9c2c521b20d5bc59833317e874a');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, '0fec0b0d8adeb851fc85f58525852b81a963a9c2c521b20d5bc59833317e874a');
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
CREATE INDEX audit_entries_object ON audit_entries (object_id);
CREATE INDEX credential_tokens_user ON credential_tokens (user_id, created_date);
CREATE INDEX credential_tokens_created ON credential_tokens (created_date);
CREATE INDEX credential_tokens_connection ON credential_tokens (connection_id);
COMMIT;
