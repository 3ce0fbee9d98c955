package auth_test

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// catalogPlay is one authorization at one service.
type catalogPlay struct {
	svc    auth.Service
	grant  auth.Grant
	method auth.ClientAuth
	asIs   bool // the form chooses that method by itself
	full   bool // every permission is ticked, every optional parameter filled in
}

func (p catalogPlay) name() string {
	name := string(p.grant) + " " + string(p.method)
	if p.full {
		name += " full"
	}
	return strings.TrimSpace(name)
}

const (
	playedLocal  = "http://127.0.0.1:17699"
	playedID     = "client-1+2@example.test"
	playedSecret = authtest.Sentinel + "s:+/%=&~-0"
)

// stage is a play under way.
type stage struct {
	*testing.T
	catalogPlay
	provider *authtest.Provider
	store    *authtest.MemStore
	engine   *auth.Engine
	browser  *authtest.Browser
	draft    auth.Draft
	id       string
}

func (p catalogPlay) run(t *testing.T, world *authtest.World, catalog *auth.Catalog) {
	lead := func(t *testing.T) {
		s := p.set(t, world, catalog)
		s.lead()
		assert.Empty(t, s.provider.Refusals())
	}
	if p.grant == auth.GrantDeviceCode { // polls every five seconds
		synctest.Test(t, lead)
		return
	}
	lead(t)
}

// set sets the stage: a provider that plays the service, an engine that has the
// catalog, and a form that is filled in.
func (p catalogPlay) set(t *testing.T, world *authtest.World, catalog *auth.Catalog) *stage {
	t.Helper()
	key := newECKey(t)
	s := &stage{T: t, catalogPlay: p, store: authtest.NewMemStore()}
	s.provider = authtest.NewProvider(s.params(key))
	dial := world.Serve(t, s.provider, "17699")
	outside := func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, _ := net.SplitHostPort(address)
		loopback := host == "127.0.0.1" || host == "localhost" || host == "::1"
		if loopback && port != "17699" && p.svc.Redirect.Port != auth.PortNone {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		return dial(ctx, network, address)
	}
	s.browser = authtest.NewBrowser(t, authtest.BrowserFollow, &http.Transport{
		DialContext: outside, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: world.RootCAs()}, DisableKeepAlives: true,
	})
	if p.grant == auth.GrantDeviceCode {
		s.browser = authtest.NewBrowser(t, authtest.BrowserIgnore, nil)
	}
	var err error
	s.engine, err = auth.New(auth.Params{
		Store: s.store, Vault: s.store.Vault(), Catalog: catalog, Browser: s.browser,
		Wire: auth.NewWire(auth.WireParams{RootCAs: world.RootCAs()}.WithProxy("").WithDial(dial)),
	})
	require.NoError(t, err)
	t.Cleanup(s.engine.Close)
	s.fillIn(key)
	return s
}

// values are those of the service's parameters.
func (p catalogPlay) values() map[string]string {
	values := map[string]string{}
	for _, parameter := range p.svc.Parameters {
		value := cmp.Or(parameter.Default, parameter.Placeholder)
		if value == "" && len(parameter.Choices) > 0 {
			value = parameter.Choices[len(parameter.Choices)-1].Value
		}
		switch {
		case parameter.Name == auth.LocalParam:
			value = playedLocal
		case parameter.Optional && !p.full:
			value = parameter.Default
		case value == "":
			value = "sample"
		}
		values[parameter.Name] = value
	}
	return values
}

// scopes are the permissions that are ticked.
func (p catalogPlay) scopes() []string {
	var names []string
	for _, scope := range p.svc.Scopes {
		if p.full || scope.Default {
			names = append(names, scope.Name)
		}
	}
	return names
}

func (p catalogPlay) params(key *ecdsa.PrivateKey) authtest.ProviderParams {
	secret := playedSecret
	if p.method == auth.ClientAuthNone || p.method == auth.ClientAuthPrivateKeyJWT {
		secret = ""
	}
	const own = "https://own.example.test"
	params := authtest.ProviderParams{
		Service: p.svc, Values: p.values(), Grant: p.grant, ClientAuth: p.method, ClientID: playedID, ClientSecret: secret,
		ClientKey: key.Public(), AssertionKey: key.Public(), User: "analyst", Password: authtest.Sentinel + "password-0",
		Own: auth.Endpoints{Authorization: own + "/sign?in=1", Token: own + "/token", Device: own + "/device"},
	}
	if p.grant == auth.GrantRefreshToken {
		params.Refresh = authtest.Sentinel + "refresh-0"
	}
	info, _ := p.grant.Info()
	if info.Scopes {
		params.Scopes = p.scopes()
	}
	return params
}

// fillIn fills in the form.
func (s *stage) fillIn(key *ecdsa.PrivateKey) {
	d := s.engine.DraftFor(s.svc.ID)
	assert.Equal(s, s.svc.Grants[0], d.Grant)
	assert.Equal(s, catalogPlay{svc: s.svc}.scopes(), d.Scopes)
	d.Name, d.Grant, d.ClientID, d.Values = "Played", s.grant, playedID, auth.Values{}
	for name, value := range s.values() {
		d.Params[name] = value
	}
	if s.full {
		d.Scopes = s.scopes()
	}
	if s.asIs {
		assert.Equal(s, s.method == auth.ClientAuthNone, d.Public, "the form does not begin with the service's first method")
	} else {
		d.Public, d.ClientAuth = s.method == auth.ClientAuthNone, s.method
		if d.Public {
			d.ClientAuth = ""
		}
	}
	switch s.method {
	case auth.ClientAuthBasic, auth.ClientAuthPost:
		d.ClientSecret = auth.NewSecret(playedSecret)
		d.Confirmation = d.ClientSecret
	case auth.ClientAuthPrivateKeyJWT:
		d.Values.Set(auth.FieldClientKey, pemKey(s.T, key))
	}
	own := s.params(key).Own
	if s.svc.OwnAddresses {
		d.OwnAuthorization, d.OwnToken, d.OwnDevice = own.Authorization, own.Token, own.Device
	}
	switch s.grant {
	case auth.GrantPassword:
		d.Values.Set(auth.FieldUserName, auth.NewSecret("analyst"))
		d.Values.Set(auth.FieldPassword, auth.NewSecret(authtest.Sentinel+"password-0"))
	case auth.GrantJWTBearer:
		d.Values.Set(auth.FieldJWTIssuer, auth.NewSecret(playedID))
		d.Values.Set(auth.FieldJWTAudience, auth.NewSecret("https://audience.example.test"))
		d.Values.Set(auth.FieldPrivateKey, pemKey(s.T, key))
	case auth.GrantRefreshToken:
		d.Values.Set(auth.FieldRefreshToken, auth.NewSecret(authtest.Sentinel+"refresh-0"))
	case auth.GrantAccessToken:
		d.Values.Set(auth.FieldAccessToken, auth.NewSecret(authtest.Sentinel+"access-0"))
	}
	s.draft = d
}

// signIn begins with start and goes on until the tokens are stored.
func (s *stage) signIn(start func() (*auth.SignIn, error)) {
	s.Helper()
	if _, err := s.outcome(start); !assert.NoError(s, err) {
		assert.Empty(s, s.provider.Refusals())
		s.FailNow()
	}
}

// outcome leads a sign-in to its end.
func (s *stage) outcome(start func() (*auth.SignIn, error)) (auth.Detail, error) {
	s.Helper()
	var signIn *auth.SignIn
	begun := time.Now()
	for {
		var err error
		signIn, err = start()
		var failure *auth.Failure
		if errors.As(err, &failure) && failure.Code == auth.CodePortInUse && time.Since(begun) < 20*time.Second {
			<-time.After(50 * time.Millisecond) // another process holds the port that is registered
			continue
		}
		require.NoError(s, err)
		break
	}
	s.id = signIn.ID()
	assert.Equal(s, s.grant == auth.GrantAuthorizationCode && s.svc.Redirect.Port == auth.PortNone, signIn.PasteOnly())
	_, silent := s.svc.Quirk(auth.QuirkSilentErrors)
	assert.Equal(s, s.grant == auth.GrantAuthorizationCode && silent, signIn.SilentErrors())
	if s.grant == auth.GrantAuthorizationCode {
		require.NoError(s, signIn.OpenBrowser(s.Context()))
		if signIn.PasteOnly() {
			s.paste(signIn)
		}
	}
	return signIn.Wait(s.Context())
}

// paste hands the address over on which the browser ended.
func (s *stage) paste(signIn *auth.SignIn) {
	s.Helper()
	pages := s.browser.Wait()
	last := pages[len(pages)-1]
	require.NoError(s, last.Err)
	require.True(s, strings.HasPrefix(last.URL, s.svc.Redirect.Register), last.URL)
	u, err := url.Parse(last.URL)
	require.NoError(s, err)
	require.NotEmpty(s, u.Query().Get("state"))
	require.NoError(s, signIn.Paste(last.URL))
}
