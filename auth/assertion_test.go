package auth

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sharedSecret = "TWSENT-a-secret-of-32-characters-"

// verified checks an assertion and returns its header and claims.
func verified(t *testing.T, assertion Secret, algorithm string, key any) (jose.Header, map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(assertion.Reveal(), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)})
	require.NoError(t, err)
	payload, err := signed.Verify(key)
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal(payload, &claims))
	return signed.Signatures[0].Header, claims
}

func TestSignAssertion(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for _, signer := range []crypto.Signer{testRSA(), ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521()), ed} {
		for _, algorithm := range AlgorithmsFor(signer) {
			header := map[string]any{"kid": "k1", "x5t": "thumb", "alg": "none"}
			assertion, err := signAssertion(signer, algorithm, header, map[string]any{"iss": "me", "n": json.Number("12345678901234567890")})
			require.NoError(t, err, algorithm)
			got, claims := verified(t, assertion, algorithm, signer.Public())
			assert.Equal(t, "k1", got.KeyID)
			assert.Equal(t, algorithm, got.Algorithm)
			assert.Equal(t, "JWT", got.ExtraHeaders[jose.HeaderType])
			assert.Equal(t, "thumb", got.ExtraHeaders["x5t"])
			assert.Equal(t, "me", claims["iss"])
			assert.Equal(t, "none", header["alg"], "the caller's header is not changed")
		}
	}
	assertion, err := signAssertion([]byte(sharedSecret), "HS256", nil, map[string]any{"iss": "me"})
	require.NoError(t, err)
	_, claims := verified(t, assertion, "HS256", []byte(sharedSecret))
	assert.Equal(t, "me", claims["iss"])
}

// T37: the algorithm belongs to the key; none is none.
func TestSignAssertion_AlgorithmFitsTheKey(t *testing.T) {
	for algorithm, key := range map[string]any{
		"none": testRSA(), "None": []byte(sharedSecret), "": testRSA(), "ES256": testRSA(), "RS256": ecKey(t, elliptic.P256()),
		"ES384": ecKey(t, elliptic.P256()), "HS256": testRSA(), "PS256": []byte(sharedSecret), "EdDSA": testRSA(), "HS512": []byte{}, "HS384": nil,
	} {
		_, err := signAssertion(key, algorithm, nil, map[string]any{})
		assert.Equal(t, errAlgorithm, err, algorithm)
	}
	for _, name := range []string{"crit", "b64", "jwk"} {
		_, err := signAssertion(testRSA(), "RS256", map[string]any{name: false}, map[string]any{})
		assert.Equal(t, errAssertionHeader, err, name)
	}
}

// T37: one audience as a single string, an ID that is new each time, a minute
// of life.
func TestClientAssertion(t *testing.T) {
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	key := ecKey(t, elliptic.P256())
	r := ClientRequest{
		Endpoint: "https://as.example.test/token", Issuer: "https://as.example.test", ClientID: "me", ClientAuth: ClientAuthPrivateKeyJWT,
		Values: Values{FieldClientKey: NewSecret(sec1Of(t, key)), FieldClientKeyID: NewSecret("k1")},
	}
	seen := map[any]bool{}
	for range 3 {
		assertion, err := clientAssertion(r, now)
		require.NoError(t, err)
		header, claims := verified(t, assertion, "ES256", key.Public())
		assert.Equal(t, "k1", header.KeyID)
		assert.Equal(t, "me", claims["iss"])
		assert.Equal(t, "me", claims["sub"])
		assert.Equal(t, "https://as.example.test", claims["aud"])
		assert.InDelta(t, now.Unix(), claims["iat"], 0)
		assert.InDelta(t, now.Unix(), claims["nbf"], 0)
		assert.InDelta(t, now.Unix()+60, claims["exp"], 0)
		assert.NotEmpty(t, claims["jti"])
		assert.False(t, seen[claims["jti"]], "an ID came twice")
		seen[claims["jti"]] = true
	}

	r.Issuer, r.ClientAuth, r.ClientSecret = "", ClientAuthSecretJWT, NewSecret(sharedSecret)
	assertion, err := clientAssertion(r, now)
	require.NoError(t, err)
	_, claims := verified(t, assertion, "HS256", []byte(sharedSecret))
	assert.Equal(t, "https://as.example.test/token", claims["aud"], "where the issuer is not known")

	for typed, want := range map[string]string{"https://as.example.test/own": "https://as.example.test/own", "{endpoint}": r.Endpoint} {
		r.Values = Values{FieldClientAudience: NewSecret(typed)}
		assertion, err := clientAssertion(r, now)
		require.NoError(t, err)
		_, claims := verified(t, assertion, "HS256", []byte(sharedSecret))
		assert.Equal(t, want, claims["aud"], "the user's word goes before all")
	}

	r.ClientSecret = NewSecret(sharedSecret[:31])
	_, err = clientAssertion(r, now)
	assert.Equal(t, errSecretShort, err)
}

// Where the issuer is not known, every endpoint's assertion is for the token
// endpoint.
func TestClientRequest(t *testing.T) {
	a := Authorization{ClientAuth: ClientAuthTLS, Endpoints: Endpoints{
		Token: "https://a.test/token", Revocation: "https://a.test/revoke", PAR: "https://a.test/par",
		MTLS: MTLSEndpoints{Token: "https://mtls.a.test/token", PAR: "https://mtls.a.test/par"},
	}}
	assert.Equal(t, "https://a.test/token", clientRequest(a, a.Endpoints.Revocation).Issuer)
	assert.Equal(t, "https://mtls.a.test/token", clientRequest(a, a.Endpoints.Token).Endpoint)
	assert.Equal(t, "https://mtls.a.test/par", clientRequest(a, a.Endpoints.PAR).Endpoint)
	assert.Equal(t, "https://a.test/revoke", clientRequest(a, a.Endpoints.Revocation).Endpoint, "no alias, no other address")
	a.ClientAuth = ClientAuthBasic
	assert.Equal(t, "https://a.test/token", clientRequest(a, a.Endpoints.Token).Endpoint)
	a.Endpoints.Issuer = "https://a.test"
	assert.Equal(t, "https://a.test", clientRequest(a, a.Endpoints.Token).Issuer)
}
