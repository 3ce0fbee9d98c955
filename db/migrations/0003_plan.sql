-- +goose Up

-- When the scheduler acts next, and how many refreshes the authorization's own
-- limit still allows; -1: it has none.
ALTER TABLE authorizations ADD COLUMN next_refresh_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorizations ADD COLUMN refreshes_left INTEGER NOT NULL DEFAULT -1;

CREATE INDEX authorizations_by_left ON authorizations (refreshes_left, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_due ON authorizations (next_refresh_at, last_used_at) WHERE purge_at = 0 AND next_refresh_at > 0;

-- Bound to sealed, each pair as soon as one of it is not 0: a seal of version 2
-- goes on to hold for a row that has never used them.
ALTER TABLE authorization_configs ADD COLUMN auto_refresh INTEGER NOT NULL DEFAULT 0;
ALTER TABLE authorization_configs ADD COLUMN refresh_limit INTEGER NOT NULL DEFAULT 0; -- 0: any number
-- Bound to seal, together with next_refresh_at, in the same way.
ALTER TABLE authorization_status ADD COLUMN refreshes INTEGER NOT NULL DEFAULT 0; -- since the last sign-in

-- The last events of each authorization, numbered from 1. For showing; nothing
-- acts on them and no seal covers them.
CREATE TABLE events (
    seq     INTEGER NOT NULL REFERENCES authorizations (seq) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    outcome TEXT NOT NULL, -- a word of ours or an error code
    PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
