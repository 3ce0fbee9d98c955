package localserver

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// allGrants are the grants of a confidential client.
var allGrants = []auth.LocalGrant{
	auth.LocalGrantCode, auth.LocalGrantClientCredentials, auth.LocalGrantDevice, auth.LocalGrantPassword, auth.LocalGrantJWTBearer,
}

// newClient registers a confidential client that may do everything but what
// change takes from it. It may not ask for offline_access.
func (b *bench) newClient(id string, change func(*Client)) Client {
	b.Helper()
	c := Client{
		ID: id, Name: id, Version: "1", Secret: auth.NewSecret("secret of " + id), RedirectURIs: []string{"http://127.0.0.1/callback"},
		Grants: allGrants, AccessSeconds: 900, RefreshCount: auth.LocalUnlimited, Active: true,
		Scopes: []string{"openid", "profile", "email", "reports.read", "mail.read", "reports.write"},
	}
	if change != nil {
		change(&c)
	}
	if c.Public {
		c.Secret = auth.Secret{}
	}
	require.NoError(b, b.store.AddClient(b.Context(), c))
	return c
}

// change stores a changed client.
func (b *bench) change(c *Client, how func(*Client)) {
	b.Helper()
	how(c)
	require.NoError(b, b.store.UpdateClient(b.Context(), *c, b.clock.now()))
}

// as posts as a client: with its secret in Basic, or its ID in the body.
func (b *bench) as(c Client, path string, v url.Values) answer {
	b.Helper()
	if c.Public {
		v = cloned(v)
		v.Set("client_id", c.ID)
		return b.post(path, v)
	}
	r := b.request(http.MethodPost, path, v)
	r.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret.Reveal()))
	return b.send(r)
}

func cloned(v url.Values) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = slices.Clone(values)
	}
	return out
}

// pairs makes a form of names and values.
func pairs(all ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(all); i += 2 {
		v.Set(all[i], all[i+1])
	}
	return v
}

// reply checks for a success and returns it.
func (b *bench) reply(a answer) map[string]any {
	b.Helper()
	require.Equal(b, http.StatusOK, a.StatusCode, a.text)
	return a.json(b.T)
}

// grantFor runs sign-in and exchange for a client and returns the reply.
func (b *bench) grantFor(c Client, change ...string) map[string]any {
	b.Helper()
	code := b.code(append([]string{"client_id", c.ID, "scope", "openid reports.read"}, change...)...)
	return b.reply(b.as(c, pathToken, exchange(code)))
}

func (b *bench) renew(c Client, token string, change ...string) answer {
	b.Helper()
	return b.as(c, pathToken, pairs(append([]string{"grant_type", "refresh_token", "refresh_token", token}, change...)...))
}

func (b *bench) live(c Client, token any) bool {
	b.Helper()
	text, _ := token.(string)
	require.NotEmpty(b, text)
	active, _ := b.reply(b.as(c, pathIntrospect, pairs("token", text)))["active"].(bool)
	return active
}

func (b *bench) userinfo(token string) answer {
	b.Helper()
	r := b.request(http.MethodGet, pathUserinfo, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return b.send(r)
}

// newUser adds a user with a hashed password.
func (b *bench) newUser(name, password string) User {
	b.Helper()
	u := User{ID: newUserID(), Name: name, FullName: "Full " + name, Hash: hashPassword(auth.NewSecret(password)), Active: true, Created: b.clock.now()}
	require.NoError(b, b.store.AddUser(b.Context(), u))
	return u
}

func (b *bench) switchOff(u User) {
	b.Helper()
	u.Active = false
	require.NoError(b, b.store.UpdateUser(b.Context(), u, b.clock.now()))
}

func (b *bench) practiceUser() User {
	b.Helper()
	u, err := b.store.UserByName(b.Context(), b.info.User)
	require.NoError(b, err)
	return u
}

// entries are the log, oldest first.
func (b *bench) entries() []auth.LocalLogEntry {
	b.Helper()
	require.NoError(b, b.server.requests.flush(b.Context()))
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return slices.Clone(b.store.log)
}

// last is the newest log entry.
func (b *bench) last() auth.LocalLogEntry {
	b.Helper()
	all := b.entries()
	require.NotEmpty(b, all)
	return all[len(all)-1]
}

// why checks the newest log entry.
func (b *bench) why(outcome, part string) {
	b.Helper()
	e := b.last()
	require.Equal(b, outcome, e.Outcome, e.Why)
	require.Contains(b, e.Why, part)
}

// testKeys are made once: RSA keys take time.
var testKeys = sync.OnceValue(func() map[string]crypto.Signer {
	one, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	two, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return map[string]crypto.Signer{"rsa": one, "ec": two, "other": other}
})

func publicKeyText(name string) string {
	der, err := x509.MarshalPKIXPublicKey(testKeys()[name].Public())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// sign makes an assertion of a client. The claims are good ones, but for those
// that change overrides; nil leaves one out.
func (b *bench) sign(key any, algorithm jose.SignatureAlgorithm, claims map[string]any) string {
	b.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	require.NoError(b, err)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	require.NoError(b, err)
	return token
}

// claims are those of a good client assertion.
func (b *bench) claims(c Client, change ...any) map[string]any {
	at := b.clock.now()
	m := map[string]any{
		"iss": c.ID, "sub": c.ID, "aud": b.info.Issuer, "jti": rand.Text(), "iat": at.Unix(), "exp": at.Add(time.Minute).Unix(),
	}
	for i := 0; i < len(change); i += 2 {
		name, _ := change[i].(string)
		if m[name] = change[i+1]; change[i+1] == nil {
			delete(m, name)
		}
	}
	return m
}

// assertion are the parameters of private_key_jwt.
func assertionOf(token string, more ...string) url.Values {
	return pairs(append([]string{
		"client_assertion", token, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	}, more...)...)
}
