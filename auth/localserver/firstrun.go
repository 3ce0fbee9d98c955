package localserver

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"

	"tokenwell/auth"
)

// Names of the settings.
const (
	settingKey  = "signing_key" // PKCS #8, base64
	settingPort = "port"
)

// practiceUser is the account of the first run.
const practiceUser = "analyst"

// signingKey signs ID tokens (RS256, which every OpenID Connect client knows).
type signingKey struct {
	private *rsa.PrivateKey
	id      string
}

func (k signingKey) SignatureAlgorithm() jose.SignatureAlgorithm { return jose.RS256 }
func (k signingKey) Key() any                                    { return k.private }
func (k signingKey) ID() string                                  { return k.id }

// loadKey returns the stored signing key, made at the first run.
func loadKey(ctx context.Context, store Store) (signingKey, error) {
	stored, err := store.Setting(ctx, settingKey)
	if errors.Is(err, ErrNotFound) {
		stored, err = makeKey(ctx, store)
	}
	if err != nil {
		return signingKey{}, err
	}
	der, err := base64.StdEncoding.DecodeString(stored.Reveal())
	if err != nil {
		return signingKey{}, errors.New("the local server's signing key can't be read")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return signingKey{}, errors.New("the local server's signing key can't be read")
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

// loadUser returns the account of the first run, made when there is none.
func loadUser(ctx context.Context, store Store, now time.Time) (User, error) {
	u, err := store.UserByName(ctx, practiceUser)
	if !errors.Is(err, ErrNotFound) {
		return u, err
	}
	u = User{
		ID:       "usr_" + rand.Text(),
		Name:     practiceUser,
		FullName: "Practice Analyst",
		Email:    "analyst@localhost.invalid",
		Password: auth.NewSecret(readablePassword()),
		Created:  now,
	}
	return u, store.AddUser(ctx, u)
}

// loadPracticeClient returns the client of the first run, made when there is none.
func loadPracticeClient(ctx context.Context, store Store, now time.Time) (Client, error) {
	c, err := store.PracticeClient(ctx)
	if !errors.Is(err, ErrNotFound) {
		return c, err
	}
	c = Client{
		ID:           "practice-" + readableText(8),
		Name:         "Practice client",
		Secret:       auth.NewSecret(randomValue(secretPrefix)),
		RedirectURIs: []string{"http://127.0.0.1/callback"},
		Scopes:       scopeNames(),
		Practice:     true,
		Created:      now,
	}
	return c, store.AddClient(ctx, c)
}

// storedPort returns the port that the server had before, 0 when it had none.
func storedPort(ctx context.Context, store Store) (int, error) {
	value, err := store.Setting(ctx, settingPort)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	port, err := strconv.Atoi(value.Reveal())
	if err != nil {
		return 0, errors.New("the local server's stored port is not a number")
	}
	return port, nil
}
