-- From where a token asks unless a request says it: hub or management. Empty for tokens of earlier versions, which ask from where the setting front-context says.
ALTER TABLE api_tokens ADD COLUMN context TEXT NOT NULL DEFAULT '';
