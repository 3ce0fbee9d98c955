package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// tableServices is where own services are sealed. Part of the file format.
const tableServices = "services"

// OwnServices implements auth.ServiceStore.
func (d *DB) OwnServices(ctx context.Context) (own []auth.Service, damaged []string, err error) {
	if !d.open() {
		return nil, nil, auth.ErrVaultLocked
	}
	found, err := d.reader.QueryContext(ctx, "SELECT id, changed_at, sealed FROM services ORDER BY id")
	if err != nil {
		return nil, nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var id string
		var changedAt int64
		var sealed []byte
		if err := found.Scan(&id, &changedAt, &sealed); err != nil {
			return nil, nil, storageError(err)
		}
		var s auth.Service
		switch err := d.unsealJSON(tableServices, "sealed", id, 0, sealed, &s, text(changedAt)); {
		case errors.Is(err, auth.ErrVaultLocked):
			return nil, nil, err
		case err != nil || s.ID != id:
			damaged = append(damaged, id)
		default:
			own = append(own, s)
		}
	}
	slices.SortStableFunc(own, func(a, b auth.Service) int {
		return strings.Compare(auth.FoldName(a.Name), auth.FoldName(b.Name))
	})
	return own, damaged, storageError(found.Err())
}

// SaveService implements auth.ServiceStore.
func (d *DB) SaveService(ctx context.Context, s auth.Service) error {
	changedAt := time.Now().UnixMilli()
	sealed, err := d.sealJSON(tableServices, "sealed", s.ID, 0, s, text(changedAt))
	if err != nil {
		return err
	}
	return d.writeBeside(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO services (id, changed_at, sealed) VALUES (?, ?, ?)", s.ID, changedAt, sealed)
		return err
	})
}

// DeleteService implements auth.ServiceStore.
func (d *DB) DeleteService(ctx context.Context, id string) error {
	if !d.open() {
		return auth.ErrVaultLocked
	}
	return d.writeBeside(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM services WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, auth.ErrNotFound)
		}
		return nil
	})
}

// ServiceUsers implements auth.ServiceStore.
func (d *DB) ServiceUsers(ctx context.Context, id string, limit int) ([]auth.ServiceUser, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT a.id, a.name, c.scopes, a.purge_at <> 0
		FROM (SELECT id, name, name_key, purge_at FROM authorizations WHERE purge_at = 0 AND service_id = ?1
			UNION ALL SELECT id, name, name_key, purge_at FROM authorizations WHERE purge_at <> 0 AND service_id = ?1) AS a
		JOIN authorization_configs c ON c.id = a.id ORDER BY a.name_key LIMIT ?2`, id, limit)
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	var users []auth.ServiceUser
	for found.Next() {
		var u auth.ServiceUser
		var scopes string
		if err := found.Scan(&u.ID, &u.Name, &scopes, &u.Deleted); err != nil {
			return nil, storageError(err)
		}
		// What can't be read was changed from outside and is found at its seal.
		_ = json.Unmarshal([]byte(scopes), &u.Scopes)
		users = append(users, u)
	}
	return users, storageError(found.Err())
}

// recentRows is how many of the newest rows say which services were used last.
const recentRows = 1000

// RecentServices implements auth.ServiceStore. It looks at the newest rows alone.
func (d *DB) RecentServices(ctx context.Context, limit int) ([]string, error) {
	found, err := d.reader.QueryContext(ctx, `SELECT service_id FROM authorizations INDEXED BY authorizations_by_creation
		WHERE purge_at = 0 ORDER BY created_at DESC, name_key DESC LIMIT ?`, recentRows)
	if err != nil {
		return nil, storageError(err)
	}
	all, err := readTexts(found)
	if err != nil {
		return nil, storageError(err)
	}
	var recent []string
	for _, id := range all {
		if len(recent) == limit {
			break
		}
		if !slices.Contains(recent, id) {
			recent = append(recent, id)
		}
	}
	return recent, nil
}
