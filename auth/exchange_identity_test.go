package auth

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIdentityIsShownOnlyFromAnIDTokenOfThisSignIn(t *testing.T) {
	const issuer = "https://id.example.test"
	good := map[string]any{"iss": issuer, "aud": "client", "nonce": "n", "sub": "17", "email": "ana@example.test"}
	template := Service{Issuer: "https://id.example.test/{tenant}/v2", Quirks: []Quirk{{ID: QuirkIssuerTemplate, Params: map[string]string{"claim": "tid"}}}}
	webex := Service{Quirks: []Quirk{{ID: QuirkTokenIssuer, Params: map[string]string{"issuer": "https://idbroker.webex.com/idb"}}}}
	for name, test := range map[string]struct {
		change map[string]any
		header string
		svc    Service
		who    string
	}{
		"good":                                    {who: "ana@example.test"},
		"several audiences":                       {change: map[string]any{"aud": []string{"other", "client"}}, who: "ana@example.test"},
		"no e-mail address":                       {change: map[string]any{"email": nil}, who: "17"},
		"of another sign-in":                      {change: map[string]any{"nonce": "m"}},
		"without a nonce":                         {change: map[string]any{"nonce": nil}},
		"for another client":                      {change: map[string]any{"aud": "other"}},
		"of another issuer":                       {change: map[string]any{"iss": "https://evil.example.test"}},
		"of a tenant":                             {change: map[string]any{"iss": "https://id.example.test/t1/v2", "tid": "t1"}, svc: template, who: "ana@example.test"},
		"of a tenant, another's":                  {change: map[string]any{"iss": "https://id.example.test/t2/v2", "tid": "t1"}, svc: template},
		"a tenant without template":               {change: map[string]any{"iss": "https://id.example.test/t1/v2", "tid": "t1"}},
		"of the issuer that its tokens name":      {change: map[string]any{"iss": "https://idbroker.webex.com/idb"}, svc: webex, who: "ana@example.test"},
		"of an issuer that another's tokens name": {change: map[string]any{"iss": "https://idbroker.webex.com/idb"}},
		"unsigned":                                {header: `{"alg":"none"}`},
		"with hidden characters":                  {change: map[string]any{"email": "ana\u202e@example.test\n"}, who: "ana@example.test"},
	} {
		t.Run(name, func(t *testing.T) {
			claims := maps.Clone(good)
			maps.Copy(claims, test.change)
			payload, err := json.Marshal(claims)
			require.NoError(t, err)
			if test.header == "" {
				test.header = `{"alg":"RS256"}`
			}
			encode := base64.RawURLEncoding.EncodeToString
			token := NewSecret(encode([]byte(test.header)) + "." + encode(payload) + "." + encode([]byte("s")))
			config := Authorization{ClientID: "client", Endpoints: Endpoints{Issuer: issuer}}
			assert.Equal(t, test.who, identityOf(token, config, "n", test.svc))
		})
	}
	assert.Empty(t, identityOf(NewSecret("no token"), Authorization{}, "", Service{}))
}
