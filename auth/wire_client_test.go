package auth

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The user's parameters never make another request of a token request.
func TestAddTokenParams(t *testing.T) {
	a := Authorization{ClientAuth: ClientAuthBasic, TokenParams: map[string]string{"audience": "api", "scope": "own"}}
	form := url.Values{"scope": {"ours"}}
	for _, name := range []string{
		"grant_type", "code", "refresh_token", "code_verifier", "redirect_uri", "device_code", "assertion",
		"client_assertion", "client_assertion_type", "client_secret",
	} {
		a.TokenParams[name] = "theirs"
		form.Set(name, "ours")
	}
	addTokenParams(form, a)
	for name, values := range form {
		switch name {
		case "audience":
			assert.Equal(t, []string{"api"}, values)
		case "scope":
			assert.Equal(t, []string{"own"}, values)
		default:
			assert.Equal(t, []string{"ours"}, values, name)
		}
	}
}

// Some systems refuse the Authorization header: without it, the client is shown
// in the body, for every request alike.
func TestClientRequest_WithoutAuthorizationHeader(t *testing.T) {
	a := Authorization{
		ID: "a", ClientID: "client", ClientAuth: ClientAuthBasic, ClientSecret: NewSecret("ours"), OmitHeaders: []string{" AUTHORIZATION "},
		Endpoints: Endpoints{Token: "https://a.test/token", Revocation: "https://a.test/revoke"},
	}
	assert.Equal(t, ClientAuthNone, clientRequest(a, a.Endpoints.Token).ClientAuth)
	a.TokenParams = map[string]string{"client_secret": "theirs"}
	r := clientRequest(a, a.Endpoints.Token)
	assert.Equal(t, ClientAuthPost, r.ClientAuth)
	assert.Equal(t, "theirs", r.ClientSecret.Reveal())
	queued := RevocationsOf(Record{Authorization: a, Tokens: Tokens{Access: NewSecret("t")}}, time.Now())[0].client()
	queued.Endpoint = r.Endpoint
	assert.Equal(t, r, queued)
	a.OmitHeaders = nil
	assert.Equal(t, "ours", clientRequest(a, "").ClientSecret.Reveal())
}
