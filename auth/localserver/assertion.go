package localserver

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"tokenwell/auth"
)

// Bounds on an assertion's times. The leeway is for clocks; the life keeps the
// list of used assertions short.
const (
	assertionLeeway = 30 * time.Second
	assertionLife   = time.Hour
)

// The algorithms of assertions: with the client's key, and with its secret.
var (
	keyAlgorithms = []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
	secretAlgorithms = []jose.SignatureAlgorithm{jose.HS256, jose.HS384} // HS512 wants more characters than a secret has (RFC 7518 section 3.2)
)

// assertionRefused says in a sentence why an assertion is worth nothing.
type assertionRefused string

// Error implements error.
func (e assertionRefused) Error() string { return string(e) }

// assertion is one whose signature was checked.
type assertion struct {
	claims jwt.Claims
	hash   string // under which its use is remembered
}

func parseAssertion(token string, algorithms []jose.SignatureAlgorithm) (*jwt.JSONWebToken, error) {
	return jwt.ParseSigned(token, algorithms)
}

// symmetric tells whether the assertion says that it is signed with a secret.
func symmetric(token string) bool {
	_, err := parseAssertion(token, secretAlgorithms)
	return err == nil
}

// assertedSubject is whom an assertion claims to be of; nothing is checked yet.
func assertedSubject(token string) string {
	parsed, err := parseAssertion(token, slices.Concat(keyAlgorithms, secretAlgorithms))
	if err != nil {
		return ""
	}
	var claims jwt.Claims
	if parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return ""
	}
	return claims.Subject
}

// assertedIssuer is who claims to have made an assertion; nothing is checked yet.
func assertedIssuer(token string) string {
	parsed, err := parseAssertion(token, keyAlgorithms)
	if err != nil {
		return ""
	}
	var claims jwt.Claims
	if parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return ""
	}
	return claims.Issuer
}

// verifyAssertion checks signature, audience and times (RFC 7523 section 3). The
// error is an assertionRefused.
func (p *provider) verifyAssertion(token string, c Client, path string) (assertion, error) {
	algorithms, keys := keyAlgorithms, []jose.JSONWebKey(nil)
	if symmetric(token) {
		algorithms, keys = secretAlgorithms, p.secretKeys(c)
	} else if c.Keys != "" {
		parsed, err := clientKeys(c.Keys)
		if err != nil {
			return assertion{}, assertionRefused("The client's public key can't be read. Enter it again on the client's page in Tokenwell.")
		}
		keys = parsed
	}
	if len(keys) == 0 {
		return assertion{}, assertionRefused("The client has no public key here. Enter it on the client's page in Tokenwell.")
	}
	parsed, err := parseAssertion(token, algorithms)
	if err != nil {
		return assertion{}, assertionRefused("The assertion is not a signed JWT, or its algorithm is not taken.")
	}
	var a assertion
	if !verified(parsed, keys, &a.claims) {
		return assertion{}, assertionRefused("The assertion's signature was not made with the key that belongs to the client.")
	}
	if err := p.checkClaims(a.claims, path); err != nil {
		return assertion{}, err
	}
	if a.hash, err = replayKey(parsed, a.claims); err != nil {
		return assertion{}, assertionRefused("The assertion is not a signed JWT, or its algorithm is not taken.")
	}
	return a, nil
}

// replayKey is what an assertion is known by. Without an ID the decoded claims
// stand for it: signature, header and Base64 may have several forms.
func replayKey(token *jwt.JSONWebToken, claims jwt.Claims) (string, error) {
	if claims.ID != "" {
		return Hash(claims.Issuer + "\x00" + claims.ID), nil
	}
	var payload json.RawMessage
	err := token.UnsafeClaimsWithoutVerification(&payload)
	return Hash(string(payload)), err
}

// secretKeys are the client's secrets that work now, as keys of an HMAC.
func (p *provider) secretKeys(c Client) []jose.JSONWebKey {
	var keys []jose.JSONWebKey
	for _, secret := range []auth.Secret{c.Secret, c.OldSecret} {
		if !secret.Empty() && p.checkSecret(c, secret) == "" {
			keys = append(keys, jose.JSONWebKey{Key: []byte(secret.Reveal())})
		}
	}
	return keys
}

// verified tries the keys that can have made the signature.
func verified(token *jwt.JSONWebToken, keys []jose.JSONWebKey, claims *jwt.Claims) bool {
	id := token.Headers[0].KeyID
	for _, key := range keys {
		if id != "" && key.KeyID != "" && key.KeyID != id {
			continue
		}
		if token.Claims(key.Key, claims) == nil {
			return true
		}
	}
	return false
}

// checkClaims checks for whom and for when an assertion is.
func (p *provider) checkClaims(c jwt.Claims, path string) error {
	at := p.now()
	audiences := []string{p.issuer, p.issuer + pathToken, p.issuer + path}
	late, early := at.Add(assertionLeeway), at.Add(-assertionLife)
	switch {
	case !slices.ContainsFunc(c.Audience, func(aud string) bool { return slices.Contains(audiences, aud) }):
		return assertionRefused("The assertion is for another audience: aud has to be " + p.issuer + " or " + p.issuer + pathToken + ".")
	case c.Expiry == nil:
		return assertionRefused("The assertion has no exp: it has to say when it ends.")
	case !at.Before(c.Expiry.Time()):
		return assertionRefused("The assertion has expired. Sign a new one for each request.")
	case c.Expiry.Time().After(late.Add(assertionLife)):
		return assertionRefused("The assertion lasts too long: exp may be at most an hour ahead.")
	case c.NotBefore != nil && c.NotBefore.Time().After(late):
		return assertionRefused("The assertion is not valid yet: nbf is in the future.")
	case c.IssuedAt != nil && c.IssuedAt.Time().After(late):
		return assertionRefused("The assertion was issued in the future: compare the clocks.")
	case c.IssuedAt != nil && c.IssuedAt.Time().Before(early):
		return assertionRefused("The assertion is more than an hour old. Sign a new one for each request.")
	}
	return nil
}

// useAssertion makes sure that an assertion counts once.
func (p *provider) useAssertion(ctx context.Context, a assertion) error {
	err := p.store.UseAssertion(ctx, a.hash, a.claims.Expiry.Time())
	if errors.Is(err, ErrSpent) {
		return assertionRefused("The assertion was used before. Sign a new one, with another jti, for each request.")
	}
	if err != nil {
		return storageFailed(err)
	}
	return nil
}

// checkClientAssertion authenticates a client by its assertion (RFC 7523 2.2):
// iss and sub are the client.
func (p *provider) checkClientAssertion(ctx context.Context, c Client, token, path string, refused func(why string) error) error {
	a, err := p.verifyAssertion(token, c, path)
	if err == nil && (a.claims.Issuer != c.ID || a.claims.Subject != c.ID) {
		err = assertionRefused("The assertion's iss and sub both have to be the client ID.")
	}
	if err == nil {
		err = p.useAssertion(ctx, a)
	}
	if why, ok := errors.AsType[assertionRefused](err); ok {
		return refused(string(why))
	}
	return err
}

// assertionAlgorithms are the names for discovery, of the methods together.
func assertionAlgorithms() []string {
	var names []string
	for _, a := range slices.Concat(keyAlgorithms, secretAlgorithms) {
		names = append(names, string(a))
	}
	return names
}
