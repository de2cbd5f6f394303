PRAGMA foreign_keys = OFF;
BEGIN;
PRAGMA application_id = 1346519385;
PRAGMA user_version = 7;
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
INSERT INTO users VALUES ('a9435ffa-7d82-5176-8fee-882815e746ea', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_repository', 'sa_repository', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_repository', 'sa_repository', 0, 0, 0, 1);
INSERT INTO users VALUES ('670a3395-ca35-5c2f-87e0-264e917852f2', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_api', 'sa_api', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_api', 'sa_api', 0, 0, 0, 1);
INSERT INTO users VALUES ('4a2bf001-d51a-5ee4-b358-18fd06f04006', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_engine', 'sa_engine', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_engine', 'sa_engine', 0, 0, 0, 1);
INSERT INTO users VALUES ('e2b9050e-de8a-55da-80e2-f0fe6015deac', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_proxy', 'sa_proxy', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_proxy', 'sa_proxy', 0, 0, 0, 1);
INSERT INTO users VALUES ('6a4e70e1-f2fb-51f4-bfd3-d3bde77eb208', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_scheduler', 'sa_scheduler', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_scheduler', 'sa_scheduler', 0, 0, 0, 1);
INSERT INTO users VALUES ('8b212c97-f9ab-5a06-a8d7-8bb73f0e778d', 1795552947505, 1795552947505, 'INTERNAL\sa_repository', 'internal\sa_repository', 'sa_printing', 'sa_printing', 'INTERNAL', 'internal', 'INTERNAL', 'internal', 'sa_printing', 'sa_printing', 0, 0, 0, 1);
INSERT INTO users VALUES ('01a20f4b-ae12-7560-bb5f-a23baed8bb88', 1795552947730, 1795552947745, 'INTERNAL\sa_repository', 'internal\sa_repository', 'anna', 'anna', 'LAB', 'lab', '', '', 'anna', 'anna', 0, 0, 0, 0);
INSERT INTO user_roles VALUES ('01a20f4b-ae12-7560-bb5f-a23baed8bb88', 0, 'ContentAdmin', 'contentadmin');
INSERT INTO tags VALUES ('01a20f4b-adde-752a-ad99-b9bd05c2b74d', 1795552947678, 1795552947678, 'INTERNAL\sa_repository', 'internal\sa_repository', 'finance', 'finance');
INSERT INTO tags VALUES ('01a20f4b-ade6-766e-8617-564d5de382d1', 1795552947686, 1795552947686, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Prüfung', 'prüfung');
INSERT INTO custom_property_definitions VALUES ('01a20f4b-aded-725b-ba14-6c64e95b94d5', 1795552947693, 1795552947693, 'INTERNAL\sa_repository', 'internal\sa_repository', 'stage', 'stage', 'Text', 'text', '', '');
INSERT INTO custom_property_definition_choice_values VALUES ('01a20f4b-aded-725b-ba14-6c64e95b94d5', 0, 'test', 'test');
INSERT INTO custom_property_definition_choice_values VALUES ('01a20f4b-aded-725b-ba14-6c64e95b94d5', 1, 'prod', 'prod');
INSERT INTO custom_property_definition_object_types VALUES ('01a20f4b-aded-725b-ba14-6c64e95b94d5', 0, 'DataConnection', 'dataconnection');
INSERT INTO custom_property_definition_object_types VALUES ('01a20f4b-aded-725b-ba14-6c64e95b94d5', 1, 'User', 'user');
INSERT INTO data_connections VALUES ('01a20f4b-adfe-74b2-8ecd-9512127dd3d6', 1795552947710, 1795552947710, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea', 'Sales', 'sales', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', 'reader', 'reader', 'AQAAAAHH/U9lrIdwMwdYNfg6n0BpRHtBVgrkqfQilfwQ6euVMxE6NKv62cVNGxZWpUkh4GBrWpVjw+pXGJE7xNf/3adRcy6VfyS0/w8uPzL3b/1CGeNvfY7IzY1c6WwDbQXXntHW8aE=', 0, 0);
INSERT INTO data_connections VALUES ('01a20f4b-ae14-7522-a0df-8e053f9641ed', 1795552947732, 1795552947732, 'LAB\anna', 'lab\anna', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 'of anna', 'of anna', 'lib://sales', 'lib://sales', 'internet', 'internet', '01a20f4b-ae14-7522-a0df-8e053f9641ed', '01a20f4b-ae14-7522-a0df-8e053f9641ed', '', '', '', 0, 0);
INSERT INTO data_connection_tags VALUES ('01a20f4b-adfe-74b2-8ecd-9512127dd3d6', '01a20f4b-adde-752a-ad99-b9bd05c2b74d');
INSERT INTO data_connection_tags VALUES ('01a20f4b-adfe-74b2-8ecd-9512127dd3d6', '01a20f4b-ade6-766e-8617-564d5de382d1');
INSERT INTO data_connection_custom_properties VALUES ('01a20f4b-ae00-71f8-8480-cfccff2f096d', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', 1795552947711, 1795552947711, 'INTERNAL\sa_repository', 'internal\sa_repository', 'prod', 'prod', '01a20f4b-aded-725b-ba14-6c64e95b94d5');
INSERT INTO data_keys VALUES (1, 1795552947547, 'AQAAAAGC/R/21QIbv1nriYpr9gJSNgonq6ki8JfX5dYjJsfsfqn3PNGS1zFMkiR8Q3adJjyxCVgMYuGQpXT9TYLhj3A6N3p+cMYkaMt/cDE+nlWjAIkX3jzIna7yycd7WCU/aX7e8KMbApQJ3dIuBmPYf6aXc76U+JX4nvbrTywd');
INSERT INTO system_rules VALUES ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'ServiceAccount', 'serviceaccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', 'user.userdirectory = "internal" and user.userid = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', '*', 8191, 'The accounts of the site''s own services may do everything', 'the accounts of the site''s own services may do everything', 0, 0, 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 1, '', '');
INSERT INTO system_rules VALUES ('3626eb69-58b2-50c1-8042-853a263cd414', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'Owner', 'owner', 'resource.IsOwned() and resource.owner = user', 'resource.isowned() and resource.owner = user', '*', '*', 8190, 'An owner may do everything but create with what he owns', 'an owner may do everything but create with what he owns', 0, 0, '3626eb69-58b2-50c1-8042-853a263cd414', '3626eb69-58b2-50c1-8042-853a263cd414', 1, '', '');
INSERT INTO system_rules VALUES ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'ReadOnly', 'readonly', 'RootAdmin', 'rootadmin', 'user.roles = "RootAdmin"', 'user.roles = "rootadmin"', '*', '*', 8191, 'Root administrators may do everything in the management console', 'root administrators may do everything in the management console', 0, 2, '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', '7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 1, '', '');
INSERT INTO system_rules VALUES ('0f9a98de-6cfc-57f4-b1f6-987257788803', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ContentAdmin', 'contentadmin', '((user.roles="ContentAdmin"))', '((user.roles="contentadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Content administrators may manage content', 'content administrators may manage content', 0, 2, '0f9a98de-6cfc-57f4-b1f6-987257788803', '0f9a98de-6cfc-57f4-b1f6-987257788803', 1, '', '');
INSERT INTO system_rules VALUES ('137dd707-a2c8-5484-bf71-761433f73c7a', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'SecurityAdmin', 'securityadmin', '((user.roles="SecurityAdmin"))', '((user.roles="securityadmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 'stream_*,app*,reloadtask_*,usersynctask_*,schemaevent_*,user*,customproperty*,tag_*,dataconnection_*,compositeevent_*,extension_*,contentlibrary_*,fileextension_*,fileextensionwhitelist_*,systemnotification_*,systemrule_*', 79, 'Security administrators may manage content and rules', 'security administrators may manage content and rules', 0, 2, '137dd707-a2c8-5484-bf71-761433f73c7a', '137dd707-a2c8-5484-bf71-761433f73c7a', 1, '', '');
INSERT INTO system_rules VALUES ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DeploymentAdmin', 'deploymentadmin', '((user.roles="DeploymentAdmin"))', '((user.roles="deploymentadmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 'user*,tag_*,customproperty*,systemrule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 'deployment administrators may manage users, tags, custom properties and rules', 0, 2, '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', '0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 1, '', '');
INSERT INTO system_rules VALUES ('9d688f2a-a9df-507e-abf8-cd527c184f25', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'AuditAdmin', 'auditadmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', 'user.roles = "auditadmin" and !(resource.resourcetype = "transientobject" and resource.name like "qmcsection_*")', '*', '*', 2, 'Audit administrators may read everything', 'audit administrators may read everything', 0, 2, '9d688f2a-a9df-507e-abf8-cd527c184f25', '9d688f2a-a9df-507e-abf8-cd527c184f25', 1, '', '');
INSERT INTO system_rules VALUES ('632f5381-9915-52df-83b6-e8235363986c', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'DataConnection', 'dataconnection', '((resource.type!="folder"))', '((resource.type!="folder"))', 'DataConnection_*', 'dataconnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 'everybody may create data connections, but none that open a folder of the server', 0, 0, '632f5381-9915-52df-83b6-e8235363986c', '632f5381-9915-52df-83b6-e8235363986c', 1, '', '');
INSERT INTO system_rules VALUES ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'FolderDataConnection', 'folderdataconnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'resource.type = "folder" and (user.roles = "rootadmin" or user.roles = "contentadmin" or user.roles = "securityadmin")', 'DataConnection_*', 'dataconnection_*', 1, 'Administrators may create data connections that open a folder of the server', 'administrators may create data connections that open a folder of the server', 0, 0, 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'b626f524-eea7-5b87-be99-d7ba3cc5fc04', 1, '', '');
INSERT INTO system_rules VALUES ('a27fca1e-b443-589c-b50e-4f8768199bcd', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadTagsAndCustomProperties', 'readtagsandcustomproperties', '', '', 'Tag_*,CustomPropertyDefinition_*', 'tag_*,custompropertydefinition_*', 2, 'Everybody may read tags and custom property definitions', 'everybody may read tags and custom property definitions', 0, 0, 'a27fca1e-b443-589c-b50e-4f8768199bcd', 'a27fca1e-b443-589c-b50e-4f8768199bcd', 1, '', '');
INSERT INTO system_rules VALUES ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1795552947511, 1795552947511, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security', '', '', 'Default', 'default', 'ReadOneself', 'readoneself', 'resource = user', 'resource = user', 'User_*', 'user_*', 2, 'Everybody may read himself', 'everybody may read himself', 0, 0, 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 1, '', '');
INSERT INTO versions VALUES (1, 13, 4);
INSERT INTO selections VALUES ('01a20f4b-ae2c-7493-944b-8b716e68c6fb', 1795552947755, 1795552947755, 'INTERNAL\sa_repository', 'internal\sa_repository', 'a9435ffa-7d82-5176-8fee-882815e746ea');
INSERT INTO selection_items VALUES ('01a20f4b-ae2c-7493-944b-8b731f094ac0', '01a20f4b-ae2c-7493-944b-8b716e68c6fb', 1795552947756, 1795552947756, 'INTERNAL\sa_repository', 'internal\sa_repository', 'DataConnection', 'dataconnection', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', 'Sales', 'sales');
INSERT INTO passwords VALUES ('01a20f4b-ae12-7560-bb5f-a23baed8bb88', '$argon2id$v=19$m=19456,t=2,p=1$MlWCY4GaPxObqgpqLLRimw$jKt8cVEx9iH4YcCIAFHSYyntWxrzBpUrI1SFM7f7jes', 1795552947834);
INSERT INTO sessions VALUES ('x', '7a1d7e6f-801b-4b64-905d-4e6c7b8d9e0f', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 0, 4102444800000, '127.0.0.1');
INSERT INTO api_tokens VALUES ('pQ5gadqIO5n_mqg8bHjJTotKCXREoPb1JEbRHY_6V_c', '6f0c6d5e-7f0a-4a53-8f5c-3d5b6a7c8d9e', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 'ci', 'all', 0, 4102444800000);
INSERT INTO audit_entries VALUES (1, '01a20f4b-ad5b-77ba-b821-2e2e13995bb8', 1795552947547, 'patchbay serve', 'patchbay serve', '', '', 'add key', 'done', '', '', '', '', 'data key of term 1', '', '', '57ff3cc6b27ed224db8b909040b0f85a66b3c713c780e299b0cb8f15e8030508');
INSERT INTO audit_entries VALUES (2, '01a20f4b-adde-752a-ad99-b9be0eec0116', 1795552947678, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-addc-70e2-a4d9-3e339ece4b4b', 'create', 'done', 'Tag', '01a20f4b-adde-752a-ad99-b9bd05c2b74d', 'finance', 'finance', '', '', '{"id":"01a20f4b-adde-752a-ad99-b9bd05c2b74d","createdDate":"2026-11-24T20:42:27.678Z","modifiedDate":"2026-11-24T20:42:27.678Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"finance","schemaPath":"Tag"}', 'c27cf4dec319ded6b1901744f00017fe996c034366d809e3a99bb6766f04d46c');
INSERT INTO audit_entries VALUES (3, '01a20f4b-ade7-7260-9c13-38069e54028b', 1795552947687, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-ade2-7438-9196-cfa34496536e', 'create', 'done', 'Tag', '01a20f4b-ade6-766e-8617-564d5de382d1', 'Prüfung', 'prüfung', '', '', '{"id":"01a20f4b-ade6-766e-8617-564d5de382d1","createdDate":"2026-11-24T20:42:27.686Z","modifiedDate":"2026-11-24T20:42:27.686Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"Prüfung","schemaPath":"Tag"}', '6a65ba83cf35e26f8839baa7d7063dcbfd64ee0e6d8258526d2f7e10322d9d91');
INSERT INTO audit_entries VALUES (4, '01a20f4b-adf3-7283-a79b-37e8989f6cef', 1795552947699, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-adec-777f-8adf-5cbc5b2a6cf5', 'create', 'done', 'CustomPropertyDefinition', '01a20f4b-aded-725b-ba14-6c64e95b94d5', 'stage', 'stage', '', '', '{"id":"01a20f4b-aded-725b-ba14-6c64e95b94d5","createdDate":"2026-11-24T20:42:27.693Z","modifiedDate":"2026-11-24T20:42:27.693Z","modifiedByUserName":"INTERNAL\\sa_repository","name":"stage","valueType":"Text","choiceValues":["test","prod"],"objectTypes":["DataConnection","User"],"description":"","schemaPath":"CustomPropertyDefinition"}', '3ee200d9b2d3716b227e4497e6125121c571b67a7fed11b2aa2a95eda65af41b');
INSERT INTO audit_entries VALUES (5, '01a20f4b-ae01-7262-8b80-460b4c19c5ca', 1795552947713, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-adf9-7083-b98d-4fb0b5ef05e3', 'create', 'done', 'DataConnection', '01a20f4b-adfe-74b2-8ecd-9512127dd3d6', 'Sales', 'sales', '', '', '{"id":"01a20f4b-adfe-74b2-8ecd-9512127dd3d6","createdDate":"2026-11-24T20:42:27.710Z","modifiedDate":"2026-11-24T20:42:27.710Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[{"id":"01a20f4b-ae00-71f8-8480-cfccff2f096d","createdDate":"2026-11-24T20:42:27.711Z","modifiedDate":"2026-11-24T20:42:27.711Z","modifiedByUserName":"INTERNAL\\sa_repository","value":"prod","definition":{"id":"01a20f4b-aded-725b-ba14-6c64e95b94d5","name":"stage","valueType":"Text"},"schemaPath":"CustomPropertyValue"}],"owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"name":"Sales","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a20f4b-adfe-74b2-8ecd-9512127dd3d6","username":"reader","logOn":0,"architecture":0,"tags":[{"id":"01a20f4b-adde-752a-ad99-b9bd05c2b74d","name":"finance"},{"id":"01a20f4b-ade6-766e-8617-564d5de382d1","name":"Prüfung"}],"schemaPath":"DataConnection"}', '4a79dfb2fadd9de2a4d030d154628d4b73898dcc0c8b31e08b9882c024a13162');
INSERT INTO audit_entries VALUES (6, '01a20f4b-ae13-777a-a089-e316f7176b86', 1795552947731, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a20f4b-ae11-77f0-a635-68116b6af170', 'create', 'done', 'User', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 'LAB\anna', 'lab\anna', '', '', '{"id":"01a20f4b-ae12-7560-bb5f-a23baed8bb88","createdDate":"2026-11-24T20:42:27.730Z","modifiedDate":"2026-11-24T20:42:27.730Z","modifiedByUserName":"INTERNAL\\sa_repository","customProperties":[],"userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna","roles":[],"attributes":[],"inactive":false,"removedExternally":false,"blacklisted":false,"deleteProhibited":false,"tags":[],"schemaPath":"User"}', '4fa4839cc62fb0e3eb80a8785d7bb7c57d75fd0af5e38d36bedd86bd6881e154');
INSERT INTO audit_entries VALUES (7, '01a20f4b-ae15-749e-88bc-0d88b03bb1ec', 1795552947733, 'LAB\anna', 'lab\anna', '127.0.0.1', '01a20f4b-ae11-77f0-a635-68116b6af170', 'create', 'done', 'DataConnection', '01a20f4b-ae14-7522-a0df-8e053f9641ed', 'of anna', 'of anna', '', '', '{"id":"01a20f4b-ae14-7522-a0df-8e053f9641ed","createdDate":"2026-11-24T20:42:27.732Z","modifiedDate":"2026-11-24T20:42:27.732Z","modifiedByUserName":"LAB\\anna","customProperties":[],"owner":{"id":"01a20f4b-ae12-7560-bb5f-a23baed8bb88","userId":"anna","userDirectory":"LAB","userDirectoryConnectorName":"","name":"anna"},"name":"of anna","connectionstring":"lib://sales","type":"internet","engineObjectId":"01a20f4b-ae14-7522-a0df-8e053f9641ed","username":"","logOn":0,"architecture":0,"tags":[],"schemaPath":"DataConnection"}', '4076a3f9f4ba3dfdb1976de8fd99177c8be60fad047bdd23cc7dda88584d7402');
INSERT INTO audit_entries VALUES (8, '01a20f4b-ae22-7429-80e3-bfd5fa63e5b3', 1795552947746, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-ae20-731d-9976-3f98716f5c10', 'update', 'done', 'User', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 'LAB\anna', 'lab\anna', '', '{"modifiedDate":"2026-11-24T20:42:27.730Z","roles":[]}', '{"modifiedDate":"2026-11-24T20:42:27.745Z","roles":["ContentAdmin"]}', 'd1e7c9740a006334178fd56bd640fe3a14d8bfa8e4119d5b25f132dcedbefe7f');
INSERT INTO audit_entries VALUES (9, '01a20f4b-ae2d-7359-bef2-432072d6f9ec', 1795552947757, 'INTERNAL\sa_repository', 'internal\sa_repository', '127.0.0.1', '01a20f4b-ae27-75e7-bc0c-dd6f6cf5998c', 'create', 'done', 'Selection', '01a20f4b-ae2c-7493-944b-8b716e68c6fb', '', '', '', '', '{"id":"01a20f4b-ae2c-7493-944b-8b716e68c6fb","createdDate":"2026-11-24T20:42:27.755Z","modifiedDate":"2026-11-24T20:42:27.755Z","modifiedByUserName":"INTERNAL\\sa_repository","owner":{"id":"a9435ffa-7d82-5176-8fee-882815e746ea","userId":"sa_repository","userDirectory":"INTERNAL","userDirectoryConnectorName":"INTERNAL","name":"sa_repository"},"items":[{"id":"01a20f4b-ae2c-7493-944b-8b731f094ac0","createdDate":"2026-11-24T20:42:27.756Z","modifiedDate":"2026-11-24T20:42:27.756Z","modifiedByUserName":"INTERNAL\\sa_repository","type":"DataConnection","objectID":"01a20f4b-adfe-74b2-8ecd-9512127dd3d6","objectName":"Sales","schemaPath":"SelectionItem"}],"schemaPath":"Selection"}', 'd590beec87951e83a08cdbe39671944895e756a520a4db58f58c0106461e1425');
INSERT INTO audit_entries VALUES (10, '01a20f4b-ae7b-7494-88b6-a5dd04732a18', 1795552947835, 'patchbay user set-password', 'patchbay user set-password', '', '', 'set password', 'done', 'User', '01a20f4b-ae12-7560-bb5f-a23baed8bb88', 'LAB\anna', 'lab\anna', 'all sessions and tokens ended', '', '', '77d8008ec8a6008d27b6dbf93ae0073e8e46796d2a1e1399cf313dd71301e28c');
INSERT INTO audit_bounds VALUES (1, 0, '', 10, '77d8008ec8a6008d27b6dbf93ae0073e8e46796d2a1e1399cf313dd71301e28c');
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
COMMIT;
