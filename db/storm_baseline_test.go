//go:build bench && linux

package db_test

import (
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// plainStorm is the storm as plain as can be: a bare net/http client, so many
// requests at a time, and two durable commits of a blob for each.
func plainStorm(b *testing.B, endpoint string, count, inFlight int) time.Duration {
	file := filepath.Join(b.TempDir(), "storm.db")
	pool, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY, sealed BLOB)"); err != nil {
		b.Fatal(err)
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"r"}, "client_id": {"client"}}.Encode()
	blob, begun := make([]byte, 2048), time.Now()
	work, workers := make(chan int), sync.WaitGroup{}
	for range inFlight {
		workers.Go(func() {
			for i := range work {
				response, err := new(http.Client).Post(endpoint, "application/x-www-form-urlencoded", strings.NewReader(form))
				if err != nil {
					b.Error(err)
					continue
				}
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				for commit := range 2 {
					if _, err := pool.Exec("INSERT OR REPLACE INTO t VALUES (?, ?)", i*2+commit, blob); err != nil {
						b.Error(err)
					}
				}
			}
		})
	}
	for i := range count {
		work <- i
	}
	close(work)
	workers.Wait()
	return time.Since(begun)
}
