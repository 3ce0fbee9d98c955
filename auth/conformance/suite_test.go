//go:build e2e

package conformance

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// stepTimeout is how long one step, such as a sign-in, may take.
const stepTimeout = time.Minute

// server is a third-party server that runs and the clients that it knows.
type server struct {
	issuer     string
	introspect string
	userInfo   string
	port       int  // of the redirect URI that is registered
	pushes     bool // it takes pushed authorization requests
	browser    *formBrowser
	// approve does at the server what the user does with the code of a device.
	approve func(ctx context.Context, prompt auth.DevicePrompt) error
	// inspector may ask whether any token is active.
	inspectorID, inspectorSecret string
	// inactive tells whether a token is worth nothing, at a server where nobody
	// may ask about the tokens of others.
	inactive func(t *testing.T, token auth.Secret) bool
}

// client is how one of the server's clients is entered into the form.
type client struct {
	id, secret string
	method     auth.ClientAuth
	scopes     []string
	// noRevocation: the server lets this client revoke and inspect nothing.
	noRevocation bool
	// noInspection: the server lets this client inspect nothing.
	noInspection bool
	// values are the fields of a client authentication without a secret.
	values auth.Values
}

// draft is a form that is filled in for a client and a grant.
func (s *server) draft(engine *auth.Engine, c client, grant auth.Grant) auth.Draft {
	draft := engine.DraftFor(auth.OIDCServiceID)
	draft.Name = "Conformance"
	draft.Params = map[string]string{"issuer": s.issuer}
	draft.Grant = grant
	draft.ClientID, draft.Public, draft.ClientAuth = c.id, c.method == auth.ClientAuthNone, c.method
	draft.ClientSecret, draft.Confirmation = auth.NewSecret(c.secret), auth.NewSecret(c.secret)
	draft.Values = auth.Values{}
	maps.Copy(draft.Values, c.values)
	draft.Scopes, draft.Port = c.scopes, s.port
	if draft.Public {
		draft.ClientAuth = ""
	}
	return draft
}

// run does for one client what an analyst does: sign in, refresh twice, revoke.
func (s *server) run(t *testing.T, c client) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	store := authtest.NewMemStore()
	engine := s.engine(t, store)

	signIn, err := engine.Authorize(ctx, s.draft(engine, c, auth.GrantAuthorizationCode))
	require.NoError(t, err)
	assert.Equal(t, s.pushes, strings.Contains(signIn.URL(), "request_uri="), "the request is pushed where the server takes that (RFC 9126)")
	require.NoError(t, signIn.OpenBrowser(ctx))
	detail, err := signIn.Wait(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, detail.Status.State)
	assert.True(t, detail.Status.HasRefresh)
	assert.True(t, detail.Status.HandOut)
	assert.Empty(t, detail.Missing, "every scope that was asked for is granted")

	page := <-s.browser.arrived
	require.NoError(t, page.err)
	assert.Equal(t, http.StatusOK, page.status)
	assert.Contains(t, page.page, "close this tab")

	tokens := []auth.Tokens{s.stored(t, store, signIn.ID())}
	s.requireUsable(t, tokens[0].Access)
	for range 2 {
		detail, err = engine.Refresh(ctx, signIn.ID())
		require.NoError(t, err)
		assert.Equal(t, auth.StateActive, detail.Status.State)
		now, before := s.stored(t, store, signIn.ID()), tokens[len(tokens)-1]
		assert.False(t, now.Access.Equal(before.Access), "a refresh brings a new access token")
		assert.False(t, now.Refresh.Equal(before.Refresh), "the server rotates and the engine keeps the new refresh token")
		s.requireUsable(t, now.Access)
		tokens = append(tokens, now)
	}
	assert.Equal(t, int64(3), detail.Status.Generation)

	last := tokens[len(tokens)-1]
	if c.noRevocation {
		var failure *auth.Failure
		_, err := engine.Revoke(ctx, signIn.ID())
		require.ErrorAs(t, err, &failure)
		assert.True(t, s.stored(t, store, signIn.ID()).Refresh.Equal(last.Refresh), "a revocation that failed erases nothing")
		s.requireUsable(t, last.Access)
		return
	}
	_, err = engine.Revoke(ctx, signIn.ID())
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(store.Revocations()) == 0 }, stepTimeout, 50*time.Millisecond)
	s.requireInactive(t, last.Access)
	s.requireInactive(t, last.Refresh)
	detail, err = engine.Detail(ctx, signIn.ID())
	require.NoError(t, err)
	assert.Equal(t, auth.StateRevoked, detail.Status.State)
}

// engine returns the real engine over a store in memory with an open vault.
func (s *server) engine(t *testing.T, store *authtest.MemStore) *auth.Engine {
	t.Helper()
	files, err := fs.Sub(assets.Services, "services")
	require.NoError(t, err)
	catalog, err := auth.LoadCatalog(files)
	require.NoError(t, err)
	engine, err := auth.New(auth.Params{
		Store: store, Vault: store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}), Browser: s.browser,
	})
	require.NoError(t, err)
	t.Cleanup(engine.Close)
	require.NoError(t, engine.Start(t.Context()))
	return engine
}

// stored returns the tokens that the store holds.
func (s *server) stored(t *testing.T, store *authtest.MemStore, id string) auth.Tokens {
	t.Helper()
	record, ok := store.Record(id)
	require.True(t, ok)
	require.False(t, record.Tokens.Access.Empty())
	require.False(t, record.Tokens.Refresh.Empty())
	return record.Tokens
}

// requireUsable calls the server's API with the access token.
func (s *server) requireUsable(t *testing.T, access auth.Secret) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.userInfo, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+access.Reveal())
	response, err := (&http.Client{Timeout: stepTimeout}).Do(request)
	require.NoError(t, err)
	_ = response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// requireInactive asks the server itself about a token (RFC 7662).
func (s *server) requireInactive(t *testing.T, token auth.Secret) {
	t.Helper()
	if s.inactive != nil {
		assert.True(t, s.inactive(t, token))
		return
	}
	form := url.Values{"token": {token.Reveal()}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.introspect, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(s.inspectorID, s.inspectorSecret)
	response, err := (&http.Client{Timeout: stepTimeout}).Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	var reply struct {
		Active *bool `json:"active"`
	}
	require.NoError(t, json.NewDecoder(response.Body).Decode(&reply))
	require.NotNil(t, reply.Active)
	assert.False(t, *reply.Active)
}
