PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 12;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795986792064, 1795986792064, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a22927-a0d2-726a-b572-e65a0d77b36f', 1795986792658, 1795986792714, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a22927-a0d2-726a-b572-e65a0d77b36f', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a22927-a051-750b-8cee-3c8cef6c4c11', 1795986792529, 1795986792529, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a22927-a06d-7535-9039-d945fbe1fb3f', 1795986792557, 1795986792557, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a22927-a083-75e3-b443-fc80b3623bb4', 1795986792579, 1795986792579, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22927-a083-75e3-b443-fc80b3623bb4', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a22927-a083-75e3-b443-fc80b3623bb4', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a22927-a083-75e3-b443-fc80b3623bb4', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a22927-a083-75e3-b443-fc80b3623bb4', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a22927-a0a2-73fb-ad8a-ee12e877d1e1', 1795986792610, 1795986792610, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', 'reader', 'reader', 'AQAAAAEkTftTOf3eFiTZgaJhyeOBrlxiQHa8g7cLSm8fth7BvFx2gLumcHARZiL/Tcm8cJlH2FhcLxTajEZJ/wn9yT6/OJTYL2ZChbh51uvPFKRgXn7QasSyPGWOxsifblt3gJCja5E=', 0, 0);
INSERT INTO data_connections VALUES ('01a22927-a0e8-75b0-a8cf-cf98c59afb66', 1795986792680, 1795986792680, 'LAB\anna', 'lab\anna', '01a22927-a0d2-726a-b572-e65a0d77b36f', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a22927-a0e8-75b0-a8cf-cf98c59afb66', '01a22927-a0e8-75b0-a8cf-cf98c59afb66', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a22927-a0a2-73fb-ad8a-ee12e877d1e1', '01a22927-a051-750b-8cee-3c8cef6c4c11');
INSERT INTO data_connection_tags VALUES ('01a22927-a0a2-73fb-ad8a-ee12e877d1e1', '01a22927-a06d-7535-9039-d945fbe1fb3f');
INSERT INTO data_keys VALUES (1, 1795986792241, 'AQAAAAEqaj1w8u5Gcv20cOnZF4qBY1Cu1Lv7zdb8wt24CRZKU4C3CpZcJV79JK8DiTfWSMqaqtDNKZHGx3JoEa3HFk/kdlOf+bwfskxO0heTeilvA9unhSeC4g2eW38CagqKu9F54mMrepS26cU3SYRmaUAji5WcFeRXYW27uuE5', 1);
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795986792076, 1795986792076, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO system_rules VALUES ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1795986792092, 1795986792092, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'EngineCredentials', 'enginecredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'user.userdirectory = "internal" and user.userid = "sa_engine"', 'DataConnection_*', 'dataconnection_*', 8192, 'The engine may have the passwords of data connections, to open them', 'the engine may have the passwords of data connections, to open them', 0, 0, '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', '5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a22927-a119-77c8-a88c-1fd8a2b87169', 1795986792729, 1795986792729, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO passwords VALUES ('01a22927-a0d2-726a-b572-e65a0d77b36f', '$argon2id$v=19$m=19456,t=2,p=1$m4R5PntZDudAM4tWvshSDg$OF9053Wi6/nZf+jE+fqAgYOxRqLYcWqrflPmJ8MUB30', 1795986792937);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a22927-a0d2-726a-b572-e65a0d77b36f', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a22927-a0d2-726a-b572-e65a0d77b36f', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a22927-9f31-73d8-b138-abcc575e834c', 1795986792241, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '884a318fd348897c71be3bc3adf28c439ed96e0f214e5af9b0db54bb63f55467');
INSERT INTO audit_entries VALUES (2, '01a22927-a051-750b-8cee-3c8d8526a58e', 1795986792529, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a045-71a7-bd67-455fdeb40a97', 'create', 'done', 'Tag', '01a22927-a051-750b-8cee-3c8cef6c4c11', 'finance', 'finance', '', '', '{"id":"01a22927-a051-750b-8cee-3c8cef6c4c11","createdDate":"2026-11-29T21:13:12.529Z","modifiedDate":"2026-11-29T21:13:12.529Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"finance","schemaPath":"Tag"}', '3b2b9a9cd4a011e9ac8a2b1d4435212afb1074ebd0f16d856f6fcad602401f6c');
INSERT INTO audit_entries VALUES (3, '01a22927-a06d-7535-9039-d946834a13d8', 1795986792557, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a066-7204-a0fc-b8454909a4cc', 'create', 'done', 'Tag', '01a22927-a06d-7535-9039-d945fbe1fb3f', 'Prüfung', 'prüfung', '', '', '{"id":"01a22927-a06d-7535-9039-d945fbe1fb3f","createdDate":"2026-11-29T21:13:12.557Z","modifiedDate":"2026-11-29T21:13:12.557Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"Prüfung","schemaPath":"Tag"}', '868243df60eb927a06fd1834c878bd949cd49860c34e5aa582e0ccebe34c381c');
INSERT INTO audit_entries VALUES (4, '01a22927-a08d-7577-af59-6a2ea3566b86', 1795986792589, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a082-73d6-83b4-d365613d01b1', 'create', 'done', 'CustomPropertyDefinition', '01a22927-a083-75e3-b443-fc80b3623bb4', 'stage', 'stage', '', '', '{"id":"01a22927-a083-75e3-b443-fc80b3623bb4","createdDate":"2026-11-29T21:13:12.579Z","modifiedDate":"2026-11-29T21:13:12.579Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"stage","valueType":"Text","choiceValues":["test","prod"],"objectTypes":["DataConnection","User"],"description":"","schemaPath":"CustomPropertyDefinition"}', '49e39aa1973638e8629a560e7f787724aeceebb74d637547f27936eb899275c7');
INSERT INTO audit_entries VALUES (5, '01a22927-a0a4-70f5-90a2-8d99d97d76ff', 1795986792612, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a0a1-71cd-944e-417158c7f5e7', 'create', 'done', 'DataConnection', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', 'Sales', 'sales', '', '', '{"id":"01a22927-a0a2-73fb-ad8a-ee12e877d1e1","createdDate":"2026-11-29T21:13:12.610Z","modifiedDate":"2026-11-29T21:13:12.610Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[{"id":"01a22927-a0a4-70f5-90a2-8d980bc043b1","createdDate":"2026-11-29T21:13:12.611Z","modifiedDate":"2026-11-29T21:13:12.611Z","modifiedByUserName":"INTERNAL\\sa_repository","value":"prod","definition":{"id":"01a22927-a083-75e3-b443-fc80b3623bb4","name":"stage","valueType":"Text"},"schemaPath":"CustomPropertyValue"}],"owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"name":"Sales","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a22927-a0a2-73fb-ad8a-ee12e877d1e1","username":"reader","logOn":0,"architecture":0,"tags":[{"id":"01a22927-a051-750b-8cee-3c8cef6c4c11","name":"finance"},{"id":"01a22927-a06d-7535-9039-d945fbe1fb3f","name":"Prüfung"}],"schemaPath":"DataConnection"}', '37fb4a5f8458eef73646cc656dac884258d76eb4dd5cac4bda98c665ccaaea5f');
INSERT INTO audit_entries VALUES (6, '01a22927-a0d3-7627-98a3-d885c73fed07', 1795986792659, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22927-a0c3-71b0-8ced-8c1636f55821', 'create', 'done', 'User', '01a22927-a0d2-726a-b572-e65a0d77b36f', 'LAB\anna', 'lab\anna', '', '', '{"id":"01a22927-a0d2-726a-b572-e65a0d77b36f","createdDate":"2026-11-29T21:13:12.658Z","modifiedDate":"2026-11-29T21:13:12.658Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[],"userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna","roles":[],"attributes":[],"inactive":false,"removedExternally":false,"blacklisted":false,"deleteProhibited":false,"tags":[],"schemaPath":"User"}', 'f39a2fce687807b950ca21ca6ef8bb105802e25be6e50d99ea00889b8a78faf6');
INSERT INTO audit_entries VALUES (7, '01a22927-a0ea-702f-933b-47b0415ccffc', 1795986792682, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a22927-a0c3-71b0-8ced-8c1636f55821', 'create', 'done', 'DataConnection', '01a22927-a0e8-75b0-a8cf-cf98c59afb66', 'of anna', 'of anna', '', '', '{"id":"01a22927-a0e8-75b0-a8cf-cf98c59afb66","createdDate":"2026-11-29T21:13:12.680Z","modifiedDate":"2026-11-29T21:13:12.680Z","modifiedByUserName":"LAB\\anna","customProperties":[],"owner":{"id":"01a22927-a0d2-726a-b572-e65a0d77b36f","userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna"},"name":"of anna","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a22927-a0e8-75b0-a8cf-cf98c59afb66","username":"","logOn":0,"architecture":0,"tags":[],"schemaPath":"DataConnection"}', '429169eedc26c9c2839cb42a346d6cb4373a21699f24912f0b81e3e2ebe57acf');
INSERT INTO audit_entries VALUES (8, '01a22927-a10b-72df-9f07-a21450d370ab', 1795986792715, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a109-772c-ba21-ef479502984f', 'update', 'done', 'User', '01a22927-a0d2-726a-b572-e65a0d77b36f', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-29T21:13:12.658Z","roles":[]}', '{"modifiedDate":"2026-11-29T21:13:12.714Z","roles":["ContentAdmin"]}', '9d742d1e2e627503d6c194ad228b43ab2222621ebe5daffa239fb1f5fc39405c');
INSERT INTO audit_entries VALUES (9, '01a22927-a11a-70dd-92a6-ac0904eb9a3b', 1795986792730, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a22927-a117-7432-8d1f-c9222af6229a', 'create', 'done', 'Selection', '01a22927-a119-77c8-a88c-1fd8a2b87169', '', '', '', '', '{"id":"01a22927-a119-77c8-a88c-1fd8a2b87169","createdDate":"2026-11-29T21:13:12.729Z","modifiedDate":"2026-11-29T21:13:12.729Z","modifiedByUserName":"INTERNAL\\sa_repository","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"items":[{"id":"01a22927-a119-77c8-a88c-1fda7d5ba8c5","createdDate":"2026-11-29T21:13:12.729Z","modifiedDate":"2026-11-29T21:13:12.729Z","modifiedByUserName":"INTERNAL\\sa_repository","type":"DataConnection","objectID":"01a22927-a0a2-73fb-ad8a-ee12e877d1e1","objectName":"Sales","schemaPath":"SelectionItem"}],"schemaPath":"Selection"}', '5b8481b07e8c1604e251bacba49c285adb8facdade4dad3b618df0c9c395b742');
INSERT INTO audit_entries VALUES (10, '01a22927-a1ec-763e-ae4b-dd5312b6685a', 1795986792940, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a22927-a0d2-726a-b572-e65a0d77b36f', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '06ef4e6e6f3d084cf7e6ca14e4d3ac7392a2aaa363e513125f016df08b7beb3d');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, '06ef4e6e6f3d084cf7e6ca14e4d3ac7392a2aaa363e513125f016df08b7beb3d');
INSERT INTO data_connection_custom_properties VALUES ('01a22927-a0a4-70f5-90a2-8d980bc043b1', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', 1795986792611, 1795986792611, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a22927-a083-75e3-b443-fc80b3623bb4');
INSERT INTO selection_items VALUES ('01a22927-a119-77c8-a88c-1fda7d5ba8c5', '01a22927-a119-77c8-a88c-1fd8a2b87169', 1795986792729, 1795986792729, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', '01a22927-a0a2-73fb-ad8a-ee12e877d1e1', 'Sales', 'sales');
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
