//go:build !unix

package handout

// Harden does nothing here: processes of one user can't be kept apart.
func Harden() {}

// showSelf has nothing to undo.
func showSelf() {}

func hideSelf() {}
