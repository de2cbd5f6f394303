PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 10;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795649325653, 1795649325653, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a2150a-4b51-7742-94a5-bf844d902139', 1795649325905, 1795649325919, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a2150a-4b51-7742-94a5-bf844d902139', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a2150a-4b1b-76b4-8af1-cd7f18988121', 1795649325851, 1795649325851, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a2150a-4b21-7783-9cff-cfce46214f1e', 1795649325857, 1795649325857, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a2150a-4b27-72a7-ae5b-64748181a825', 1795649325863, 1795649325863, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a2150a-4b27-72a7-ae5b-64748181a825', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a2150a-4b27-72a7-ae5b-64748181a825', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a2150a-4b27-72a7-ae5b-64748181a825', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a2150a-4b27-72a7-ae5b-64748181a825', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a2150a-4b2c-70d4-b637-45161ce2023d', 1795649325868, 1795649325868, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a2150a-4b2c-70d4-b637-45161ce2023d', '01a2150a-4b2c-70d4-b637-45161ce2023d', 'reader', 'reader', 'AQAAAAHqnRXwyPQPGlMIYKFjRMoIRvyev8H9WBdDBNAP6WnZHD42dOhMVEQCwAlV91FM98vC7g1nQ0xKHOMZlY6pgpn1UQIrVcB8cgSJ1p/rPn7lXaUFQDUFN91YTksfV4FN+SaP/Bk=', 0, 0);
INSERT INTO data_connections VALUES ('01a2150a-4b56-72c1-8402-c9acebe50698', 1795649325910, 1795649325910, 'LAB\anna', 'lab\anna', '01a2150a-4b51-7742-94a5-bf844d902139', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a2150a-4b56-72c1-8402-c9acebe50698', '01a2150a-4b56-72c1-8402-c9acebe50698', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a2150a-4b2c-70d4-b637-45161ce2023d', '01a2150a-4b1b-76b4-8af1-cd7f18988121');
INSERT INTO data_connection_tags VALUES ('01a2150a-4b2c-70d4-b637-45161ce2023d', '01a2150a-4b21-7783-9cff-cfce46214f1e');
INSERT INTO data_keys VALUES (1, 1795649325769, 'AQAAAAFtbTGWwuhUtz/BvtHTsqzgyrdWl8I9uBV+P2jJSH2uNAoYFgPMeQ/020R5b4pqpyLQgCkvBQbrokyesIWmnXYOThjMrb/zMfWHgw99TZtxZaxh23G+ccuwdZ7an34V9eoKuuKTZs9oQBeRQeBaT8ZIvCsSN4rKK3r5CxY/', 1);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795649325658, 1795649325658, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795649325661, 1795649325661, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a2150a-4b65-775b-84ff-2ecb1cd27feb', 1795649325925, 1795649325925, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a2150a-4b51-7742-94a5-bf844d902139', '$argon2id$v=19$m=19456,t=2,p=1$1DBxg9OliGQ/yGKcjHpcNA$wAIzHnl85zmZM5mYx8NNvfxbjNZVVSWPZ2rr9XnzdaI', 1795649326027);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a2150a-4b51-7742-94a5-bf844d902139', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a2150a-4b51-7742-94a5-bf844d902139', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a2150a-4ac9-726c-87fd-2a7245c4dc99', 1795649325769, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', 'eae4b0705649611f874a114d97bafa4e16aaf8f168d8a7d204c34746bd18ea9a');
INSERT INTO audit_entries VALUES (2, '01a2150a-4b1c-71d5-925c-2f4c8f9be38b', 1795649325852, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b14-7057-bb0f-bc52d5b93a43', 'create', 'done', 'Tag', '01a2150a-4b1b-76b4-8af1-cd7f18988121', 'finance', 'finance', '', '', '{"id":"01a2150a-4b1b-76b4-8af1-cd7f18988121","createdDate":"2026-11-25T23:28:45.851Z","modifiedDate":"2026-11-25T23:28:45.851Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"finance","schemaPath":"Tag"}', '6fd042aa50231d23659a339e6243361bb5e9fdc010b45519eee3622e85bdf194');
INSERT INTO audit_entries VALUES (3, '01a2150a-4b21-7783-9cff-cfcf60d0d3f2', 1795649325857, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b20-73a7-9c83-fcfc572c0896', 'create', 'done', 'Tag', '01a2150a-4b21-7783-9cff-cfce46214f1e', 'Prüfung', 'prüfung', '', '', '{"id":"01a2150a-4b21-7783-9cff-cfce46214f1e","createdDate":"2026-11-25T23:28:45.857Z","modifiedDate":"2026-11-25T23:28:45.857Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"Prüfung","schemaPath":"Tag"}', '153de74d1e47996dc99188632607a47068388300f06543972fe4025cd796af2c');
INSERT INTO audit_entries VALUES (4, '01a2150a-4b28-7485-a5a9-fd55801df6c9', 1795649325864, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b26-759f-b9d4-1c705e8626f1', 'create', 'done', 'CustomPropertyDefinition', '01a2150a-4b27-72a7-ae5b-64748181a825', 'stage', 'stage', '', '', '{"id":"01a2150a-4b27-72a7-ae5b-64748181a825","createdDate":"2026-11-25T23:28:45.863Z","modifiedDate":"2026-11-25T23:28:45.863Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"stage","valueType":"Text","choiceValues":["test","prod"],"objectTypes":["DataConnection","User"],"description":"","schemaPath":"CustomPropertyDefinition"}', 'd38aed64f50077360466e3b2aa351481269a6be238c0af2b1610cd9ab1901741');
INSERT INTO audit_entries VALUES (5, '01a2150a-4b32-73db-a769-d4b59425b49f', 1795649325874, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b2b-77f0-a128-8ae988417720', 'create', 'done', 'DataConnection', '01a2150a-4b2c-70d4-b637-45161ce2023d', 'Sales', 'sales', '', '', '{"id":"01a2150a-4b2c-70d4-b637-45161ce2023d","createdDate":"2026-11-25T23:28:45.868Z","modifiedDate":"2026-11-25T23:28:45.868Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[{"id":"01a2150a-4b2d-7329-ae61-3e76747f271e","createdDate":"2026-11-25T23:28:45.869Z","modifiedDate":"2026-11-25T23:28:45.869Z","modifiedByUserName":"INTERNAL\\sa_repository","value":"prod","definition":{"id":"01a2150a-4b27-72a7-ae5b-64748181a825","name":"stage","valueType":"Text"},"schemaPath":"CustomPropertyValue"}],"owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"name":"Sales","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a2150a-4b2c-70d4-b637-45161ce2023d","username":"reader","logOn":0,"architecture":0,"tags":[{"id":"01a2150a-4b1b-76b4-8af1-cd7f18988121","name":"finance"},{"id":"01a2150a-4b21-7783-9cff-cfce46214f1e","name":"Prüfung"}],"schemaPath":"DataConnection"}', 'dd560c96a5b1a143a40a5b8118e26a66454bcc227be4c23edd4a6aa899521a22');
INSERT INTO audit_entries VALUES (6, '01a2150a-4b52-762d-8d4d-f42f0350d4f6', 1795649325906, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a2150a-4b50-7521-b1e2-082a66e79379', 'create', 'done', 'User', '01a2150a-4b51-7742-94a5-bf844d902139', 'LAB\anna', 'lab\anna', '', '', '{"id":"01a2150a-4b51-7742-94a5-bf844d902139","createdDate":"2026-11-25T23:28:45.905Z","modifiedDate":"2026-11-25T23:28:45.905Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[],"userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna","roles":[],"attributes":[],"inactive":false,"removedExternally":false,"blacklisted":false,"deleteProhibited":false,"tags":[],"schemaPath":"User"}', '8bbcb3659ffc8df12e2dc820873f67192372700fb82dea83f4eddf71b3f9bd0e');
INSERT INTO audit_entries VALUES (7, '01a2150a-4b57-728d-8846-7d0e1eaf483b', 1795649325911, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a2150a-4b50-7521-b1e2-082a66e79379', 'create', 'done', 'DataConnection', '01a2150a-4b56-72c1-8402-c9acebe50698', 'of anna', 'of anna', '', '', '{"id":"01a2150a-4b56-72c1-8402-c9acebe50698","createdDate":"2026-11-25T23:28:45.910Z","modifiedDate":"2026-11-25T23:28:45.910Z","modifiedByUserName":"LAB\\anna","customProperties":[],"owner":{"id":"01a2150a-4b51-7742-94a5-bf844d902139","userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna"},"name":"of anna","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a2150a-4b56-72c1-8402-c9acebe50698","username":"","logOn":0,"architecture":0,"tags":[],"schemaPath":"DataConnection"}', 'a63f2b8f6d36027706364aac0c0e78c9af235d693a2b5e258e12ab06fafe5b2b');
INSERT INTO audit_entries VALUES (8, '01a2150a-4b60-7452-b044-a716a7140a34', 1795649325920, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b5e-7757-b86e-09ef8a2a1b6e', 'update', 'done', 'User', '01a2150a-4b51-7742-94a5-bf844d902139', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-25T23:28:45.905Z","roles":[]}', '{"modifiedDate":"2026-11-25T23:28:45.919Z","roles":["ContentAdmin"]}', 'f0b897a5f611faeafd62e2d5fe4fab4d095a3180c399b7d30d79e77f63c56edc');
INSERT INTO audit_entries VALUES (9, '01a2150a-4b66-75ab-8cfc-36c76d291910', 1795649325926, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a2150a-4b63-7405-9dd6-28adad976404', 'create', 'done', 'Selection', '01a2150a-4b65-775b-84ff-2ecb1cd27feb', '', '', '', '', '{"id":"01a2150a-4b65-775b-84ff-2ecb1cd27feb","createdDate":"2026-11-25T23:28:45.925Z","modifiedDate":"2026-11-25T23:28:45.925Z","modifiedByUserName":"INTERNAL\\sa_repository","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"items":[{"id":"01a2150a-4b66-75ab-8cfc-36c6160781cc","createdDate":"2026-11-25T23:28:45.926Z","modifiedDate":"2026-11-25T23:28:45.926Z","modifiedByUserName":"INTERNAL\\sa_repository","type":"DataConnection","objectID":"01a2150a-4b2c-70d4-b637-45161ce2023d","objectName":"Sales","schemaPath":"SelectionItem"}],"schemaPath":"Selection"}', 'a494e1176c82a91caf9ad3dedb7b31e57ccaf8f0f479e4213c194036fc263041');
INSERT INTO audit_entries VALUES (10, '01a2150a-4bcc-7761-89cc-de078d295d00', 1795649326028, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a2150a-4b51-7742-94a5-bf844d902139', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', 'b5dc4e36d1b3d5889bbacd4100b393771d5cd4d6087dbfcf4f777ed97c19e71a');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, 'b5dc4e36d1b3d5889bbacd4100b393771d5cd4d6087dbfcf4f777ed97c19e71a');
INSERT INTO data_connection_custom_properties VALUES ('01a2150a-4b2d-7329-ae61-3e76747f271e', '01a2150a-4b2c-70d4-b637-45161ce2023d', 1795649325869, 1795649325869, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a2150a-4b27-72a7-ae5b-64748181a825');
INSERT INTO selection_items VALUES ('01a2150a-4b66-75ab-8cfc-36c6160781cc', '01a2150a-4b65-775b-84ff-2ecb1cd27feb', 1795649325926, 1795649325926, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a2150a-4b2c-70d4-b637-45161ce2023d', '01a2150a-4b2c-70d4-b637-45161ce2023d', 'Sales', 'sales');
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
