-- +goose Up

-- Who may have the tokens, as JSON; '': the rule of those that never had one.
-- Bound to sealed as soon as it is not empty.
ALTER TABLE authorization_configs ADD COLUMN handout TEXT NOT NULL DEFAULT '';

-- What happened, for reading; nothing acts on it and no seal covers it. It
-- outlives its authorization. Times are Unix milliseconds.
CREATE TABLE activity (
    id        INTEGER PRIMARY KEY,
    head      INTEGER NOT NULL, -- of activity_heads
    at        INTEGER NOT NULL,
    pid       INTEGER NOT NULL,
    time_left INTEGER NOT NULL, -- milliseconds
    count     INTEGER NOT NULL
) STRICT;

CREATE INDEX activity_by_time ON activity (at, head);
CREATE INDEX activity_by_head ON activity (head, at);

-- What many entries have in common, once: a million of them are searched and
-- counted over a few hundred heads.
CREATE TABLE activity_heads (
    id       INTEGER PRIMARY KEY,
    key      BLOB NOT NULL UNIQUE, -- a hash of the columns up to scopes
    auth_id  TEXT NOT NULL, -- '': none
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    own      INTEGER NOT NULL,
    user     TEXT NOT NULL,
    path     TEXT NOT NULL,
    script   TEXT NOT NULL,
    parent   TEXT NOT NULL,
    purpose  TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    detail   TEXT NOT NULL,
    host     TEXT NOT NULL,
    scopes   TEXT NOT NULL, -- one blank between
    search   TEXT NOT NULL, -- folded
    entries  INTEGER NOT NULL, -- how many there are, and the sum of their counts
    uses     INTEGER NOT NULL,
    last_at  INTEGER NOT NULL, -- of the last one
    last_pid INTEGER NOT NULL
) STRICT;

CREATE INDEX activity_heads_by_authorization ON activity_heads (auth_id) WHERE auth_id <> '';
