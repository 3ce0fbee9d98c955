package db

import (
	"context"
	"time"

	"tokenwell/auth"
)

// AddActivity implements auth.ActivityStore.
func (d *DB) AddActivity(context.Context, []auth.ActivityEntry) error { return nil }

// Activity implements auth.ActivityStore.
func (d *DB) Activity(context.Context, auth.ActivityQuery) (auth.ActivityPage, error) {
	return auth.ActivityPage{}, nil
}

// UsedBy implements auth.ActivityStore.
func (d *DB) UsedBy(context.Context, string) ([]auth.UsedBy, error) { return nil, nil }

// PruneActivity implements auth.ActivityStore.
func (d *DB) PruneActivity(context.Context, time.Time) (int, error) { return 0, nil }
