package db

import (
	"slices"
	"strings"

	"tokenwell/auth"
)

// segment is a run of rows that stand together in a sort order.
type segment struct {
	state   auth.State // of the rows, where they stand by state
	where   condition
	columns []string // to order by, over index
	index   string
	desc    bool
}

// order gives the clause for one direction or the other.
func (s segment) order(backwards bool) string {
	dir := ""
	if s.desc != backwards {
		dir = " DESC"
	}
	return " ORDER BY " + strings.Join(s.columns, dir+", ") + dir
}

// sorts are the columns that are ordered by as they are. Equal rows follow by
// name, which is unique and settles every tie.
var sorts = map[auth.Column]segment{
	auth.ColumnName:     {columns: []string{"name_key"}, index: "authorizations_by_name"},
	auth.ColumnService:  {columns: []string{"service_key", "service_id", "name_key"}, index: "authorizations_by_service"},
	auth.ColumnGrant:    {columns: []string{"grant_type", "name_key"}, index: "authorizations_by_grant"},
	auth.ColumnScopes:   {columns: []string{"scope_count", "name_key"}, index: "authorizations_by_scopes"},
	auth.ColumnLastUsed: {columns: []string{"last_used_at", "name_key"}, index: "authorizations_by_use"},
	auth.ColumnCreated:  {columns: []string{"created_at", "name_key"}, index: "authorizations_by_creation"},
}

// segments splits a sort order into runs that an index holds in order.
func segments(q auth.Query) []segment {
	switch q.Sort {
	case auth.ColumnState:
		var all []segment
		for _, s := range stateOrder {
			if len(q.States) == 0 || slices.Contains(q.States, s) {
				all = append(all, segment{s, stateIs(s, q.Now), []string{"name_key"}, "authorizations_by_state", q.Desc})
			}
		}
		if q.Desc {
			slices.Reverse(all)
		}
		return all
	case auth.ColumnExpires: // rows without an expiry last, whichever the direction
		return []segment{
			{"", condition{sql: "expires_at > 0"}, []string{"expires_at", "name_key"}, "authorizations_by_expiry", q.Desc},
			{"", condition{sql: "expires_at = 0"}, []string{"name_key"}, "authorizations_by_expiry", q.Desc},
		}
	case auth.ColumnSignIn: // rows without an end last, in the same way
		return []segment{
			{"", condition{sql: "signin_ends_at > 0"}, []string{"signin_ends_at", "name_key"}, "authorizations_by_signin", q.Desc},
			{"", condition{sql: "signin_ends_at = 0"}, []string{"name_key"}, "authorizations_by_signin", q.Desc},
		}
	case auth.ColumnLeft: // rows without a limit last, in the same way
		return []segment{
			{"", condition{sql: "refreshes_left >= 0"}, []string{"refreshes_left", "name_key"}, "authorizations_by_left", q.Desc},
			{"", condition{sql: "refreshes_left < 0"}, []string{"refreshes_left", "name_key"}, "authorizations_by_left", q.Desc},
		}
	}
	s, ok := sorts[q.Sort]
	if !ok {
		s = sorts[auth.ColumnName]
	}
	s.desc = q.Desc
	return []segment{s}
}
