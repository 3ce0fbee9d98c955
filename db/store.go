package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"time"

	"tokenwell/auth"
)

var _ auth.Store = (*DB)(nil)

// Create implements auth.AuthorizationStore.
func (d *DB) Create(ctx context.Context, a auth.Authorization, state auth.State) error {
	r := &row{
		id: a.ID, createdAt: millis(a.CreatedAt), granted: "null",
		listColumns: listColumns{state: string(state), expiryRule: string(auth.ExpiryNotReported)},
	}
	if err := r.setConfig(a); err != nil {
		return err
	}
	if err := d.sealConfig(r, configToSeal(a)); err != nil {
		return err
	}
	if err := d.sealStatus(r); err != nil {
		return err
	}
	return d.write(ctx, "create", func(tx *sql.Tx) error {
		if err := insertRow(ctx, tx, r); err != nil {
			return err
		}
		return d.happened(r, auth.WordCreated, auth.OutcomeOK)
	})
}

// Load implements auth.AuthorizationStore.
func (d *DB) Load(ctx context.Context, id string) (auth.Record, error) {
	if err := ctx.Err(); err != nil {
		return auth.Record{}, err
	}
	if r := d.keptRow(ctx, id); r != nil {
		return d.trustedRecord(r)
	}
	place := d.rows.reading(id)
	version := d.loads.now()
	if l := d.loads.row(version, id); l != nil {
		r := l.row
		d.rows.read(place, &r)
		return d.loadedRecord(l)
	}
	return d.loadRow(ctx, id, version, place)
}

// loadRow reads a row and keeps it. version and place were got before.
func (d *DB) loadRow(ctx context.Context, id string, version int64, place *verifiedRow) (auth.Record, error) {
	r, record, err := d.readVerified(ctx, id)
	if err != nil {
		d.rows.forget(id)
		return auth.Record{}, err
	}
	if r.changed == 0 {
		d.loads.keepRow(version, id, loaded(r, record))
	}
	d.rows.read(place, r)
	return record, nil
}

// Read implements auth.AuthorizationStore.
func (d *DB) Read(ctx context.Context, id string) (auth.Record, error) {
	_, record, err := d.readVerified(ctx, id)
	return record, err
}

// readVerified reads a row and checks it; one that is marked as changed outside
// and is not, or the reverse, is marked anew.
func (d *DB) readVerified(ctx context.Context, id string) (*row, auth.Record, error) {
	r, record, err := d.verified(d.readRow(ctx, id))
	if errors.Is(err, auth.ErrChangedOutside) || (err == nil && r.changed != 0) {
		d.rememberChanged(ctx, id)
	}
	if err != nil {
		return nil, auth.Record{}, err
	}
	return r, record, nil
}

// Rename implements auth.AuthorizationStore.
func (d *DB) Rename(ctx context.Context, id, name, notes string) error {
	return d.update(ctx, "rename", id, anyGeneration, func(conn querier, r *row) error {
		was, err := d.record(r)
		if err != nil {
			return err
		}
		r.name, r.notes = name, notes
		r.derive(was.Authorization.Scopes)
		if err := d.sealConfig(r, configToSeal(was.Authorization)); err != nil {
			return err
		}
		if err := d.saveConfig(ctx, conn, r); err != nil {
			return err
		}
		return d.happened(r, auth.WordRename, auth.OutcomeOK)
	})
}

// SetState implements auth.AuthorizationStore.
func (d *DB) SetState(ctx context.Context, id string, gen int64, end auth.Ending) error {
	return d.update(ctx, "set_state", id, gen, func(_ querier, r *row) error {
		was, outcome, at := auth.State(r.state), r.lastOutcome, r.lastOutcomeAt
		r.settle(end)
		if outcome == end.Outcome {
			r.lastOutcomeAt = at
		}
		if err := d.saveStatus(r); err != nil {
			return err
		}
		return d.ended(r, was, "", end)
	})
}

// settle is what every end of an attempt leaves behind.
func (r *row) settle(end auth.Ending) {
	r.state, r.lastOutcome, r.lastOutcomeAt, r.fails = string(end.State), end.Outcome, time.Now().UnixMilli(), int64(end.Failures)
	r.nextRefreshAt = millis(end.Next)
}

// Touch implements auth.AuthorizationStore.
func (d *DB) Touch(ctx context.Context, id string, at time.Time) error {
	return d.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE authorizations SET last_used_at = ? WHERE id = ?", millis(at), id)
		return err
	})
}

// Delete implements auth.AuthorizationStore. A row that was changed outside can
// be deleted too; its tokens are not revoked, for nobody knows where.
func (d *DB) Delete(ctx context.Context, id string, revoke bool, purgeAt time.Time) error {
	if purgeAt.IsZero() {
		return errors.New("db: Delete needs the time of the purge")
	}
	return d.write(ctx, "delete", func(tx *sql.Tx) error {
		r, was, err := d.verified(d.readRowIn(id))
		switch {
		case errors.Is(err, auth.ErrChangedOutside):
			return hideChanged(ctx, tx, r, millis(purgeAt))
		case err != nil:
			return err
		}
		r.purgeAt = millis(purgeAt)
		if err := d.saveStatus(r); err != nil {
			return err
		}
		if err := unindexSearch(ctx, tx, r); err != nil || !revoke {
			return err
		}
		for _, revocation := range auth.RevocationsOf(was, fromMillis(r.purgeAt)) {
			if err := d.insertRevocation(ctx, tx, revocation); err != nil {
				return err
			}
		}
		return nil
	})
}

// hideChanged deletes a row, or with 0 brings it back, whose seal can't be made
// anew.
func hideChanged(ctx context.Context, tx *sql.Tx, r *row, purgeAt int64) error {
	if (r.purgeAt == 0) == (purgeAt == 0) {
		return auth.ErrNotFound
	}
	if _, err := tx.ExecContext(ctx, "UPDATE authorizations SET purge_at = ?, changed_outside = 1 WHERE seq = ?", purgeAt, r.seq); err != nil {
		return err
	}
	if purgeAt == 0 {
		return indexSearch(ctx, tx, r)
	}
	return unindexSearch(ctx, tx, r)
}

// Undelete implements auth.AuthorizationStore.
func (d *DB) Undelete(ctx context.Context, id string) error {
	return d.write(ctx, "undelete", func(tx *sql.Tx) error {
		r, err := d.readRowIn(id)
		if err != nil {
			return err
		}
		if r.purgeAt == 0 {
			return auth.ErrNotFound
		}
		_, err = d.record(r)
		switch {
		case errors.Is(err, auth.ErrChangedOutside):
			return hideChanged(ctx, tx, r, 0)
		case err != nil:
			return err
		}
		// Tokens that came too late for some other reason wait in the queue with
		// another time, and stay there.
		if _, err := tx.ExecContext(ctx, "DELETE FROM revoke_queue WHERE authorization_id = ? AND not_before = ?", id, r.purgeAt); err != nil {
			return err
		}
		r.purgeAt = 0
		if err := d.saveStatus(r); err != nil {
			return err
		}
		return indexSearch(ctx, tx, r)
	})
}

// purgeBatch is how many rows are removed in one transaction.
const purgeBatch = 100

// Purge implements auth.AuthorizationStore. While the vault is locked it
// removes nothing: a row may have been hidden from outside.
func (d *DB) Purge(ctx context.Context, now time.Time) (int, error) {
	purged := 0
	for d.open() {
		gone, looked, err := d.purgeSome(ctx, now)
		purged += len(gone)
		for _, id := range gone {
			d.removeLockFile(id)
		}
		if err != nil {
			return purged, err
		}
		if looked < purgeBatch {
			break
		}
	}
	if purged > 0 {
		// What is deleted must not live on in the write-ahead log.
		if _, err := d.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			d.log.Warn("checkpoint", "error", storageError(err))
		}
	}
	return purged, nil
}

func (d *DB) purgeSome(ctx context.Context, now time.Time) (gone []string, looked int, err error) {
	err = d.write(ctx, "purge", func(tx *sql.Tx) error {
		due, err := readRows(ctx, tx, "WHERE a.purge_at <> 0 AND a.purge_at <= ? LIMIT ?", millis(now), purgeBatch)
		if err != nil {
			return err
		}
		looked = len(due)
		for _, r := range due {
			_, err := d.record(r)
			switch {
			case err == nil, errors.Is(err, auth.ErrChangedOutside) && r.changed != 0:
				if _, err := tx.ExecContext(ctx, "DELETE FROM authorizations WHERE seq = ?", r.seq); err != nil {
					return err
				}
				gone = append(gone, r.id)
			case errors.Is(err, auth.ErrChangedOutside):
				if err := d.markChanged(ctx, tx, r, true); err != nil {
					return err
				}
			default:
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, looked, err
	}
	return gone, looked, nil
}

// removeLockFile drops the lock file of an authorization that is gone, unless
// somebody holds it.
func (d *DB) removeLockFile(id string) {
	path := filepath.Join(LockDir(d.dir), id+".lock")
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, fileMode) //nolint:gosec // the ID is a UUID: Lock made the file
	if err != nil {
		return
	}
	if tryLock(f) == nil {
		_ = os.Remove(path)
	}
	_ = f.Close()
}

// rowReader is a pool or a transaction that reads several rows.
type rowReader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readRows(ctx context.Context, q rowReader, where string, args ...any) ([]*row, error) {
	found, err := q.QueryContext(ctx, selectRows+where, args...)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var all []*row
	for found.Next() {
		r := &row{}
		if err := r.scan(found); err != nil {
			return nil, storageError(err)
		}
		all = append(all, r)
	}
	return all, storageError(found.Err())
}

// verifyBatch is how many rows are read and checked at a time.
const verifyBatch = 200

// Verify implements auth.AuthorizationStore. It reads the whole database once,
// on a connection that gives back the memory it took.
func (d *DB) Verify(ctx context.Context) (int, error) {
	conn, err := d.reader.Conn(ctx)
	if err != nil {
		return 0, storageError(err)
	}
	defer func() {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // closes it for good
		_ = conn.Close()
	}()
	if _, err := conn.ExecContext(ctx, "PRAGMA cache_size = -512"); err != nil {
		return 0, storageError(err)
	}
	marked, last := 0, int64(0)
	for {
		batch, err := readRows(ctx, conn, "WHERE a.seq > ? ORDER BY a.seq LIMIT ?", last, verifyBatch)
		if err != nil || len(batch) == 0 {
			return marked, err
		}
		last = batch[len(batch)-1].seq
		n, err := d.verifySome(ctx, batch)
		marked += n
		if err != nil {
			return marked, err
		}
	}
}

// verifySome checks rows and counts those that do not match.
func (d *DB) verifySome(ctx context.Context, batch []*row) (marked int, err error) {
	for _, r := range batch {
		_, err := d.record(r)
		bad := errors.Is(err, auth.ErrChangedOutside)
		if err != nil && !bad {
			return marked, err
		}
		if bad || r.changed != 0 {
			d.rememberChanged(ctx, r.id)
		}
		if bad {
			marked++
		}
	}
	return marked, nil
}

// Interrupted implements auth.AuthorizationStore.
func (d *DB) Interrupted(ctx context.Context) ([]string, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT id FROM authorizations
		WHERE purge_at = 0 AND changed_outside = 0 AND state IN (?, ?, ?)`,
		auth.StateWaiting, auth.StateRefreshing, auth.StateUnknown)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var ids []string
	for found.Next() {
		var id string
		if err := found.Scan(&id); err != nil {
			return nil, storageError(err)
		}
		ids = append(ids, id)
	}
	return ids, storageError(found.Err())
}
