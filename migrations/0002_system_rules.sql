-- System rules, and the ones that every site starts with.

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
) STRICT;
CREATE INDEX system_rules_created ON system_rules (created_date, id);
CREATE INDEX system_rules_name ON system_rules (name_folded);

CREATE TABLE system_rule_tags (
    entity_id TEXT NOT NULL REFERENCES system_rules (id) ON DELETE CASCADE,
    target_id TEXT NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_id, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX system_rule_tags_target ON system_rule_tags (target_id);

-- Every change of a rule makes another version of the rules, and every change of what rules may ask of users another version
-- of those, by which each request sees whether what the server knows is what holds.
CREATE TABLE versions (
    singleton INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    rules INTEGER NOT NULL,
    users INTEGER NOT NULL
) STRICT;
INSERT INTO versions (singleton, rules, users) VALUES (1, 1, 1);
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

-- Actions are sums of bits: create 1, read 2, update 4, delete 8, changeowner 64, and so on up to 4096. Contexts: 0 both,
-- 2 the QMC only. The seed id stays with a default rule that is changed, so that an upgrade knows it.
INSERT INTO system_rules (
    id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded, category, category_folded,
    subcategory, subcategory_folded, type, type_folded, name, name_folded, rule, rule_folded, resource_filter,
    resource_filter_folded, actions, comment, comment_folded, disabled, rule_context, seed_id, seed_id_folded, version
)
SELECT
    column1, now, now, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security',
    '', '', column2, lower(column2), column3, lower(column3), column4, lower(column4), column5,
    lower(column5), column6, column7, lower(column7), 0, column8, column1, column1, 1
FROM (VALUES
    ('eecc2adc-4f0d-5e07-9a0e-bdb8e47b4553', 'ReadOnly', 'ServiceAccount', 'user.userDirectory = "INTERNAL" and user.userId = {"sa_repository", "sa_api", "sa_engine", "sa_proxy", "sa_scheduler", "sa_printing"}', '*', 8191, 'The accounts of the site''s own services may do everything', 0),
    ('3626eb69-58b2-50c1-8042-853a263cd414', 'ReadOnly', 'Owner', 'resource.IsOwned() and resource.owner = user', '*', 8190, 'An owner may do everything but create with what he owns', 0),
    ('7dae698c-8879-5d70-ab9f-2bf23f5fc9a5', 'ReadOnly', 'RootAdmin', 'user.roles = "RootAdmin"', '*', 8191, 'Root administrators may do everything in the management console', 2),
    ('0f9a98de-6cfc-57f4-b1f6-987257788803', 'Default', 'ContentAdmin', '((user.roles="ContentAdmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 79, 'Content administrators may manage content', 2),
    ('137dd707-a2c8-5484-bf71-761433f73c7a', 'Default', 'SecurityAdmin', '((user.roles="SecurityAdmin"))', 'Stream_*,App*,ReloadTask_*,UserSyncTask_*,SchemaEvent_*,User*,CustomProperty*,Tag_*,DataConnection_*,CompositeEvent_*,Extension_*,ContentLibrary_*,FileExtension_*,FileExtensionWhiteList_*,SystemNotification_*,SystemRule_*', 79, 'Security administrators may manage content and rules', 2),
    ('0dd032ae-cfc1-5a2c-8505-66f59c43fc5d', 'Default', 'DeploymentAdmin', '((user.roles="DeploymentAdmin"))', 'User*,Tag_*,CustomProperty*,SystemRule_*', 15, 'Deployment administrators may manage users, tags, custom properties and rules', 2),
    ('9d688f2a-a9df-507e-abf8-cd527c184f25', 'Default', 'AuditAdmin', 'user.roles = "AuditAdmin" and !(resource.resourcetype = "TransientObject" and resource.name like "QmcSection_*")', '*', 2, 'Audit administrators may read everything', 2),
    ('632f5381-9915-52df-83b6-e8235363986c', 'Default', 'DataConnection', '((resource.type!="folder"))', 'DataConnection_*', 1, 'Everybody may create data connections, but none that open a folder of the server', 0),
    ('b626f524-eea7-5b87-be99-d7ba3cc5fc04', 'Default', 'FolderDataConnection', 'resource.type = "folder" and (user.roles = "RootAdmin" or user.roles = "ContentAdmin" or user.roles = "SecurityAdmin")', 'DataConnection_*', 1, 'Administrators may create data connections that open a folder of the server', 0),
    ('a27fca1e-b443-589c-b50e-4f8768199bcd', 'Default', 'ReadTagsAndCustomProperties', '', 'Tag_*,CustomPropertyDefinition_*', 2, 'Everybody may read tags and custom property definitions', 0),
    ('a774b2ad-2fe4-53e5-aa56-a9c5ed809fc1', 'Default', 'ReadOneself', 'resource = user', 'User_*', 2, 'Everybody may read himself', 0)
), (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now);
