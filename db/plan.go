package db

import (
	"context"
	"time"

	"tokenwell/auth"
)

// DueRefreshes implements auth.PlanStore.
func (d *DB) DueRefreshes(context.Context, time.Time, int) ([]auth.Due, error) { return nil, nil }

// NextRefresh implements auth.PlanStore.
func (d *DB) NextRefresh(context.Context) (time.Time, error) { return time.Time{}, nil }

// SetRefreshRule implements auth.PlanStore.
func (d *DB) SetRefreshRule(context.Context, string, int64, bool, int, time.Time) error { return nil }

// History implements auth.HistoryStore.
func (d *DB) History(context.Context, string) ([]auth.HistoryEvent, error) { return nil, nil }

// Remember implements auth.HistoryStore.
func (d *DB) Remember(context.Context, string, auth.HistoryEvent) error { return nil }
