package localserver

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits on what a connection may cost.
const (
	maxHeaderBytes = 16 << 10
	maxBodyBytes   = 16 << 10
	maxConnections = 64
	writeTimeout   = 20 * time.Second
)

func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	crowd := &crowd{waiting: map[net.Conn]time.Time{}}
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      writeTimeout,
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
		h.Set("Pragma", "no-cache") // RFC 6749 section 5.1 asks for both
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// a page of another site whose name was rebound to 127.0.0.1 gives
		// itself away by the Host header
		if r.Host != host {
			note(r.Context(), "The request was meant for another host name. The server answers at "+host+" only.")
			http.Error(w, "This address belongs to another host.", http.StatusMisdirectedRequest)
			return
		}
		if foreign(r, host) {
			note(r.Context(), "A web page of another site caused the request. Only whole pages may lead a browser here.")
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
