package db

// SetFewMatches sets from how many rows on a page comes from a walk along the
// sort index, so that a test needs fewer rows than that. It returns the value
// before; no query may run meanwhile.
func SetFewMatches(n int) (before int) {
	before, fewMatches = fewMatches, n
	return before
}
