package localserver

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var testClientKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

func pemOf(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func publicPEM(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(testClientKey().Public())
	return pemOf(t, "PUBLIC KEY", der, err)
}

func jwk(t *testing.T, key any) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: "k"})
	require.NoError(t, err)
	return string(text)
}

func TestPublicKeysOfClients(t *testing.T) {
	public, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text string
		keys int
	}{
		"PEM":         {publicPEM(t), 1},
		"two PEM":     {publicPEM(t) + "\n" + publicPEM(t), 2},
		"RSA PEM":     {pemOf(t, "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey), nil), 1},
		"JWK":         {jwk(t, testClientKey().Public()), 1},
		"JWK set":     {`{"keys":[` + jwk(t, public) + "," + jwk(t, &rsaKey.PublicKey) + "]}", 2},
		"with blanks": {"\n " + publicPEM(t) + " \n", 1},
	} {
		keys, err := clientKeys(c.text)
		require.NoError(t, err, name)
		assert.Len(t, keys, c.keys, name)
	}
}

func TestKeysThatAClientMustNotHave(t *testing.T) {
	private, err := x509.MarshalPKCS8PrivateKey(testClientKey())
	require.NoError(t, err)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	odd, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(odd.Public())
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":     {" ", errKeysEmpty},
		"text":        {"hello", errKeysUnread},
		"broken":      {strings.Replace(publicPEM(t), "M", "!", 1), errKeysUnread},
		"empty set":   {`{"keys":[]}`, errKeysUnread},
		"no set":      {`{"a":1}`, errKeysUnread},
		"private PEM": {pemOf(t, "PRIVATE KEY", private, nil), errKeysPrivate},
		"private JWK": {jwk(t, testClientKey()), errKeysPrivate},
		"symmetric":   {jwk(t, []byte("a shared secret of some length..")), errKeysPrivate},
		"weak":        {jwk(t, &weak.PublicKey), errKeysKind},
		"odd curve":   {pemOf(t, "PUBLIC KEY", der, err), errKeysKind},
		"long":        {strings.Repeat(publicPEM(t), 200), errKeysLong},
		"many":        {strings.Repeat(publicPEM(t), 9), errKeysMany},
	} {
		_, err := clientKeys(c.text)
		assert.Equal(t, c.want, err, name)
	}
}
