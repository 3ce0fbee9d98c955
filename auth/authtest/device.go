package authtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// deviceLifetime is how long a device code of an Evilas lives.
const deviceLifetime = 10 * time.Minute

// deviceGrant is one device code (RFC 8628).
type deviceGrant struct {
	scope    string
	userCode string
	expires  time.Time
	decision string // "": pending, "approved", "denied", "used"
}

// device answers with a device code (RFC 8628 section 3.2).
func (g *grants) device(issuer string, r Request) Answer {
	if !g.clientOK(issuer, r) {
		return JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	}
	code := g.mint("device")
	userCode := fmt.Sprintf("WDJB-%04d", g.minted)
	g.devices[code] = &deviceGrant{scope: r.Form.Get("scope"), userCode: userCode, expires: g.params.Now().Add(deviceLifetime)}
	page := cmp.Or(g.params.Verify, issuer+PathVerify)
	body, err := json.Marshal(map[string]any{
		"device_code": code, "user_code": userCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + userCode,
		"expires_in":                int(deviceLifetime.Seconds()), "interval": 5,
	})
	if err != nil {
		panic(err)
	}
	return JSON(http.StatusOK, string(body))
}

// poll answers a poll of the token endpoint (RFC 8628 section 3.5).
func (g *grants) poll(issuer string, r Request) Answer {
	grant, ok := g.devices[r.Form.Get("device_code")]
	switch {
	case !ok || grant.decision == "used":
		return invalidGrant
	case !g.params.Now().Before(grant.expires):
		return JSON(http.StatusBadRequest, `{"error":"expired_token"}`)
	case grant.decision == "denied":
		return JSON(http.StatusBadRequest, `{"error":"access_denied"}`)
	case grant.decision == "":
		return JSON(http.StatusBadRequest, `{"error":"authorization_pending"}`)
	}
	grant.decision = "used"
	return g.issue(issuer, &family{scope: grant.scope}, "")
}

// Approve plays the user who enters the code and consents; Deny one who does not.
func (s *Evilas) Approve(userCode string) { s.decide(userCode, "approved") }

// Deny plays the user who enters the code and refuses.
func (s *Evilas) Deny(userCode string) { s.decide(userCode, "denied") }

func (s *Evilas) decide(userCode, decision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, grant := range s.grants.devices {
		if grant.userCode == userCode && grant.decision == "" {
			grant.decision = decision
		}
	}
}

// push keeps an authorization request (RFC 9126 section 2.2).
func (g *grants) push(issuer string, r Request) Answer {
	if !g.clientOK(issuer, r) {
		return JSON(http.StatusUnauthorized, `{"error":"invalid_client"}`)
	}
	if r.Form.Has("request_uri") || r.Form.Get("redirect_uri") == "" {
		return JSON(http.StatusBadRequest, `{"error":"invalid_request"}`)
	}
	uri := "urn:ietf:params:oauth:request_uri:" + g.mint("pushed")
	query := url.Values{}
	for name, values := range r.Form {
		if !strings.HasPrefix(name, "client_assertion") && name != "client_secret" {
			query[name] = values
		}
	}
	g.pushed[uri] = query
	return JSON(http.StatusCreated, fmt.Sprintf(`{"request_uri":%q,"expires_in":60}`, uri))
}

// pushedQuery is the authorization request that a query stands for. A server
// that takes pushed requests takes no others; each counts once.
func (g *grants) pushedQuery(query url.Values) (url.Values, bool) {
	if !g.params.PAR {
		return query, true
	}
	pushed, ok := g.pushed[query.Get("request_uri")]
	delete(g.pushed, query.Get("request_uri"))
	return pushed, ok && query.Get("client_id") == pushed.Get("client_id")
}

// direct issues tokens without a user, and without a refresh token (RFC 6749
// section 4.4.3).
func (g *grants) direct(issuer string, r Request) Answer {
	without := *g
	without.params.NoRefreshToken = true
	answer := without.issue(issuer, &family{scope: r.Form.Get("scope")}, "")
	g.minted = without.minted
	return answer
}

// password answers the grant of RFC 6749 section 4.3.
func (g *grants) password(issuer string, r Request) Answer {
	if g.params.User != "" && (r.Form.Get("username") != g.params.User || r.Form.Get("password") != g.params.Password) {
		return invalidGrant
	}
	return g.issue(issuer, &family{scope: r.Form.Get("scope")}, "")
}
