package auth

import (
	"net/url"
	"testing"

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

	a.OmitHeaders = []string{"AUTHORIZATION"}
	addTokenParams(form, a)
	assert.Equal(t, "theirs", form.Get("client_secret"), "the header that would show it is left out")
	a.ClientAuth = ClientAuthPost
	form.Set("client_secret", "ours")
	addTokenParams(form, a)
	assert.Equal(t, "ours", form.Get("client_secret"))
}
