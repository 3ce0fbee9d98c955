package authtest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Sentinel begins every secret that an Evilas mints, so that tests can look for
// leaks: Sentinel + kind + "-" + number.
const Sentinel = "TWSENT-"

// grants is the obedient part of an Evilas: codes, token families, rotation.
type grants struct {
	params  EvilasParams
	minted  int
	codes   map[string]*grantedCode
	refresh map[string]*refreshToken
	access  map[string]*family

	assertions map[string]bool // IDs of assertions that were shown
	devices    map[string]*deviceGrant
	pushed     map[string]url.Values
}

type grantedCode struct {
	query  url.Values // of the authorization request
	family *family    // set once the code is used
}

// family is all that came of one code.
type family struct {
	scope string
	nonce string
	ended bool
}

type refreshToken struct {
	family *family
	usedAt time.Time // zero: never
}

func newGrants(p EvilasParams) grants {
	return grants{
		params: p, codes: map[string]*grantedCode{}, refresh: map[string]*refreshToken{}, access: map[string]*family{},
		assertions: map[string]bool{}, devices: map[string]*deviceGrant{}, pushed: map[string]url.Values{},
	}
}

func (g *grants) mint(kind string) string {
	g.minted++
	return fmt.Sprintf("%s%s-%d", Sentinel, kind, g.minted)
}

func (g *grants) answer(issuer string, r Request) Answer {
	switch r.Path {
	case PathAuthorize:
		return g.authorize(issuer, r.Query)
	case PathToken:
		return g.token(issuer, r)
	case PathRevoke:
		return g.revoke(issuer, r)
	case PathIntrospect:
		return g.introspect(issuer, r)
	case PathDevice:
		return g.device(issuer, r)
	case PathPAR:
		return g.push(issuer, r)
	case PathJWKS:
		return keySet()
	case PathUserInfo:
		owner, ok := g.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
		if !ok || owner.ended {
			return JSON(http.StatusUnauthorized, `{"error":"invalid_token"}`)
		}
		return JSON(http.StatusOK, `{"sub":"1","email":"ana@example.test"}`)
	case PathOpenID, PathMetadata:
		return JSON(http.StatusOK, metadata(issuer, g.params.PAR))
	default:
		return JSON(http.StatusNotFound, `{}`)
	}
}

// authorize answers as if the user had consented to everything.
func (g *grants) authorize(issuer string, query url.Values) Answer {
	query, ok := g.pushedQuery(query)
	if !ok {
		return JSON(http.StatusBadRequest, `{"error":"invalid_request_uri"}`)
	}
	to, err := url.Parse(query.Get("redirect_uri"))
	if err != nil || to.Host == "" {
		return JSON(http.StatusBadRequest, `{"error":"invalid_request"}`)
	}
	code := g.mint("code")
	g.codes[code] = &grantedCode{query: query}
	back := url.Values{"code": {code}, "iss": {issuer}}
	if state := query.Get("state"); state != "" {
		back.Set("state", state)
	}
	to.RawQuery = back.Encode()
	return Redirect(http.StatusFound, to.String())
}

func (g *grants) token(issuer string, r Request) Answer {
	if !g.clientOK(issuer, r) {
		return JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	}
	switch r.Form.Get("grant_type") {
	case "authorization_code":
		return g.exchange(issuer, r.Form)
	case "refresh_token":
		return g.renew(issuer, r.Form)
	case "urn:ietf:params:oauth:grant-type:device_code":
		return g.poll(issuer, r)
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		return g.bearer(issuer, r)
	case "client_credentials":
		return g.direct(issuer, r)
	case "password":
		return g.password(issuer, r)
	default:
		return JSON(http.StatusBadRequest, `{"error":"unsupported_grant_type"}`)
	}
}

// exchange checks a code as RFC 6749 section 4.1.3 and RFC 7636 section 4.6 ask;
// one that comes twice ends what came of it (RFC 9700 section 4.5).
func (g *grants) exchange(issuer string, form url.Values) Answer {
	code, ok := g.codes[form.Get("code")]
	if ok && code.family != nil {
		code.family.ended = true
	}
	if !ok || code.family != nil || form.Get("redirect_uri") != code.query.Get("redirect_uri") ||
		!verifierOK(code.query, form.Get("code_verifier")) {
		return invalidGrant
	}
	code.family = &family{scope: code.query.Get("scope"), nonce: code.query.Get("nonce")}
	return g.issue(issuer, code.family, "")
}

var invalidGrant = JSON(http.StatusBadRequest, `{"error":"invalid_grant"}`)

func verifierOK(query url.Values, verifier string) bool {
	challenge := query.Get("code_challenge")
	if challenge == "" {
		return verifier == ""
	}
	sum := sha256.Sum256([]byte(verifier))
	return query.Get("code_challenge_method") == "S256" &&
		subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

func (g *grants) renew(issuer string, form url.Values) Answer {
	token, ok := g.refresh[form.Get("refresh_token")]
	if !ok || token.family.ended {
		return invalidGrant
	}
	now := g.params.Now()
	switch used := !token.usedAt.IsZero(); {
	case g.params.Rotation == RotateNever:
		return g.issue(issuer, token.family, form.Get("refresh_token"))
	case used && (g.params.Rotation == RotateStrict || now.Sub(token.usedAt) > g.params.Grace):
		token.family.ended = true
		return invalidGrant
	case !used:
		token.usedAt = now
	}
	return g.issue(issuer, token.family, "")
}

// issue answers with tokens of a family; an empty refresh token means a new one.
func (g *grants) issue(issuer string, f *family, refresh string) Answer {
	access := g.mint("access")
	g.access[access] = f
	reply := map[string]any{"access_token": access, "token_type": "Bearer", "expires_in": json.RawMessage("3600")}
	if g.params.Lifetime != "" {
		reply["expires_in"] = json.RawMessage(g.params.Lifetime)
	}
	if f.scope != "" {
		reply["scope"] = f.scope
	}
	if !g.params.NoRefreshToken {
		if refresh == "" {
			refresh = g.mint("refresh")
			g.refresh[refresh] = &refreshToken{family: f}
		}
		reply["refresh_token"] = refresh
	}
	if strings.Contains(" "+f.scope+" ", " openid ") {
		reply["id_token"] = idToken(issuer, f.nonce)
	}
	body, err := json.Marshal(reply)
	if err != nil {
		panic(err) // a Lifetime that is not JSON: the test is wrong
	}
	return JSON(http.StatusOK, string(body))
}

// idToken is signed by the server's key, see Sign.
func idToken(issuer, nonce string) string {
	return Sign(map[string]any{"iss": issuer, "sub": "1", "aud": ClientID, "nonce": nonce, "email": "ana@example.test"})
}

func (g *grants) revoke(issuer string, r Request) Answer {
	if !g.clientOK(issuer, r) {
		return JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	}
	token := r.Form.Get("token")
	if owner, ok := g.refresh[token]; ok {
		owner.family.ended = true
	}
	delete(g.access, token)
	return Answer{}
}

func metadata(issuer string, par bool) string {
	members := map[string]any{
		"issuer": issuer, "authorization_endpoint": issuer + PathAuthorize, "token_endpoint": issuer + PathToken,
		"revocation_endpoint": issuer + PathRevoke, "introspection_endpoint": issuer + PathIntrospect,
		"userinfo_endpoint": issuer + PathUserInfo, "jwks_uri": issuer + PathJWKS,
		"device_authorization_endpoint":                  issuer + PathDevice,
		"authorization_response_iss_parameter_supported": true,
	}
	if par {
		members["pushed_authorization_request_endpoint"] = issuer + PathPAR
	}
	body, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(body)
}

// Grant mints a refresh token as if a sign-in had taken place, for tests that
// begin with a stored authorization.
func (s *Evilas) Grant(scope string) (refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refresh = s.grants.mint("refresh")
	s.grants.refresh[refresh] = &refreshToken{family: &family{scope: scope}}
	return refresh
}

// Alive tells whether a refresh token's family has not been ended.
func (s *Evilas) Alive(refresh string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, ok := s.grants.refresh[refresh]
	return ok && !token.family.ended
}
