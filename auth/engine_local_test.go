package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// localDouble counts its starts.
type localDouble struct {
	starts int
	fail   error
}

// Start implements auth.LocalServer.
func (l *localDouble) Start(context.Context) error {
	l.starts++
	return l.fail
}

// Info implements auth.LocalServer.
func (*localDouble) Info() auth.LocalInfo { return auth.LocalInfo{} }

func TestTheLocalServerStartsWithTheProgramUnlessItIsSwitchedOff(t *testing.T) {
	catalog, err := authtest.Catalog()
	require.NoError(t, err)
	for _, c := range []struct {
		setting string
		fail    error
		starts  int
	}{{"", nil, 1}, {"on", nil, 1}, {"off", nil, 0}, {"", errors.New("its port is taken"), 1}} {
		store, local := authtest.NewMemStore(), &localDouble{fail: c.fail}
		e, err := auth.New(auth.Params{
			Store: store, Vault: store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
			Browser: authtest.NewBrowser(t, authtest.BrowserFollow, nil), Local: local, Log: slog.New(slog.DiscardHandler),
		})
		require.NoError(t, err)
		if c.setting != "" {
			require.NoError(t, e.SetSetting(t.Context(), auth.SettingLocalServer, c.setting))
		}
		require.NoError(t, e.Start(t.Context()), "the program works without it")
		assert.Equal(t, c.starts, local.starts, c.setting)
		e.Close()
	}
}
