package db

import (
	"context"
	"time"
)

// SetLongestWalk sets how many rows a walk along a sort index looks at, and
// returns the value before; no query may run meanwhile.
func SetLongestWalk(n int) (before int) {
	before, longestWalk = longestWalk, n
	return before
}

// SetFewMatches sets from how many rows on a page comes from a walk along the
// sort index, so that a test needs fewer rows than that. It returns the value
// before; no query may run meanwhile.
func SetFewMatches(n int) (before int) {
	before, fewMatches = fewMatches, n
	return before
}

// PruneTo is PruneActivity with another number of entries that are kept.
func PruneTo(ctx context.Context, d *DB, before time.Time, kept int) (int, error) {
	return d.pruneActivity(ctx, before, kept)
}
