package auth

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// errAlgorithm: the algorithm of an assertion's header does not belong to its key.
const errAlgorithm complaint = "The algorithm does not fit the key"

// errAssertionHeader: a header parameter that changes how a JWS is to be read.
const errAssertionHeader complaint = "Leave crit, b64 and jwk out of the header"

// signAssertion makes a signed JWT (RFC 7519) for a grant or a client
// (RFC 7523). key is a crypto.Signer of ParsePrivateKey or the bytes of a shared
// secret; algorithm has to fit it and stands in the header, whatever header
// says. header and claims are not changed. The error's text is fit for a field.
func signAssertion(key any, algorithm string, header, claims map[string]any) (Secret, error) {
	if !fits(key, algorithm) {
		return Secret{}, errAlgorithm
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		switch name {
		case "alg":
		case "crit", "b64", "jwk":
			return Secret{}, errAssertionHeader
		default:
			options.WithHeader(jose.HeaderKey(name), value)
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(algorithm), Key: key}, options)
	if err != nil {
		return Secret{}, errAlgorithm
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return Secret{}, err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return Secret{}, err
	}
	compact, err := signed.CompactSerialize()
	return NewSecret(compact), err
}

// minSigningSecret is the least length, in bytes, of a secret that signs (RFC
// 7518 section 3.2).
const minSigningSecret = 32

const errSecretShort complaint = "A secret of fewer than 32 characters can't sign; choose another client authentication"

// clientAssertionLifetime is how long a client assertion can be used; five
// minutes are the most that servers take (T37).
const clientAssertionLifetime = 60 * time.Second

// clientAssertionType is the value of RFC 7523 section 2.2.
const clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// audienceEndpoint stands in FieldClientAudience for the address that is asked:
// some servers want each of their endpoints to be named (Glewlwyd).
const audienceEndpoint = "{endpoint}"

// clientAssertion makes the assertion by which a client proves itself
// (RFC 7523 section 3): for one audience, as a single string, with an ID that
// was never used before. An error wraps nothing of the key.
func clientAssertion(r ClientRequest, now time.Time) (Secret, error) {
	key, algorithm, err := clientKey(r)
	if err != nil {
		return Secret{}, err
	}
	named := strings.ReplaceAll(r.Values.Text(FieldClientAudience), audienceEndpoint, r.Endpoint)
	audience := cmp.Or(named, r.Issuer, r.Endpoint)
	header := map[string]any{}
	if id := r.Values.Text(FieldClientKeyID); id != "" {
		header["kid"] = id
	}
	return signAssertion(key, algorithm, header, map[string]any{
		"iss": r.ClientID, "sub": r.ClientID, "aud": audience, "jti": rand.Text(),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(clientAssertionLifetime).Unix(),
	})
}

// clientKey returns what signs the client's assertion, and how.
func clientKey(r ClientRequest) (key any, algorithm string, err error) {
	if r.ClientAuth == ClientAuthSecretJWT {
		if len(r.ClientSecret.Reveal()) < minSigningSecret {
			return nil, "", errSecretShort
		}
		return []byte(r.ClientSecret.Reveal()), secretAlgorithms[0], nil
	}
	signer, err := ParsePrivateKey(r.Values[FieldClientKey], r.Values[FieldClientKeyPassword])
	if err != nil {
		return nil, "", err
	}
	return signer, AlgorithmsFor(signer)[0], nil
}
