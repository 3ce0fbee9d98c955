package db_test

import (
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// baseline is a refresh as plain as can be: one POST by a bare net/http client
// and durable commits of a blob, without any of the protocol around them.
type baseline struct {
	db     *sql.DB
	client http.Client
	blob   []byte
	count  int
}

func newBaseline(b *testing.B) *baseline {
	file := filepath.Join(b.TempDir(), "baseline.db")
	pool, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("CREATE TABLE t (id INTEGER PRIMARY KEY, sealed BLOB); INSERT INTO t VALUES (1, x'00')"); err != nil {
		b.Fatal(err)
	}
	return &baseline{db: pool, blob: make([]byte, 2048)}
}

func (x *baseline) refresh(b *testing.B, endpoint string, commits int) {
	response, err := x.client.Post(endpoint, "application/x-www-form-urlencoded", strings.NewReader(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {"r"}, "client_id": {"client"},
	}.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	for range commits {
		x.count++ // SQLite leaves out a write that changes nothing, and its sync
		copy(x.blob, strconv.Itoa(x.count))
		if _, err := x.db.Exec("UPDATE t SET sealed = ? WHERE id = 1", x.blob); err != nil {
			b.Fatal(err)
		}
	}
}
