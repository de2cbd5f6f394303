-- One-time tokens for the credentials of a data connection. As of all tokens, only the SHA-256 is kept. What its holder may do was looked at when it was
-- made: the versions tell whether anything that it hung on has changed since.
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
CREATE INDEX credential_tokens_user ON credential_tokens (user_id, created_date);
CREATE INDEX credential_tokens_created ON credential_tokens (created_date);
CREATE INDEX credential_tokens_connection ON credential_tokens (connection_id);

-- What a rule asks of a connection can hang on its tags, its custom properties and its owner, which change without it. A token lives a minute, and another is soon asked for.
CREATE TRIGGER tags_updated_tokens AFTER UPDATE ON tags BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER tags_deleted_tokens AFTER DELETE ON tags BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER custom_property_definitions_updated_tokens AFTER UPDATE ON custom_property_definitions BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER custom_property_definitions_deleted_tokens AFTER DELETE ON custom_property_definitions BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER users_updated_tokens AFTER UPDATE ON users BEGIN DELETE FROM credential_tokens; END;
CREATE TRIGGER users_deleted_tokens AFTER DELETE ON users BEGIN DELETE FROM credential_tokens; END;

-- Reveal is an action of Patchbay's own, with the bit 8192, so that what means everything on a site of Qlik's does not mean passwords here. The engine, which
-- opens the connections, is the one account that has it.
INSERT INTO system_rules (
    id, created_date, modified_date, modified_by_user_name, modified_by_user_name_folded, category, category_folded,
    subcategory, subcategory_folded, type, type_folded, name, name_folded, rule, rule_folded, resource_filter,
    resource_filter_folded, actions, comment, comment_folded, disabled, rule_context, seed_id, seed_id_folded, version
)
SELECT
    column1, now, now, 'INTERNAL\sa_repository', 'internal\sa_repository', 'Security', 'security',
    '', '', 'Default', 'default', column2, lower(column2), column3, lower(column3), 'DataConnection_*',
    'dataconnection_*', 8192, column4, lower(column4), 0, 0, column1, column1, 1
FROM (VALUES
    ('5d3a8b06-6f0e-5b0a-9c55-6f8f3f6a1c27', 'EngineCredentials', 'user.userDirectory = "INTERNAL" and user.userId = "sa_engine"', 'The engine may have the passwords of data connections, to open them')
), (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now);
