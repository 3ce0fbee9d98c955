package db

import (
	"context"
	"database/sql"
)

// Settings implements auth.SettingStore.
func (d *DB) Settings(ctx context.Context) (map[string]string, error) {
	found, err := d.reader.QueryContext(ctx, "SELECT key, value FROM settings")
	if err != nil {
		return nil, storageError(err)
	}
	defer func() { _ = found.Close() }()
	all := map[string]string{}
	for found.Next() {
		var key, value string
		if err := found.Scan(&key, &value); err != nil {
			return nil, storageError(err)
		}
		all[key] = value
	}
	return all, storageError(found.Err())
}

// SetSetting implements auth.SettingStore.
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.writeBeside(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", key, value)
		return err
	})
}
