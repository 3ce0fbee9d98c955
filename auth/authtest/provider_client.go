package authtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"tokenwell/auth"
)

// clientWant is how a request has to show its client.
type clientWant struct {
	form          map[string]string
	query         map[string]string
	authorization string // the header; "" for none
}

// client says how this client shows itself, with a request whose form is got.
// named tells that its ID stands in the body in any case; elsewhere is true for
// requests whose query may carry it.
func (p *Provider) client(got url.Values, named, elsewhere bool) clientWant {
	id, secret := cmp.Or(p.svc.Names.ClientID, "client_id"), cmp.Or(p.svc.Names.ClientSecret, "client_secret")
	want := clientWant{form: map[string]string{}, query: map[string]string{}}
	switch p.params.ClientAuth {
	case auth.ClientAuthBasic:
		want.authorization = p.basic(p.params.ClientSecret)
		if named {
			want.form[id] = p.params.ClientID
		}
	case auth.ClientAuthPost:
		want.form[id], want.form[secret] = p.params.ClientID, p.params.ClientSecret
	case auth.ClientAuthPrivateKeyJWT:
		want.form[id] = p.params.ClientID
		want.form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
		want.form["client_assertion"] = got.Get("client_assertion")
		p.checkClientAssertion(got.Get("client_assertion"))
	case auth.ClientAuthNone:
		inQuery := p.has(auth.QuirkClientIDInQuery) && elsewhere
		if p.has(auth.QuirkBasicPublic) {
			want.authorization = p.basic("")
		}
		switch {
		case inQuery:
			want.query[id] = p.params.ClientID
		case named || want.authorization == "":
			want.form[id] = p.params.ClientID
		}
	default:
		p.refuse("client: the method %q is not played", p.params.ClientAuth)
	}
	return want
}

// basic is the header of RFC 6749 section 2.3.1, or as the service wants it.
func (p *Provider) basic(secret string) string {
	id := p.params.ClientID
	if !p.has(auth.QuirkBasicRaw) {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// checkClientAssertion verifies a client's assertion (RFC 7523 section 3).
func (p *Provider) checkClientAssertion(assertion string) {
	claims := p.verified("the client's assertion", assertion, p.params.ClientKey)
	audience := cmp.Or(p.fill(p.svc.Issuer), p.address(PartToken))
	if p.has(auth.QuirkAssertionAudience) {
		audience = p.address(PartToken)
	}
	if claims["aud"] != audience || claims["iss"] != p.params.ClientID || claims["sub"] != p.params.ClientID {
		p.refuse("client: the assertion says iss %v, sub %v, aud %v; the audience is %q", claims["iss"], claims["sub"], claims["aud"], audience)
	}
}

// verified are the claims of an assertion that comes for the first time.
func (p *Provider) verified(what, assertion string, key any) map[string]any {
	checked := newGrants(EvilasParams{Now: p.params.Now})
	checked.assertions = p.seen
	claims, ok := checked.assertionClaims(assertion, key)
	if !ok {
		p.refuse("%s does not hold", what)
	}
	return claims
}

// headers checks what every request has to bring, and its one authentication.
func (p *Provider) headers(what string, a asked, contentType, authorization string) {
	if got := a.header.Get("Accept"); got != "application/json" {
		p.refuse("%s: Accept is %q", what, got)
	}
	if a.header.Get("User-Agent") == "" {
		p.refuse("%s: no User-Agent", what)
	}
	if got := a.header.Get("Content-Type"); got != contentType {
		p.refuse("%s: Content-Type is %q, not %q", what, got, contentType)
	}
	if got := strings.Join(a.header.Values("Authorization"), ", "); got != authorization {
		p.refuse("%s: Authorization is %q, not %q", what, got, authorization)
	}
}

// The content types of bodies.
const (
	contentForm = "application/x-www-form-urlencoded"
	contentJSON = "application/json"
)

// parameters reads a body of that type.
func (p *Provider) parameters(what string, a asked, contentType string) url.Values {
	values := url.Values{}
	switch contentType {
	case contentJSON:
		var members map[string]string
		if err := json.Unmarshal([]byte(a.body), &members); err != nil {
			p.refuse("%s: the body is no JSON object of texts: %v", what, err)
		}
		for name, value := range members {
			values.Set(name, value)
		}
	case contentForm:
		form, err := url.ParseQuery(a.body)
		if err != nil {
			p.refuse("%s: the body is no form: %v", what, err)
		}
		return form
	default:
		if a.body != "" {
			p.refuse("%s: there is a body", what)
		}
	}
	return values
}

// posted checks that a request is a POST.
func (p *Provider) posted(what string, a asked) {
	if a.method != http.MethodPost {
		p.refuse("%s: the method is %s", what, a.method)
	}
}
