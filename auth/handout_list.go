package auth

import (
	"context"
)

// listPage is how many rows are read at once.
const listPage = 1000

// HandOutList returns what programs may see of all authorizations, by name. It
// works while the vault is locked.
func (e *Engine) HandOutList(ctx context.Context) ([]HandOutListing, error) {
	hosts, err := e.store.HandOutHosts(ctx)
	if err != nil {
		return nil, e.explain(err, Record{})
	}
	var all []HandOutListing
	q := Query{Sort: ColumnName, Limit: listPage, Now: e.now()}
	for {
		page, err := e.store.List(ctx, q)
		if err != nil {
			return nil, e.explain(err, Record{})
		}
		for _, row := range page.Rows {
			all = append(all, HandOutListing{
				ID: row.ID, Name: row.Name, Service: row.ServiceName, Grant: row.Grant, State: row.State, Expiry: row.Expiry,
				SignInEnds: row.SignInEnds, Hosts: hosts[row.ID], Local: row.ServiceID == LocalServiceID,
			})
		}
		if q.Offset += len(page.Rows); len(page.Rows) == 0 || q.Offset >= page.Match {
			return all, nil
		}
	}
}
