package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db"
	"tokenwell/db/dbtest"
)

// BenchmarkOpen measures how long a process without a running app needs until it
// has its first token, without the keyring: open, unlock, look up, load.
func BenchmarkOpen(b *testing.B) {
	dir, keyring := b.TempDir(), dbtest.NewKeyring()
	d := dbtest.OpenIn(b, dir, keyring)
	require.NoError(b, d.Vault().Create(ctx, auth.Secret{}))
	records := dbtest.Records(1000, 1, time.Now().UTC())
	require.NoError(b, d.Restore(ctx, records))
	require.NoError(b, d.Close())
	var opening, loading, closing time.Duration
	for b.Loop() {
		start := time.Now()
		d, err := db.Open(ctx, db.Params{Dir: dir, Keyring: keyring})
		require.NoError(b, err)
		opening += time.Since(start)
		start = time.Now()
		require.NoError(b, d.Vault().Unlock(ctx, auth.Secret{}))
		id, err := d.IDOf(ctx, records[7].Authorization.Name)
		require.NoError(b, err)
		_, err = d.Load(ctx, id)
		require.NoError(b, err)
		loading += time.Since(start)
		start = time.Now()
		require.NoError(b, d.Close())
		closing += time.Since(start)
	}
	ms := func(d time.Duration) float64 { return d.Seconds() * 1000 / float64(b.N) }
	b.ReportMetric(ms(opening), "open-ms")
	b.ReportMetric(ms(loading), "load-ms")
	b.ReportMetric(ms(closing), "close-ms")
}
