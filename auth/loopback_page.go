package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	"tokenwell/assets"
)

// quietLog drops what net/http says of broken requests.
var quietLog = log.New(io.Discard, "", 0)

// callbackText is the page that the browser shows, with the places of its words.
var callbackText = sync.OnceValue(func() string {
	page, err := assets.Pages.ReadFile("pages/callback.html")
	if err != nil {
		panic(err) // it is part of the program
	}
	return string(page)
})

// callbackPage fills callbackText. Kind is "ok", "failed" or "used". Every
// word is ours: nothing of a request reaches a page (T13).
type callbackPage struct{ Title, Text, Kind string }

// html is the whole page.
func (p callbackPage) html() []byte {
	fill := strings.NewReplacer("{title}", html.EscapeString(p.Title), "{text}", html.EscapeString(p.Text), "{kind}", p.Kind)
	return []byte(fill.Replace(callbackText()))
}

// The pages.
var (
	pageSignedIn = callbackPage{"Signed in. You can close this tab.", "The authorization is ready in Tokenwell.", "ok"}
	pageFailed   = callbackPage{"The sign-in did not succeed", "Tokenwell says what happened and what to do next. You can close this tab.", "failed"}
	pageWorking  = callbackPage{"Still waiting for the service", "The outcome will stand in Tokenwell. You can close this tab.", "used"}
	pageUsed     = callbackPage{"This sign-in has had its answer", "Each answer counts once. Go back to Tokenwell to see how it ended; you can close this tab.", "used"}
	pageStray    = callbackPage{"This is not the answer to the open sign-in", "Nothing was changed. Finish the sign-in in the newest tab, or start it again in Tokenwell.", "failed"}
	pageBroken   = callbackPage{"This answer can't be read", "Nothing was changed. Finish the sign-in in the newest tab, or start it again in Tokenwell.", "failed"}
)

// handle answers one request. The order matters: who is asked, then what for,
// then how, and the flow is asked last.
func (l *Loopback) handle(w http.ResponseWriter, r *http.Request) {
	harden(w.Header())
	path := r.URL.EscapedPath()
	switch {
	case r.Host != l.authority || r.URL.Host != "": // another name (DNS rebinding), or a request meant for a proxy
		refuse(w, http.StatusMisdirectedRequest)
	case r.ContentLength != 0 || len(r.TransferEncoding) > 0:
		w.Header().Set("Connection", "close") // the body is not read, nor is what follows it
		refuse(w, http.StatusRequestEntityTooLarge)
	case path != l.path && path != l.clean:
		refuse(w, http.StatusNotFound)
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed)
	case !topLevel(r):
		refuse(w, http.StatusForbidden)
	case path == l.clean:
		l.showOutcome(w, r)
	default:
		l.takeAnswer(w, r)
	}
}

// topLevel tells whether a browser that says what it fetches for fetches for a
// tab: not for an image, a frame, a script or a socket of some page (T20).
func topLevel(r *http.Request) bool {
	destination := r.Header.Get("Sec-Fetch-Dest")
	return destination == "" || destination == "document"
}

// takeAnswer hands the query to the flow and sends the browser on.
func (l *Loopback) takeAnswer(w http.ResponseWriter, r *http.Request) {
	switch l.judge(r.URL.RawQuery) {
	case answerTaken:
		w.Header().Set("Location", l.clean)
		w.WriteHeader(http.StatusSeeOther)
	case answerUsed:
		show(w, http.StatusConflict, pageUsed)
	case answerMalformed:
		show(w, http.StatusBadRequest, pageBroken)
	case answerStray:
		show(w, http.StatusBadRequest, pageStray)
	}
}

// showOutcome answers the clean page once the outcome is known.
func (l *Loopback) showOutcome(w http.ResponseWriter, r *http.Request) {
	l.conns.keep(r)
	limit := time.NewTimer(loopbackResultWait)
	defer limit.Stop()
	defer l.deliveredOnce.Do(func() { close(l.delivered) })
	select {
	case <-l.outcome:
		w.Header().Set("Connection", "close")
		if l.succeeded {
			show(w, http.StatusOK, pageSignedIn)
		} else {
			show(w, http.StatusOK, pageFailed)
		}
	case <-limit.C:
		show(w, http.StatusOK, pageWorking)
	case <-r.Context().Done(): // the tab was closed
	case <-l.closed:
	}
}

// harden sets the headers that every answer carries (T13, T14).
func harden(h http.Header) {
	h.Set("Content-Security-Policy", callbackPolicy(""))
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func callbackPolicy(style string) string {
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if style != "" {
		policy += "; style-src " + style
	}
	return policy
}

// show writes one of the pages.
func show(w http.ResponseWriter, status int, page callbackPage) {
	body := page.html()
	w.Header().Set("Content-Security-Policy", callbackPolicy(styleHash(body)))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a browser that went away needs no page
}

// styleHash allows the page's one style element by its hash.
func styleHash(page []byte) string {
	_, rest, found := bytes.Cut(page, []byte("<style>"))
	style, _, closed := bytes.Cut(rest, []byte("</style>"))
	if !found || !closed {
		return ""
	}
	sum := sha256.Sum256(style)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// refuse answers with a status and its name alone.
func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
