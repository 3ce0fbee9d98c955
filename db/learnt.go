package db

import (
	"context"
	"time"

	"tokenwell/auth"
)

// SetExpiry implements auth.AuthorizationStore.
func (d *DB) SetExpiry(ctx context.Context, id string, gen int64, expiry auth.Expiry, next time.Time) error {
	return d.update(ctx, "set_expiry", id, gen, func(_ querier, r *row) error {
		r.setExpiry(expiry)
		r.nextRefreshAt = millis(next)
		return d.saveStatus(r)
	})
}

// SetSignedInAs implements auth.AuthorizationStore.
func (d *DB) SetSignedInAs(ctx context.Context, id string, gen int64, who string) error {
	return d.update(ctx, "set_signed_in_as", id, gen, func(_ querier, r *row) error {
		r.signedInAs = who
		return d.saveStatus(r)
	})
}
