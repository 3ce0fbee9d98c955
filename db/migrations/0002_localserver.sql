-- +goose Up

-- The local server. Each sealed value is bound to every column of its row.
-- Times are milliseconds since 1970, UTC; 0: never.
CREATE TABLE local_settings (
    name   TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE local_users (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL -- password, full name, e-mail address
) STRICT, WITHOUT ROWID;

CREATE TABLE local_clients (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    practice   INTEGER NOT NULL, -- 1: made at the first run
    created_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL     -- secret, redirect URIs, scopes, public or not
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX local_clients_practice ON local_clients (practice) WHERE practice = 1;

-- What a user approved: one family of tokens.
CREATE TABLE local_grants (
    id           TEXT PRIMARY KEY,
    code_hash    TEXT NOT NULL UNIQUE,
    created_at   INTEGER NOT NULL,
    code_used_at INTEGER NOT NULL,
    revoked_at   INTEGER NOT NULL,
    sealed       BLOB NOT NULL -- client, user, scopes, redirect URI, challenge
) STRICT, WITHOUT ROWID;

CREATE INDEX local_grants_created ON local_grants (created_at);

-- Codes and tokens are known by their SHA-256 only.
CREATE TABLE local_tokens (
    hash       TEXT PRIMARY KEY,
    grant_id   TEXT NOT NULL REFERENCES local_grants (id) ON DELETE CASCADE,
    kind       INTEGER NOT NULL, -- 1: access token, 2: refresh token
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    spent_at   INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL -- scopes
) STRICT, WITHOUT ROWID;

CREATE INDEX local_tokens_grant ON local_tokens (grant_id);
CREATE INDEX local_tokens_expires ON local_tokens (expires_at);
