package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// moved makes the metadata of the rig's server name to in place of its own
// address for a part of its endpoints, for some requests.
func (r *rig) moved(to string, members ...string) {
	answer := `{"issuer":"` + r.server.URL() + `","authorization_response_iss_parameter_supported":true`
	for member, path := range map[string]string{
		"authorization_endpoint": authtest.PathAuthorize, "token_endpoint": authtest.PathToken, "revocation_endpoint": authtest.PathRevoke,
		"introspection_endpoint": authtest.PathIntrospect, "userinfo_endpoint": authtest.PathUserInfo, "jwks_uri": authtest.PathJWKS,
		"device_authorization_endpoint": authtest.PathDevice,
	} {
		host := r.server.URL()
		for _, m := range members {
			if m == member {
				host = to
			}
		}
		answer += `,"` + member + `":"` + host + path + `"`
	}
	r.server.Script(authtest.PathOpenID, authtest.JSON(200, answer+"}"))
}

// T09: a service that moves is not followed before the user has seen from where
// to where; until then nothing reaches the new host and nothing stored changes.
func TestMovedServiceIsNotFollowedUnasked(t *testing.T) {
	ways := map[string]func(r *rig, id string, accept bool) (*auth.SignIn, error){
		"sign in again": func(r *rig, id string, accept bool) (*auth.SignIn, error) {
			return r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{AcceptEndpoints: accept})
		},
		"edit": func(r *rig, id string, accept bool) (*auth.SignIn, error) {
			d, err := r.engine.DraftOf(background(), id, false)
			require.NoError(r, err)
			d.AcceptEndpoints = accept
			return r.engine.Authorize(background(), d)
		},
		"duplicate, with the stored secret": func(r *rig, id string, accept bool) (*auth.SignIn, error) {
			d, err := r.engine.DraftOf(background(), id, true)
			require.NoError(r, err)
			d.AcceptEndpoints = accept
			return r.engine.Authorize(background(), d)
		},
	}
	for name, begin := range ways {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			elsewhere := authtest.NewEvilas(t, authtest.EvilasParams{})
			before := r.stored(nil)
			id := before.Authorization.ID
			r.moved(elsewhere.URL(), "token_endpoint")
			_, err := begin(r, id, false)
			var changed *auth.EndpointsChanged
			require.ErrorAs(t, err, &changed)
			assert.Equal(t, r.server.URL(), changed.Issuer)
			assert.Equal(t, []auth.Difference{{
				Field: "endpoints.token", Label: "Token endpoint",
				Was: r.server.URL() + authtest.PathToken, Is: elsewhere.URL() + authtest.PathToken,
			}}, changed.Changes)
			assert.Equal(t, before, r.row(id))
			_, err = r.engine.Refresh(background(), id)
			require.NoError(t, err, "what the user has approved goes on")
			assert.Empty(t, elsewhere.Requests(""), "nothing may reach the new host")

			r.moved(elsewhere.URL(), "token_endpoint")
			s, err := begin(r, id, true)
			require.NoError(t, err)
			elsewhere.Script(authtest.PathToken, authtest.JSON(200, `{"access_token":"`+authtest.Sentinel+`access-there","token_type":"Bearer","expires_in":3600}`))
			_, err = r.signIn(s)
			require.NoError(t, err)
			assert.Len(t, elsewhere.Requests(authtest.PathToken), 1)
			assert.Equal(t, elsewhere.URL()+authtest.PathToken, r.row(s.ID()).Authorization.Endpoints.Token)
		})
	}
}

// The user accepts what was shown and nothing else.
func TestAcceptedIsOnlyWhatWasShown(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	shown, other := authtest.NewEvilas(t, authtest.EvilasParams{}), authtest.NewEvilas(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	accept := auth.ReauthorizeOptions{AcceptEndpoints: true}
	var changed *auth.EndpointsChanged

	r.moved(shown.URL(), "authorization_endpoint")
	_, err := r.engine.Reauthorize(background(), id, accept)
	require.ErrorAs(t, err, &changed, "nothing was shown yet")
	r.moved(other.URL(), "authorization_endpoint")
	_, err = r.engine.Reauthorize(background(), id, accept)
	require.ErrorAs(t, err, &changed)
	assert.Equal(t, other.URL()+authtest.PathAuthorize, changed.Changes[0].Is)
	r.moved(other.URL(), "authorization_endpoint")
	s, err := r.engine.Reauthorize(background(), id, accept)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(s.URL(), other.URL()))
	s.Cancel()
	assert.Empty(t, shown.Requests(""))
}

// Any endpoint counts: a revocation carries the refresh token too.
func TestEveryEndpointIsAskedAbout(t *testing.T) {
	for _, member := range []string{
		"authorization_endpoint", "token_endpoint", "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint",
		"jwks_uri", "device_authorization_endpoint",
	} {
		r := newRig(t, authtest.EvilasParams{})
		id := r.stored(nil).Authorization.ID
		r.moved("http://127.0.0.1:1", member)
		_, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
		var changed *auth.EndpointsChanged
		require.ErrorAs(t, err, &changed, member)
		assert.Len(t, changed.Changes, 1, member)
		r.engine.Close()
	}
}

// Metadata that can't be had leaves what the user has approved; metadata of
// another issuer is an attack or a mistake, and no way round it.
func TestSignInAgainWithoutMetadata(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	id := r.stored(nil).Authorization.ID
	r.server.Script(authtest.PathOpenID, authtest.JSON(http.StatusServiceUnavailable, ""))
	s, err := r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	require.NoError(t, err)
	_, err = r.signIn(s)
	require.NoError(t, err)

	r.server.Script(authtest.PathOpenID, authtest.JSON(200, metadataOf("https://evil.example.test", "")))
	_, err = r.engine.Reauthorize(background(), id, auth.ReauthorizeOptions{})
	assert.Equal(t, auth.CodeIssuerMismatch, asFailure(t, err).Code)
}

// An authorization keeps its addresses when its service is changed, and the next
// sign-in asks. What the user enters into the form is no change of the service.
func TestChangedOwnServiceIsAskedAbout(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	elsewhere := authtest.NewEvilas(t, authtest.EvilasParams{})
	svc := r.engine.SampleService("")
	svc.Name, svc.Redirect.Port = "Intranet", auth.PortAny
	svc.Parameters = []auth.Parameter{{Name: "base", Label: "Server", URL: true}}
	svc.Endpoints.Authorization, svc.Endpoints.Token = "{base}"+authtest.PathAuthorize, "{base}"+authtest.PathToken
	svc, err := r.engine.SaveService(background(), svc)
	require.NoError(t, err)

	d := r.engine.DraftFor(svc.ID)
	d.Name, d.ClientID, d.Params["base"] = "Reports", authtest.ClientID, r.server.URL()
	d.ClientSecret = auth.NewSecret(authtest.Sentinel + "secret-0")
	d.Confirmation = d.ClientSecret
	s, err := r.engine.Authorize(background(), d)
	require.NoError(t, err, "a new authorization is not asked about")
	_, err = r.signIn(s)
	require.NoError(t, err)

	svc.Endpoints.Token = elsewhere.URL() + authtest.PathToken
	_, err = r.engine.SaveService(background(), svc)
	require.NoError(t, err)
	assert.Equal(t, r.server.URL()+authtest.PathToken, r.row(s.ID()).Authorization.Endpoints.Token)
	_, err = r.engine.Reauthorize(background(), s.ID(), auth.ReauthorizeOptions{})
	var changed *auth.EndpointsChanged
	require.ErrorAs(t, err, &changed)
	assert.Equal(t, elsewhere.URL()+authtest.PathToken, changed.Changes[0].Is)

	svc.Endpoints.Token = "{base}" + authtest.PathToken
	_, err = r.engine.SaveService(background(), svc)
	require.NoError(t, err)
	d, err = r.engine.DraftOf(background(), s.ID(), false)
	require.NoError(t, err)
	d.Params["base"] = elsewhere.URL()
	d.ClientSecret, d.Confirmation = auth.NewSecret("another"), auth.NewSecret("another")
	again, err := r.engine.Authorize(background(), d)
	require.NoError(t, err, "the user has entered the new address")
	again.Cancel()
	assert.Empty(t, elsewhere.Requests(""))
}
