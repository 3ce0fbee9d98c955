package auth

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The limits of every request (T29, R22). Sizes count after decompression.
const (
	wireConnectTimeout  = 10 * time.Second
	wireTLSTimeout      = 10 * time.Second
	wireAnswerTimeout   = 10 * time.Second // from the written request to the answer's first byte
	wireTotalTimeout    = 30 * time.Second
	wireMaxHeader       = 64 << 10
	wireMaxBody         = 1 << 20
	wireMaxMetadata     = 256 << 10
	wireMaxDepth        = 32
	wireFormContentType = "application/x-www-form-urlencoded"
)

// Wire is the one HTTP client of the engine: every request to a token,
// revocation, userinfo or metadata endpoint goes through it. Each call sends
// at most one request (withClock has the exception), follows no redirect and returns a *WireError when it
// did not bring what was asked for. Safe for concurrent use; it keeps no
// connection and no goroutine between calls.
type Wire struct {
	params WireParams
	secure *http.Transport // https
	plain  *http.Transport // http, to this machine only
	total  time.Duration   // of one request
	refuse error           // why the connection's settings can't be used; nil: they can
	log    *slog.Logger
	now    func() time.Time
}

// WireParams is what NewWire needs. The zero value is good.
type WireParams struct {
	Log     *slog.Logger     // optional; gets method, host, proxy, status, code and reference, nothing else
	Now     func() time.Time // optional
	RootCAs *x509.CertPool   // optional; nil: the system's
	Version string           // optional; the program's, for the User-Agent of every request

	// For tests; nil: the network and the environment's proxy.
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
	proxy func(*http.Request) (*url.URL, error)
}

// NewWire returns a Wire.
func NewWire(p WireParams) *Wire {
	w := &Wire{params: p, total: wireTotalTimeout, log: p.Log, now: p.Now}
	if w.log == nil {
		w.log = slog.New(slog.DiscardHandler)
	}
	if w.now == nil {
		w.now = time.Now
	}
	w.connect(wireConnection{proxy: p.proxy, answer: wireAnswerTimeout, tls: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.RootCAs}})
	return w
}

// TokenRequest is one request to a token endpoint (RFC 6749 section 3.2).
type TokenRequest struct {
	ClientRequest
	// Form is the grant without the client: grant_type and what belongs to it.
	// It is not changed.
	Form   url.Values
	Quirks []Quirk
	// Known are tokens that the server gave before: like what is sent, an error
	// code must not echo them (T36).
	Known Tokens
	// Never tells that the service's data says that its access tokens do not
	// run out: a reply without a usable lifetime is then taken at that word.
	Never bool
	// Assertion, when set, signs the form's assertion anew for another time: the
	// one that was refused was used up by nobody (RFC 7523 section 3.1).
	Assertion func(at time.Time) (Secret, error)
}

// Token sends the request and decodes the answer, the tokens before everything
// else. A nil error means that Reply holds an access token; the caller has to
// store it before anything else. A context that ends while the request is under
// way makes the outcome ambiguous: pass one that outlives the window.
//
// One request leaves, but for an assertion, of the client or of the grant, that
// is refused while the clock differs from the server's, see withClock.
func (w *Wire) Token(ctx context.Context, r TokenRequest) (Reply, error) {
	var reply Reply
	send := func(at time.Time) (err error) {
		reply, err = w.token(ctx, r, at)
		return err
	}
	if r.Assertion == nil {
		err := w.withClock(r.ClientRequest, send)
		return reply, err
	}
	again := false
	err := w.byItsClock(func(at time.Time) error {
		if again {
			assertion, err := r.Assertion(at)
			if err != nil {
				return err
			}
			r.Form = cloneForm(r.Form)
			r.Form.Set("assertion", assertion.Reveal())
		}
		again = true
		return send(at)
	}, "invalid_grant", "invalid_client")
	return reply, err
}

func (w *Wire) token(ctx context.Context, r TokenRequest, at time.Time) (Reply, error) {
	c, err := w.send(ctx, OpToken, r.ClientRequest, r.Form, at, shapeOf(r.Quirks))
	if err != nil {
		return Reply{}, err
	}
	defer c.close()
	c.sent = append(c.sent, r.Known.Access.Reveal(), r.Known.Refresh.Reveal(), r.Known.ID.Reveal())
	body, readErr := c.read(wireMaxBody)
	reply, problem := decodeTokenReply(rawReply{
		status: c.status, contentType: c.header.Get("Content-Type"), body: body, cut: readErr != nil,
		endless: c.endless, quirks: r.Quirks, never: r.Never, at: w.now().UTC(),
	})
	switch {
	case problem == nil:
		c.done()
		return reply, nil
	case problem.understood:
		return Reply{}, c.refused(problem.replyError)
	case readErr != nil:
		return Reply{}, c.broken(readErr)
	default:
		return Reply{}, c.failed(Ambiguous, problem.code, nil)
	}
}

// wireHeader are the headers with which every request begins.
func wireHeader() http.Header { return http.Header{"Accept": {"application/json"}} }

// name says who sends a request, as some services ask for (RFC 9110 section
// 10.1.5). A header that was left out with an empty value stays so.
func (w *Wire) name(header http.Header) {
	if _, said := header["User-Agent"]; said {
		return
	}
	agent := "Tokenwell"
	if w.params.Version != "" {
		agent += "/" + w.params.Version
	}
	header.Set("User-Agent", agent)
}

// get fetches a document.
func (w *Wire) get(ctx context.Context, op, endpoint string) (*wireCall, error) {
	c := w.newCall(op, http.MethodGet)
	return c, c.do(ctx, endpoint, wireHeader(), "")
}

// wireCall is one request and its answer.
type wireCall struct {
	wire       *Wire
	op, method string
	ref        string
	host       string
	proxy      string     // host and port of the proxy that is used; "" for none
	query      url.Values // beside the endpoint's own
	sent       []string   // secret values of the request, which an error code must not echo
	wrote      atomic.Bool
	inTLS      atomic.Bool
	ctx        context.Context // of the caller
	cancel     context.CancelFunc
	body       io.ReadCloser
	status     int
	header     http.Header
	endless    bool // the body ends with the connection: a cut can't be told from its end
}

// wireCallKey finds the call in the context of its request.
type wireCallKey struct{}

func (w *Wire) newCall(op, method string) *wireCall {
	return &wireCall{wire: w, op: op, method: method, ref: rand.Text()[:10], cancel: func() {}}
}

// do sends the request and takes the answer's head.
//
// Exactly one request leaves: RoundTrip knows neither redirects nor cookies;
// net/http repeats a request by itself only on a connection that was used
// before or with a body it can rewind, and here every connection is new (keep
// alive is off, HTTP/2 too) and GetBody is nil. A fresh connection also spares
// us the ambiguous end of writing into one that the server has just dropped.
func (c *wireCall) do(ctx context.Context, endpoint string, header http.Header, body string) error {
	w := c.wire
	if w.refuse != nil {
		return c.unsendable(w.refuse)
	}
	address, err := wireAddress(endpoint)
	if err != nil {
		return c.failed(NotSent, CodeAddressRefused, nil)
	}
	if len(c.query) > 0 {
		if address.RawQuery != "" {
			address.RawQuery += "&"
		}
		address.RawQuery += c.query.Encode()
	}
	w.name(header)
	c.ctx, c.host = ctx, address.Host
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, c.trace()), wireCallKey{}, c)
	ctx, c.cancel = context.WithTimeout(ctx, w.total)
	request := (&http.Request{Method: c.method, URL: address, Host: address.Host, Header: header}).WithContext(ctx)
	if body != "" {
		request.Body, request.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	response, err := w.transport(address).RoundTrip(request) //nolint:bodyclose // close does that, which every caller defers
	if err != nil {
		c.cancel()
		return c.broken(err)
	}
	c.body, c.status, c.header = response.Body, response.StatusCode, response.Header
	c.endless = response.ContentLength < 0 && len(response.TransferEncoding) == 0 && !response.Uncompressed
	return nil
}

// transport is the one for an address.
func (w *Wire) transport(address *url.URL) *http.Transport {
	if address.Scheme == "http" {
		return w.plain
	}
	return w.secure
}

// trace notes how far the request came. GotConn comes after dialling, proxy
// and TLS and right before the first byte of the request, so that without it
// nothing can have reached the server.
func (c *wireCall) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:           func(httptrace.GotConnInfo) { c.wrote.Store(true) },
		TLSHandshakeStart: func() { c.inTLS.Store(true) },
	}
}

// read returns what came of the body, at most limit bytes, and why it stopped
// early. A body over the limit comes back empty.
func (c *wireCall) read(limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(c.body, limit+1))
	if int64(len(body)) > limit {
		return nil, errWireTooLarge
	}
	return body, err
}

// document reads the whole body, of at most limit bytes, of a 200 answer.
func (c *wireCall) document(limit int64) ([]byte, error) {
	body, err := c.read(limit)
	switch {
	case c.status != http.StatusOK:
		return nil, c.refused(replyErrorOf(c.status, c.header.Get("Content-Type"), body))
	case err != nil:
		return nil, c.broken(err)
	default:
		return body, nil
	}
}

// object is document for one JSON object.
func (c *wireCall) object(limit int64) (replyMembers, error) {
	body, err := c.document(limit)
	if err != nil {
		return nil, err
	}
	members, ok := replyObject(body)
	if !ok {
		return nil, c.failed(Answered, c.unusableCode(body), nil)
	}
	return members, nil
}

// unusableCode names what came in place of what was asked for.
func (c *wireCall) unusableCode(body []byte) string {
	if replyIsPage(c.header.Get("Content-Type"), body) {
		return CodeCaptivePortal
	}
	return CodeReplyUnusable
}

func (c *wireCall) close() {
	// Nothing follows on this connection, so an unread rest does not matter.
	_ = c.body.Close()
	c.cancel()
}

var errWireTooLarge = errors.New("the answer is too large")

// wireMediaType returns the lower-case media type of a Content-Type header, ""
// when there is none or it can't be read.
func wireMediaType(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return media
}
