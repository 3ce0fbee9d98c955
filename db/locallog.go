package db

import (
	"context"
	"strings"

	"tokenwell/auth"
	"tokenwell/auth/localstore"
)

// AppendLog implements localstore.Store. It needs no open vault.
func (s LocalStore) AppendLog(ctx context.Context, entries []auth.LocalLogEntry) error {
	all := make([]statement, 0, len(entries)+1)
	for _, e := range entries {
		search := auth.FoldName(strings.Join([]string{e.Client, e.ClientID, e.Endpoint, e.Outcome}, "\n"))
		all = append(all, statement{
			`INSERT INTO local_log (at, endpoint, client_id, client, status, outcome, why, search) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			[]any{millis(e.At), e.Endpoint, e.ClientID, e.Client, e.Status, e.Outcome, e.Why, search},
		})
	}
	return s.exec(ctx, append(all, statement{
		`DELETE FROM local_log WHERE n <= (SELECT max(n) FROM local_log) - ?`, []any{localstore.LogLength},
	})...)
}

// Log implements localstore.Store. It needs no open vault.
func (s LocalStore) Log(ctx context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	return localRows(ctx, s, func(row scanner) (e auth.LocalLogEntry, err error) {
		var at int64
		err = row.Scan(&at, &e.Endpoint, &e.ClientID, &e.Client, &e.Status, &e.Outcome, &e.Why)
		e.At = fromMillis(at)
		return e, err
	}, `SELECT at, endpoint, client_id, client, status, outcome, why FROM local_log
		WHERE ?1 = '' OR instr(search, ?1) > 0 ORDER BY n DESC LIMIT ?2`, auth.FoldName(search), max(0, limit))
}

// ClearLog implements localstore.Store.
func (s LocalStore) ClearLog(ctx context.Context) error {
	return s.exec(ctx, statement{query: `DELETE FROM local_log`})
}
