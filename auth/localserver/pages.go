package localserver

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"tokenwell/auth"
)

// The data of the pages. No text that a request brought along is shown, but for
// the redirect URI, which is registered, a user code, which has letters only,
// and the user name that was typed.
type (
	signInPage struct {
		Host, Client, Username string // Client "": to see the consents
		Failed                 bool
		Form                   formFields
	}
	approvalPage struct {
		Host, User, Client, Lasts, RedirectURI string
		DeviceCode                             string // "": no device asks
		Scopes                                 []scopeRow
		CanRemember, Empty                     bool
		Form                                   formFields
	}
	devicePage struct {
		Host, Code string
		Failed     bool
		Form       formFields
	}
	donePage struct {
		Host    string
		Granted bool
	}
	consentsPage struct {
		Host, User string
		Consents   []consentRow
		Form       formFields
	}
	consentRow  struct{ ID, Client, Scopes, Given string }
	problemPage struct{ Host, Text string }

	formFields struct{ Request, Token string }
	scopeRow   struct {
		Name, Label   string
		Fixed, Ticked bool
	}
)

// scopeRows are the scopes of the approval page in the store's order.
func scopeRows(known []Scope, asked []string) []scopeRow {
	var rows []scopeRow
	for _, s := range known {
		if slices.Contains(asked, s.Name) {
			first := builtin(s.Name)
			rows = append(rows, scopeRow{Name: s.Name, Label: cmp.Or(s.Description, s.Name), Fixed: first.Fixed, Ticked: !first.Off})
		}
	}
	return rows
}

// lasts tells for how long the client gets access.
func lasts(c Client, refreshes int) string {
	if c.AccessSeconds <= 0 {
		return "Until it is revoked"
	}
	text := span(time.Duration(c.AccessSeconds) * time.Second)
	switch {
	case refreshes == auth.LocalUnlimited:
		return text + ", renewed without asking you"
	case refreshes == 1:
		return text + ", then 1 refresh"
	case refreshes > 1:
		return fmt.Sprintf("%s, then %d refreshes", text, refreshes)
	}
	return text
}

// span is a duration in its largest whole unit.
func span(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := d / unit.of; n > 0 && d%unit.of == 0 {
			return counted(int(n), unit.name)
		}
	}
	return counted(int(d/time.Second), "second")
}

func counted(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// pages are the templates and the policy under which a browser shows them.
type pages struct {
	templates *template.Template
	policy    string
}

func parsePages(files fs.FS) *pages {
	t := template.Must(template.ParseFS(files, "pages/local_*.html"))
	var style bytes.Buffer
	if err := t.ExecuteTemplate(&style, "style", nil); err != nil {
		panic(err)
	}
	_, css, _ := strings.Cut(style.String(), "<style>")
	css, _, _ = strings.Cut(css, "</style>")
	sum := sha256.Sum256([]byte(css))
	// no form-action: Chromium applies it to the redirect that follows a form,
	// and the client's callback is another origin
	return &pages{templates: t, policy: "default-src 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"}
}

// show renders a page as a whole before anything is sent.
func (p *pages) show(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, data); err != nil {
		http.Error(w, "The page can't be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", p.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}

// problem shows a page of our own words; text never holds anything of the
// request. The log says the same unless a handler noted more.
func (b *browser) problem(w http.ResponseWriter, r *http.Request, status int, outcome, text string) {
	recordOf(r.Context()).outcome = outcome
	note(r.Context(), text)
	b.pages.show(w, status, "local_problem.html", problemPage{Host: b.host, Text: text})
}

// failed shows that the server itself could not go on; the cause goes to the log.
func (b *browser) failed(w http.ResponseWriter, r *http.Request, err error) {
	b.log.Error("local server: a page could not be served", "error", err)
	note(r.Context(), plainly(string(oidc.ServerError)))
	b.problem(w, r, http.StatusInternalServerError, string(oidc.ServerError), "The local server could not read or write its data. Look at Tokenwell's window, then start again from the program that sent you here.")
}
