//go:build e2e || bench

package conformance

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// clientKeys is the key pair of the clients that prove themselves with one.
type clientKeys struct {
	private string // PEM
	id      string
	jwks    string // the file with the public half
}

func newClientKeys(t testing.TB) clientKeys {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	k := clientKeys{
		id: "conformance", jwks: filepath.Join(t.TempDir(), "jwks.json"),
		private: string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: k.id, Algorithm: string(jose.RS256), Use: "sig"}}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(k.jwks, set, 0o600))
	return k
}

// values are the fields of the form for private_key_jwt.
func (k clientKeys) values() auth.Values {
	return auth.Values{auth.FieldClientKey: auth.NewSecret(k.private), auth.FieldClientKeyID: auth.NewSecret(k.id)}
}

// public is the public half as JSON.
func (k clientKeys) public(t *testing.T) map[string]any {
	t.Helper()
	data, err := os.ReadFile(k.jwks)
	require.NoError(t, err)
	var set map[string]any
	require.NoError(t, json.Unmarshal(data, &set))
	return set
}
