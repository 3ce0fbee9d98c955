-- +goose Up

-- The services of the user's own, each sealed as a whole: what stands in them
-- decides where secrets go.
CREATE TABLE services (
    id         TEXT PRIMARY KEY,
    changed_at INTEGER NOT NULL,
    sealed     BLOB NOT NULL
) STRICT;
