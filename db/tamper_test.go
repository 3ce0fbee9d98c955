package db_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// freeColumns may be edited from outside: nothing acts on them.
var freeColumns = map[string]bool{
	"authorizations.seq":          true, // a row's number, tied to its ID nowhere but in the search index
	"authorizations.last_used_at": true, "authorizations.created_at": true, "authorizations.changed_outside": true,
	"authorization_configs.notes": true,
	// The history is shown, nothing more.
	"events.seq": true, "events.n": true, "events.at": true, "events.kind": true, "events.outcome": true,
}

// columnsOf lists the columns of a table with their types.
func columnsOf(t *testing.T, raw *sql.DB, table string) map[string]string {
	t.Helper()
	rows, err := raw.Query("SELECT name, type FROM pragma_table_info(?)", table)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns := map[string]string{}
	for rows.Next() {
		var name, kind string
		require.NoError(t, rows.Scan(&name, &kind))
		columns[name] = kind
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, columns, table)
	return columns
}

// mutation is the SQL expression that changes a column's value.
func mutation(column, kind string) string {
	switch kind {
	case "INTEGER":
		return column + " + 1"
	case "BLOB":
		// the last bit of the value
		return fmt.Sprintf("substr(%[1]s, 1, length(%[1]s) - 1) || CAST(CASE WHEN substr(%[1]s, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB)", column)
	default:
		return column + " || 'x'"
	}
}

// T58: every column of every table of an authorization, changed from outside,
// makes that row unusable and known as such; the other goes on.
func TestChangesFromOutside(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	_, err := raw.Exec("PRAGMA foreign_keys = OFF")
	require.NoError(t, err)
	other, _ := dbtest.CreateActive(t, d)
	const bySeq = "(SELECT id FROM authorizations WHERE authorizations.seq = events.seq)"
	keys := map[string]string{
		"authorizations": "id", "authorization_configs": "id", "authorization_status": "id", "tokens": "id", "refresh_attempts": "authorization_id",
		"events": "n = (SELECT max(n) FROM events AS e WHERE e.seq = events.seq) AND " + bySeq,
	}
	for table, key := range keys {
		for column, kind := range columnsOf(t, raw, table) {
			t.Run(table+"."+column, func(t *testing.T) {
				a, _ := dbtest.CreateActive(t, d)
				require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "attempt", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1}))
				value := mutation(column, kind)
				if kind == "BLOB" {
					value = "CAST(" + value + " AS BLOB)"
				}
				result, err := raw.Exec(fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s = ?", table, column, value, key), a.ID)
				require.NoError(t, err)
				n, err := result.RowsAffected()
				require.NoError(t, err)
				require.EqualValues(t, 1, n)

				_, loadErr := d.Load(ctx, a.ID)
				_, _, openErr := d.OpenAttempt(ctx, a.ID)
				switch {
				case freeColumns[table+"."+column]:
					require.NoError(t, loadErr)
					require.NoError(t, openErr)
				case table == "authorizations" && column == "seq": // the row is whole, what hangs on its number is not
					require.NoError(t, loadErr)
					require.ErrorIs(t, openErr, auth.ErrChangedOutside)
				case table == "authorizations" && column == "id":
					require.ErrorIs(t, loadErr, auth.ErrNotFound)
					_, err := d.Load(ctx, a.ID+"x")
					require.ErrorIs(t, err, auth.ErrChangedOutside)
				case table == "authorizations" && column == "purge_at": // hidden from outside: it comes back into view
					require.ErrorIs(t, loadErr, auth.ErrChangedOutside)
					page, err := d.List(ctx, auth.Query{Search: a.Name, Now: time.Now()})
					require.NoError(t, err)
					require.Len(t, page.Rows, 1)
				default:
					if table != "refresh_attempts" {
						require.ErrorIs(t, loadErr, auth.ErrChangedOutside)
						require.ErrorIs(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{}), auth.ErrChangedOutside)
						require.ErrorIs(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()), auth.ErrChangedOutside)
						require.ErrorIs(t, d.SetState(ctx, a.ID, 1, auth.Ending{State: auth.StateActive, Outcome: "ok"}), auth.ErrChangedOutside)
						require.ErrorIs(t, d.Rename(ctx, a.ID, "new name", ""), auth.ErrChangedOutside)
						assertMarked(t, d, a.ID)
					}
					require.ErrorIs(t, openErr, auth.ErrChangedOutside)
				}
				_, err = d.Load(ctx, other.ID)
				require.NoError(t, err, "the other row goes on")
			})
		}
	}
}

func assertMarked(t *testing.T, d *db.DB, id string) {
	t.Helper()
	page, err := d.List(ctx, auth.Query{States: []auth.State{auth.StateChangedOutside}, Now: time.Now(), Limit: 1000})
	require.NoError(t, err)
	for _, row := range page.Rows {
		if row.ID == id {
			assert.Equal(t, auth.StateChangedOutside, row.State)
			return
		}
	}
	assert.Fail(t, "the row is not shown as changed outside")
}

// Sealed values of one row do not open in another, nor older ones in their own.
func TestSealedValuesStayInTheirPlace(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	for table, column := range map[string]string{"tokens": "sealed", "authorization_configs": "sealed", "authorization_status": "seal"} {
		t.Run(table, func(t *testing.T) {
			from, _ := dbtest.CreateActive(t, d)
			to, _ := dbtest.CreateActive(t, d)
			_, err := raw.Exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = (SELECT %[2]s FROM %[1]s WHERE id = ?) WHERE id = ?", table, column), from.ID, to.ID)
			require.NoError(t, err)
			_, err = d.Load(ctx, to.ID)
			require.ErrorIs(t, err, auth.ErrChangedOutside)
		})
	}
	t.Run("an older generation", func(t *testing.T) {
		a, _ := dbtest.CreateActive(t, d)
		var old []byte
		require.NoError(t, raw.QueryRow("SELECT sealed FROM tokens WHERE id = ?", a.ID).Scan(&old))
		require.NoError(t, d.CommitGrant(ctx, a.ID, 1, dbtest.Grantee()))
		_, err := raw.Exec("UPDATE tokens SET sealed = ? WHERE id = ?", old, a.ID)
		require.NoError(t, err)
		_, err = d.Load(ctx, a.ID)
		require.ErrorIs(t, err, auth.ErrChangedOutside)
	})
	t.Run("an attempt taken away", func(t *testing.T) {
		a, _ := dbtest.CreateActive(t, d)
		require.NoError(t, d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 2}))
		_, err := raw.Exec("DELETE FROM refresh_attempts WHERE authorization_id = ?", a.ID)
		require.NoError(t, err)
		_, _, err = d.OpenAttempt(ctx, a.ID)
		require.ErrorIs(t, err, auth.ErrChangedOutside)
	})
}

func TestVerifyMarksAndHeals(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	bad, _ := dbtest.CreateActive(t, d)
	good, _ := dbtest.CreateActive(t, d)
	for i := range 450 { // more than two batches
		dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = fmt.Sprint("row ", i) })
	}
	set := func(endpoint string) {
		_, err := raw.Exec("UPDATE authorization_configs SET endpoints = replace(endpoints, ?, ?) WHERE id = ?", "login.example.com", endpoint, bad.ID)
		require.NoError(t, err)
	}
	set("login.evil.com")
	n, err := d.Verify(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	assertMarked(t, d, bad.ID)
	states, err := d.CountStates(ctx, time.Now())
	require.NoError(t, err)
	assert.Equal(t, 1, states[auth.StateChangedOutside])
	assert.Equal(t, 1, states[auth.StateActive])

	_, err = raw.Exec("UPDATE authorization_configs SET endpoints = replace(endpoints, 'login.evil.com', 'login.example.com') WHERE id = ?", bad.ID)
	require.NoError(t, err)
	n, err = d.Verify(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = d.Load(ctx, bad.ID)
	require.NoError(t, err)

	set("login.evil.com")
	require.NoError(t, d.Delete(ctx, bad.ID, true, time.Now().Add(time.Second)), "what can't be used can be deleted")
	require.NoError(t, d.Undelete(ctx, bad.ID))
	require.NoError(t, d.Delete(ctx, bad.ID, true, time.Now()))
	purged, err := d.Purge(ctx, time.Now().Add(time.Second))
	require.NoError(t, err)
	assert.Equal(t, 1, purged)
	due, err := d.DueRevocations(ctx, time.Now().Add(time.Hour))
	require.NoError(t, err)
	assert.Empty(t, due, "no token goes to an address that someone else wrote")
	_, err = d.Load(ctx, good.ID)
	require.NoError(t, err)
}

func TestQueuedRevocationsChangedOutsideAreNotSent(t *testing.T) {
	p := newPlace(t)
	d := p.create(t)
	raw := p.raw(t)
	for column, kind := range columnsOf(t, raw, "revoke_queue") {
		t.Run(column, func(t *testing.T) {
			require.NoError(t, d.QueueRevocation(ctx, auth.Revocation{
				AuthorizationID: "a", Endpoint: "https://login.example.com/revoke", Token: auth.NewSecret("token"), NotBefore: time.UnixMilli(1000),
			}))
			value := mutation(column, kind)
			if kind == "BLOB" {
				value = "CAST(" + value + " AS BLOB)"
			}
			_, err := raw.Exec("UPDATE revoke_queue SET " + column + " = " + value)
			require.NoError(t, err)
			due, err := d.DueRevocations(ctx, time.Now())
			require.NoError(t, err)
			if column == "rank" { // the order of sending, nothing more
				require.Len(t, due, 1)
			} else {
				require.Empty(t, due)
			}
			_, err = raw.Exec("DELETE FROM revoke_queue")
			require.NoError(t, err)
		})
	}
}

// T59: whatever stands in a name or a search is data.
func TestSQLInNamesAndSearches(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t)
	for _, name := range []string{`'; DROP TABLE tokens; --`, `"quoted" OR 1=1`, `100% _sure_`, `[a-z]*?`, `NEAR(a b)`, `a"b`} {
		dbtest.Create(t, d, func(a *auth.Authorization) { a.Name = name })
		for _, term := range []string{name, name[:2], strings.ToUpper(name)} {
			page, err := d.List(ctx, auth.Query{Search: term, Now: time.Now()})
			require.NoError(t, err, term)
			found := false
			for _, row := range page.Rows {
				found = found || row.Name == name
			}
			assert.True(t, found, "%q finds %q", term, name)
		}
	}
	page, err := d.List(ctx, auth.Query{Search: "%", Now: time.Now()})
	require.NoError(t, err)
	assert.Equal(t, 1, page.Match)
	page, err = d.List(ctx, auth.Query{Search: "[x]", Now: time.Now()})
	require.NoError(t, err)
	assert.Zero(t, page.Match)
}
