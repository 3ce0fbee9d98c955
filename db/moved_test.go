package db_test

import (
	"context"
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// R11: nothing is written once the name of the file points elsewhere, and what
// stands under the name is left alone.
func TestFileMovedWhileOpen(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]func(t *testing.T, file string){
		"deleted": func(t *testing.T, file string) { require.NoError(t, os.Remove(file)) },
		"renamed": func(t *testing.T, file string) { require.NoError(t, os.Rename(file, file+".old")) },
		"replaced": func(t *testing.T, file string) {
			require.NoError(t, os.Rename(file, file+".old"))
			require.NoError(t, os.WriteFile(file, []byte("another file"), 0o600))
		},
		"log deleted": func(t *testing.T, file string) { require.NoError(t, os.Remove(file+"-wal")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			d := p.create(t)
			a, _ := dbtest.CreateActive(t, d)
			move(t, db.File(p.dir))
			for what, write := range map[string]func() error{
				"create": func() error { return d.Create(ctx, dbtest.Authorization(), auth.StateWaiting) },
				"begin": func() error {
					return d.BeginAttempt(ctx, a.ID, 1, auth.Attempt{ID: "one", Kind: auth.AttemptRefresh, StartedAt: time.Now(), Presented: 1})
				},
				"touch": func() error { return d.Touch(ctx, a.ID, time.Now()) },
				"set":   func() error { return d.SetSetting(ctx, "theme", "dark") },
			} {
				err := write()
				require.ErrorIs(t, err, auth.ErrFileReplaced, what)
				require.ErrorIs(t, err, auth.ErrStorage, what)
			}
			require.NoError(t, d.Spill(ctx, a.ID, 1, dbtest.Grantee()), "tokens in hand have another place")
			require.NoError(t, d.Close())
			if name == "replaced" {
				data, err := os.ReadFile(db.File(p.dir))
				require.NoError(t, err)
				assert.Equal(t, "another file", string(data))
			}
		})
	}
}

// A file that came back to its place is the same file.
func TestFileMovedAndBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := p.create(t)
	file := db.File(p.dir)
	require.NoError(t, os.Rename(file, file+".old"))
	require.ErrorIs(t, d.Write(context.Background(), func(*sql.Tx) error { return nil }), auth.ErrFileReplaced)
	require.NoError(t, os.Rename(file+".old", file))
	dbtest.Create(t, d)
}
