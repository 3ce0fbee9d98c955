-- +goose Up

-- The local server's registry. Names are folded for being unique; what decides
-- about tokens is sealed and bound to the plain columns of its row.
ALTER TABLE local_users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE local_users ADD COLUMN active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE local_clients ADD COLUMN name_key TEXT NOT NULL DEFAULT ''; -- folded name and version, 0x1F between; '': from before
ALTER TABLE local_clients ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE local_clients ADD COLUMN active INTEGER NOT NULL DEFAULT 1;

CREATE UNIQUE INDEX local_users_key ON local_users (name_key) WHERE name_key <> '';
CREATE UNIQUE INDEX local_clients_key ON local_clients (name_key) WHERE name_key <> '';

-- What the token list shows, sorts and searches, beside the sealed row. A grant
-- without a code has 'none:' and its ID for a hash.
ALTER TABLE local_grants ADD COLUMN kind TEXT NOT NULL DEFAULT 'authorization_code';
ALTER TABLE local_grants ADD COLUMN client_id TEXT NOT NULL DEFAULT ''; -- '': from before
ALTER TABLE local_grants ADD COLUMN user_id TEXT NOT NULL DEFAULT '';
ALTER TABLE local_grants ADD COLUMN refreshes_left INTEGER NOT NULL DEFAULT -1; -- -1: any number, -2: no refresh token
ALTER TABLE local_grants ADD COLUMN access_expires_at INTEGER NOT NULL DEFAULT 0; -- of the newest access token; 0: never, or none yet
ALTER TABLE local_grants ADD COLUMN issued_at INTEGER NOT NULL DEFAULT 0;         -- of the newest access token; 0: none yet
ALTER TABLE local_grants ADD COLUMN search TEXT NOT NULL DEFAULT '';              -- folded scopes, a blank around each

-- The list and its counts read this alone; the last columns only ride along.
CREATE INDEX local_grants_listed ON local_grants
    (client_id, issued_at, access_expires_at, refreshes_left, revoked_at, user_id, search);
CREATE INDEX local_grants_user ON local_grants (user_id);

CREATE TABLE local_scopes (
    name_key    TEXT PRIMARY KEY, -- folded
    name        TEXT NOT NULL,
    position    INTEGER NOT NULL,
    sealed      BLOB NOT NULL     -- description, default, built in or not
) STRICT, WITHOUT ROWID;

CREATE TABLE local_consents (
    id        TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id   TEXT NOT NULL,
    given_at  INTEGER NOT NULL,
    sealed    BLOB NOT NULL, -- scopes
    UNIQUE (client_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE local_assertions (
    hash       TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX local_assertions_expiry ON local_assertions (expires_at);

-- Requests, for reading; nothing acts on them and no seal covers them.
CREATE TABLE local_log (
    n         INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    endpoint  TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client    TEXT NOT NULL,
    status    INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    why       TEXT NOT NULL,
    search    TEXT NOT NULL
) STRICT;
