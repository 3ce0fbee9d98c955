package db

import (
	"context"
	"sync"
)

// verifiedRows keeps rows that were just read and found to match their seals,
// so that the steps of one refresh read and check a row once. A row is good for
// the writing connection as long as that connection reports the same
// data_version, which changes with every commit of any other connection,
// another process's included; what this DB itself writes is taken out by hand.
// It is safe for concurrent use.
type verifiedRows struct {
	mu      sync.Mutex
	version int64 // of the data, as the writing connection last reported it
	rows    map[string]*verifiedRow
}

// verifiedRow is a row, or with nil the place of one that is being read.
type verifiedRow struct {
	version int64
	row     *row
}

// verifiedKept bounds the memory that verifiedRows takes.
const verifiedKept = 512

// noVersion is reported by no connection.
const noVersion = -1

const selectVersion = "PRAGMA data_version"

// reading makes a place for a row that is about to be read. Whatever writes the
// row meanwhile takes the place away.
func (v *verifiedRows) reading(id string) *verifiedRow {
	v.mu.Lock()
	defer v.mu.Unlock()
	place := &verifiedRow{version: v.version}
	v.set(id, place)
	return place
}

// read puts a row that matches its seals into its place, if that is still there.
func (v *verifiedRows) read(place *verifiedRow, r *row) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.rows[r.id] == place && r.changed == 0 && r.purgeAt == 0 {
		place.row = r
	}
}

// take hands the row out for good; nil when it has to be read. version is the
// data's, in the transaction that asks.
func (v *verifiedRows) take(id string, version int64) *row {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.version = version
	kept := v.rows[id]
	delete(v.rows, id)
	if kept == nil || kept.version != version {
		return nil
	}
	return kept.row
}

// wrote keeps a row as it was just committed. The writing connection is still held.
func (v *verifiedRows) wrote(r *row) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.changed == 0 && r.purgeAt == 0 {
		v.set(r.id, &verifiedRow{version: v.version, row: r})
	}
}

// copyOf returns a copy of a row that is kept; nil when it has to be read. version
// as for take.
func (v *verifiedRows) copyOf(id string, version int64) *row {
	v.mu.Lock()
	defer v.mu.Unlock()
	kept := v.rows[id]
	if kept == nil || kept.row == nil || kept.version != version {
		return nil
	}
	r := *kept.row
	return &r
}

// has tells whether a row is kept, as far as this process knows.
func (v *verifiedRows) has(id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	kept := v.rows[id]
	return kept != nil && kept.row != nil
}

// forget drops a row and the place of one that is being read.
func (v *verifiedRows) forget(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.rows, id)
}

// forgetAll drops everything.
func (v *verifiedRows) forgetAll() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.rows, v.version = nil, noVersion
}

func (v *verifiedRows) set(id string, entry *verifiedRow) {
	if v.rows == nil || len(v.rows) >= verifiedKept {
		v.rows = map[string]*verifiedRow{}
	}
	v.rows[id] = entry
}

// keptRow returns a row that this process has verified, or written, and that
// nobody has written since; nil when it has to be read. It asks the writing
// connection, and does not wait for one that is at work.
func (d *DB) keptRow(ctx context.Context, id string) *row {
	if !d.rows.has(id) || d.writer.Stats().InUse > 0 {
		return nil
	}
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return nil // whoever reads the row says why
	}
	defer func() { _ = conn.Close() }()
	if d.hold(conn) != nil {
		return nil
	}
	version, err := d.queryInt(selectVersion)
	if err != nil {
		return nil
	}
	return d.rows.copyOf(id, version)
}

// checkedRow returns a row in the transaction that is open: one that was verified
// before and has not changed since, or else it reads and checks it.
func (d *DB) checkedRow(id string) (*row, error) {
	version, err := d.queryInt(selectVersion)
	if err != nil {
		return nil, err
	}
	if r := d.rows.take(id, version); r != nil {
		return r, nil
	}
	r, err := d.readRowIn(id)
	if err == nil {
		err = d.check(r)
	}
	return r, err
}
