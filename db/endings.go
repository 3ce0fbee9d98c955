package db

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"tokenwell/auth"
)

// secretEnds is what secret_ends_at has to be, by the sealed configuration: the
// date and the time that the user typed, as if they were UTC. In another time
// zone they mean another moment, and the row has to match its seal all the same.
// Most configurations have no such field, and are not read for it.
func secretEnds(r *row, config []byte) (int64, error) {
	if !bytes.Contains(config, []byte(`"`+auth.FieldSecretExpiry+`"`)) {
		return 0, nil
	}
	var c sealedConfig
	if err := readSealed(config, &c); err != nil {
		return 0, err
	}
	a := auth.Authorization{ClientAuth: auth.ClientAuth(r.clientAuth)}
	c.into(&a)
	return millis(a.SecretEndsIn(time.UTC)), nil
}

// wallClock is a moment as the clock of this machine shows it, to be compared
// with secret_ends_at.
func wallClock(at time.Time) int64 {
	at = at.Local()
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC).UnixMilli()
}

// fromWallClock is the reverse of wallClock.
func fromWallClock(ms int64) time.Time {
	at := time.UnixMilli(ms).UTC()
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.Local).UTC()
}

// secretEndOf reads secret_ends_at; 0: not known.
func secretEndOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromWallClock(ms)
}

// SoonEnding implements auth.ServiceStore.
func (d *DB) SoonEnding(ctx context.Context, from, to time.Time, limit int) ([]auth.SoonEnding, error) {
	var soon []auth.SoonEnding
	for _, part := range []struct {
		what     auth.Ender
		from, to int64
		read     func(int64) time.Time
		query    string
	}{
		{auth.EndsSignIn, millis(from), millis(to), fromMillis, `SELECT id, name, signin_ends_at FROM authorizations INDEXED BY authorizations_by_signin
			WHERE purge_at = 0 AND signin_ends_at > ? AND signin_ends_at <= ? ORDER BY signin_ends_at, name_key LIMIT ?`},
		{auth.EndsSecret, wallClock(from), wallClock(to), fromWallClock, `SELECT id, name, secret_ends_at FROM authorizations INDEXED BY authorizations_by_secret
			WHERE purge_at = 0 AND secret_ends_at > 0 AND secret_ends_at > ? AND secret_ends_at <= ? ORDER BY secret_ends_at LIMIT ?`},
	} {
		found, err := d.reader.QueryContext(ctx, part.query, part.from, part.to, limit)
		if err != nil {
			return nil, storageError(err)
		}
		defer func() { _ = found.Close() }()
		for found.Next() {
			one := auth.SoonEnding{What: part.what}
			var at int64
			if err := found.Scan(&one.ID, &one.Name, &at); err != nil {
				return nil, storageError(err)
			}
			one.At = part.read(at)
			soon = append(soon, one)
		}
		if err := found.Err(); err != nil {
			return nil, storageError(err)
		}
	}
	slices.SortFunc(soon, func(a, b auth.SoonEnding) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Name, b.Name), cmp.Compare(a.What, b.What))
	})
	return soon[:min(limit, len(soon))], nil
}
