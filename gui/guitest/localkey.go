package guitest

import "context"

// RotateKey implements auth.LocalRegistry.
func (r *Registry) RotateKey(context.Context) error {
	r.change("rotate key", func() {})
	return r.Err
}
