package auth

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// jwtBearerType is the grant type of RFC 7523 section 2.1.
const jwtBearerType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// defaultAssertionLifetime is how long an assertion can be used when the user
// does not say: as long as servers with RFC 7523's caution take it.
const defaultAssertionLifetime = 300 * time.Second

// jwtBearerForm is a token request by an assertion (RFC 7523 section 2.1).
func jwtBearerForm(a Authorization, now time.Time) (url.Values, error) {
	assertion, err := bearerAssertion(a, now)
	if err != nil {
		return nil, err
	}
	return url.Values{"grant_type": {jwtBearerType}, "assertion": {assertion.Reveal()}}, nil
}

// bearerAssertion signs the assertion of a grant anew, with an ID that was never
// used before.
func bearerAssertion(a Authorization, now time.Time) (Secret, error) {
	key, err := ParsePrivateKey(a.Values[FieldPrivateKey], a.Values[FieldKeyPassword])
	if err != nil {
		return Secret{}, FieldErrors{{Field: FieldPrivateKey, Message: err.Error()}}
	}
	statement, err := statementOf(a.Values, key, now)
	if err != nil {
		return Secret{}, err
	}
	assertion, err := signAssertion(key, statement.algorithm, statement.header, statement.claims)
	if err != nil {
		return Secret{}, FieldErrors{{Field: FieldJWTHeader, Message: err.Error()}}
	}
	return assertion, nil
}

// statement is what an assertion says, before it is signed.
type statement struct {
	algorithm      string // "" when neither header nor key names one
	header, claims map[string]any
}

// statementOf puts header, claims and additional payload together. The payload
// has the last word. key may be nil, for a preview.
func statementOf(v Values, key crypto.Signer, now time.Time) (statement, error) {
	header, err := parseJWTHeader(v.Text(FieldJWTHeader))
	if err != nil {
		return statement{}, FieldErrors{{Field: FieldJWTHeader, Message: err.Error()}}
	}
	payload, err := parseObject(v.Text(FieldPayload))
	if err != nil {
		return statement{}, FieldErrors{{Field: FieldPayload, Message: err.Error()}}
	}
	s := statement{algorithm: header.text("alg"), header: map[string]any{"typ": "JWT"}, claims: map[string]any{}}
	if s.algorithm == "" && key != nil {
		s.algorithm = AlgorithmsFor(key)[0]
	}
	for name, value := range header {
		s.header[name] = value
	}
	if s.algorithm != "" {
		s.header["alg"] = s.algorithm
	}
	for name, field := range map[string]Field{"iss": FieldJWTIssuer, "sub": FieldJWTSubject, "aud": FieldJWTAudience} {
		if value := strings.TrimSpace(v.Text(field)); value != "" {
			s.claims[name] = value
		}
	}
	s.claims["iat"], s.claims["exp"] = now.Unix(), now.Add(assertionLifetime(v)).Unix()
	s.claims["jti"] = rand.Text()
	for name, value := range payload {
		s.claims[name] = value
	}
	return s, nil
}

// assertionLifetime is what the user chose, or the default.
func assertionLifetime(v Values) time.Duration {
	seconds, err := strconv.Atoi(strings.TrimSpace(v.Text(FieldAssertionLifetime)))
	if err != nil || seconds < 1 || seconds > maxLifetime {
		return defaultAssertionLifetime
	}
	return time.Duration(seconds) * time.Second
}

// parseJWTHeader reads the header of an assertion; "" is an empty one. Whether
// alg fits the key is for checkSigningKey.
func parseJWTHeader(text string) (jsonObject, error) {
	header, err := parseObject(text)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"crit", "b64", "jwk"} {
		if _, there := header[name]; there {
			return nil, errAssertionHeader
		}
	}
	for _, name := range []string{"alg", "typ", "kid"} {
		if _, there := header[name]; there && header.text(name) == "" {
			return nil, complaint("The member " + name + " of the header must be a text in quotes")
		}
	}
	return header, nil
}

// PreviewAssertion returns what the JWT bearer assertion of a draft says, or
// FieldErrors. Members whose name tells of a secret are masked. A stored key
// stands for an empty field of a draft that edits or duplicates it.
func (e *Engine) PreviewAssertion(ctx context.Context, d Draft) (AssertionPreview, error) {
	v := maps.Clone(d.Values)
	if v[FieldPrivateKey].Empty() && (d.ID != "" || d.CopyOf != "") {
		kept := d
		kept.Values = v
		// A key that can't be kept is asked for when the draft is saved.
		if err := e.keepSecrets(ctx, &kept); err == nil {
			v = kept.Values
		}
	}
	var key crypto.Signer
	if !v[FieldPrivateKey].Empty() {
		if field, message := checkSigningKey(v); message != "" {
			return AssertionPreview{}, FieldErrors{{Field: field, Message: message}}
		}
		key, _ = ParsePrivateKey(v[FieldPrivateKey], v[FieldKeyPassword]) // checkSigningKey has just read it
	}
	s, err := statementOf(v, key, e.now())
	if err != nil {
		return AssertionPreview{}, err
	}
	return AssertionPreview{Header: previewOf(s.header), Claims: previewOf(s.claims)}, nil
}

// previewOf shows members as indented JSON, secrets masked.
func previewOf(members map[string]any) string {
	plain, err := json.Marshal(members)
	if err != nil {
		return "" // can't be: parseObject has read them
	}
	var shown any
	if json.Unmarshal(plain, &shown) != nil {
		return ""
	}
	text, err := json.MarshalIndent(masked(shown), "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// maskedValue stands in for a secret.
const maskedValue = "••••••"

// masked replaces the values of members whose name tells of a secret.
func masked(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if namesSecret(name) {
				value[name] = maskedValue
				continue
			}
			value[name] = masked(member)
		}
	case []any:
		for i, member := range value {
			value[i] = masked(member)
		}
	}
	return value
}

// namesSecret tells whether a member's name says that its value is a secret.
func namesSecret(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"secret", "password", "passwd", "token", "assertion"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
