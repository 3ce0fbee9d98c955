package auth_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// A stored secret goes to the server for which it was entered. Another host in a
// parameter is another server; another path on it, or one of the hosts that the
// service itself names, is not.
func TestStoredSecretStaysWithItsHost(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.ownService("Intranet")
	s.Endpoints.Authorization, s.Endpoints.Token = "https://{region}.example.test/{place}/authorize", "https://{domain}.{region}.example.test/{place}/token"
	s.Parameters = append(s.Parameters, auth.Parameter{Name: "domain", Label: "Domain"},
		auth.Parameter{Name: "region", Label: "Region", Default: "eu", Choices: []auth.Choice{{Value: "eu", Label: "Europe"}, {Value: "us", Label: "America"}}})
	s = r.saved(s)
	begin := func(id, name, value string) error {
		d, err := r.engine.DraftOf(background(), id, false)
		require.NoError(t, err)
		d.Params[name] = value
		signIn, err := r.engine.Authorize(background(), d)
		if err == nil {
			signIn.Cancel()
		}
		return err
	}
	row := r.stored(func(r *auth.Record) {
		a := &r.Authorization
		a.ServiceID, a.Params = s.ID, map[string]string{"place": "eu", "domain": "mine", "region": "eu"}
		a.Redirect = auth.Redirect{Host: "127.0.0.1", Path: "/callback"}
		a.Endpoints, _ = auth.Resolve(s, auth.Draft{Params: a.Params})
		a.ClientAuth = auth.ClientAuthBasic
	})
	id := row.Authorization.ID
	require.NoError(t, begin(id, "place", "us"))
	require.NoError(t, begin(id, "region", "us"))
	var wrong auth.FieldErrors
	require.ErrorAs(t, begin(id, "domain", "other"), &wrong)
	assert.Equal(t, auth.FieldClientSecret, wrong[0].Field)
}

// What the user changes while the browser is open is not undone by a sign-in at a
// service that has moved.
func TestNameGivenDuringASignInStays(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	elsewhere := authtest.NewEvilas(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	var changed *auth.EndpointsChanged
	r.moved(elsewhere.URL(), "introspection_endpoint")
	_, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.ErrorAs(t, err, &changed)
	r.moved(elsewhere.URL(), "introspection_endpoint")
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{AcceptEndpoints: true})
	require.NoError(t, err)
	require.NoError(t, r.engine.Rename(background(), id, "Renamed", "mine"))
	_, err = r.signIn(s)
	require.NoError(t, err)
	got := r.row(id).Authorization
	assert.Equal(t, "Renamed", got.Name)
	assert.Equal(t, elsewhere.URL()+authtest.PathIntrospect, got.Endpoints.Introspection)
}

// The parameters of before may not be enough to tell where the service was: then
// the user is asked.
func TestServiceWithANewParameterIsAskedAbout(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	s := r.saved(r.ownService("Intranet"))
	row := r.stored(func(r *auth.Record) {
		a := &r.Authorization
		a.ServiceID, a.Params, a.Redirect = s.ID, map[string]string{"place": "eu"}, auth.Redirect{Host: "127.0.0.1", Path: "/callback"}
		a.Endpoints, _ = auth.Resolve(s, auth.Draft{Params: a.Params})
	})
	s.Parameters = append(s.Parameters, auth.Parameter{Name: "host", Label: "Host"})
	s.Endpoints.Token = "https://{host}/token"
	r.saved(s)
	d, err := r.engine.DraftOf(background(), row.Authorization.ID, false)
	require.NoError(t, err)
	d.Params["host"] = "id.example.test"
	d.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
	d.Confirmation = d.ClientSecret
	_, err = r.engine.Authorize(background(), d)
	var changed *auth.EndpointsChanged
	require.ErrorAs(t, err, &changed)
	assert.Equal(t, "https://id.example.test/token", changed.Changes[0].Is)

	signIn, err := r.engine.Reauthorize(background(), row.Authorization.ID, auth.ReauthorizeOptions{})
	require.NoError(t, err, "the addresses that were approved go on")
	signIn.Cancel()
}

// An assertion that names the token endpoint follows it, also to another tenant.
func TestAssertionAudienceFollowsTheTokenEndpoint(t *testing.T) {
	p := play(t, "microsoft-graph", authtest.BrowserFollow, nil)
	row := p.stored(func(r *auth.Record) {
		a := &r.Authorization
		a.ClientAuth = auth.ClientAuthPrivateKeyJWT
		a.Values = auth.Values{auth.FieldClientAudience: auth.NewSecret(a.Endpoints.Token)}
	})
	d, err := p.engine.DraftOf(background(), row.Authorization.ID, false)
	require.NoError(t, err)
	assert.Empty(t, d.Values.Text(auth.FieldClientAudience), "it is no text of the user's")
	assert.Equal(t, "https://mine.example/token", auth.Relocated(row.Authorization, auth.Endpoints{Token: "https://mine.example/token"}).Values.Text(auth.FieldClientAudience))
}

// A service whose addresses are read from its issuer moves with the issuer: the
// stored secret does not go there before the user has seen where (T09).
func TestChangedIssuerIsAskedAbout(t *testing.T) {
	for name, before := range map[string]func(*rig, *auth.Service){
		"another issuer": func(r *rig, s *auth.Service) {
			s.Discovery, s.Issuer, s.Endpoints, s.Scopes, s.Parameters = true, r.server.URL(), auth.Endpoints{}, nil, nil
		},
		"an issuer in place of addresses": func(*rig, *auth.Service) {},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			elsewhere := authtest.NewEvilas(t, authtest.EvilasParams{})
			s := r.ownService("Intranet")
			before(r, &s)
			s = r.saved(s)
			d := r.engine.DraftFor(s.ID)
			d.Name, d.ClientID, d.ClientSecret = "Reports", authtest.ClientID, auth.NewSecret(authtest.Sentinel+"secret-0")
			d.Confirmation = d.ClientSecret
			signIn, err := r.engine.Authorize(background(), d)
			require.NoError(t, err)
			_, err = r.signIn(signIn)
			require.NoError(t, err)

			s.Discovery, s.Issuer, s.Endpoints, s.Scopes, s.Parameters = true, elsewhere.URL(), auth.Endpoints{}, nil, nil
			r.saved(s)
			_, err = r.engine.Reauthorize(background(), signIn.ID(), auth.ReauthorizeOptions{})
			var changed *auth.EndpointsChanged
			require.ErrorAs(t, err, &changed)
			assert.Equal(t, elsewhere.URL(), changed.Issuer)
			assert.Contains(t, changed.Changes, auth.Difference{
				Field: "endpoints.token", Label: "Token endpoint", Was: r.server.URL() + authtest.PathToken, Is: elsewhere.URL() + authtest.PathToken,
			})
			assert.Empty(t, elsewhere.Requests(authtest.PathToken))

			accepted, err := r.engine.Reauthorize(background(), signIn.ID(), auth.ReauthorizeOptions{AcceptEndpoints: true})
			require.NoError(t, err)
			accepted.Cancel()
		})
	}
}

// Another issuer that the user has entered is no move of the service's.
func TestEnteredIssuerIsNotAskedAbout(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	elsewhere := authtest.NewEvilas(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	d, err := r.engine.DraftOf(background(), id, false)
	require.NoError(t, err)
	d.Params["issuer"] = elsewhere.URL()
	d.ClientSecret, d.Confirmation = auth.NewSecret("another"), auth.NewSecret("another")
	signIn, err := r.engine.Authorize(background(), d)
	require.NoError(t, err)
	signIn.Cancel()
}
