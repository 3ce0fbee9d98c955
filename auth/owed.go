package auth

import "context"

// Methods that are owed: each is moved to its own file by the one who writes it.

// SetRefreshRule changes automatic refresh and its limit (0: none) at once.
func (e *Engine) SetRefreshRule(ctx context.Context, id string, auto bool, limit int) error {
	return ErrNotSupported
}

// Offline tells whether the last requests failed for want of a network. Quick.
func (e *Engine) Offline() bool { return false }
