package localserver

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tokenwell/auth"
)

// idTokenLifetime is how long ID tokens last, and so for how long a public key
// is published after its successor signs.
const idTokenLifetime = 15 * time.Minute

// signingKey signs ID tokens (RS256, which every OpenID Connect client knows).
type signingKey struct {
	private *rsa.PrivateKey
	id      string
}

// SignatureAlgorithm implements op.SigningKey.
func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }

// Key implements op.SigningKey.
func (k signingKey) Key() any { return k.private }

// ID implements op.SigningKey.
func (k signingKey) ID() string { return k.id }

// public is the entry of the JWK set.
func (k signingKey) public() jose.JSONWebKey {
	return jose.JSONWebKey{Key: k.private.Public(), KeyID: k.id, Algorithm: string(k.SignatureAlgorithm()), Use: "sig"}
}

// retiredKey is a public key whose signatures may still be looked at.
type retiredKey struct {
	Key   jose.JSONWebKey `json:"key"`
	Until time.Time       `json:"until"`
}

// keyring is the key that signs and those that did.
type keyring struct {
	current signingKey
	retired []retiredKey
}

// published are the keys of the JWK set at a time, the current one first.
func (k keyring) published(at time.Time) []jose.JSONWebKey {
	keys := []jose.JSONWebKey{k.current.public()}
	for _, old := range k.retired {
		if at.Before(old.Until) && old.Key.KeyID != k.current.id {
			keys = append(keys, old.Key)
		}
	}
	return keys
}

// loadKeys returns the stored keys; the signing key is made at the first run.
func loadKeys(ctx context.Context, store Store) (keyring, error) {
	stored, err := store.Setting(ctx, settingKey)
	if errors.Is(err, ErrNotFound) {
		stored, err = makeKey(ctx, store)
	}
	if err != nil {
		return keyring{}, err
	}
	current, err := parseSigningKey(stored)
	if err != nil {
		return keyring{}, err
	}
	ring := keyring{current: current}
	retired, err := store.Setting(ctx, settingRetired)
	if errors.Is(err, ErrNotFound) {
		return ring, nil
	}
	if err != nil {
		return keyring{}, err
	}
	if json.Unmarshal([]byte(retired.Reveal()), &ring.retired) != nil {
		return keyring{}, errors.New("the local server's earlier keys can't be read")
	}
	return ring, nil
}

func parseSigningKey(stored auth.Secret) (signingKey, error) {
	unreadable := errors.New("the local server's signing key can't be read")
	der, err := base64.StdEncoding.DecodeString(stored.Reveal())
	if err != nil {
		return signingKey{}, unreadable
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return signingKey{}, unreadable
	}
	private, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return signingKey{}, errors.New("the local server's signing key is of another kind")
	}
	thumbprint, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return signingKey{}, fmt.Errorf("name the signing key: %w", err)
	}
	return signingKey{private: private, id: base64.RawURLEncoding.EncodeToString(thumbprint)}, nil
}

func makeKey(ctx context.Context, store Store) (auth.Secret, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return auth.Secret{}, fmt.Errorf("make the signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return auth.Secret{}, fmt.Errorf("encode the signing key: %w", err)
	}
	made := auth.NewSecret(base64.StdEncoding.EncodeToString(der))
	return made, store.SetSetting(ctx, settingKey, made)
}

// rotateKeys retires the current key and makes its successor. The old public
// key is stored as retired first: a crash in between leaves it published twice,
// which the JWK set leaves out, and never unpublished.
func rotateKeys(ctx context.Context, store Store, at time.Time) (keyring, error) {
	ring, err := loadKeys(ctx, store)
	if err != nil {
		return keyring{}, err
	}
	ring.retired = slices.DeleteFunc(ring.retired, func(k retiredKey) bool {
		return !at.Before(k.Until) || k.Key.KeyID == ring.current.id
	})
	ring.retired = append(ring.retired, retiredKey{Key: ring.current.public(), Until: at.Add(idTokenLifetime)})
	retired, err := json.Marshal(ring.retired)
	if err != nil {
		return keyring{}, fmt.Errorf("encode the earlier keys: %w", err)
	}
	if err := store.SetSetting(ctx, settingRetired, auth.NewSecret(string(retired))); err != nil {
		return keyring{}, err
	}
	made, err := makeKey(ctx, store)
	if err != nil {
		return keyring{}, err
	}
	ring.current, err = parseSigningKey(made)
	return ring, err
}

// RotateKey makes a new key with which ID tokens are signed from then on. The
// public key of the old one stays in the JWK set until the last ID token that
// it signed is over. It works while the server is stopped too.
func (s *Server) RotateKey(ctx context.Context) error {
	s.running.Lock()
	defer s.running.Unlock()
	ring, err := rotateKeys(ctx, s.store, s.now())
	if err != nil {
		return err
	}
	if p := s.current(); p != nil {
		p.keys.Store(&ring)
	}
	s.changes.changed()
	return nil
}

// RotateKey implements auth.LocalRegistry.
func (r Registry) RotateKey(ctx context.Context) error { return r.server.RotateKey(ctx) }
