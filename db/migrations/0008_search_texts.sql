-- +goose Up

-- What the search of the list looks at: the folded texts of 64 rows each that are
-- not deleted, by seq, with 0x1F between; empty where there is no row. version
-- grows with every write to the table.
CREATE TABLE search_texts (
    block   INTEGER PRIMARY KEY, -- seq / 64
    version INTEGER NOT NULL,
    texts   TEXT NOT NULL
) STRICT;

CREATE INDEX search_texts_version ON search_texts (version);

INSERT INTO search_texts (block, version, texts)
WITH RECURSIVE places (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM places WHERE n < 63)
SELECT block, 1, group_concat(replace(coalesce(a.search, ''), char(31), ''), char(31) ORDER BY n)
FROM (SELECT DISTINCT seq / 64 AS block FROM authorizations WHERE purge_at = 0)
CROSS JOIN places
LEFT JOIN authorizations a ON a.seq = block * 64 + n AND a.purge_at = 0
GROUP BY block;

DROP TABLE authorization_search;

-- Without the text a quarter of the pages, for who counts and for who refreshes.
DROP INDEX authorizations_filter;
CREATE INDEX authorizations_filter ON authorizations (service_id, changed_outside, state, expires_at) WHERE purge_at = 0;
