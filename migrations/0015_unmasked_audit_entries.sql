-- The number of the last audit entry that an earlier version may have written with secrets in clear text. `patchbay audit mask-secrets` sets it to 0. A step
-- that comes with a version that recognises more secrets sets it to last_number again.
ALTER TABLE audit_bounds ADD COLUMN unmasked_number INTEGER NOT NULL DEFAULT 0;
UPDATE audit_bounds SET unmasked_number = last_number;
