package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// assertionAlgorithms are those that an Evilas takes. There is no "none".
var assertionAlgorithms = []jose.SignatureAlgorithm{
	jose.HS256, jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// maxAssertionLife is the longest that an assertion may live (T37).
const maxAssertionLife = 5 * time.Minute

// clientOK authenticates the client as strictly as RFC 6749 section 2.3 asks:
// by exactly one method.
func (g *grants) clientOK(issuer string, r Request) bool {
	id, secret, basic := basicAuth(r.Header)
	assertion := r.Form.Get("client_assertion")
	methods := 0
	for _, shown := range []bool{basic, r.Form.Has("client_secret"), assertion != ""} {
		if shown {
			methods++
		}
	}
	switch {
	case methods > 1:
		return false
	case g.params.ClientID == "":
		return true
	case assertion != "":
		return r.Form.Get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" &&
			g.clientAssertionOK(issuer, r.Form.Get("client_id"), assertion)
	case !basic:
		id, secret = r.Form.Get("client_id"), r.Form.Get("client_secret")
	}
	return g.params.ClientKey == nil && id == g.params.ClientID && secret == g.params.ClientSecret
}

func (g *grants) clientAssertionOK(issuer, id, assertion string) bool {
	var key any = []byte(g.params.ClientSecret)
	if g.params.ClientKey != nil {
		key = g.params.ClientKey
	}
	claims, ok := g.assertionClaims(assertion, key)
	return ok && claims["iss"] == g.params.ClientID && claims["sub"] == g.params.ClientID && claims["aud"] == issuer &&
		(id == "" || id == g.params.ClientID)
}

// assertionClaims verifies an assertion (RFC 7523 section 3) and takes its ID
// out of circulation. No clock but the server's own counts, without leeway.
func (g *grants) assertionClaims(assertion string, key any) (map[string]any, bool) {
	signed, err := jose.ParseSignedCompact(assertion, assertionAlgorithms)
	if err != nil {
		return nil, false
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, false
	}
	var claims map[string]any
	if json.Unmarshal(payload, &claims) != nil {
		return nil, false
	}
	id, _ := claims["jti"].(string)
	expires, _ := claims["exp"].(float64)
	issued, _ := claims["iat"].(float64)
	begins, _ := claims["nbf"].(float64)
	now := float64(g.params.Now().Unix())
	if id == "" || g.assertions[id] || now >= expires || expires > now+maxAssertionLife.Seconds() || issued > now || begins > now {
		return nil, false
	}
	g.assertions[id] = true
	return claims, true
}

// bearer answers the grant of RFC 7523 section 2.1.
func (g *grants) bearer(issuer string, r Request) Answer {
	claims, ok := g.assertionClaims(r.Form.Get("assertion"), g.params.AssertionKey)
	if !ok || !slices.Contains([]any{issuer, issuer + PathToken}, claims["aud"]) {
		return invalidGrant
	}
	return g.direct(issuer, r)
}

// serverKey signs the ID tokens of every Evilas and stands in its key set.
var serverKey = func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}()

const serverKeyID = "evilas-1"

// Sign returns a JWT of the server's own, as its ID tokens are, with these claims.
func Sign(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: serverKey, KeyID: serverKeyID}}, nil)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return compact
}

func keySet() Answer {
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: serverKey.Public(), KeyID: serverKeyID, Algorithm: "ES256", Use: "sig"}}})
	if err != nil {
		panic(err)
	}
	return JSON(http.StatusOK, string(body))
}

// introspect answers about access tokens (RFC 7662 section 2.2).
func (g *grants) introspect(issuer string, r Request) Answer {
	if g.params.ClientKey != nil && !g.clientOK(issuer, r) {
		return JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	}
	owner, ok := g.access[strings.TrimSpace(r.Form.Get("token"))]
	if !ok || owner.ended {
		return JSON(http.StatusOK, `{"active":false}`)
	}
	body, err := json.Marshal(map[string]any{"active": true, "scope": owner.scope, "token_type": "Bearer", "iss": issuer, "sub": "1"})
	if err != nil {
		panic(err)
	}
	return JSON(http.StatusOK, string(body))
}
