package gui

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestLocal_SigningKeyIsChangedFromTheMenu(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, r *guitest.Registry, _ *localScreen) {
		d.menuItem("Change signing key").Action()
		assert.Contains(t, r.Calls, "rotate key")
		assert.True(t, d.shows("A new key signs ID tokens"))
		r.Err = auth.ErrVaultLocked
		d.menuItem("Change signing key").Action()
		assert.True(t, d.shows("vault"))
	})
}
