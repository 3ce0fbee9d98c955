package authtest

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tokenwell/auth"
)

// The paths of an Evilas.
const (
	PathAuthorize  = "/authorize"
	PathToken      = "/token"
	PathRevoke     = "/revoke"
	PathIntrospect = "/introspect"
	PathUserInfo   = "/userinfo"
	PathOpenID     = "/.well-known/openid-configuration"
	PathMetadata   = "/.well-known/oauth-authorization-server"
	PathDevice     = "/device"
	PathVerify     = "/verify" // where the user enters a code; nothing answers there
	PathPAR        = "/par"
	PathJWKS       = "/jwks"
)

// Rotation is what an Evilas does with refresh tokens.
type Rotation string

// The rotation policies.
const (
	RotateNever  Rotation = ""       // the same refresh token works for ever
	RotateStrict Rotation = "strict" // a used one that comes again ends the whole family
	RotateGrace  Rotation = "grace"  // a used one still works for EvilasParams.Grace
)

// EvilasParams shape an Evilas. The zero value is a plain server on loopback
// that takes any client and never rotates.
type EvilasParams struct {
	TLS      *tls.Config // optional; nil: plain http. An empty one gets the certificate of httptest
	Rotation Rotation
	Grace    time.Duration
	Now      func() time.Time // optional
	// ClientID and ClientSecret, when set, are the only ones that are let in.
	ClientID, ClientSecret string
	// ClientKey, when set, is the public key of the client's assertions, the
	// only way in then. Without it they are checked with ClientSecret.
	ClientKey crypto.PublicKey
	// AssertionKey is the public key of the assertions of the JWT bearer grant.
	AssertionKey crypto.PublicKey
	// User and Password, when set, are the only ones of the password grant.
	User, Password string
	// PAR: pushed authorization requests are offered, and nothing else is taken.
	PAR bool
	// Verify is the page where a user enters a code; optional, one of the server's own.
	Verify         string
	Lifetime       string // raw JSON of expires_in; optional, "3600"
	NoRefreshToken bool
}

// Evilas is a scriptable authorization server for tests: obedient by default,
// as evil as its script says. It remembers everything it was shown and is the
// oracle for how often a token was presented. Safe for concurrent use.
type Evilas struct {
	params EvilasParams
	server *httptest.Server

	mu       sync.Mutex
	scripts  map[string][]Answer
	requests []Request
	shown    map[string]int
	grants   grants
	done     chan struct{}
}

// Request is one request as the server got it.
type Request struct {
	Method, Path string
	Remote       string            // the client's end of the connection
	Certificate  *x509.Certificate // of the client; nil: none was shown
	Header       http.Header
	Query, Form  url.Values
	Body         string
}

// NewEvilas starts a server that ends with the test.
func NewEvilas(t testing.TB, p EvilasParams) *Evilas {
	t.Helper()
	if p.Now == nil {
		p.Now = time.Now
	}
	s := &Evilas{params: p, scripts: map[string][]Answer{}, shown: map[string]int{}, done: make(chan struct{})}
	s.grants = newGrants(p)
	s.server = httptest.NewUnstartedServer(s)
	s.server.Config.ErrorLog = discardLog
	if p.TLS != nil {
		s.server.TLS = p.TLS.Clone()
		s.server.StartTLS()
	} else {
		s.server.Start()
	}
	t.Cleanup(func() {
		close(s.done) // lets go of every request that a script holds
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// URL is the server's address and issuer, without a slash at the end.
func (s *Evilas) URL() string { return s.server.URL }

// Close stops the server before the test ends: from now on nobody answers.
func (s *Evilas) Close() { _ = s.server.Listener.Close() }

// RootCAs trusts the certificate that the server got from httptest.
func (s *Evilas) RootCAs() *x509.CertPool {
	pool := x509.NewCertPool()
	if certificate := s.server.Certificate(); certificate != nil {
		pool.AddCert(certificate)
	}
	return pool
}

// Endpoints are the server's addresses as its metadata gives them.
func (s *Evilas) Endpoints() auth.Endpoints {
	endpoints := auth.Endpoints{
		Issuer: s.URL(), Authorization: s.URL() + PathAuthorize, Token: s.URL() + PathToken,
		Revocation: s.URL() + PathRevoke, Introspection: s.URL() + PathIntrospect, UserInfo: s.URL() + PathUserInfo,
		JWKS: s.URL() + PathJWKS, Device: s.URL() + PathDevice, IssInResponse: true,
	}
	if s.params.PAR {
		endpoints.PAR = s.URL() + PathPAR
	}
	return endpoints
}

// Script queues answers for the next requests to path, in order. When they are
// used up the server is obedient again.
func (s *Evilas) Script(path string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[path] = append(s.scripts[path], answers...)
}

// Shown returns how often a token, code or secret was presented to any
// endpoint, by the client itself.
func (s *Evilas) Shown(value string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown[value]
}

// MostShown returns the greatest count among all values of which kind is a
// part: "refresh", "code".
func (s *Evilas) MostShown(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	most := 0
	for value, count := range s.shown {
		if strings.Contains(value, "-"+kind+"-") {
			most = max(most, count)
		}
	}
	return most
}

// Requests returns what came to path so far; an empty path means all.
func (s *Evilas) Requests(path string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return path != "" && r.Path != path })
}

// ServeHTTP implements http.Handler.
func (s *Evilas) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	form, _ := url.ParseQuery(string(body))
	request := Request{Method: r.Method, Path: r.URL.Path, Remote: r.RemoteAddr, Header: r.Header.Clone(), Query: r.URL.Query(), Form: form, Body: string(body)}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		request.Certificate = r.TLS.PeerCertificates[0]
	}
	answer, scripted := s.take(request)
	switch {
	case !scripted:
		answer = s.obey(request)
	case answer.Apply:
		own := s.obey(request)
		answer.Status, answer.Body = own.Status, own.Body
		answer.Header = maps.Clone(own.Header)
	case answer.Query != nil:
		own := s.obey(request)
		answer.Status, answer.Header = own.Status, redirectWith(own.Header, answer.Query)
	}
	s.write(w, r, answer)
}

// take records the request and returns the answer that waits for it.
func (s *Evilas) take(r Request) (Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	seen := []string{r.Form.Get("refresh_token"), r.Form.Get("code"), r.Form.Get("token"), r.Form.Get("client_secret"), r.Form.Get("code_verifier"), r.Form.Get("device_code"), r.Form.Get("client_assertion"), r.Form.Get("assertion")}
	seen = append(seen, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if _, secret, ok := basicAuth(r.Header); ok {
		seen = append(seen, secret)
	}
	for _, value := range seen {
		if value != "" {
			s.shown[value]++
		}
	}
	waiting := s.scripts[r.Path]
	if len(waiting) == 0 {
		return Answer{}, false
	}
	s.scripts[r.Path] = waiting[1:]
	return waiting[0], true
}

func (s *Evilas) obey(r Request) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grants.answer(s.URL(), r)
}

// basicAuth reads Basic authentication as RFC 6749 section 2.3.1 encodes it.
func basicAuth(header http.Header) (id, secret string, ok bool) {
	r := http.Request{Header: header}
	rawID, rawSecret, ok := r.BasicAuth()
	if !ok {
		return "", "", false
	}
	id, err := url.QueryUnescape(rawID)
	if err != nil {
		return "", "", false
	}
	secret, err = url.QueryUnescape(rawSecret)
	return id, secret, err == nil
}
