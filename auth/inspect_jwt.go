package auth

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// maxJWT is the longest token that is read, in bytes.
const maxJWT = 64 << 10

// maxVerifyKeys is how many keys a token without a key ID is tried with.
const maxVerifyKeys = 16

// jwtAlgorithms are the signatures that a public key checks. A signature by a
// shared key is not among them: were it checked with a public key, anyone could
// make one (RFC 8725 section 2.1).
var jwtAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// jwtParts is a token in compact form (RFC 7515 section 7.1), read and not believed.
type jwtParts struct {
	token          string
	header, claims claimSet
	encrypted      bool // RFC 7516: only the header can be read
	damaged        bool // the header is that of a JWT, the claims are no object whose members differ
}

// readJWT takes a token apart; ok is false for one that is no JWT.
func readJWT(token Secret) (parts jwtParts, ok bool) {
	text := token.Reveal()
	pieces := strings.Split(text, ".")
	if len(text) > maxJWT || len(pieces) != 3 && len(pieces) != 5 {
		return jwtParts{}, false
	}
	parts = jwtParts{token: text, encrypted: len(pieces) == 5}
	header, err := base64.RawURLEncoding.DecodeString(pieces[0])
	if err != nil {
		return jwtParts{}, false
	}
	if parts.header, err = readClaims(header); err != nil || parts.header.text("alg") == "" {
		return jwtParts{}, false
	}
	if parts.encrypted {
		return parts, true
	}
	claims, err := base64.RawURLEncoding.DecodeString(pieces[1])
	if err == nil {
		parts.claims, err = readClaims(claims)
	}
	parts.damaged = err != nil
	return parts, true
}

// Why a signature is not known to be good.
const (
	whyNone        = "The token is not signed: anyone could have written it."
	whyDamaged     = "The token is damaged, or names a claim twice. It is not to be relied on."
	whyEncrypted   = "The token is encrypted for the service that it is meant for. Only its header can be read."
	whyShared      = "It is signed with a secret that only the service knows."
	whyAlgorithm   = "It is signed in a way that this program does not check."
	whyNonce       = "The service signs this token so that only the service it is meant for can check it."
	whyNoKeys      = "The service does not say where its keys are."
	whyNoAnswer    = "The keys of the service could not be read."
	whyUnknownKey  = "The service does not list the key that the token names."
	whyWrong       = "The signature does not fit the service's key. The token was changed, or comes from someone else."
	whyOtherIssuer = "It names no key and another issuer than the service, whose keys are not known here."
)

// withoutKeys returns the verdict on a token that needs no key for it; ok is
// false when the keys have to decide.
func (p jwtParts) withoutKeys() (verdict SignatureVerdict, why string, ok bool) {
	algorithm := p.header.text("alg")
	_, critical := p.header.values["crit"]
	switch {
	case p.encrypted:
		return SignatureUnchecked, whyEncrypted, true
	case p.damaged:
		return SignatureInvalid, whyDamaged, true
	case strings.EqualFold(algorithm, "none"):
		return SignatureInvalid, whyNone, true
	case strings.HasPrefix(algorithm, "HS"):
		return SignatureUnchecked, whyShared, true
	case critical, !slices.Contains(jwtAlgorithms, jose.SignatureAlgorithm(algorithm)):
		return SignatureUnchecked, whyAlgorithm, true
	case p.header.text("nonce") != "":
		// Microsoft signs over another header than it sends.
		return SignatureUnchecked, whyNonce, true
	}
	return "", "", false
}

// verify checks the signature with the service's own keys. Keys and addresses
// that the token itself brings (jwk, jku, x5c, x5u) count for nothing.
func (p jwtParts) verify(keys jose.JSONWebKeySet) (verdict SignatureVerdict, why string) {
	algorithm := p.header.text("alg")
	signed, err := jose.ParseSignedCompact(p.token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)})
	if err != nil {
		return SignatureInvalid, whyDamaged
	}
	candidates := p.candidates(keys)
	if len(candidates) == 0 {
		return SignatureUnchecked, whyUnknownKey
	}
	for _, key := range candidates {
		if payload, err := signed.Verify(key.Key); err == nil && bytes.Equal(payload, signed.UnsafePayloadWithoutVerification()) {
			return SignatureValid, ""
		}
	}
	if p.header.text("kid") == "" && len(keys.Keys) > maxVerifyKeys {
		return SignatureUnchecked, whyUnknownKey
	}
	return SignatureInvalid, whyWrong
}

// candidates are the public signing keys that can have made the signature.
func (p jwtParts) candidates(keys jose.JSONWebKeySet) []jose.JSONWebKey {
	var fit []jose.JSONWebKey
	kid, algorithm := p.header.text("kid"), p.header.text("alg")
	for _, key := range keys.Keys {
		switch {
		case kid != "" && key.KeyID != kid, key.Use != "" && key.Use != "sig", key.Algorithm != "" && key.Algorithm != algorithm:
		case !key.Valid(), !key.IsPublic(): // a shared key is not public
		case len(fit) < maxVerifyKeys:
			fit = append(fit, key)
		}
	}
	return fit
}

// oddities says what else speaks against an ID token (OpenID Connect Core
// section 3.1.3.7); "" when nothing does.
func (p jwtParts) oddities(config Authorization, svc Service, now time.Time) string {
	var odd []string
	issuer := p.claims.text("iss")
	tenant := map[string]any{}
	if quirk, ok := svc.Quirk(QuirkIssuerTemplate); ok {
		tenant[quirk.Params["claim"]] = p.claims.text(quirk.Params["claim"])
	}
	if !issuerFits(issuer, tenant, config.Endpoints.Issuer, svc) {
		odd = append(odd, "It names another issuer than the service.")
	}
	if !slices.Contains(p.claims.list("aud"), config.ClientID) {
		odd = append(odd, "It is meant for another client.")
	}
	if end, ok := p.claims.time("exp"); ok && !now.Before(end) {
		odd = append(odd, "It has run out, which does not matter after the sign-in.")
	}
	return strings.Join(odd, " ")
}
