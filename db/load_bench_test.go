package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/db/dbtest"
)

// BenchmarkLoad measures what every hand-out asks of the store, with 1,000
// authorizations: the ID of a name and the row.
func BenchmarkLoad(b *testing.B) {
	d := dbtest.Open(b)
	records := dbtest.Records(1000, 1, time.Now().UTC())
	require.NoError(b, d.Restore(context.Background(), records))
	b.Run("id", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, err := d.IDOf(context.Background(), records[i%1000].Authorization.Name)
			require.NoError(b, err)
		}
	})
	b.Run("load", func(b *testing.B) {
		for _, r := range records { // the first time they are read and checked
			_, err := d.Load(context.Background(), r.Authorization.ID)
			require.NoError(b, err)
		}
		for i := 0; b.Loop(); i++ {
			_, err := d.Load(context.Background(), records[i%1000].Authorization.ID)
			require.NoError(b, err)
		}
	})
	b.Run("peek", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, err := d.Peek(context.Background(), records[i%1000].Authorization.ID)
			require.NoError(b, err)
		}
	})
	b.Run("load after a write", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			require.NoError(b, d.Touch(context.Background(), records[0].Authorization.ID, time.Now()))
			b.StartTimer()
			_, err := d.Load(context.Background(), records[i%1000].Authorization.ID)
			require.NoError(b, err)
		}
	})
}
