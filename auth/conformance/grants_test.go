//go:build e2e

package conformance

import (
	"context"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// obtained is an authorization that got its tokens from a server.
type obtained struct {
	*server
	client client
	engine *auth.Engine
	store  *authtest.MemStore
	id     string
	detail auth.Detail
}

// obtain saves a draft and waits for the tokens. meanwhile does the user's part.
func (s *server) obtain(ctx context.Context, t *testing.T, c client, grant auth.Grant, edit func(*auth.Draft), meanwhile func(*auth.SignIn)) obtained {
	t.Helper()
	o := obtained{server: s, client: c, store: authtest.NewMemStore()}
	o.engine = s.engine(t, o.store)
	draft := s.draft(o.engine, c, grant)
	if edit != nil {
		edit(&draft)
	}
	signIn, err := o.engine.Authorize(ctx, draft)
	require.NoError(t, err)
	if meanwhile != nil {
		meanwhile(signIn)
	}
	o.id = signIn.ID()
	o.detail, err = signIn.Wait(ctx)
	require.NoError(t, err)
	assert.Equal(t, auth.StateActive, o.detail.Status.State)
	assert.True(t, o.detail.Status.HandOut)
	assert.Empty(t, o.detail.Missing, "every scope that was asked for is granted")
	return o
}

// access is the access token that is stored now.
func (o obtained) access(t *testing.T) auth.Secret {
	t.Helper()
	record, ok := o.store.Record(o.id)
	require.True(t, ok)
	require.False(t, record.Tokens.Access.Empty())
	return record.Tokens.Access
}

// requireRenewal gets a new access token and has the server say that it is good.
func (o obtained) requireRenewal(ctx context.Context, t *testing.T) {
	t.Helper()
	before := o.access(t)
	_, err := o.engine.Refresh(ctx, o.id)
	require.NoError(t, err)
	assert.False(t, o.access(t).Equal(before), "there is a new access token")
	if !o.client.noRevocation && !o.client.noInspection {
		o.requireActive(ctx, t)
	}
}

// requireActive asks the server about the access token by the engine's own
// introspection (RFC 7662).
func (o obtained) requireActive(ctx context.Context, t *testing.T) {
	t.Helper()
	said, err := o.engine.Introspect(ctx, o.id)
	require.NoError(t, err)
	assert.True(t, said.Active)
	assert.NotEmpty(t, said.Claims)
}

// runClientCredentials: the client gets a token for itself, and another one
// when it asks again (RFC 6749 section 4.4).
func (s *server) runClientCredentials(t *testing.T, c client) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	o := s.obtain(ctx, t, c, auth.GrantClientCredentials, nil, nil)
	o.requireActive(ctx, t)
	o.requireRenewal(ctx, t)
}

// runPassword: user name and password bring a token (RFC 6749 section 4.3); a
// wrong password is called by its name and loses nothing.
func (s *server) runPassword(t *testing.T, c client, user, password string) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	enter := func(password string) func(*auth.Draft) {
		return func(d *auth.Draft) {
			d.Values.Set(auth.FieldUserName, auth.NewSecret(user))
			d.Values.Set(auth.FieldPassword, auth.NewSecret(password))
			d.TokenParams = []auth.Pair{{Name: "scope", Value: auth.NewSecret(strings.Join(c.scopes, " "))}}
		}
	}
	o := s.obtain(ctx, t, c, auth.GrantPassword, enter(password), nil)
	s.requireUsable(t, o.access(t))
	o.requireRenewal(ctx, t)

	store := authtest.NewMemStore()
	engine := s.engine(t, store)
	draft := s.draft(engine, c, auth.GrantPassword)
	enter("wrong-" + password)(&draft)
	signIn, err := engine.Authorize(ctx, draft)
	require.NoError(t, err)
	_, err = signIn.Wait(ctx)
	var failure *auth.Failure
	require.ErrorAs(t, err, &failure)
	record, ok := store.Record(signIn.ID())
	require.True(t, ok, "what was typed is saved")
	assert.Equal(t, auth.StateNeverAuthorized, record.Status.State)
	assert.Equal(t, "wrong-"+password, record.Authorization.Values.Text(auth.FieldPassword))
}

// runDevice: the user enters the code elsewhere while the program asks for the
// tokens again and again (RFC 8628); then the tokens are renewed like any other.
// It goes on beside the others: it waits for the five seconds of the server.
func (s *server) runDevice(t *testing.T, c client) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	o := s.obtain(ctx, t, c, auth.GrantDeviceCode, nil, func(signIn *auth.SignIn) {
		assert.Equal(t, auth.PromptDevice, signIn.Kind())
		prompt := signIn.Device()
		assert.NotEmpty(t, prompt.UserCode)
		assert.NotEmpty(t, prompt.Address)
		require.NoError(t, s.approve(ctx, prompt))
	})
	s.requireUsable(t, o.access(t))
	if o.detail.Status.HasRefresh {
		o.requireRenewal(ctx, t)
	}
}

// runPastedRefreshToken: a refresh token that the user has from elsewhere
// becomes an authorization of its own (RFC 6749 section 6).
func (s *server) runPastedRefreshToken(t *testing.T, c client) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	first := s.obtain(ctx, t, c, auth.GrantAuthorizationCode, nil, func(signIn *auth.SignIn) { require.NoError(t, signIn.OpenBrowser(ctx)) })
	require.NoError(t, (<-s.browser.arrived).err)
	had := s.stored(t, first.store, first.id).Refresh

	o := s.obtain(ctx, t, c, auth.GrantRefreshToken, func(d *auth.Draft) { d.Values.Set(auth.FieldRefreshToken, had) }, nil)

	now := s.stored(t, o.store, o.id)
	assert.False(t, now.Refresh.Equal(had), "the server rotates and the engine keeps the new refresh token")
	s.requireUsable(t, now.Access)
	_, err := o.engine.Refresh(ctx, o.id)
	require.NoError(t, err)
	s.requireUsable(t, o.access(t))
}

// runSecondSignIn: a sign-in in a browser where the user is still signed in
// joins the grant of the one before at servers that count by sessions. What is
// done about the old tokens leaves the new ones alone.
func (s *server) runSecondSignIn(t *testing.T, c client) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	s.browser.jar = jar
	defer func() { s.browser.jar = nil }()
	o := s.obtain(ctx, t, c, auth.GrantAuthorizationCode, nil, func(signIn *auth.SignIn) { require.NoError(t, signIn.OpenBrowser(ctx)) })
	require.NoError(t, (<-s.browser.arrived).err)
	before := s.stored(t, o.store, o.id)

	signIn, err := o.engine.Reauthorize(ctx, o.id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	require.NoError(t, signIn.OpenBrowser(ctx))
	_, err = signIn.Wait(ctx)
	require.NoError(t, err)
	require.NoError(t, (<-s.browser.arrived).err)

	require.Eventually(t, func() bool { return len(o.store.Revocations()) == 0 }, stepTimeout, 50*time.Millisecond)
	now := s.stored(t, o.store, o.id)
	assert.False(t, now.Refresh.Equal(before.Refresh))
	s.requireUsable(t, now.Access)
	_, err = o.engine.Refresh(ctx, o.id)
	require.NoError(t, err, "the new grant is alive")
	s.requireUsable(t, o.access(t))
}

// runJWTBearer: an assertion that is signed with the issuer's key brings a
// token for its subject (RFC 7523 section 2.1).
func (s *server) runJWTBearer(t *testing.T, keys clientKeys, issuer, subject string, scopes ...string) {
	ctx, cancel := context.WithTimeout(t.Context(), stepTimeout)
	defer cancel()
	o := s.obtain(ctx, t, client{method: auth.ClientAuthNone, scopes: scopes}, auth.GrantJWTBearer, func(d *auth.Draft) {
		for field, value := range map[auth.Field]string{
			auth.FieldJWTHeader: `{"kid":"` + keys.id + `"}`, auth.FieldJWTIssuer: issuer, auth.FieldJWTSubject: subject,
			auth.FieldJWTAudience: s.issuer, auth.FieldPrivateKey: keys.private,
		} {
			d.Values.Set(field, auth.NewSecret(value))
		}
		d.TokenParams = []auth.Pair{{Name: "scope", Value: auth.NewSecret(strings.Join(scopes, " "))}}
	}, nil)
	s.requireUsable(t, o.access(t))
	before := o.access(t)
	_, err := o.engine.Refresh(ctx, o.id)
	require.NoError(t, err)
	assert.False(t, o.access(t).Equal(before))
}
