package authtest

import (
	"cmp"
	"crypto"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"tokenwell/auth"
)

// ProviderParams say which service a Provider plays, and which client it knows.
type ProviderParams struct {
	Service auth.Service
	Values  map[string]string // of all the service's parameters, by name
	// Own are the addresses where the user types them, see auth.Service.
	Own        auth.Endpoints
	Grant      auth.Grant      // the one that is played
	ClientAuth auth.ClientAuth // the only method that is let in
	ClientID   string
	// ClientSecret is empty for a client without one; ClientKey is the public key
	// of its assertions, AssertionKey that of the JWT bearer grant.
	ClientSecret            string
	ClientKey, AssertionKey crypto.PublicKey
	User, Password          string
	Refresh                 string   // a refresh token that the user has already
	Scopes                  []string // those that the user ticked, as the service's data writes them
	Now                     func() time.Time
}

// Provider plays a service from nothing but its data: what stands in the fields
// and in the parameters of its quirks. It lets no request pass that departs from
// them in anything, gives the replies of that very shape, and knows what a client
// should make of them. None of auth.Service's methods is used here, for they are
// what is on trial. Safe for concurrent use.
type Provider struct {
	params ProviderParams
	svc    auth.Service

	mu       sync.Mutex
	refusals []string
	visits   map[string]int
	host     string // that the redirect named for token requests; "": as the data says
	sign     signed
	device   deviceState
	issued   Issued
	count    int // of token replies
	deny     bool
	revoked  []string
	seen     map[string]bool // IDs of assertions
}

// signed is the last authorization request.
type signed struct {
	code, redirect, challenge, nonce string
}

type deviceState struct {
	code  string
	polls int
}

// Issued is what a Provider gave out last, and what a client should keep of it.
type Issued struct {
	Access, Refresh string   // Refresh: the one that is in force
	Granted         []string // nil: it did not say
	Facts           map[string]string
	Rule            auth.ExpiryRule
	Lifetime        time.Duration // of the access token; 0: without end
	SignInEnds      time.Time     // zero: not known, or never
	Who             string
}

// NewProvider returns a provider.
func NewProvider(p ProviderParams) *Provider {
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Provider{params: p, svc: p.Service, visits: map[string]int{}, seen: map[string]bool{}, issued: Issued{Refresh: p.Refresh}}
}

// Refusals are all departures from the service's data, in the order met.
func (p *Provider) Refusals() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.refusals)
}

// Visits returns how often a part of the service was asked and pleased.
func (p *Provider) Visits(part string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.visits[part]
}

// Issued is what was given out last.
func (p *Provider) Issued() Issued {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.issued
}

// Revoked are the tokens that were revoked, in order.
func (p *Provider) Revoked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.revoked)
}

// Deny answers the next request for tokens or for a revocation, if nothing is
// wrong with it, as the service says no.
func (p *Provider) Deny() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deny = true
}

// asked is one request as it came.
type asked struct {
	method, where string // where: scheme, host and path
	header        http.Header
	query         url.Values
	body          string
}

// ServeHTTP implements http.Handler.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	scheme := "https"
	if r.TLS == nil {
		scheme = "http"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.refusals)
	a := asked{method: r.Method, where: scheme + "://" + r.Host + r.URL.EscapedPath(), header: r.Header, query: r.URL.Query(), body: string(body)}
	answer := p.answer(a)
	if len(p.refusals) > before {
		answer = JSON(http.StatusBadRequest, `{"error":"invalid_request"}`)
	}
	maps.Copy(w.Header(), answer.head())
	w.WriteHeader(cmp.Or(answer.Status, http.StatusOK))
	_, _ = io.WriteString(w, answer.Body)
}

// The parts of a service.
const (
	PartMetadata      = "metadata"
	PartAuthorization = "authorization"
	PartPage          = "page" // where the browser ends when nothing listens
	PartDevice        = "device"
	PartToken         = "token"
	PartRefresh       = "refresh"
	PartRevocation    = "revocation"
	PartIntrospection = "introspection"
	PartUserInfo      = "userinfo"
	PartAPI           = "api"
)

// APIAddress is where every played service has its own API.
const APIAddress = "https://api.example.test/data"

// answer leads a request to the part of the service that it is for.
func (p *Provider) answer(a asked) Answer {
	device := a.where == p.place(PartDevice)
	if device && a.where == p.place(PartToken) { // one address for both
		form, _ := url.ParseQuery(a.body)
		device = form.Has("response_type")
	}
	switch {
	case a.where == p.place(PartMetadata) && p.svc.Discovery:
		return p.metadata()
	case a.where == p.place(PartAuthorization) && a.method == http.MethodGet:
		return p.authorize(a)
	case p.svc.Redirect.Port == auth.PortNone && a.where == withoutQuery(p.svc.Redirect.Register):
		p.visits[PartPage]++
		return Answer{Header: http.Header{"Content-Type": {"text/html"}}, Body: "The address is what counts."}
	case a.where == APIAddress:
		return p.api(a)
	case device:
		return p.deviceCode(a)
	case a.where == p.place(PartRevocation) && (a.where != p.place(PartToken) || a.method != http.MethodPost):
		return p.revoke(a)
	case a.where == p.place(PartIntrospection):
		return p.introspect(a)
	case a.where == p.place(PartUserInfo):
		return p.userInfo(a)
	case slices.Contains([]string{p.place(PartToken), p.place(PartRefresh), p.pollPlace()}, a.where):
		return p.token(a)
	}
	return p.refuse("%s %s: nothing answers there", a.method, a.where)
}

// refuse notes a departure.
func (p *Provider) refuse(format string, args ...any) Answer {
	p.refusals = append(p.refusals, p.svc.ID+": "+fmt.Sprintf(format, args...))
	return Answer{}
}

// quirk returns the parameters of one of the service's quirks.
func (p *Provider) quirk(id auth.QuirkID) (params map[string]string, has bool) {
	for _, q := range p.svc.Quirks {
		if q.ID == id {
			return q.Params, true
		}
	}
	return nil, false
}

func (p *Provider) has(id auth.QuirkID) bool {
	_, has := p.quirk(id)
	return has
}

// fill puts the parameters' values into one of the service's texts.
func (p *Provider) fill(text string) string {
	for name, value := range p.params.Values {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// filled are fixed parameters as they are sent: with the values, without those
// that the user left empty.
func (p *Provider) filled(into map[string]string, fixed map[string]string) {
	for name, template := range fixed {
		if value := p.fill(template); value != "" {
			into[name] = value
		}
	}
}

// address is where a part of the service is, its query included; "" when it is
// not offered.
func (p *Provider) address(part string) string {
	e := p.svc.Endpoints
	issuer := p.fill(p.svc.Issuer)
	switch {
	case p.svc.Discovery:
		e = auth.Endpoints{
			Authorization: issuer + PathAuthorize, Token: issuer + PathToken, Revocation: issuer + PathRevoke,
			Introspection: issuer + PathIntrospect, UserInfo: issuer + PathUserInfo, Device: issuer + PathDevice,
		}
	case p.svc.OwnAddresses:
		e = p.params.Own
	}
	if quirk, has := p.quirk(auth.QuirkPublicAuthorization); has && p.params.ClientAuth == auth.ClientAuthNone {
		e.Authorization = quirk["address"]
	}
	address := map[string]string{
		PartMetadata: issuer + PathOpenID, PartAuthorization: e.Authorization, PartDevice: e.Device, PartToken: e.Token,
		PartRefresh: cmp.Or(e.Refresh, e.Token), PartRevocation: e.Revocation, PartIntrospection: e.Introspection, PartUserInfo: e.UserInfo,
	}[part]
	address = p.fill(address)
	// The host that the redirect named takes the place of the token endpoint's.
	was, err := url.Parse(p.fill(e.Token))
	u, err2 := url.Parse(address)
	if err == nil && err2 == nil && address != "" && p.host != "" && part != PartAuthorization && u.Host == was.Host {
		u.Host = p.host
		address = u.String()
	}
	return address
}

// place is address without the query.
func (p *Provider) place(part string) string { return withoutQuery(p.address(part)) }

// pollPlace is where device codes are polled.
func (p *Provider) pollPlace() string {
	if own := p.svc.Endpoints.DeviceToken; own != "" {
		return withoutQuery(p.fill(own))
	}
	return p.place(PartToken)
}

func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return address
}

// ownQuery are the parameters that stand in an address itself.
func ownQuery(address string) map[string]string {
	own := map[string]string{}
	if u, err := url.Parse(address); err == nil {
		for name, values := range u.Query() {
			own[name] = values[0]
		}
	}
	return own
}

// compare refuses what differs between the parameters that came and those that
// should have come.
func (p *Provider) compare(what string, got url.Values, want map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(got)) {
		switch wanted, known := want[name]; {
		case !known:
			p.refuse("%s: %s=%q is too much", what, name, got[name])
		case len(got[name]) != 1 || got[name][0] != wanted:
			p.refuse("%s: %s is %q, not %q", what, name, got[name], wanted)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !got.Has(name) {
			p.refuse("%s: %s=%q is missing", what, name, want[name])
		}
	}
}

// asks are the scopes of this sign-in as they are sent: those ticked, in the
// service's order, with the values of its parameters.
func (p *Provider) asks() []string {
	var names []string
	for _, scope := range p.svc.Scopes {
		if slices.Contains(p.params.Scopes, scope.Name) {
			names = append(names, p.fill(scope.Name))
		}
	}
	return names
}
