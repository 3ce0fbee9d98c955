package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

const pathKeys = "/jwks"

// rsaKey is made once: that takes a while.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// signed makes a JWT.
func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, header map[string]any, claims string) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	require.NoError(t, err)
	object, err := signer.Sign([]byte(claims))
	require.NoError(t, err)
	token, err := object.CompactSerialize()
	require.NoError(t, err)
	return token
}

// keySet is what a service publishes.
func keySet(t *testing.T, keys ...jose.JSONWebKey) authtest.Answer {
	t.Helper()
	body, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	require.NoError(t, err)
	return authtest.JSON(http.StatusOK, string(body))
}

// rawJWT puts a token together that no library would make.
func rawJWT(header, claims, signature string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(header)) + "." + encode([]byte(claims)) + "." + encode([]byte(signature))
}

// inspect stores an access token and reads it.
func (r *rig) inspect(token string, edit func(*auth.Record)) *auth.JWTView {
	r.Helper()
	record := r.stored(func(rec *auth.Record) {
		rec.Tokens.Access = auth.NewSecret(token)
		if edit != nil {
			edit(rec)
		}
	})
	view, err := r.engine.Inspect(background(), record.Authorization.ID)
	require.NoError(r, err)
	return view.Access
}

func TestInspectChecksTheSignatureWithTheKeysOfTheService(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	edPublic, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	const claims = `{"iss":"https://as.example.test","sub":"1"}`
	kid := map[string]any{"kid": "k"}
	jwk := func(key crypto.PublicKey, id, use, alg string) jose.JSONWebKey {
		return jose.JSONWebKey{Key: key, KeyID: id, Use: use, Algorithm: alg}
	}
	rsaPublic := jwk(rsaKey().Public(), "k", "sig", "")
	valid := signed(t, jose.RS256, rsaKey(), kid, claims)
	shared := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&rsaKey().PublicKey)})
	for name, test := range map[string]struct {
		token   string
		keys    []jose.JSONWebKey
		verdict auth.SignatureVerdict
	}{
		"RS256":                        {valid, []jose.JSONWebKey{jwk(ec.Public(), "other", "", ""), rsaPublic}, auth.SignatureValid},
		"PS256":                        {signed(t, jose.PS256, rsaKey(), kid, claims), []jose.JSONWebKey{rsaPublic}, auth.SignatureValid},
		"ES256":                        {signed(t, jose.ES256, ec, kid, claims), []jose.JSONWebKey{jwk(ec.Public(), "k", "sig", "ES256")}, auth.SignatureValid},
		"EdDSA":                        {signed(t, jose.EdDSA, ed, kid, claims), []jose.JSONWebKey{jwk(edPublic, "k", "", "")}, auth.SignatureValid},
		"no key ID":                    {signed(t, jose.ES256, ec, nil, claims), []jose.JSONWebKey{rsaPublic, jwk(ec.Public(), "x", "", "")}, auth.SignatureValid},
		"changed":                      {valid[:len(valid)-8] + "AAAAAAAA", []jose.JSONWebKey{rsaPublic}, auth.SignatureInvalid},
		"another's key under its ID":   {signed(t, jose.ES256, ec, kid, claims), []jose.JSONWebKey{jwk(edPublic, "k", "", ""), rsaPublic}, auth.SignatureInvalid},
		"a key that is not listed":     {valid, []jose.JSONWebKey{jwk(rsaKey().Public(), "new", "sig", "")}, auth.SignatureUnchecked},
		"a key for encryption":         {valid, []jose.JSONWebKey{jwk(rsaKey().Public(), "k", "enc", "")}, auth.SignatureUnchecked},
		"a key for another algorithm":  {valid, []jose.JSONWebKey{jwk(rsaKey().Public(), "k", "sig", "RS512")}, auth.SignatureUnchecked},
		"the public key as a secret":   {signed(t, jose.HS256, shared, kid, claims), []jose.JSONWebKey{rsaPublic}, auth.SignatureUnchecked},
		"none":                         {rawJWT(`{"alg":"none"}`, claims, ""), []jose.JSONWebKey{rsaPublic}, auth.SignatureInvalid},
		"nOnE":                         {rawJWT(`{"alg":"nOnE"}`, claims, ""), []jose.JSONWebKey{rsaPublic}, auth.SignatureInvalid},
		"an algorithm nobody knows":    {rawJWT(`{"alg":"XX1","kid":"k"}`, claims, "s"), []jose.JSONWebKey{rsaPublic}, auth.SignatureUnchecked},
		"a header that must be obeyed": {rawJWT(`{"alg":"RS256","kid":"k","crit":["b64"],"b64":false}`, claims, "s"), []jose.JSONWebKey{rsaPublic}, auth.SignatureUnchecked},
		"signed over another header":   {rawJWT(`{"alg":"RS256","kid":"k","nonce":"n"}`, claims, "s"), []jose.JSONWebKey{rsaPublic}, auth.SignatureUnchecked},
		"a claim twice":                {rawJWT(`{"alg":"RS256","kid":"k"}`, `{"sub":"1","sub":"2"}`, "s"), []jose.JSONWebKey{rsaPublic}, auth.SignatureInvalid},
		"a claim twice, further in":    {rawJWT(`{"alg":"RS256","kid":"k"}`, `{"a":[{"b":1,"b":2}]}`, "s"), []jose.JSONWebKey{rsaPublic}, auth.SignatureInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			r.server.Script(pathKeys, keySet(t, test.keys...))
			view := r.inspect(test.token, nil)
			require.NotNil(t, view)
			assert.Equal(t, test.verdict, view.Signature, view.Why)
			assert.Equal(t, test.verdict == auth.SignatureValid, view.Why == "", view.Why)
			for _, request := range r.server.Requests("") {
				assert.Equal(t, pathKeys, request.Path)
				assert.Empty(t, request.Header.Get("Authorization"), "keys are public: no token goes with the request")
			}
		})
	}
}

// Keys that a token brings or points to are its writer's (RFC 8725 section 3.10).
func TestInspectTakesNoKeysFromTheToken(t *testing.T) {
	thief := authtest.NewEvilas(t, authtest.EvilasParams{})
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	jwk := jose.JSONWebKey{Key: key.Public(), KeyID: "k"}
	thief.Script(pathKeys, keySet(t, jwk))
	for name, header := range map[string]map[string]any{
		"jku": {"kid": "k", "jku": thief.URL() + pathKeys},
		"x5u": {"kid": "k", "x5u": thief.URL() + pathKeys},
		"jwk": {"jwk": jwk},
	} {
		r := newRig(t, authtest.EvilasParams{})
		r.server.Script(pathKeys, keySet(t, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "ours"}))
		view := r.inspect(signed(t, jose.ES256, key, header, `{"iss":"`+thief.URL()+`"}`), nil)
		require.NotNil(t, view, name)
		assert.NotEqual(t, auth.SignatureValid, view.Signature, name)
	}
	assert.Empty(t, thief.Requests(""), "an address from a token was asked")
}

// What can't be known is unchecked, with the reason.
func TestInspectWithoutKeys(t *testing.T) {
	token := signed(t, jose.RS256, rsaKey(), map[string]any{"kid": "k"}, `{"sub":"1"}`)
	set := keySet(t, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "k"})
	for name, test := range map[string]struct {
		answer  authtest.Answer
		edit    func(*auth.Record)
		verdict auth.SignatureVerdict
	}{
		"broken":      {authtest.JSON(500, ""), nil, auth.SignatureUnchecked},
		"a page":      {authtest.Answer{Body: "<html>"}, nil, auth.SignatureUnchecked},
		"a redirect":  {authtest.Redirect(302, "/other"), nil, auth.SignatureUnchecked},
		"no answer":   {authtest.Answer{NoAnswer: true}, nil, auth.SignatureUnchecked},
		"not offered": {set, func(rec *auth.Record) { rec.Authorization.Endpoints = auth.Endpoints{} }, auth.SignatureUnchecked},
		"in the issuer's metadata": {set, func(rec *auth.Record) {
			rec.Authorization.Endpoints = auth.Endpoints{Issuer: rec.Authorization.Endpoints.Issuer}
		}, auth.SignatureValid},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			r.server.Script(pathKeys, test.answer)
			view := r.inspect(token, test.edit)
			require.NotNil(t, view)
			assert.Equal(t, test.verdict, view.Signature, view.Why)
			assert.NotEmpty(t, view.Claims)
			assert.Equal(t, test.verdict == auth.SignatureUnchecked, view.Why != "")
		})
	}
}

func TestInspectShowsTheClaimsInAReadersOrder(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	end := time.Date(2030, 5, 6, 7, 8, 9, 0, time.UTC)
	token := rawJWT(`{"kid":"k","typ":"at+jwt","alg":"HS256"}`,
		`{"zeta" : {"b": 1,  "a":[1, 2]}, "exp":1904281689 , "aud":["x", "y"], "sub":"a\u202e\u0000b", "big":12345678901234567890, "ok":true, "iat":"soon", "iss":"https://as.example.test", "none":null}`, "s")
	view := r.inspect(token, nil)
	require.NotNil(t, view)
	assert.Equal(t, []auth.Claim{
		{Name: "iss", Value: "https://as.example.test"},
		{Name: "sub", Value: "ab"},
		{Name: "aud", Value: `["x","y"]`},
		{Name: "exp", Value: "1904281689 (" + end.Local().Format("2 Jan 2006 15:04:05 MST") + ")"},
		{Name: "iat", Value: "soon"},
		{Name: "zeta", Value: `{"b":1,"a":[1,2]}`},
		{Name: "big", Value: "12345678901234567890"},
		{Name: "ok", Value: "true"},
		{Name: "none", Value: "null"},
	}, view.Claims)
	assert.Equal(t, []auth.Claim{{Name: "kid", Value: "k"}, {Name: "typ", Value: "at+jwt"}, {Name: "alg", Value: "HS256"}}, view.Header)
}

// What is no JWT is shown as none; what is encrypted shows its header.
func TestInspectOfOtherTokens(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	for _, token := range []string{
		"opaque", "a.b.c", "a.b", rawJWT(`{}`, `{}`, ""), rawJWT(`{"alg":7}`, `{}`, ""), rawJWT(`[]`, `{}`, ""),
		rawJWT(`{"alg":"RS256"}`, `{"a":"`+string(make([]byte, 1<<17))+`"}`, ""),
	} {
		assert.Nil(t, r.inspect(token, nil))
	}
	view := r.inspect(rawJWT(`{"alg":"RSA-OAEP-256","enc":"A256GCM"}`, "", "")+".AAAA.BBBB", nil)
	require.NotNil(t, view)
	assert.Equal(t, auth.SignatureUnchecked, view.Signature)
	assert.Empty(t, view.Claims)
	assert.Len(t, view.Header, 2)
	assert.Empty(t, r.server.Requests(""))
}

// An ID token says for whom and by whom it is; keys are read once for both.
func TestInspectOfTheIDToken(t *testing.T) {
	for name, test := range map[string]struct {
		edit string
		want string
	}{
		"of this sign-in":    {`"aud":"client"`, ""},
		"in a list":          {`"aud":["x","client"]`, ""},
		"for another client": {`"aud":"other"`, "another client"},
		"for nobody":         {`"a":1`, "another client"},
		"of another issuer":  {`"aud":"client","iss":"https://other.example.test"`, "another issuer"},
		"over":               {`"aud":"client","exp":1000`, "has run out"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, authtest.EvilasParams{})
			r.server.Script(pathKeys, keySet(t, jose.JSONWebKey{Key: rsaKey().Public(), KeyID: "k"}))
			claims := "{" + test.edit + `,"sub":"1"}`
			if name != "of another issuer" {
				claims = `{"iss":"` + r.server.URL() + `",` + claims[1:]
			}
			token := auth.NewSecret(signed(t, jose.RS256, rsaKey(), map[string]any{"kid": "k"}, claims))
			id := r.stored(func(rec *auth.Record) { rec.Tokens.ID, rec.Tokens.Access = token, token }).Authorization.ID
			view, err := r.engine.Inspect(background(), id)
			require.NoError(t, err)
			require.NotNil(t, view.ID)
			assert.Equal(t, auth.SignatureValid, view.ID.Signature)
			if test.want == "" {
				assert.Empty(t, view.ID.Why)
			} else {
				assert.Contains(t, view.ID.Why, test.want)
			}
			assert.Equal(t, auth.SignatureValid, view.Access.Signature)
			assert.Empty(t, view.Access.Why)
			assert.Len(t, r.server.Requests(pathKeys), 1)
		})
	}
}
