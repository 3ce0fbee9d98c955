package localserver

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

func (b *bench) publishedKeys() []string {
	b.Helper()
	var set jose.JSONWebKeySet
	require.NoError(b, json.Unmarshal([]byte(b.get(pathKeys).text), &set))
	var ids []string
	for _, key := range set.Keys {
		require.True(b, key.IsPublic())
		ids = append(ids, key.KeyID)
	}
	return ids
}

func keyID(t *testing.T, token any) string {
	t.Helper()
	signed, err := jose.ParseSignedCompact(token.(string), []jose.SignatureAlgorithm{jose.RS256})
	require.NoError(t, err)
	return signed.Signatures[0].Header.KeyID
}

func TestKeysRotate(t *testing.T) {
	b := start(t)
	c := b.newClient("app", nil)
	before := b.grantFor(c)["id_token"]
	old := b.publishedKeys()
	require.NoError(t, b.server.RotateKey(t.Context()))
	keys := b.publishedKeys()
	require.Len(t, keys, 2)
	assert.Equal(t, old[0], keys[1], "the old one can still be looked at")
	after := b.grantFor(c)["id_token"]
	assert.Equal(t, keys[0], keyID(t, after), "the new one signs")
	b.verify(before.(string))
	b.verify(after.(string))

	require.NoError(t, b.server.Close())
	b.open() // over a restart too
	assert.Equal(t, keys, b.publishedKeys())
	b.clock.forward(idTokenLifetime - time.Second)
	assert.Len(t, b.publishedKeys(), 2)
	b.clock.forward(time.Second)
	assert.Equal(t, keys[:1], b.publishedKeys(), "when the last ID token that it signed is over")
	require.NoError(t, b.server.Registry().RotateKey(t.Context()))
	keys = b.publishedKeys()
	assert.Len(t, keys, 2)
	assert.NotContains(t, keys, old[0])
}

func TestARotationThatFailsHalfwayLosesNothing(t *testing.T) {
	store := newMemoryStore()
	store.settings[settingKey] = testKey()
	ring, err := loadKeys(t.Context(), store)
	require.NoError(t, err)
	at := time.Now()
	rotated, err := rotateKeys(t.Context(), store, at)
	require.NoError(t, err)
	store.settings[settingKey] = testKey() // the successor was not stored
	again, err := loadKeys(t.Context(), store)
	require.NoError(t, err)
	assert.Equal(t, ring.current.id, again.current.id)
	assert.Len(t, again.published(at), 1, "published once")
	assert.NotEqual(t, ring.current.id, rotated.current.id)

	for name, broken := range map[string]string{settingKey: "x", settingRetired: "{"} {
		store.settings[name] = auth.NewSecret(broken)
		_, err := loadKeys(t.Context(), store)
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), broken+"\"")
	}
}

func TestTheMetadataIsTrue(t *testing.T) {
	b := start(t)
	m := b.get(pathOpenID).json(t)
	list := func(name string) []string {
		t.Helper()
		var out []string
		all, _ := m[name].([]any)
		for _, v := range all {
			out = append(out, v.(string))
		}
		require.NotEmpty(t, out, name)
		return out
	}
	assert.Equal(t, scopeNames(), list("scopes_supported"))
	assert.ElementsMatch(t, []string{
		"authorization_code", "refresh_token", "client_credentials", "password", "implicit", deviceGrant, jwtBearer,
	}, list("grant_types_supported"))
	c := b.newClient("probe", nil)
	for _, name := range list("grant_types_supported") {
		a := b.as(c, pathToken, pairs("grant_type", name))
		if name == "implicit" { // not of the token endpoint
			continue
		}
		assert.NotEqual(t, "unsupported_grant_type", a.json(t)["error"], name)
	}
	for _, name := range []string{"pushed_authorization_request_endpoint", "device_authorization_endpoint", "revocation_endpoint", "introspection_endpoint", "token_endpoint"} {
		path, ok := strings.CutPrefix(m[name].(string), b.info.Issuer)
		require.True(t, ok)
		assert.Equal(t, http.StatusUnauthorized, b.as(Client{ID: "nobody", Secret: auth.NewSecret("x")}, path, pairs("token", "x", "grant_type", "client_credentials")).StatusCode, name)
	}
	assert.Equal(t, []string{"RS256"}, list("id_token_signing_alg_values_supported"))
	assert.ElementsMatch(t, []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "client_secret_jwt", "none"}, list("token_endpoint_auth_methods_supported"))
	assert.NotContains(t, list("introspection_endpoint_auth_methods_supported"), "none")
	algorithms := list("token_endpoint_auth_signing_alg_values_supported")
	assert.Contains(t, algorithms, "ES256")
	assert.NotContains(t, algorithms, "none")
	assert.Equal(t, []string{"query", "fragment"}, list("response_modes_supported"))
	for _, name := range []string{"request_parameter_supported", "request_uri_parameter_supported", "require_pushed_authorization_requests"} {
		assert.Equal(t, false, m[name], name)
	}
	require.NoError(t, b.store.SaveScope(t.Context(), Scope{Name: "invoices"}, true))
	m = b.get(pathRFC8414).json(t)
	assert.Contains(t, list("scopes_supported"), "invoices")
}
