//go:build e2e

package conformance

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// runDiscovery fills the service editor in from the server's metadata.
func (s *server) runDiscovery(t *testing.T, registers bool) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	engine := s.engine(t, authtest.NewMemStore())
	_, err := engine.FillFromIssuer(ctx, s.issuer, false)
	var failure *auth.Failure
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, auth.CodePrivateAddress, failure.Code, "it runs on this machine")

	found, err := engine.FillFromIssuer(ctx, s.issuer, true)
	require.NoError(t, err)
	assert.Equal(t, s.issuer, found.Issuer)
	assert.Contains(t, found.Grants, auth.GrantAuthorizationCode)
	assert.NotEmpty(t, found.ClientAuth)
	assert.Equal(t, registers, found.Endpoints.Registration != "")

	// What was found makes a service that can be saved.
	own := engine.SampleService("")
	own.Issuer, own.Endpoints, own.Grants, own.ClientAuth = found.Issuer, found.Endpoints, found.Grants, found.ClientAuth
	for _, scope := range found.Scopes {
		own.Scopes = append(own.Scopes, auth.Scope{Name: scope})
	}
	saved, err := engine.SaveService(ctx, own)
	require.NoError(t, err)
	assert.Equal(t, registers, engine.CanRegister(engine.DraftFor(saved.ID)))
}

// register has the server make a client for a grant.
func (s *server) register(t *testing.T, grant auth.Grant, scopes []string) client {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	engine := s.engine(t, authtest.NewMemStore())
	draft := s.draft(engine, client{scopes: scopes}, grant)
	require.True(t, engine.CanRegister(draft))
	made, err := engine.RegisterClient(ctx, draft)
	require.NoError(t, err)
	require.NotEmpty(t, made.ClientID)
	assert.Equal(t, made.ClientAuth != auth.ClientAuthNone, !made.ClientSecret.Empty())
	return client{id: made.ClientID, secret: made.ClientSecret.Reveal(), method: made.ClientAuth, scopes: scopes, values: made.Values}
}
