package main

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"tokenwell/auth"
	"tokenwell/auth/handout"
)

// silent takes what the standard library would log: it could hold the key.
var silent = log.New(io.Discard, "", 0)

// proxy sends what is asked for below its key to one host, with the token.
type proxy struct {
	target    *url.URL
	key       string
	authority string // host and port that it listens on
	// token asks for the access token; rejected: the one before was refused.
	token func(ctx context.Context, rejected bool) (handout.Token, error)
	// first is the token that the start has brought, until a request takes it or
	// firstFor is over: who allowed the proxy once has allowed one request.
	first atomic.Pointer[handout.Token]
	// refused: the last request was answered 401 and could not be sent again.
	refused atomic.Bool
	// transport carries the requests; nil: a new one that follows the environment's proxy.
	transport http.RoundTripper
}

// address is what the user gives to a tool.
func (p *proxy) address() string {
	return "http://" + p.authority + "/" + p.key + p.target.EscapedPath()
}

// dropped are the headers of a request that are not the target's business: they
// are the user's on this machine, or say the key.
var dropped = []string{"Authorization", "Cookie", "Referer", "Origin", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Upgrade"}

// droppedBack are the headers of an answer that would act on this machine's
// address, tell it to others, or take the place of those that handler sets.
var droppedBack = []string{
	"Set-Cookie", "Service-Worker-Allowed", "Alt-Svc", "Strict-Transport-Security", "Clear-Site-Data",
	"Content-Security-Policy-Report-Only", "Report-To", "Reporting-Endpoints", "Nel",
	"Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options",
}

// handler checks who asks before anything is done (T19, T20, T45). It says the
// same to everybody who does not know the key.
func (p *proxy) handler() http.Handler {
	if p.transport == nil {
		p.transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 8, IdleConnTimeout: proxyIdleTime,
			DialContext: (&net.Dialer{Timeout: proxyHostTime}).DialContext, TLSHandshakeTimeout: proxyHostTime,
		}
	}
	forward := &httputil.ReverseProxy{
		Rewrite: p.rewrite, Transport: bearing{p}, ModifyResponse: p.answered, ErrorHandler: failed, ErrorLog: silent,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Content-Type-Options", "nosniff")
		if !p.ours(r) {
			http.Error(w, "", http.StatusNotFound)
			return
		}
		forward.ServeHTTP(w, r)
	})
}

// ours tells whether a request knows the key and comes from a tool: by the name
// of this machine, which no other page's script can ask for, and from no page.
func (p *proxy) ours(r *http.Request) bool {
	_, port, _ := strings.Cut(p.authority, ":")
	if r.Host != p.authority && r.Host != "localhost:"+port {
		return false
	}
	if r.Header.Get("Origin") != "" {
		return false
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" {
		return false
	}
	if r.Method == http.MethodConnect || r.Method == http.MethodTrace || r.Header.Get("Upgrade") != "" {
		return false
	}
	key, _, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	return auth.NewSecret(key).Equal(auth.NewSecret(p.key))
}

// rewrite aims a request at the target.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	path := strings.TrimPrefix(r.In.URL.EscapedPath(), "/"+p.key)
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = p.target.Scheme, p.target.Host, p.target.Host
	r.Out.URL.Path, r.Out.URL.RawPath = plain, path
	for name := range r.Out.Header {
		if strings.HasPrefix(name, "Sec-") {
			r.Out.Header.Del(name)
		}
	}
	for _, name := range dropped {
		r.Out.Header.Del(name)
	}
}

// answered takes out of an answer what would act on this machine's address, and
// leads a redirect within the target back through the proxy. Elsewhere the tool
// goes by itself, without the token.
func (p *proxy) answered(reply *http.Response) error {
	for name := range reply.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			reply.Header.Del(name)
		}
	}
	for _, name := range droppedBack {
		reply.Header.Del(name)
	}
	// Should a browser show the answer: no script of it runs, so none learns the key.
	reply.Header.Set("Content-Security-Policy", "sandbox")
	location, err := reply.Request.URL.Parse(reply.Header.Get("Location"))
	if reply.Header.Get("Location") != "" && err == nil && location.Scheme == p.target.Scheme && plainHost(location) == p.target.Host {
		location.Scheme, location.Host = "http", p.authority
		location.Path, location.RawPath = "/"+p.key+location.Path, "/"+p.key+location.EscapedPath()
		reply.Header.Set("Location", location.String())
	}
	return nil
}

// bearing puts the token on each request.
type bearing struct{ p *proxy }

// RoundTrip implements http.RoundTripper. After a 401 a request without a body
// goes once more with a new token; after one with a body the next request gets it.
func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	reply, err := b.send(r, b.p.refused.Swap(false))
	if err != nil || reply.StatusCode != http.StatusUnauthorized {
		return reply, err
	}
	if r.Body != nil && r.Body != http.NoBody {
		b.p.refused.Store(true)
		return reply, nil
	}
	again, err := b.send(r, true)
	if err != nil {
		return reply, nil //nolint:nilerr // the refusal is an answer; that there is no new token says less
	}
	_ = reply.Body.Close()
	return again, nil
}

func (b bearing) send(r *http.Request, rejected bool) (*http.Response, error) {
	token, err := b.p.next(r.Context(), rejected)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	out.Header.Set(token.Header, token.HeaderValue.Reveal())
	return b.p.transport.RoundTrip(out)
}

// firstFor is how long the first token waits for a request. It is still given when
// the authorization was paused meanwhile, and may have been replaced by a refresh.
const firstFor = 2 * time.Minute

// begin asks for the first token.
func (p *proxy) begin(ctx context.Context) error {
	token, err := p.token(ctx, false)
	if err == nil {
		p.first.Store(&token)
		time.AfterFunc(firstFor, func() { p.first.CompareAndSwap(&token, nil) })
	}
	return err
}

// next is the token for a request.
func (p *proxy) next(ctx context.Context, rejected bool) (handout.Token, error) {
	first := p.first.Swap(nil)
	if first != nil && !rejected && (first.ExpiresAt == nil || time.Until(*first.ExpiresAt) > auth.DefaultMinValid) {
		return *first, nil
	}
	return p.token(ctx, rejected)
}

// proxyStatus is what a tool gets for an end.
var proxyStatus = map[auth.HandOutEnd]int{
	auth.EndDenied: http.StatusForbidden, auth.EndLocked: http.StatusServiceUnavailable, auth.EndUnreachable: http.StatusBadGateway,
	auth.EndNeedsSignIn: http.StatusServiceUnavailable, auth.EndUnknownName: http.StatusServiceUnavailable,
}

// failed answers when there was no token, or no answer: in words of ours alone.
func failed(w http.ResponseWriter, _ *http.Request, err error) {
	var why *handout.Error
	if !errors.As(err, &why) {
		http.Error(w, "The host did not answer. Try again later, or run: tokenwell doctor", http.StatusBadGateway)
		return
	}
	status, known := proxyStatus[why.End]
	if !known {
		status = http.StatusBadGateway
	}
	http.Error(w, why.Title+". "+why.Happened+" "+strings.Join(why.Steps, " "), status)
}
