-- +goose Up

-- Who may have the tokens, as JSON; '': the rule of those that never had one.
-- Bound to sealed as soon as it is not empty.
ALTER TABLE authorization_configs ADD COLUMN handout TEXT NOT NULL DEFAULT '';

-- What happened, for reading; nothing acts on it and no seal covers it. It
-- outlives its authorization. Times are Unix milliseconds.
CREATE TABLE activity (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    auth_id   TEXT NOT NULL, -- '': none
    name      TEXT NOT NULL,
    pid       INTEGER NOT NULL,
    user      TEXT NOT NULL,
    path      TEXT NOT NULL,
    script    TEXT NOT NULL,
    parent    TEXT NOT NULL,
    own       INTEGER NOT NULL,
    purpose   TEXT NOT NULL,
    outcome   TEXT NOT NULL,
    detail    TEXT NOT NULL,
    time_left INTEGER NOT NULL, -- milliseconds
    host      TEXT NOT NULL,
    scopes    TEXT NOT NULL, -- one blank between
    count     INTEGER NOT NULL,
    search    TEXT NOT NULL -- folded
) STRICT;

CREATE INDEX activity_by_time ON activity (at);
CREATE INDEX activity_by_authorization ON activity (auth_id, id) WHERE auth_id <> '';
