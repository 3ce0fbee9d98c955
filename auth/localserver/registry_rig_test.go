package localserver

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
)

// newRegistry is the registry of a server that does not run.
func newRegistry(t *testing.T) (Registry, *memoryStore, *clock) {
	store, at := newMemoryStore(), &clock{at: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	store.settings[settingKey] = testKey()
	s := New(Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Now: at.now})
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s.Registry(), store, at
}

// named is a new client with the defaults.
func (r Registry) named(name string) auth.LocalClient {
	c := r.NewClient()
	c.Name = name
	return c
}

// faultOf returns the message beside the field, "" when there is none.
func faultOf(t *testing.T, err error, field string) string {
	t.Helper()
	var found auth.FieldErrors
	if !errors.As(err, &found) {
		require.NoError(t, err)
	}
	for _, f := range found {
		if f.Field == auth.LocalField(field) {
			return f.Message
		}
	}
	return ""
}

// onlyFault asserts that the field is all that is wrong.
func onlyFault(t *testing.T, err error, field string) {
	t.Helper()
	var found auth.FieldErrors
	require.ErrorAs(t, err, &found, field)
	require.Len(t, found, 1, "%v", found)
	assert.Equal(t, auth.LocalField(field), found[0].Field)
	assert.NotEmpty(t, found[0].Message)
}
