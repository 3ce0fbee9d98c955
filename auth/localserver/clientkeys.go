package localserver

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Bounds of the keys of a client.
const (
	maxKeyText = 16 << 10
	maxKeys    = 8
	minRSABits = 2048
	maxRSABits = 8192
)

// What is wrong with a client's keys, for the form.
const (
	errKeysEmpty   complaint = "Enter the client's public key, as PEM or as a JWK set"
	errKeysLong    complaint = "Use at most 16 KiB"
	errKeysMany    complaint = "Use at most 8 keys"
	errKeysUnread  complaint = "This is neither a public key as PEM nor a JWK set"
	errKeysPrivate complaint = "This is a private key; enter the public key that belongs to it"
	errKeysKind    complaint = "Use an RSA key of 2048 bits or more, an EC key on P-256, P-384 or P-521, or an Ed25519 key"
)

// clientKeys reads the public keys of a client: PEM with one or more public
// keys or certificates, a JWK (RFC 7517 section 4) or a JWK set (section 5).
// The errors are fit for the form.
func clientKeys(text string) ([]jose.JSONWebKey, error) {
	text = strings.TrimSpace(text)
	var keys []jose.JSONWebKey
	var err error
	switch {
	case text == "":
		return nil, errKeysEmpty
	case len(text) > maxKeyText:
		return nil, errKeysLong
	case strings.HasPrefix(text, "{"):
		keys, err = jwkSet(text)
	default:
		keys, err = pemKeys(text)
	}
	if err != nil {
		return nil, err
	}
	if len(keys) > maxKeys {
		return nil, errKeysMany
	}
	for _, k := range keys {
		if err := usable(k); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func jwkSet(text string) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		return nil, errKeysUnread
	}
	if set.Keys == nil {
		set.Keys = []json.RawMessage{json.RawMessage(text)}
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if err := json.Unmarshal(raw, &k); err != nil {
			return nil, errKeysUnread
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errKeysUnread
	}
	return keys, nil
}

func pemKeys(text string) ([]jose.JSONWebKey, error) {
	var keys []jose.JSONWebKey
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		key, err := pemKey(block)
		if err != nil {
			return nil, err
		}
		keys = append(keys, jose.JSONWebKey{Key: key})
	}
	if len(keys) == 0 {
		return nil, errKeysUnread
	}
	return keys, nil
}

func pemKey(block *pem.Block) (any, error) {
	var key any
	var err error
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, errKeysPrivate
	case block.Type == "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			key = certificate.PublicKey
		}
	case block.Type == "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		return nil, errKeysUnread
	}
	return key, nil
}

// usable tells whether signatures are checked with the key. A key that signs
// would let whoever reads the registry be the client.
func usable(k jose.JSONWebKey) error {
	switch key := k.Key.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits >= minRSABits && bits <= maxRSABits {
			return nil
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() || key.Curve == elliptic.P384() || key.Curve == elliptic.P521() {
			return nil
		}
	case ed25519.PublicKey:
		return nil
	case []byte, *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey:
		return errKeysPrivate
	}
	return errKeysKind
}
