-- +goose Up

-- What the list shows, and nothing else: it is filtered, sorted and paged over
-- these columns alone. Times are milliseconds since 1970, UTC; 0: never.
CREATE TABLE authorizations (
    seq             INTEGER PRIMARY KEY,        -- the row's number in authorization_search
    id              TEXT NOT NULL UNIQUE,
    name            TEXT NOT NULL,
    name_key        TEXT NOT NULL UNIQUE,       -- folded
    service_id      TEXT NOT NULL,
    service_name    TEXT NOT NULL,
    service_key     TEXT NOT NULL,              -- folded, for sorting
    grant_type      TEXT NOT NULL,
    state           TEXT NOT NULL,
    expiry_rule     TEXT NOT NULL,
    expires_at      INTEGER NOT NULL,           -- 0: no expiry
    lifetime        INTEGER NOT NULL,           -- milliseconds
    scope_count     INTEGER NOT NULL,
    has_refresh     INTEGER NOT NULL,
    changed_outside INTEGER NOT NULL DEFAULT 0, -- 1: found not to match its seal
    purge_at        INTEGER NOT NULL DEFAULT 0, -- not 0: deleted, to be removed then
    last_used_at    INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    search          TEXT NOT NULL               -- folded name, service and scopes
) STRICT;

-- One index per sort column. The name is unique, so that it settles every tie.
CREATE INDEX authorizations_by_name ON authorizations (name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_service ON authorizations (service_key, service_id, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_grant ON authorizations (grant_type, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_state ON authorizations (changed_outside, state, name_key, expires_at) WHERE purge_at = 0;
CREATE INDEX authorizations_by_expiry ON authorizations (expires_at, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_scopes ON authorizations (scope_count, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_use ON authorizations (last_used_at, name_key) WHERE purge_at = 0;
CREATE INDEX authorizations_by_creation ON authorizations (created_at, name_key) WHERE purge_at = 0;
-- Every column that can be filtered by, so that counting reads nothing else.
CREATE INDEX authorizations_filter ON authorizations (service_id, changed_outside, state, expires_at, search) WHERE purge_at = 0;
CREATE INDEX authorizations_deleted ON authorizations (purge_at) WHERE purge_at <> 0;

-- Substrings of three characters and more of the rows that are not deleted.
CREATE VIRTUAL TABLE authorization_search USING fts5(
    search, content='', contentless_delete=1, tokenize='trigram case_sensitive 1'
);

-- The rest of the configuration. sealed holds the client secret and the extra
-- parameters, and is bound to every column of the configuration but the notes.
CREATE TABLE authorization_configs (
    id            TEXT PRIMARY KEY REFERENCES authorizations (id) ON DELETE CASCADE,
    notes         TEXT NOT NULL,
    params        TEXT NOT NULL, -- JSON object
    endpoints     TEXT NOT NULL, -- JSON object
    client_id     TEXT NOT NULL,
    client_auth   TEXT NOT NULL,
    scopes        TEXT NOT NULL, -- JSON array
    redirect_host TEXT NOT NULL,
    redirect_port INTEGER NOT NULL,
    redirect_path TEXT NOT NULL,
    sealed        BLOB NOT NULL
) STRICT;

-- The running state. seal holds nothing; it is bound to every column here and
-- to the state, the expiry and the deletion of the listed row.
CREATE TABLE authorization_status (
    id              TEXT PRIMARY KEY REFERENCES authorizations (id) ON DELETE CASCADE,
    generation      INTEGER NOT NULL,
    token_type      TEXT NOT NULL,
    granted         TEXT NOT NULL, -- JSON array, or null when the service did not say
    issued_at       INTEGER NOT NULL,
    hand_out        INTEGER NOT NULL,
    signed_in_as    TEXT NOT NULL,
    last_outcome    TEXT NOT NULL,
    last_outcome_at INTEGER NOT NULL,
    failures        INTEGER NOT NULL,
    attempt_id      TEXT NOT NULL, -- of the open attempt, or empty
    seal            BLOB NOT NULL
) STRICT;

-- Bound to the generation.
CREATE TABLE tokens (
    id     TEXT PRIMARY KEY REFERENCES authorizations (id) ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT;

-- The attempt whose end is not known, at most one for an authorization. pad is
-- as large as the tokens that may come, and is bound to every column and to
-- the attempt's ID in the status.
CREATE TABLE refresh_attempts (
    authorization_id TEXT PRIMARY KEY REFERENCES authorizations (id) ON DELETE CASCADE,
    kind             TEXT NOT NULL,
    started_at       INTEGER NOT NULL,
    presented        INTEGER NOT NULL,
    pad              BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Tokens to be revoked, each sealed as a whole. An entry outlives its authorization.
CREATE TABLE revoke_queue (
    id               TEXT PRIMARY KEY,
    authorization_id TEXT NOT NULL,
    not_before       INTEGER NOT NULL,
    tries            INTEGER NOT NULL,
    rank             INTEGER NOT NULL, -- refresh tokens first
    sealed           BLOB NOT NULL
) STRICT;

CREATE INDEX revoke_queue_due ON revoke_queue (rank, not_before);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- At most one row: a new key is never made over an existing vault.
CREATE TABLE vault (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    vault_id   BLOB NOT NULL,
    key_id     BLOB NOT NULL,
    key_check  BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE key_slots (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    kdf         TEXT NOT NULL,
    kdf_time    INTEGER NOT NULL,
    kdf_memory  INTEGER NOT NULL,
    kdf_threads INTEGER NOT NULL,
    salt        BLOB NOT NULL,
    wrapped     BLOB NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
