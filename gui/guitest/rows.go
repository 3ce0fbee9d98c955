package guitest

import (
	"cmp"
	"math"
	"strings"
	"time"

	"tokenwell/auth"
)

func rowOf(d auth.Detail, now time.Time) auth.Row {
	a := d.Authorization
	return auth.Row{
		ID: a.ID, Name: a.Name, ServiceID: a.ServiceID, ServiceName: a.ServiceName, Grant: a.Grant,
		State: d.Status.Effective(now), Expiry: d.Status.Expiry, ScopeCount: len(a.Scopes),
		HasRefresh: d.Status.HasRefresh, RefreshesLeft: d.RefreshesLeft, LastUsedAt: d.Status.LastUsedAt, CreatedAt: a.CreatedAt,
	}
}

func compare(a, b auth.Row, by auth.Column) int {
	switch by {
	case auth.ColumnService:
		return cmp.Compare(a.ServiceName, b.ServiceName)
	case auth.ColumnState:
		return cmp.Compare(a.State, b.State)
	case auth.ColumnExpires:
		return a.Expiry.At.Compare(b.Expiry.At)
	case auth.ColumnScopes:
		return cmp.Compare(a.ScopeCount, b.ScopeCount)
	case auth.ColumnGrant:
		return cmp.Compare(a.Grant, b.Grant)
	case auth.ColumnLeft:
		return cmp.Compare(leftKey(a), leftKey(b))
	case auth.ColumnLastUsed:
		return a.LastUsedAt.Compare(b.LastUsedAt)
	default:
		return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}
}

// leftKey sorts rows without a limit last.
func leftKey(r auth.Row) int {
	if r.RefreshesLeft == auth.Unlimited {
		return math.MaxInt
	}
	return r.RefreshesLeft
}
