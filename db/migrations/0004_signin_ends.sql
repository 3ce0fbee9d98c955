-- +goose Up

-- Until about when a sign-in lasts, and when the client secret ends; 0: not
-- known. signin_ends_at is bound to the seal of the status as soon as it is not
-- 0; secret_ends_at follows from the sealed configuration.
ALTER TABLE authorizations ADD COLUMN signin_ends_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorizations ADD COLUMN secret_ends_at INTEGER NOT NULL DEFAULT 0;

CREATE INDEX authorizations_by_signin ON authorizations (signin_ends_at, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_secret ON authorizations (secret_ends_at) WHERE purge_at = 0 AND secret_ends_at > 0;

-- The page that the browser ends on where nothing on this machine can be it.
-- Bound to sealed as soon as it is not empty.
ALTER TABLE authorization_configs ADD COLUMN redirect_uri TEXT NOT NULL DEFAULT '';
