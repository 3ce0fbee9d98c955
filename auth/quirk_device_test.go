package auth_test

import (
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// playDevice signs in by a device code in a bubble, where waiting costs no time,
// and returns the request for the code and the polls. The answers to those are
// the script's.
func playDevice(t *testing.T, id, codePath, pollPath string, polls ...authtest.Answer) (asked authtest.Request, polled []authtest.Request, err error) {
	t.Helper()
	server := authtest.NewEvilas(t, authtest.EvilasParams{})
	code := authtest.JSON(200, `{"device_code":"TWSENT-device-1","user_code":"ABCD-EFGH","verification_uri":"`+server.URL()+authtest.PathVerify+`","interval":5,"expires_in":600}`)
	server.Script(codePath, code)
	server.Script(pollPath, polls...)
	synctest.Test(t, func(t *testing.T) {
		r := &rig{T: t, store: authtest.NewMemStore(), server: server, now: time.Now, log: &lockedBuffer{}}
		p := playOn(r, id, authtest.BrowserIgnore, func(s *auth.Service) { s.Grants = []auth.Grant{auth.GrantDeviceCode} },
			auth.WireParams{}.WithDial(newDeviceNetwork(t, server)))
		s, startErr := p.engine.Authorize(background(), p.draft())
		require.NoError(t, startErr)
		assert.Equal(t, "ABCD-EFGH", s.Device().UserCode)
		_, err = s.Wait(background())
	})
	all := server.Requests("")
	require.NotEmpty(t, all)
	require.Equal(t, codePath, all[0].Path)
	polled = slices.DeleteFunc(all[1:], func(r authtest.Request) bool { return r.Path != pollPath })
	return all[0], polled, err
}

// The token endpoint hands out the code and is polled with a grant type and a
// parameter of its own (https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_device_flow.htm).
func TestQuirk_SalesforceDevice(t *testing.T) {
	asked, polled, err := playDevice(t, "salesforce", authtest.PathToken, authtest.PathToken,
		authtest.JSON(400, `{"error":"authorization_pending","error_description":"The user has not yet authorized the code"}`), authtest.JSON(200, plainReply))
	require.NoError(t, err)
	assert.Equal(t, "device_code", asked.Form.Get("response_type"))
	assert.Equal(t, "client", asked.Form.Get("client_id"))
	require.Len(t, polled, 2)
	for _, poll := range polled {
		assert.Equal(t, "device", poll.Form.Get("grant_type"))
		assert.Equal(t, "TWSENT-device-1", poll.Form.Get("code"))
		assert.Equal(t, "client", poll.Form.Get("client_id"))
		assert.False(t, poll.Form.Has("device_code"))
	}
}

// An endpoint of its own to poll, which answers 428 while nothing is decided
// (https://developer.webex.com/docs/login-with-webex).
func TestQuirk_WebexDevice(t *testing.T) {
	waiting := authtest.JSON(428, `{"message":"Precondition required. User not authorized yet.","errors":[{"description":"pending"}],"trackingId":"X_1"}`)
	_, polled, err := playDevice(t, "webex", authtest.PathDevice, authtest.PathDeviceToken, waiting, waiting, authtest.JSON(200, plainReply))
	require.NoError(t, err)
	require.Len(t, polled, 3)
	for _, poll := range polled {
		assert.Equal(t, authtest.PathDeviceToken, poll.Path)
		assert.Equal(t, url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {"TWSENT-device-1"}}, without(poll.Form, "client_id", "client_secret"))
	}
}

// Elsewhere 428 is a refusal like any other.
func TestDeviceRefusedByStatus(t *testing.T) {
	_, polled, err := playDevice(t, "microsoft-graph", authtest.PathDevice, authtest.PathToken, authtest.JSON(428, `{}`))
	asFailure(t, err)
	assert.Len(t, polled, 1)
}

// Microsoft's name for a user who says no
// (https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-device-code).
func TestQuirk_MicrosoftDeviceDeclined(t *testing.T) {
	_, polled, err := playDevice(t, "microsoft-graph", authtest.PathDevice, authtest.PathToken, authtest.JSON(400, `{"error":"authorization_declined","error_codes":[70017]}`))
	assert.Equal(t, "access_denied", asFailure(t, err).Code)
	assert.Len(t, polled, 1)
}

// without are the values but those of the names.
func without(values url.Values, names ...string) url.Values {
	for _, name := range names {
		values.Del(name)
	}
	return values
}
