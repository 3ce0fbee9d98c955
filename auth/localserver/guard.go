package localserver

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// Limits on what a connection may cost.
const (
	maxHeaderBytes = 16 << 10
	maxBodyBytes   = 16 << 10
	maxConnections = 64
)

func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	crowd := &crowd{waiting: map[net.Conn]time.Time{}}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       30 * time.Second,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         crowd.watch,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// crowd keeps connections that say nothing from keeping others out: beyond
// maxConnections the one that has waited longest is closed.
type crowd struct {
	mu      sync.Mutex
	waiting map[net.Conn]time.Time // new and idle connections, since when
}

func (c *crowd) watch(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if state != http.StateNew && state != http.StateIdle {
		delete(c.waiting, conn)
		return
	}
	c.waiting[conn] = time.Now()
	if len(c.waiting) <= maxConnections {
		return
	}
	var oldest net.Conn
	for other, since := range c.waiting {
		if oldest == nil || since.Before(c.waiting[oldest]) {
			oldest = other
		}
	}
	delete(c.waiting, oldest)
	_ = oldest.Close()
}

// guard refuses what no genuine client or browser sends before any handler
// sees it, and sets the headers that every answer carries.
func guard(next http.Handler, host string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// a page of another site whose name was rebound to 127.0.0.1 gives
		// itself away by the Host header
		if r.Host != host {
			http.Error(w, "This address belongs to another host.", http.StatusMisdirectedRequest)
			return
		}
		if foreign(r, host) {
			http.Error(w, "Requests from web pages of other sites are refused.", http.StatusForbidden)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBodyBytes)
		next.ServeHTTP(w, r)
	})
}

// foreign tells whether a page of another origin causes the request, other than
// by leading the browser here as a whole (Fetch Metadata). Our pages send
// "Origin: null" because of their referrer policy, so Origin only speaks where
// Sec-Fetch-Site is silent.
func foreign(r *http.Request, host string) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		origin := r.Header.Get("Origin")
		return origin != "" && origin != "http://"+host
	}
	return r.Method != http.MethodGet ||
		r.Header.Get("Sec-Fetch-Mode") != "navigate" || r.Header.Get("Sec-Fetch-Dest") != "document"
}

// Challenges of the endpoints for a 401 (RFC 6749 5.2, RFC 6750 section 3).
const (
	clientChallenge = `Basic realm="Tokenwell local server", charset="UTF-8"`
	bearerChallenge = `Bearer realm="Tokenwell local server"`
)

// endpoint wraps one of the library's endpoints. Credentials in the query and
// repeated parameters are refused (RFC 6749 2.3.1 and 3.2), which the library
// takes; a Basic header that can't be decoded is answered here, because the
// library would log a piece of it; invalid_client becomes 401 with a challenge,
// which it answers with 400.
func endpoint(next http.Handler, challenge string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			writeOAuthError(w, http.StatusBadRequest, oidc.ErrInvalidRequest().WithDescription("the form can't be read"))
			return
		}
		if r.URL.RawQuery != "" || r.URL.ForceQuery || repeated(r.Form) {
			writeOAuthError(w, http.StatusBadRequest, oidc.ErrInvalidRequest().WithDescription("parameters go into the body, each once"))
			return
		}
		if !decodableBasic(r) {
			w.Header().Set("WWW-Authenticate", challenge)
			writeOAuthError(w, http.StatusUnauthorized, oidc.ErrInvalidClient().WithDescription("the client ID or secret is not form-encoded"))
			return
		}
		answer := &buffered{header: w.Header(), status: http.StatusOK}
		next.ServeHTTP(answer, r)
		if challenge == clientChallenge && answer.oauthError() == string(oidc.InvalidClient) {
			answer.status = http.StatusUnauthorized
		}
		if answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden {
			w.Header().Set("WWW-Authenticate", challenge+bearerDetail(challenge, answer.oauthError()))
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body.Bytes())
	})
}

// bearerDetail is the error attribute of RFC 6750 3.1; a request without a token
// gets none.
func bearerDetail(challenge, code string) string {
	if challenge == bearerChallenge && (code == "invalid_token" || code == "insufficient_scope") {
		return `, error="` + code + `"`
	}
	return ""
}

// decodableBasic tells whether the Basic header, if there is one, is encoded as
// RFC 6749 2.3.1 asks.
func decodableBasic(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return true
	}
	_, idErr := url.QueryUnescape(id)
	_, secretErr := url.QueryUnescape(secret)
	return idErr == nil && secretErr == nil
}

func repeated(form url.Values) bool {
	for _, values := range form {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

func writeOAuthError(w http.ResponseWriter, status int, e *oidc.Error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(e)
}

// buffered holds an answer back so that its status can still be changed. The
// endpoints' answers are small.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *buffered) Header() http.Header         { return b.header }
func (b *buffered) WriteHeader(status int)      { b.status = status }
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

// oauthError returns the error code of the answer, "" when it is a success.
func (b *buffered) oauthError() string {
	if b.status < http.StatusBadRequest {
		return ""
	}
	var reply struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(b.body.Bytes(), &reply)
	return reply.Error
}
