-- Sessions that a trusted header or a JSON Web Token began. `credential` is an HMAC over what signed the user in, so that the same credential finds its session
-- again; it is empty for sessions that a password began. `source` is the fingerprint of the settings that vouched for the user, the key of the token among
-- them; `claims` are the attributes of the user in the token, as JSON.
ALTER TABLE sessions ADD COLUMN kind TEXT NOT NULL DEFAULT 'password';
ALTER TABLE sessions ADD COLUMN credential TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN claims TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX sessions_credential ON sessions (credential) WHERE credential <> '';
